"""From what was handed in to code cells that are known to answer questions.

`discover` finds the submissions, with `layouts` for the exports of platforms; `reading` gives the one notebook of each;
`align`, by `outline`, finds the cells of each question; `rules` looks for what the assignment forbids.
"""

from autograder.submissions.align import Alignment, align
from autograder.submissions.discover import Discovery, OnePer, discover, find_submissions
from autograder.submissions.found import Found
from autograder.submissions.notebook import Cell, Notebook
from autograder.submissions.reading import digest_of, read_file, read_submission
from autograder.submissions.rules import check_rules
from autograder.submissions.surroundings import surroundings

__all__ = [
    "Alignment", "Cell", "Discovery", "Found", "Notebook", "OnePer", "align", "check_rules", "digest_of", "discover",
    "find_submissions", "read_file", "read_submission", "surroundings",
]  # fmt: skip

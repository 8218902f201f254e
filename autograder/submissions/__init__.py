"""From what was handed in to code cells that are known to answer questions."""

from autograder.submissions.align import Alignment, align
from autograder.submissions.found import Found, find_submissions, passed_over
from autograder.submissions.notebook import Cell, Notebook, read_notebook
from autograder.submissions.rules import check_rules
from autograder.submissions.surroundings import surroundings

__all__ = [
    "Alignment", "Cell", "Found", "Notebook", "align", "check_rules", "find_submissions", "passed_over", "read_notebook",
    "surroundings",
]  # fmt: skip

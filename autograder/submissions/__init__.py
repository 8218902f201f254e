"""From what was handed in to code cells that are known to answer questions."""

from autograder.submissions.align import Alignment, align
from autograder.submissions.found import Found, find_submissions
from autograder.submissions.notebook import Cell, Notebook, read_notebook

__all__ = ["Alignment", "Cell", "Found", "Notebook", "align", "find_submissions", "read_notebook"]

"""Notebooks made from the solution and the template by small files: attacks, other correct solutions, known mistakes."""

from autograder.variants.bases import Bases, notebook
from autograder.variants.written import Change, Written, read_folder, read_written

__all__ = ["Bases", "Change", "Written", "notebook", "read_folder", "read_written"]

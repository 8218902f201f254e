"""Graded autograder for a "neural networks from scratch" assignment: solution notebook in; template, bundle and scores out."""

__version__ = "0.1.0"

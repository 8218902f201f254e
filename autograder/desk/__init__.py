"""What a student's notebook brings along: `grader`, with the public tests, the check before handing in, and kind messages.

Its modules travel inside the notebook and run where this package is not installed: they import the standard library, IPython,
and each other.
"""

"""From a submission's file to its result: execution, judging, scoring, one at a time or many."""

from autograder.grading.batch import BatchProgress, grade_batch
from autograder.grading.grade import grade_submission

__all__ = ["BatchProgress", "grade_batch", "grade_submission"]

"""Finds the accuracy threshold of the training run, and how sure it is: solution and wrong work in, a certificate out."""

from autograder.authoring.calibrate.campaign import calibrate
from autograder.authoring.calibrate.certify import certificate_of, write_config
from autograder.authoring.calibrate.found import Calibration, Plan, Progress, Sample
from autograder.authoring.calibrate.implementations import Implementation, Subjects, code_digest, read_subjects
from autograder.authoring.calibrate.report import sentences, table, write_reports

__all__ = [
    "Calibration", "Implementation", "Plan", "Progress", "Sample", "Subjects", "calibrate", "certificate_of", "code_digest",
    "read_subjects", "sentences", "table", "write_config", "write_reports",
]  # fmt: skip

"""The attack set: hostile notebooks made from small files, graded like any submission, and what must be true afterwards."""

from autograder.selftest.attack import Attack, load_attacks
from autograder.selftest.run import Report, Verdict, run_attacks

__all__ = ["Attack", "Report", "Verdict", "load_attacks", "run_attacks"]

"""Rehearses a bundle as Gradescope runs it: a bundle in, what it takes of time and memory out, and the cheapest tier for it.

root = Root.make(...)        the platform's tree in a folder, the bundle unpacked in it
stage.run(...)               a command in there, as in a container of a tier, measured
rehearse(...)                set-up, a complete submission in each tier until one is safe, the attacks
"""

from autograder.rehearsal.rehearse import Rehearsal, Trial, rehearse
from autograder.rehearsal.tiers import TIERS, Tier

__all__ = ["TIERS", "Rehearsal", "Tier", "Trial", "rehearse"]

"""Rehearses a bundle as Gradescope runs it: a bundle in, what it takes of time and memory out, and the cheapest tier for it.

`rehearse(bundle, attacks)` does it all: set-up, a complete submission in each tier until one is safe, the attacks. It works on
a `stage(bundle)`, the platform's tree in a folder with the bundle unpacked in it, whose `run` takes a command and measures it as
in a container of a tier. `table.lines(rehearsal)` says what was found.
"""

from autograder.rehearsal.rehearse import Rehearsal, Trial, rehearse
from autograder.rehearsal.tiers import TIERS, Tier

__all__ = ["TIERS", "Rehearsal", "Tier", "Trial", "rehearse"]

"""Derives every seed of a grading run from one number, so that a grade can be replayed and no seed tells another."""

from __future__ import annotations

import hashlib
import secrets


def fresh() -> int:
    """A new seed from the operating system."""
    return secrets.randbits(62)


def of_submission(digest: str) -> int:
    """The seed that a notebook's own random numbers start from: the same for the same notebook, so that its training goes the
    same way each time it is graded. It is no secret, and tells nothing of the seeds that are.
    """
    return derive(0, "submission", digest)


def derive(seed: int, *purpose: str) -> int:
    """A 62-bit seed for one purpose; what it is used for cannot be traced back to `seed` (SHA-256)."""
    text = "\x00".join((str(seed), *purpose)).encode()
    return int.from_bytes(hashlib.sha256(text).digest()[:8], "little") >> 2

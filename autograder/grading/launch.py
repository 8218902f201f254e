"""Starts the sandbox that an assignment's submissions run in: configuration in, lanes for judges out, all gone at the end."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

from autograder.config import Config
from autograder.grading.data import unpack_mnist
from autograder.sandbox.ground import Ground

if TYPE_CHECKING:
    from autograder.sandbox.session import Sandbox

FEW = 3
"""Up to so many submissions, preparing for a batch takes longer than it saves."""


@contextmanager
def sandbox_for(config: Config, lanes: int, *, submissions: int = 1, unconfined: bool = False) -> Iterator[Sandbox]:
    """A sandbox with so many lanes for about so many submissions. Open it before anything secret is loaded: workers inherit
    this process's memory.

    Raises SandboxUnavailable where this machine cannot keep student code away from the grader.
    """
    forbidden = tuple(dict.fromkeys(name for rule in config.rules for name in rule.forbidden))
    ground = Ground.prepare(config.sandbox.uids, lanes, unconfined=unconfined)
    from autograder.sandbox.session import Sandbox  # imports torch, which the warden must not hold

    sandbox = Sandbox.launch(ground, config.sandbox, forbidden, fill=unpack_mnist, many=submissions > FEW)
    try:
        yield sandbox
    finally:
        sandbox.close()

"""Starts the sandbox that an assignment's submissions run in, and loads what they are graded by once it is open."""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from functools import partial
from typing import TYPE_CHECKING

from autograder.config import Config
from autograder.grading.data import unpack_mnist
from autograder.sandbox.ground import Ground

if TYPE_CHECKING:
    from autograder.bundles import Bundle
    from autograder.grading.grade import Grader
    from autograder.sandbox.lanes import Sandbox

FEW = 3
"""Up to so many submissions, preparing for a batch takes longer than it saves."""


@contextmanager
def sandbox_for(
    config: Config, lanes: int, *, submissions: int = 1, unconfined: bool = False, data: Mapping[str, bytes] | None = None
) -> Iterator[Sandbox]:
    """A sandbox with so many lanes for about so many submissions. Open it before anything secret is loaded: workers inherit
    this process's memory.

    `data`: the files of MNIST, if not those that came with the package.

    Raises SandboxUnavailable where this machine cannot keep student code away from the grader.
    """
    forbidden = tuple(dict.fromkeys(name for rule in config.rules for name in rule.forbidden))
    ground = Ground.prepare(config.sandbox.uids, lanes, unconfined=unconfined)
    from autograder.sandbox.lanes import Sandbox  # imports torch, which the warden must not hold

    sandbox = Sandbox.launch(ground, config.sandbox, forbidden, fill=partial(unpack_mnist, files=data), many=submissions > FEW)
    try:
        yield sandbox
    finally:
        sandbox.close()


def lanes_for(jobs: int, submissions: int) -> int:
    """How many lanes to open: so many as asked, or one a core if that is 0, and no more than there are submissions."""
    return max(1, min(jobs or len(os.sched_getaffinity(0)), submissions))


def load_grader(config: Config, limits: Config | None = None) -> Grader:
    """The grader of the bundle that belongs to a configuration. Open the sandbox first: workers must not inherit this.

    `limits`: a configuration to grade by that differs from the bundle's in its limits only. Raises BundleError as `load_bundle`.
    """
    from autograder.bundles import load_bundle

    return grader_of(load_bundle(config), limits or config)


def grader_of(bundle: Bundle, config: Config) -> Grader:
    """The grader of a bundle that was read already; as for `load_grader`, the sandbox comes first."""
    from autograder.bundles import installed_versions
    from autograder.grading.grade import Grader

    return Grader.load(bundle.assignment, config, bundle.digest, installed_versions())

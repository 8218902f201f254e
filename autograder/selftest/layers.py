"""Leaves one layer of confinement out, so that a selftest shows which attacks it alone holds back. For staff's eyes only.

Layers are replaced in this process before the sandbox is launched: helpers and workers are forks of it.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any
from unittest.mock import patch

from autograder.errors import UsageError
from autograder.results import Layer
from autograder.sandbox import confine, host, landlock, namespaces
from autograder.sandbox.syscalls import SyscallFilter

_OUT = "left out for this selftest"


def _prctl(option: int, value: int) -> None:
    if option == confine.PR_SET_NO_NEW_PRIVS:  # Landlock and the filter cannot do without
        _true_prctl(option, value)


_true_prctl = confine.prctl

_REPLACED: dict[str, tuple[Any, str, Callable[..., Any]]] = {
    "user": (host, "check", lambda unconfined: False),
    "namespaces": (namespaces, "_forked_inside", lambda child: _OUT),
    "landlock": (landlock, "restrict", lambda readable, scratch: Layer(name="Landlock", applied=False, reason=_OUT)),
    "seccomp": (SyscallFilter, "load", lambda self: Layer(name="system call filter", applied=False, reason=_OUT)),
    "limits": (confine, "_limit", lambda what: None),
    "dumpable": (confine, "prctl", _prctl),
    "descriptors": (confine, "close_all_but", lambda keep: None),
    "environment": (confine, "_wipe_first_environment", lambda: None),
}

LAYERS = tuple(_REPLACED)
"""What can be left out: the workers' own user; namespaces; Landlock; the system call filter; resource limits; DUMPABLE=0 and
PDEATHSIG; the closing of inherited descriptors; the wiping of the environment that the grader was started with."""


@contextmanager
def without(names: tuple[str, ...]) -> Iterator[None]:
    """Launch the sandbox in here, and it lacks these layers.

    Raises UsageError for a name that is not in LAYERS, and where hostile notebooks would have root's own hands.
    """
    name, *rest = names or ("",)
    if {"user", "landlock"} <= set(names) and os.geteuid() == 0:
        raise UsageError("without a user of their own and without Landlock, hostile notebooks would act as root on this machine")
    if not name:
        yield
        return
    if name not in _REPLACED:
        raise UsageError(f"no layer is called {name}; there are {', '.join(LAYERS)}")
    owner, attribute, replacement = _REPLACED[name]
    with patch.object(owner, attribute, replacement), without(tuple(rest)):
        yield

"""What a submission has left behind, as running a known mistake on it needs it: variables, recorded batches, a first network."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import torch

from autograder.checks import context as checks
from autograder.sandbox.handles import Handle
from autograder.sandbox.remote import Namespace


@dataclass(frozen=True)
class _Pass:
    """One pass over a DataLoader, as the record has it."""

    snapshot: Any
    batches: list[tuple[torch.Tensor, torch.Tensor]]


@dataclass(frozen=True)
class _Record:
    """The passes of a training cell."""

    passes: list[_Pass]


class Left:
    """What a submission has left behind: where the cells of a known mistake take random numbers from."""

    def __init__(self, namespace: Namespace, snapshot: str | None):
        self._namespace, self._snapshot = namespace, snapshot
        self._values: dict[str, Any] = {}
        self._record: _Record | None = None

    def values(self, names: Sequence[str]) -> Mapping[str, Any]:
        """Global variables; each is asked for once."""
        new = [name for name in names if name not in self._values]
        if new:
            self._values |= dict.fromkeys(new) | self._namespace.lookup(tuple(new))
        return {name: self._values[name] for name in names}

    def passes(self) -> Sequence[Sequence[tuple[torch.Tensor, torch.Tensor]]]:
        """The recorded batches."""
        return [one.batches for one in self.record().passes]

    def snapshot(self) -> tuple[str, Any] | None:
        """The network as it was when training began."""
        if self._snapshot is None:
            return None
        passes = self.record().passes
        return self._snapshot, passes[0].snapshot if passes else None

    def record(self) -> _Record:
        """The record of the training cell, its batches fetched once; empty outside of the training question."""
        if self._record is None:
            passes = list(self._namespace.ask("record").passes) if self._snapshot is not None else []
            self._record = _Record([_Pass(one.snapshot, [(x, labels) for x, labels in one.batches]) for one in passes])
        return self._record


class Here(checks.Context):
    """A case whose objects are the grader's own; only the record of the training cell is the student's."""

    def __init__(self, remote: checks.Context, left: Left):
        super().__init__(seed=remote.seed, tolerances=remote.tolerances)
        self._remote, self._left = remote, left

    def ship(self, code: checks.StudentSide) -> Any:
        """In place, unless it is about a student's objects alone: beside functions of ours, handles do as well."""

        def call(*args: Any, **kwargs: Any) -> Any:
            given = (*args, *kwargs.values())
            theirs = any(type(argument) is Handle for argument in given)
            ours = any(callable(argument) and type(argument) is not Handle for argument in given)
            return (self._remote.ship(code) if theirs and not ours else code.definition)(*args, **kwargs)

        return call

    def training_record(self) -> Any:
        """The student's."""
        return self._left.record()

"""What a test case may ask of whoever runs it: a seed, settings, and student-side execution.

Under plain Otter nothing is installed and the defaults hold: seeds from the operating system, student-side code runs in
place. The grader installs a `Context` of its own around each test case.
"""

from __future__ import annotations

import math
import secrets
import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
import torch

from autograder.errors import CheckFailure


@dataclass(frozen=True)
class Tolerance:
    """|actual - expected| <= atol + rtol * |expected|, element by element."""

    rtol: float
    atol: float


@dataclass(frozen=True)
class RunSettings:
    """Settings of the timed training run; see `TrainingRun` in the configuration for the meaning of each."""

    epochs: int = 1
    steps: int = 938
    seconds: float = 60.0
    batch_size: int = 64
    learning_rate: float = 0.5
    hidden: int = 30
    threshold: float = 75.0
    attempts: int = 1


@dataclass
class Context:
    """The surroundings of one test case.

    Attributes:
        seed: every random input of the case is drawn from it.
        tolerances: per dtype.
        run: settings of the timed training run.
        data_dir: folder that holds `MNIST/raw/` with unzipped IDX files, readable by student-side code; None means that
            the caller unpacks its own.
        metrics: what the case reports, by name.
        series: figures that the case reports one after the other, by name.
        notes: remarks for the student that cost nothing.
        listener: is told of every comparison, which then raises nothing: see `compared`. None while somebody is judged.
        steps_plain_layers: a network's class, and whether it steps layers that are not its notebook's own: see `steppable`.
        single_will_do: whether a result in single precision is as good as one in double precision; see `checks.precision`.
        counts_with: questions of which this case takes the student's own answer for granted, and how right that must be; see
            `counts_with`.
        differed: whether a comparison has failed: a wrong value, which might be explained.
        numpy_rng: NumPy's generator, once a test has asked for it.
    """

    seed: int = field(default_factory=lambda: secrets.randbits(63))
    tolerances: dict[torch.dtype, Tolerance] = field(
        default_factory=lambda: {
            torch.float32: Tolerance(rtol=1e-4, atol=1e-5),
            torch.float64: Tolerance(rtol=1e-7, atol=1e-9),
        }
    )
    run: RunSettings = RunSettings()
    data_dir: Path | None = None
    metrics: dict[str, float] = field(default_factory=dict)
    series: dict[str, list[float]] = field(default_factory=dict)
    notes: list[str] = field(default_factory=list)
    counts_with: dict[str, float] = field(default_factory=dict)
    listener: Callable[[str, Any, Any, bool], None] | None = None
    steps_plain_layers: tuple[Any, bool] | None = None
    single_will_do: bool = False
    differed: bool = False
    numpy_rng: np.random.Generator | None = None
    _rng: torch.Generator | None = None

    def rng(self) -> torch.Generator:
        """The case's generator, seeded once."""
        if self._rng is None:
            self._rng = torch.Generator().manual_seed(self.seed)
        return self._rng

    def ship(self, code: StudentSide) -> Any:
        """What `code` is on the student's side: something to call. Here, where nothing travels, the definition itself."""
        return code.definition

    def ahead(self, code: StudentSide, several: list[list[Any]]) -> list[Callable[[], Any]]:
        """What `code` did with the first of several lists of arguments, which it was called with in one request: for each a
        function that gives the answer or raises the error. Here, where nothing travels and nothing is gained by it, for none.
        """
        return []

    def left_in(self, given: torch.Tensor) -> torch.Tensor:
        """What student code has left in a tensor that it was given. Here the very tensor: it was shared."""
        return given

    def compared(self, what: str, actual: Any, expected: Any, failure: CheckFailure | None) -> None:
        """Take note of a comparison, which ends the test by its failure unless somebody listens to all of them."""
        self.differed |= failure is not None
        if self.listener is not None:
            self.listener(what, actual, expected, failure is None)
        elif failure is not None:
            raise failure

    def training_record(self) -> Any:
        """What was recorded while the student's training cell ran, or None when nothing was (plain Otter)."""
        return None


_current: ContextVar[Context | None] = ContextVar("autograder_check_context", default=None)


def current() -> Context:
    """The context of the running test case; a fresh default one under plain Otter."""
    context = _current.get()
    if context is None:
        context = Context()
        _current.set(context)
    return context


@contextmanager
def installed(context: Context) -> Iterator[Context]:
    """Run one test case in `context`."""
    token = _current.set(context)
    try:
        yield context
    finally:
        _current.reset(token)


class StudentSide:
    """A function or class that runs where the student's objects live; made by `student_side`.

    Attributes:
        definition: the object as Python defined it here.
        filename, line: where its decorator stands, so that the grader finds its source text.
    """

    def __init__(self, definition: Callable[..., Any], filename: str, line: int):
        self.definition, self.filename, self.line = definition, filename, line
        self.__doc__ = definition.__doc__
        self.__name__ = definition.__name__

    def __call__(self, *args: Any, **kwargs: Any) -> Any:
        """Call it on the student's side; values cross as everywhere else."""
        return current().ship(self)(*args, **kwargs)

    def each(self, several: Sequence[Sequence[Any]]) -> list[Callable[[], Any]]:
        """Call it with each of these lists of arguments, in as few requests as may be: most of a short call's time is the asking.

        Returns for each of them a function without arguments that gives what the call gave, or raises what it raised: each call
        is made once, in their order. Behind one that raised, or once they have taken a while, a call is made only as its function
        is called, so that a test that fails does not wait for those that it does not come to.
        """
        given = current().ahead(self, [list(arguments) for arguments in several])
        return [*given, *(partial(self, *arguments) for arguments in several[len(given) :])]


def student_side(definition: Callable[..., Any]) -> StudentSide:
    """Mark a function or class that must run where the student's objects live.

    Its source text travels to the student's process, so it must be self-contained (imports inside), holds nothing
    secret, and what it returns is a claim like any other answer from there. It may be called, and it may be passed as an
    argument. Under plain Otter it runs in place.
    """
    frame = sys._getframe(1)
    return StudentSide(definition, frame.f_code.co_filename, frame.f_lineno)


def rng() -> torch.Generator:
    """The generator that all inputs of this test case are drawn from."""
    return current().rng()


def report(**metrics: float) -> None:
    """Attach figures to the test's result, for example `report(accuracy=83.7, seconds=0.4)`; those not finite are left out."""
    figures = {name: float(value) for name, value in metrics.items()}
    current().metrics.update({name: value for name, value in figures.items() if math.isfinite(value)})  # JSON has no NaN


SERIES = 200
"""Most figures of a series that are kept."""


def report_series(name: str, values: Sequence[Any]) -> None:
    """Attach figures in their order to the test's result, for a curve: evenly thinned out where there are many.

    What is no finite number is left out, also where it stands among others: JSON has no NaN.
    """
    every = max(1, -(-len(values) // SERIES))
    figures = map(_figure, values[::every])
    current().series[name] = [figure for figure in figures if figure is not None and math.isfinite(figure)]


def _figure(value: Any) -> float | None:
    if type(value) not in (int, float) and not (type(value) is torch.Tensor and value.numel() == 1):
        return None
    try:
        return float(value)
    except OverflowError:
        return None


def note(text: str) -> None:
    """Tell the student something that costs no marks, one sentence that gives no hidden input away."""
    if text not in current().notes:
        current().notes.append(text)


def counts_with(question: str, share: float = 1.0) -> None:
    """Say that the test takes the student's own answer to an earlier question for granted from here on.

    Passing then counts only if that answer earns this share of the points of its own hidden tests; if not, the test must pass
    with the solution's answer in its place, and without taking it for granted. So a mistake in a class costs nothing where the
    class is used, and a class that pretends earns nothing there.
    """
    known = current().counts_with
    known[question] = max(share, known.get(question, 0.0))


def training_record() -> Any:
    """The record of the student's own training cell (a handle), or None under plain Otter.

    The record has `passes`: a list, in order, of one object per pass over a DataLoader, each with `loader` (a number,
    the same for passes over the same one), `snapshot` (a deep copy of the configured variable, usually the network, taken as
    the first batch of the pass was drawn; None if there was no such variable) and `batches` (list of `(inputs, targets)` tensor
    pairs as the loader gave them, at most 12: the first ones and the last).
    """
    return current().training_record()

"""Makes capped runs, one or many at once, by the very test and loop that grading uses: tasks in, one `Run` each out."""

from __future__ import annotations

import copy
import multiprocessing
import signal
import time
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import FIRST_COMPLETED, Future, ProcessPoolExecutor, wait
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import torch

from autograder.authoring.calibrate.implementations import Implementation, Subjects
from autograder.checks import training
from autograder.checks.context import Context, RunSettings, StudentSide, installed
from autograder.errors import CheckFailure
from autograder.sandbox.confine import PR_SET_PDEATHSIG, prctl

AHEAD = 3
"""Tasks that wait for each process: enough to keep it busy, few enough to stop soon."""


@dataclass(frozen=True)
class Task:
    """One run to make.

    Attributes:
        settings: of the run; with one attempt, because attempts are counted here one by one.
        marks: numbers of steps after which the network is tried on the test images as well.
    """

    implementation: Implementation
    seed: int
    settings: RunSettings
    marks: tuple[int, ...] = ()


@dataclass(frozen=True)
class Run:
    """What became of one run.

    Attributes:
        passed: whether the test was content, the control on shuffled labels included.
        accuracy: on the test images, %; None if the run did not come that far.
        seconds: of processor time that the whole test took: on a busy machine the wall clock says little.
        curve: accuracy after each of the task's marks that was reached.
        error: what was raised, if it was anything but the test's own failure.
    """

    implementation: str
    seed: int
    passed: bool
    accuracy: float | None
    steps: int
    seconds: float
    curve: tuple[float, ...] = ()
    error: str = ""


class _Watched(Context):
    """A context that trains a network which keeps copies of itself on the way; everything else is as it ever is."""

    def __init__(self, marks: Sequence[int], **more: Any):
        super().__init__(**more)
        self.kept: list[Any] = []
        self._marks = frozenset(marks)

    def ship(self, code: StudentSide) -> Any:
        """The loop gets a network that counts its steps; what else is asked for runs in place."""
        return self._train if code is training.train and self._marks else super().ship(code)

    def _train(self, linear: Any, sigmoid: Any, net: Any, loss: Any, folder: str, seed: int, settings: dict[str, Any]) -> Any:
        marks, kept, steps = self._marks, self.kept, 0
        if not settings["shuffled"]:

            class Watched(net):  # type: ignore[misc]  # a class of the implementation, known at run time only
                def optimizer_step(self, lr: float) -> None:
                    nonlocal steps
                    super().optimizer_step(lr)
                    steps += 1
                    if steps in marks:
                        kept.append(copy.deepcopy(self))

            net = Watched
        return training.train.definition(linear, sigmoid, net, loss, folder, seed, settings)


def make_run(task: Task, subjects: Subjects, data_dir: Path) -> Run:
    """Define the implementation afresh, and put the test to it."""
    context = _Watched(task.marks, seed=task.seed, run=task.settings, data_dir=data_dir)
    passed, error, curve, seconds = False, "", tuple[float, ...](), 0.0
    try:
        parts: dict[str, Any] = {"__name__": task.implementation.name}
        exec(compile(task.implementation.source, f"<{task.implementation.name}>", "exec"), parts)
        test: dict[str, Any] = {"__name__": "test"}
        exec(compile(subjects.test, "<test>", "exec"), test)
        with installed(context):
            started = time.process_time()
            try:
                test[subjects.function](*[parts[name] for name in subjects.parameters])
                passed = True
            except CheckFailure:
                pass
            seconds = time.process_time() - started
            curve = tuple(training.accuracy_of(net) for net in context.kept)
    except Exception as raised:  # wrong implementations raise what they like
        error = f"{type(raised).__name__}: {raised}"
    figures, name = context.metrics, task.implementation.name
    return Run(name, task.seed, passed, figures.get("accuracy"), int(figures.get("steps", 0)), seconds, curve, error)


def _begin() -> None:
    """Of each process: it computes on one thread, and ends with the main one even if that is killed."""
    prctl(PR_SET_PDEATHSIG, signal.SIGKILL)
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # the main process decides
    torch.set_num_threads(1)


class Runner:
    """Makes runs in so many processes; with one, in this one."""

    def __init__(self, subjects: Subjects, data_dir: Path, jobs: int):
        self._subjects, self._data_dir = subjects, data_dir
        self._pool = ProcessPoolExecutor(jobs, multiprocessing.get_context("spawn"), initializer=_begin) if jobs > 1 else None
        self._ahead = AHEAD * jobs

    def make(self, tasks: Sequence[Task], stop: Callable[[Run], bool] = lambda run: False) -> Iterator[Run]:
        """Every run as it is done. After one that `stop` says yes to no more are begun, and what is under way is dropped."""
        if self._pool is None:
            for task in tasks:
                run = make_run(task, self._subjects, self._data_dir)
                yield run
                if stop(run):
                    return
            return
        waiting, busy = list(reversed(tasks)), set[Future[Run]]()
        while waiting or busy:
            while waiting and len(busy) < self._ahead:
                busy.add(self._pool.submit(make_run, waiting.pop(), self._subjects, self._data_dir))
            done, busy = wait(busy, return_when=FIRST_COMPLETED)
            for future in done:
                run = future.result()
                yield run
                if stop(run):
                    for late in busy:
                        late.cancel()
                    return

    def close(self) -> None:
        """End the processes."""
        if self._pool is not None:
            self._pool.shutdown(cancel_futures=True)


@contextmanager
def one_thread() -> Iterator[None]:
    """Compute on one thread, as workers do: the same figures, and no processes in each other's way."""
    before = torch.get_num_threads()
    torch.set_num_threads(1)
    try:
        yield
    finally:
        torch.set_num_threads(before)


def marks_of(steps: int) -> tuple[int, ...]:
    """Numbers of steps to draw a curve through: close together where accuracy rises fastest."""
    return tuple(sorted({max(1, round(steps * share)) for share in (0.03, 0.07, 0.12, 0.2, 0.3, 0.45, 0.6, 0.8, 1.0)}))

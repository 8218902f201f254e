"""Runs a submission's cells in order and keeps, for every question, the state right after its own cells."""

from __future__ import annotations

import contextlib
import time
from collections.abc import Collection, Mapping, Sequence

import msgspec

from autograder.config import Config
from autograder.errors import WorkerError
from autograder.grading.literals import replace_literals
from autograder.results import CellResult
from autograder.sandbox.session import CellRun, Session, Worker
from autograder.submissions import Alignment, Cell
from autograder.submissions.salvage import Rest, Salvaged, rest_below, salvage, without_line

MAX_MENDS = 12
"""How many parts that do not compile are taken out of one cell."""

LIVES = 6
"""How often a worker is replaced after cells that ended it; the cells after the last one count as not reached."""


class Execution:
    """One submission's notebook, run once in the order of `cells`; with `asked`, only as far as these questions need it.

    Attributes:
        cells: what happened to each code cell.
        deadline: `time.monotonic()` after which nothing more is started.
    """

    def __init__(
        self,
        session: Session,
        config: Config,
        cells: Sequence[Cell],
        alignment: Alignment,
        seed: int,
        *,
        asked: Collection[str] | None = None,
        snapshot: str = "",
        reseed: int | None = None,
    ):
        """`snapshot`: what the configured variable of the training cell is called here, if not as configured.

        `reseed`: seed that is set again before every cell.
        """
        self._reseed = reseed
        self._session, self._config, self._cells = session, config, tuple(cells)
        self._seed, self._snapshot = seed, snapshot
        self.deadline = time.monotonic() + config.execution.submission_seconds
        self.boundaries: Mapping[str, int] = {
            question: boundary
            for question, boundary in alignment.boundaries.items()
            if boundary is not None and (asked is None or question in asked)
        }
        self._place = {cell.number: at for at, cell in enumerate(self._cells)}
        if asked is not None:
            last = max((self._place[number] for number in self.boundaries.values()), default=-1)
            self._cells = self._cells[: last + 1]
        training = config.training
        self._capped = frozenset(alignment.cells_of(training.question)) if training else frozenset()
        self._checkpoints: dict[str, Worker] = {}
        self._lethal: set[int] = set()
        self._mended: dict[int, str] = {}
        self.cells: tuple[CellResult, ...] = ()

    def run(self) -> None:
        """Run all cells, forking a checkpoint for each question as its last cell ends."""
        results: list[CellResult] = []
        worker, lives = self._start(), LIVES
        for cell in self._cells:
            if time.monotonic() > self.deadline or lives == 0:
                results.append(CellResult(number=cell.number, status="skipped", seconds=0.0, error="not reached in time"))
                continue
            ended, notes = self._run_or_mend(worker, cell)
            results.append(
                CellResult(
                    number=cell.number, status=ended.status, seconds=ended.seconds, error=ended.error, line=ended.line,
                    output=ended.output, notes=notes,
                )
            )  # fmt: skip
            if not worker.alive:
                self._lethal.add(cell.number)
                lives -= 1
                if lives:
                    worker = self._replay(cell.number)
            self._keep(worker, cell.number)
        self.cells = tuple(results)
        self._session.output.take()
        self._session.output.closed = True

    def checkpoint(self, question: str) -> Worker | None:
        """The state that a question is judged on: kept from the run, or made again if that process is gone.

        None if nothing in the submission answers the question, or its state cannot be reached.
        """
        boundary = self.boundaries.get(question)
        if boundary is None:
            return None
        kept = self._checkpoints.get(question)
        if kept is not None and kept.alive:
            return kept
        if time.monotonic() > self.deadline:
            return None
        worker = self._replay(boundary)
        self._checkpoints[question] = worker
        return worker if worker.alive else None

    def _start(self) -> Worker:
        """A fresh worker; a dead one if what an earlier one left running ended it at once."""
        worker = self._session.spawn()
        with contextlib.suppress(WorkerError):
            worker.seed(self._seed)
        return worker

    def _replay(self, until: int) -> Worker:
        """A fresh worker in which every cell up to number `until` has run, without those that ended a worker."""
        worker = self._start()
        for cell in self._cells:
            if self._place[cell.number] > self._place[until] or not worker.alive or time.monotonic() > self.deadline:
                break
            if cell.number not in self._lethal:
                self._run_cell(worker, cell)
                if not worker.alive:  # it did not the first time; once more, without it
                    self._lethal.add(cell.number)
                    return self._replay(until)
        return worker

    def _run_or_mend(self, worker: Worker, cell: Cell) -> tuple[CellRun, tuple[str, ...]]:
        """Run a cell; one that does not parse again without the parts that do not. How it ended, and what was done to it."""
        ended = self._run_cell(worker, cell)
        notes: list[str] = []
        while ended.status == "syntax" and len(notes) < MAX_MENDS and worker.alive:
            source = self._mended.get(cell.number, cell.source)
            left = salvage(source) or (without_line(source, ended.line) if ended.line else None)
            if left is None or left.source == source:
                break
            self._mended[cell.number] = left.source
            notes.append(_said(cell.shown, left))
            ended = self._run_cell(worker, cell)
        rest = self._rest(cell, ended)
        if rest is not None:
            notes.append(f"Code cell {cell.shown} raised on line {ended.line}; {rest.what} all the same.")
        return ended, tuple(notes)

    def _rest(self, cell: Cell, ended: CellRun) -> Rest | None:
        """What is run of a cell although it raised above."""
        if ended.status != "raised" or not ended.line:
            return None
        return rest_below(self._mended.get(cell.number, cell.source), ended.line, ended.error or "")

    def _run_cell(self, worker: Worker, cell: Cell) -> CellRun:
        """Run a cell as it is, or as it was mended; then, within the same time, what may be run of it behind where it raised."""
        training = self._config.training if cell.number in self._capped else None
        left = training.cell.seconds if training is not None else self._config.execution.cell_seconds
        ended = first = self._run_once(worker, cell, self._mended.get(cell.number, cell.source), left)
        for _ in range(MAX_MENDS):
            rest, left = self._rest(cell, ended), left - ended.seconds
            if rest is None or not worker.alive or left <= 0 or time.monotonic() > self.deadline:
                break
            ended = self._run_once(worker, cell, rest.source, left)
            first = msgspec.structs.replace(first, seconds=first.seconds + ended.seconds)
        return first

    def _run_once(self, worker: Worker, cell: Cell, source: str, seconds: float) -> CellRun:
        if self._reseed is not None:
            with contextlib.suppress(WorkerError):
                worker.seed(self._reseed)
        training = self._config.training
        if training is not None and cell.number in self._capped:
            source = replace_literals(source, training.cell.literals)
            cap = (training.cell.samples_per_pass, self._snapshot or training.cell.snapshot)
            return worker.run_cell(cell.number, source, seconds=seconds, cap=cap)
        return worker.run_cell(cell.number, source, seconds=seconds)

    def release(self, question: str) -> None:
        """End the question's checkpoint, which was judged: idle ones only hold memory."""
        kept = self._checkpoints.get(question)
        if kept is not None:
            kept.close()

    def _keep(self, worker: Worker, number: int) -> None:
        """A checkpoint for each question that ends here. Behind the last cell the worker has nothing else to do than be one."""
        ending = [question for question, boundary in self.boundaries.items() if boundary == number]
        last = number == self._cells[-1].number
        for question in ending:
            if worker.alive:
                try:
                    self._checkpoints[question] = worker if last and question == ending[-1] else worker.fork()
                except WorkerError:
                    return  # `checkpoint` will try again


def _said(number: int, left: Salvaged) -> str:
    """One sentence on what was done to a cell."""
    done = [*left.mended, *(["tabs and spaces were put in order"] if left.reindented else [])]
    if not left.losses and left.mended:
        return f"Code cell {number} does not parse as it is; it was run after this was put right: {'; '.join(done)}."
    if left.reindented:
        return f"Code cell {number} mixes tabs and spaces; they were put in order, and it was run."
    parts = "; ".join(f"{loss.what} (line {loss.line}: {loss.reason})" for loss in left.losses)
    before = f" Before that, {'; '.join(done)}." if done else ""
    return f"Code cell {number} was run without what does not parse: {parts}.{before}"

"""Runs a submission's cells in order and keeps, for every question, the state right after its own cells."""

from __future__ import annotations

import time
from collections.abc import Collection, Mapping, Sequence

from autograder.config import Config
from autograder.errors import WorkerError
from autograder.grading.literals import replace_literals
from autograder.results import CellResult
from autograder.sandbox.session import CellRun, Session, Worker
from autograder.submissions import Alignment, Cell

LIVES = 6
"""How often a worker is replaced after cells that ended it; the cells after the last one count as not reached."""


class Execution:
    """One submission's notebook, run once; with `asked`, only as far as these questions need it.

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
    ):
        self._session, self._config, self._cells = session, config, tuple(cells)
        self._seed = seed
        self.deadline = time.monotonic() + config.execution.submission_seconds
        self.boundaries: Mapping[str, int] = {
            question: boundary
            for question, boundary in alignment.boundaries.items()
            if boundary is not None and (asked is None or question in asked)
        }
        if asked is not None:
            last = max(self.boundaries.values(), default=0)
            self._cells = tuple(cell for cell in cells if cell.number <= last)
        training = config.training
        self._capped = frozenset(alignment.cells_of(training.question)) if training else frozenset()
        self._checkpoints: dict[str, Worker] = {}
        self._lethal: set[int] = set()
        self.cells: tuple[CellResult, ...] = ()

    def run(self) -> None:
        """Run all cells, forking a checkpoint for each question as its last cell ends."""
        results: list[CellResult] = []
        worker, lives = self._start(), LIVES
        for cell in self._cells:
            if time.monotonic() > self.deadline or lives == 0:
                results.append(CellResult(number=cell.number, status="skipped", seconds=0.0, error="not reached in time"))
                continue
            ended = self._run_cell(worker, cell)
            results.append(
                CellResult(
                    number=cell.number, status=ended.status, seconds=ended.seconds, error=ended.error, line=ended.line,
                    output=ended.output,
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
        worker = self._session.spawn()
        worker.seed(self._seed)
        return worker

    def _replay(self, until: int) -> Worker:
        """A fresh worker in which every cell up to number `until` has run, without those that ended a worker."""
        worker = self._start()
        for cell in self._cells:
            if cell.number > until or not worker.alive or time.monotonic() > self.deadline:
                break
            if cell.number not in self._lethal:
                self._run_cell(worker, cell)
                if not worker.alive:  # it did not the first time; once more, without it
                    self._lethal.add(cell.number)
                    return self._replay(until)
        return worker

    def _run_cell(self, worker: Worker, cell: Cell) -> CellRun:
        training = self._config.training
        if training is not None and cell.number in self._capped:
            source = replace_literals(cell.source, training.cell.literals)
            cap = (training.cell.samples_per_pass, training.cell.snapshot)
            return worker.run_cell(cell.number, source, seconds=training.cell.seconds, cap=cap)
        return worker.run_cell(cell.number, cell.source, seconds=self._config.execution.cell_seconds)

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

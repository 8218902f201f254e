"""One batch on its way: which worker has which submission, what is given next, and what becomes of that which is lost.

Each worker gets no more submissions than it has threads. So few are under way at any time, a slow submission keeps none behind
it, and what a lost worker had is known here and given to another: that does not depend on how the cluster is set up.
"""

from __future__ import annotations

import contextlib
import queue
import threading
import time
import warnings
from collections import Counter, deque
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

import msgspec

from autograder.cluster import worker as functions
from autograder.cluster.kit import Kit, Prepared
from autograder.errors import AutograderError, ClusterError, ClusterUnavailable
from autograder.grading.batch import BatchProgress
from autograder.grading.data import packed_mnist
from autograder.grading.grade import Grader, errored_result, of_submission
from autograder.results import SubmissionResult
from autograder.submissions import Found
from autograder.submissions.reading.packing import pack

LOSSES = 3
"""How often a submission may lose its worker; after one more it is staff's."""
LOOK_SECONDS = 1.0
"""Between looks at which workers there are."""
FETCH_SECONDS = 30.0
"""For a result that is ready to be fetched; its worker may have been lost in between."""
PARTING_SECONDS = 10.0
"""For telling the workers, or the scheduler, that the run is over."""

Say = Callable[[str], None]


class _State(StrEnum):
    NEW = "new"
    PREPARING = "preparing"
    READY = "ready"
    REFUSED = "refused"


@dataclass(eq=False)
class _Task:
    """Something that a worker was asked to do: to grade `found`, or to make itself ready."""

    worker: _Worker
    found: Found | None
    future: Any = None


@dataclass(eq=False)
class _Worker:
    """A worker of the cluster, as this run sees it."""

    address: str
    lanes: int
    state: _State = _State.NEW
    tasks: set[_Task] = field(default_factory=set)

    @property
    def free(self) -> int:
        """How many more submissions it can be given."""
        return self.lanes - len(self.tasks) if self.state is _State.READY else 0


@dataclass
class Run:
    """One batch on its way. Attributes below `seeds` change."""

    client: Any
    address: str
    say: Say
    jobs: int
    grader: Grader
    kit: Kit
    found: Sequence[Found]
    seeds: Mapping[str, int]
    waiting: deque[Found] = field(init=False)
    losses: Counter[str] = field(default_factory=Counter)
    workers: dict[str, _Worker] = field(default_factory=dict)
    done: queue.SimpleQueue[_Task] = field(default_factory=queue.SimpleQueue)
    tasks: int = 0
    told: bool = False

    def __post_init__(self) -> None:
        self.waiting = deque(self.found)

    def steps(self) -> Iterator[BatchProgress]:
        """Give, wait and take until every submission has a result."""
        looked = -LOOK_SECONDS
        while self.waiting or any(task.found for worker in self.workers.values() for task in worker.tasks):
            if time.monotonic() - looked >= LOOK_SECONDS:
                yield from self._look()
                looked = time.monotonic()
            yield from self._give()
            with contextlib.suppress(queue.Empty):
                yield from self._take(self.done.get(timeout=LOOK_SECONDS))

    def end(self) -> None:
        """Cancel what is under way, and let the graders go."""
        self._cancel([task for worker in self.workers.values() for task in worker.tasks])
        prepared = [worker.address for worker in self.workers.values() if worker.state in (_State.PREPARING, _State.READY)]
        if not prepared or self.client.status != "running":
            return

        def part() -> None:
            with contextlib.suppress(Exception):  # graders end by themselves, only later
                self.client.run(functions.dismiss, self.kit.run, workers=prepared, on_error="ignore")

        parting = threading.Thread(target=part, daemon=True)
        parting.start()
        parting.join(PARTING_SECONDS)

    def _look(self) -> Iterator[BatchProgress]:
        """See which workers have come, and which have gone."""
        self._require_scheduler()
        try:
            present: dict[str, int] = self.client.nthreads()
        except OSError as error:
            raise self._scheduler_lost() from error
        for address in [address for address in self.workers if address not in present]:
            gone = self.workers.pop(address)
            self._cancel(gone.tasks)
            for task in gone.tasks:
                yield from self._lost(task, f"the worker {address} was lost")
        for address, threads in present.items():
            if address not in self.workers:
                self.workers[address] = _Worker(address, threads)
        if not self.workers and not self.told:
            self.say(f"{self.address} has no workers; waiting for one")
            self.told = True
        if self.workers and all(worker.state is _State.REFUSED for worker in self.workers.values()):
            raise ClusterUnavailable(f"{self.address}: none of its workers can grade; see above for why")

    def _give(self) -> Iterator[BatchProgress]:
        """Give workers what they have room for."""
        for worker in self.workers.values():
            if worker.state is _State.NEW:
                worker.state = _State.PREPARING
                self._prepare(worker, None)
        while self.waiting and self.workers:
            worker = max(self.workers.values(), key=lambda worker: worker.free)
            under_way = sum(task.found is not None for each in self.workers.values() for task in each.tasks)
            if worker.free <= 0 or (self.jobs and under_way >= self.jobs):
                return
            one = self.waiting.popleft()
            self._ask(worker, one, functions.grade, self.kit.run, pack(one), self.seeds[one.name])
            yield BatchProgress(one, None)

    def _prepare(self, worker: _Worker, data: dict[str, bytes] | None) -> None:
        self._ask(worker, None, functions.prepare, msgspec.msgpack.encode(self.kit), worker.lanes, data)

    def _ask(self, worker: _Worker, one: Found | None, function: Callable[..., bytes], *arguments: Any) -> None:
        task = _Task(worker, one)
        self.tasks += 1
        worker.tasks.add(task)
        with warnings.catch_warnings():
            warnings.filterwarnings("ignore", message="Sending large graph")  # a submission is as large as it is
            task.future = self.client.submit(
                function, *arguments, key=f"autograder-{self.kit.run}-{self.tasks}", workers=[worker.address], pure=False
            )
        task.future.add_done_callback(lambda _: self.done.put(task))

    def _take(self, task: _Task) -> Iterator[BatchProgress]:
        """See how a task has ended."""
        worker = task.worker
        if task not in worker.tasks or self.workers.get(worker.address) is not worker:
            return  # its worker was given up before
        worker.tasks.discard(task)
        try:
            answer: bytes = task.future.result(timeout=FETCH_SECONDS)
        except Exception as error:  # whatever went wrong over there
            self._require_scheduler()
            reason = _told(error)
            self._cancel([task])
            if task.found is None:
                self._refuse(worker, reason)
            else:
                worker.state = _State.NEW if worker.state is _State.READY else worker.state  # its grader may be gone
                yield from self._lost(task, f"{reason} (worker {worker.address})")
            return
        task.future.release()
        if task.found is None:
            self._prepared(worker, msgspec.msgpack.decode(answer, type=Prepared))
        else:
            # The worker was not told what the submission is called, nor whose it is.
            result = of_submission(msgspec.json.decode(answer, type=SubmissionResult), task.found)
            yield BatchProgress(task.found, result)

    def _prepared(self, worker: _Worker, answer: Prepared) -> None:
        if answer.lacks_data:
            self._prepare(worker, packed_mnist())
        elif answer.refused:
            self._refuse(worker, answer.refused)
        else:
            worker.state = _State.READY

    def _refuse(self, worker: _Worker, reason: str) -> None:
        worker.state = _State.REFUSED
        self.say(f"worker {worker.address} is left out: {reason}")

    def _lost(self, task: _Task, reason: str) -> Iterator[BatchProgress]:
        """A submission has to be given to another worker, or has been given to enough of them."""
        one = task.found
        if one is None:
            return
        self.losses[one.name] += 1
        if self.losses[one.name] <= LOSSES:
            self.waiting.append(one)
            return
        text = f"This submission lost its worker {self.losses[one.name]} times; the last time {reason}."
        yield BatchProgress(one, errored_result(self.grader, one, self.seeds[one.name], text))

    def _cancel(self, tasks: Iterable[_Task]) -> None:
        futures = [task.future for task in tasks]
        if futures and self.client.status == "running":
            with contextlib.suppress(Exception):  # their worker or the scheduler may be gone
                self.client.cancel(futures, force=True)

    def _require_scheduler(self) -> None:
        if self.client.status != "running":
            raise self._scheduler_lost()

    def _scheduler_lost(self) -> ClusterError:
        return ClusterError(f"{self.address}: the connection to the scheduler was lost; the same command goes on from there")


def _told(error: Exception) -> str:
    """In a line, what went wrong on a worker."""
    text = " ".join(str(error).split())
    if "deserialization of the task graph" in text:
        return "the scheduler cannot import autograder: it needs the same packages as its workers and this machine"
    if isinstance(error, ImportError):
        return f"it cannot import autograder ({text})"
    return text if isinstance(error, AutograderError) else f"{type(error).__name__}: {text}"

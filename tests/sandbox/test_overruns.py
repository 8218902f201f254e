"""Code that used up its time is not waited for as long again, whichever process it is met in; whatever ends has all of it."""

from __future__ import annotations

import socket
import time
from typing import Any

import pytest

from autograder.errors import ProtocolError, WorkerTimeout
from autograder.sandbox import protocol, timing
from autograder.sandbox.connection import Connection
from autograder.sandbox.lanes import Sandbox
from autograder.sandbox.overruns import MOST, Overruns
from autograder.sandbox.session import Session, Worker
from tests.sandbox.launching import OUTPUT, run, tell

STUCK = """
import time

def helper():
    time.sleep(0.01)

class Layer:
    def forward(self, x):
        while True:
            helper()

    def backward(self, seconds):
        time.sleep(seconds)
        return seconds

layer = Layer()
"""
LIMIT = 3.0
"""Seconds: more than twice what a function has at least."""


def took(worker: Worker, source: str) -> tuple[float, str | None]:
    """Seconds that a cell took, and how it failed."""
    started = time.monotonic()
    ended = run(worker, source, seconds=LIMIT)
    return time.monotonic() - started, ended.error


def test_a_function_that_used_up_its_time_is_stopped_early_from_then_on(worker: Worker) -> None:
    """In the next cell that calls it, which says so; the line is the cell's own."""
    assert run(worker, STUCK).status == "ok"
    seconds, error = took(worker, "layer.forward(1)")
    assert seconds >= LIMIT and error == "did not finish in time and was stopped"
    assert worker.connection.overruns.places == {(1, "Layer.forward"): None}  # the helper's calls all ended
    started = time.monotonic()
    again = worker.run_cell(2, "x = 1\n\nlayer.forward(x)", seconds=LIMIT)
    assert time.monotonic() - started >= timing.LEAST
    assert (again.status, again.line) == ("timeout", 3)
    assert again.error == "was stopped early: `Layer.forward` had not finished in time before, and did not now"


def test_a_test_case_in_another_process_knows_of_it(session: Session) -> None:
    """A checkpoint that was forked before, and a worker that was spawned anew: what one met, all of the submission know."""
    worker = session.spawn()
    run(worker, STUCK)
    before = worker.fork()
    took(worker, "layer.forward(1)")
    fresh = session.spawn()
    run(fresh, STUCK)
    for other in (before, fresh):
        layer = other.namespace(seconds=LIMIT).lookup(("layer",))["layer"]
        with pytest.raises(WorkerTimeout, match=r"your code was stopped early: `Layer\.forward` had not finished in time before"):
            layer.forward(1)
        assert other.alive


def test_what_is_slow_but_ends_has_all_its_time(worker: Worker) -> None:
    """Another method of the same class, and a function in whose many calls a limit was used up, are waited for as before."""
    run(worker, STUCK)
    took(worker, "layer.forward(1)")
    took(worker, "while True: layer.backward(0.3)")
    assert list(worker.connection.overruns.places) == [(1, "Layer.forward")]
    assert worker.namespace(seconds=LIMIT).lookup(("layer",))["layer"].backward(1.8) == 1.8


def test_a_function_stopped_before_may_still_end_quickly(worker: Worker) -> None:
    """For other inputs, say: nothing is refused, it is only not waited for as long."""
    run(worker, "import time\ndef f(n):\n    time.sleep(n)\n    return n")
    assert took(worker, "f(100)")[1] is not None
    assert tell(worker, "f(0.2)") == 0.2


def test_one_call_of_a_method_that_is_asked_for_has_no_more_than_a_test_gives_it(sandbox: Sandbox) -> None:
    """However long the cell may take; what the assignment does not ask for, such as a training loop, has the cell's time."""
    with Session(sandbox.lanes[0], OUTPUT, overruns=Overruns(1.0, ("Layer.forward",))) as session:
        worker = session.spawn()
        run(worker, STUCK + "def train():\n    for _ in range(4): layer.backward(0.5)\n    return 'done'\n")
        ended = run(worker, "layer.forward(1)", seconds=60)
        assert 1.0 <= ended.seconds < 30 and ended.error == "did not finish in time and was stopped"
        assert took(worker, "assert train() == 'done'")[1] is None
        assert took(worker, "assert layer.backward(2.0) == 2.0")[1] is None


@pytest.mark.parametrize(
    "told",
    [1, "text", {}, [1], [[1]], [["1", "f"]], [[1, 2]], [[True, "f"]], [[1, "f", 2]], [[1, "f" * 201]], [[1, "f"]] * (MOST + 1)],
)
def test_functions_of_no_known_form_end_the_process(told: Any) -> None:
    """As any other answer that is malformed."""
    ended: list[int] = []
    ours, theirs = socket.socketpair()
    line = Connection(ours, None, end=lambda: ended.append(1))
    error = {"kind": "timeout", "text": "", "cell": 1, "line": 1, "places": told, "again": None}
    theirs.sendall(b"".join(protocol.encode_frame(1, {"e": error}, protocol.Payload())))
    with pytest.raises(ProtocolError):
        line.request({"o": "get"}, seconds=1)
    assert ended == [1] and not line.alive


def test_no_more_functions_are_kept_than_are_worth_telling() -> None:
    """A process may name as many as it likes, in as many answers."""
    overruns = Overruns()
    for number in range(10):
        overruns.note([[number, f"f{at}"] for at in range(MOST)])
    assert len(overruns.places) == MOST == overruns.version

"""What used up a test's time is not waited for as long again, whichever process it is met in; whatever ends has all its time."""

from __future__ import annotations

import socket
import time
from collections.abc import Iterator
from typing import Any

import pytest

from autograder.errors import ProtocolError, StudentException, WorkerTimeout
from autograder.sandbox import protocol, timing
from autograder.sandbox.connection import Connection
from autograder.sandbox.lanes import Sandbox
from autograder.sandbox.overruns import MOST, Overruns
from autograder.sandbox.session import Session, Worker
from tests.sandbox.launching import OUTPUT, run, tell

LAYER = """
import time

def busy(seconds):
    until = time.monotonic() + seconds
    while time.monotonic() < until:
        pass
    return seconds

class Layer:
    def forward(self, x):
        while True:
            self.backward(0.01)

    def backward(self, seconds):
        return busy(seconds)

layer = Layer()
"""
BRIEF, LONG = 3.0, 60.0
"""Seconds: of a call in a test, more than twice what anything has at least; and of a cell."""
EARLY = "was stopped early: `Layer.forward` had not finished in time before, and did not now"


@pytest.fixture
def session(sandbox: Sandbox) -> Iterator[Session]:
    """A session that knows what is asked for."""
    with Session(sandbox.lanes[0], OUTPUT, overruns=Overruns(BRIEF, ("Layer.forward", "Layer.backward"))) as session:
        yield session


def ended(worker: Worker, source: str) -> tuple[str | None, float]:
    """How a cell failed, and the seconds that it took."""
    found = run(worker, source, seconds=LONG)
    return found.error, found.seconds


def test_a_call_in_a_cell_has_no_more_than_a_test_gives_it_and_a_tenth_of_that_from_then_on(worker: Worker) -> None:
    """However long the cell may take. The line that is told is the cell's own."""
    assert run(worker, LAYER).status == "ok"
    error, seconds = ended(worker, "layer.forward(1)")
    assert error == "did not finish in time and was stopped" and BRIEF <= seconds < LONG / 2
    assert worker.connection.overruns.places == {(1, "Layer.forward"): None}  # each call of `backward` ended
    again = worker.run_cell(2, "x = 1\n\nlayer.forward(x)", seconds=LONG)
    assert (again.status, again.line, again.error) == ("timeout", 3, EARLY)
    assert again.seconds >= timing.LEAST


def test_all_processes_of_the_submission_know_of_it(session: Session) -> None:
    """A checkpoint that was forked before, and a worker that was spawned anew; and a test tells as a cell does."""
    worker = session.spawn()
    run(worker, LAYER)
    before = worker.fork()
    with pytest.raises(WorkerTimeout, match="did not finish within 3 s"):
        worker.namespace(seconds=BRIEF).lookup(("layer",))["layer"].forward(1)
    fresh = session.spawn()
    run(fresh, LAYER)
    for other in (before, fresh, fresh.fork()):
        layer = other.namespace(seconds=BRIEF).lookup(("layer",))["layer"]
        with pytest.raises(WorkerTimeout, match=f"^your code {EARLY}$"):
            layer.forward(1)
        assert other.alive


def test_what_is_slow_but_ends_has_all_its_time(worker: Worker) -> None:
    """Another method, the same one for other inputs, and a training loop, whatever it calls and however often it was cut off."""
    run(worker, LAYER + "def train(passes):\n    for _ in range(passes): layer.backward(0.3)\n    return passes\n")
    ended(worker, "layer.forward(1)")
    assert worker.namespace(seconds=BRIEF).lookup(("layer",))["layer"].backward(1.8) == 1.8
    assert run(worker, "train(1000)", seconds=4.0).error == "did not finish in time and was stopped"
    assert run(worker, "passes = train(14)\ndef below(): return 1").status == "ok"
    assert tell(worker, "passes + below()") == 15
    assert list(worker.connection.overruns.places) == [(1, "Layer.forward")]


def test_a_call_that_had_little_time_left_is_not_held_against_it(worker: Worker) -> None:
    """What is left of a question's time says nothing of how long a call takes."""
    run(worker, LAYER)
    with pytest.raises(WorkerTimeout):
        worker.namespace(seconds=1.5).lookup(("layer",))["layer"].forward(1)
    assert not worker.connection.overruns.places


def test_what_was_mended_in_a_later_cell_has_its_time(worker: Worker) -> None:
    """A class of the same name from another cell is another one."""
    run(worker, LAYER)
    ended(worker, "layer.forward(1)")
    run(worker, LAYER.replace("while True", "for _ in range(200)"), number=2)
    assert ended(worker, "layer.forward(1)")[0] is None


def test_looking_keeps_nothing_alive_and_leaves_the_students_alarm_alone(worker: Worker) -> None:
    """What a function holds is gone as it returns; a signal handler of the student's is called for the student's alarms only."""
    run(worker, LAYER)
    source = """
        import signal, weakref
        class Big: pass
        seen, alarms = [], []
        class Layer:
            def forward(self, seconds):
                big = Big()
                seen.append(weakref.ref(big))
                busy(seconds)
        Layer().forward(1.7)
        gone = [one() is None for one in seen]
        signal.signal(signal.SIGALRM, lambda *_: alarms.append(1))
        signal.setitimer(signal.ITIMER_REAL, 0)
        busy(1.7)
    """
    assert run(worker, "\n".join(line[8:] for line in source.splitlines())).status == "ok"
    assert tell(worker, "(gone, alarms)") == ([True], [])


@pytest.mark.parametrize("told", [1, "text", {}, [], [1], ["1", "f"], [1, 2], [True, "f"], [1, "f", 2], [1, "g"], [[1, "f"]]])
def test_a_function_of_no_known_form_ends_the_process(told: Any) -> None:
    """As any other answer that is malformed."""
    ended: list[int] = []
    ours, theirs = socket.socketpair()
    line = Connection(ours, None, end=lambda: ended.append(1), overruns=Overruns(1.0, ("f",)))
    error = {"kind": "timeout", "text": "", "cell": 1, "line": 1, "place": told, "again": None}
    theirs.sendall(b"".join(protocol.encode_frame(1, {"e": error}, protocol.Payload())))
    with pytest.raises(ProtocolError):
        line.request({"o": "get"}, seconds=1)
    assert ended == [1] and not line.alive


def test_no_more_functions_are_kept_than_are_worth_telling() -> None:
    """A process may name as many cells as it likes, in as many answers."""
    overruns = Overruns(1.0, ("f",))
    for number in range(10 * MOST):
        overruns.note([number, "f"])
    assert len(overruns.places) == MOST


def test_an_error_that_no_test_asked_for_is_the_students() -> None:
    """What a fork or a seed is answered with is no missing attribute of an object, whatever the process says."""
    ours, theirs = socket.socketpair()
    error = {"kind": "AttributeError", "text": "boo", "cell": None, "line": None, "attribute": True}
    theirs.sendall(b"".join(protocol.encode_frame(1, {"e": error}, protocol.Payload())))
    with pytest.raises(StudentException, match="boo"):
        Connection(ours, None).request({"o": "fork"}, seconds=1)


def test_without_a_bound_nothing_is_looked_at(sandbox: Sandbox) -> None:
    """A session that is told of none gives each call the time of its cell."""
    with Session(sandbox.lanes[0], OUTPUT) as session:
        worker = session.spawn()
        run(worker, LAYER)
        started = time.monotonic()
        assert run(worker, "layer.forward(1)", seconds=BRIEF).status == "timeout"
        assert time.monotonic() - started >= BRIEF and not worker.connection.overruns.places

"""Cells run as in a notebook; whatever one of them does costs itself, or at worst the process that it ran in."""

from __future__ import annotations

import time

import pytest
import torch

from autograder.errors import StudentException, WorkerDied, WorkerTimeout
from autograder.sandbox import warden
from autograder.sandbox.lanes import Sandbox
from autograder.sandbox.session import Session, Worker
from tests.sandbox.launching import LIMITS, OUTPUT, needs_own_user, run, tell

STUBBORN = """
while True:
    try:
        for _ in range(10**12):
            pass
    except BaseException:
        pass
"""


def settles(sandbox: Sandbox, number: int) -> bool:
    """Whether the submission's user comes to have so many processes: killed ones may need a moment to be gone."""
    deadline = time.monotonic() + 10
    while time.monotonic() < deadline:
        if len(warden.user_members(sandbox.lanes[0].uid or 0)) == number:
            return True
        time.sleep(0.02)
    return False


def test_cells_share_a_namespace(worker: Worker) -> None:
    """As in a notebook, what one cell defines the next one uses."""
    assert run(worker, "x = 20").status == "ok"
    assert tell(worker, "x + 1") == 21


@pytest.mark.parametrize(
    ("source", "status", "error", "line"),
    [
        ("x = 1\ny = x / 0", "raised", "ZeroDivisionError: division by zero", 2),
        ("x = 1\n\ny = = 2", "syntax", "SyntaxError: invalid syntax (<cell 1>, line 3)", 3),
        ("\n \nx = 1 / 0", "raised", None, 3),
        ("\n x = 1", "ok", None, None),
        ("\n%%time\nx = 1", "ok", None, None),
        ("", "ok", None, None),
        ("raise SystemExit(1)", "raised", "SystemExit: 1", 1),
        ("raise KeyboardInterrupt", "raised", "KeyboardInterrupt: ", 1),
        ("input()", "raised", None, 1),
        ("class E(Exception):\n    def __str__(self):\n        1 / 0\nraise E", "raised", "E: ", 4),
        ("raise ValueError('\\ud800')", "raised", None, None),
        ("exit()", "ok", None, None),
        ("!ls", "ok", None, None),
        ("%matplotlib inline", "ok", None, None),
        (" x = 1", "ok", None, None),
    ],
)
def test_a_cell_ends_as_in_jupyter(worker: Worker, source: str, status: str, error: str | None, line: int | None) -> None:
    """Status, exception and line are told, and the next cell runs, whatever was raised."""
    ended = run(worker, source)
    assert ended.status == status
    assert error is None or ended.error == error
    assert line is None or ended.line == line
    assert tell(worker, "1 + 1") == 2


def test_the_line_is_one_of_the_cell_that_was_run(worker: Worker) -> None:
    """Also where a function of another cell raised: what is shown, and what is run all the same, stands in this one."""
    run(worker, "def halve(x):\n\n\n    return x / 0", number=1)
    ended = run(worker, "x = 1\nhalve(x)\ny = 2", number=2)
    assert (ended.status, ended.error, ended.line) == ("raised", "ZeroDivisionError: division by zero", 2)


def test_an_endless_loop_ends_in_time_and_the_worker_goes_on(worker: Worker) -> None:
    """Within the limit, with the line that it was at, and with the variables as they were."""
    started = time.monotonic()
    ended = run(worker, "count = 0\nwhile True:\n    count += 1", seconds=0.3)
    assert (ended.status, ended.error) == ("timeout", "did not finish in time and was stopped")
    assert ended.line in (2, 3) and time.monotonic() - started >= 0.3
    assert tell(worker, "count > 0") is True


@needs_own_user
def test_an_endless_loop_that_catches_everything_is_killed(sandbox: Sandbox, session: Session) -> None:
    """At its limit and the grace, not at the session's end: it would take a core from other submissions until then."""
    worker = session.spawn()
    started = time.monotonic()
    ended = run(worker, STUBBORN, seconds=0.3)
    assert ended.status == "timeout" and time.monotonic() - started >= 0.7
    assert not worker.alive and settles(sandbox, 0)
    assert run(worker, "1").status == "died"


@needs_own_user
def test_a_checkpoint_that_catches_everything_is_killed_alone(sandbox: Sandbox, worker: Worker) -> None:
    """The notebook's own process and the other checkpoints are still there."""
    run(worker, "def stubborn():" + STUBBORN.replace("\n", "\n    "))
    first, second = worker.fork(), worker.fork()
    assert settles(sandbox, 3)
    with pytest.raises(WorkerTimeout):
        first.namespace(seconds=0.2).lookup(("stubborn",))["stubborn"]()
    assert not first.alive and settles(sandbox, 2)
    assert second.namespace(seconds=1).lookup(("stubborn",)) and tell(worker, "1") == 1


@needs_own_user
def test_a_process_id_that_is_not_the_student_s_is_not_killed(sandbox: Sandbox, session: Session) -> None:
    """A checkpoint's id is what the worker says it is; another process than one of its user's is never hit."""
    line = sandbox.lanes[0].warden
    for innocent in (sandbox._zygote.pid, 1, 1 << 30):
        warden.end_process(line, sandbox.lanes[0].uid, innocent)
    assert tell(session.spawn(), "1") == 1


@pytest.mark.parametrize(
    "source", ["import os; os._exit(0)", "import os; os.abort()", "import ctypes; ctypes.string_at(0)"]
)
def test_a_cell_that_ends_the_process_died(session: Session, source: str) -> None:
    """An exit, an abort, a crash: told as such, and another worker can be had."""
    worker = session.spawn()
    ended = run(worker, source)
    assert (ended.status, worker.alive) == ("died", False)
    assert tell(session.spawn(), "1") == 1


def test_printing_is_kept_up_to_the_limit(session: Session) -> None:
    """A flood on stdout and stderr costs neither memory here nor the marks over there."""
    worker = session.spawn()
    ended = run(worker, "import sys\nfor _ in range(300):\n    print('x' * 9999); print('y' * 9999, file=sys.stderr)")
    assert ended.status == "ok" and 0 < len(ended.output) <= OUTPUT
    ended = run(worker, "print('more'); done = True")
    assert (ended.status, ended.output) == ("ok", "")


def test_what_is_printed_comes_with_its_cell(worker: Worker) -> None:
    """And what is no text does no harm."""
    assert run(worker, "print('one')").output == "one\n"
    assert run(worker, "import sys\nprint('two', file=sys.stderr)").output == "two\n"
    assert run(worker, "import os\n_ = os.write(1, b'\\xff\\xfe')").output == "\ufffd\ufffd"
    assert run(worker, "print('\\ud800')").output == "\\ud800\n"
    assert run(worker, "sys.stdout = None\nprint('lost')").status == "ok"


def test_a_forked_flood_does_not_hold_the_grader(session: Session) -> None:
    """Processes that print without end, while the cell that started them is over."""
    worker = session.spawn()
    flood = "import os\nfor _ in range(3):\n    if os.fork() == 0:\n        while True:\n            os.write(1, bytes(65536))"
    started = time.monotonic()
    assert run(worker, flood).status == "ok"
    assert run(worker, "1 + 1").status == "ok"
    assert time.monotonic() - started < 60  # held, it would be for ever


def test_checkpoints_are_apart(worker: Worker) -> None:
    """What a question's tests change is seen by no later cell and by no other checkpoint, and the other way round."""
    run(worker, "import torch\nclass Box: pass\nbox = Box(); box.n = 1; box.t = torch.zeros(2)")
    first, second = worker.fork(), worker.fork()
    box = first.namespace(seconds=5).lookup(("box",))["box"]
    box.n = 2
    box.t = torch.ones(2)
    assert tell(worker, "[box.n, box.t.tolist()]") == [1, [0.0, 0.0]]
    run(worker, "box.n = 3; box.t.fill_(9)")
    other = second.namespace(seconds=5).lookup(("box",))["box"]
    assert (other.n, other.t.tolist()) == (1, [0.0, 0.0])
    assert (box.n, box.t.tolist()) == (2, [1.0, 1.0])
    assert worker.fork().namespace(seconds=5).lookup(("box",))["box"].n == 3


def test_what_is_printed_during_tests_is_nobody_s_business(session: Session, worker: Worker) -> None:
    """A student cannot print what hidden tests hand to the code."""
    run(worker, "import os, sys\ndef tell(x):\n    print(x); print(x, file=sys.stderr); os.write(1, b'x'); sys.stdout.flush()")
    worker.fork().namespace(seconds=5).lookup(("tell",))["tell"]("secret")
    assert session.output.take() == ""


def test_cells_go_on_where_a_checkpoint_died(worker: Worker) -> None:
    """And the checkpoint says that it did."""
    run(worker, "import os")
    checkpoint = worker.fork()
    with pytest.raises(WorkerDied):
        checkpoint.namespace(seconds=5).lookup(("os",))["os"]._exit(3)
    assert not checkpoint.alive and tell(worker, "1") == 1


def test_checkpoints_are_as_many_as_the_limit_lets_be(worker: Worker) -> None:
    """One too many is an exception of the student's process, and the notebook goes on."""
    kept = []
    with pytest.raises(StudentException, match="BlockingIOError"):
        for _ in range(LIMITS.processes + 1):
            kept.append(worker.fork())
    assert tell(worker, "1") == 1


def test_the_random_state_is_the_seed_s_and_not_the_grader_s(session: Session) -> None:
    """Two workers of one seed draw the same, of two seeds different numbers, and none draws what the grader draws."""
    draws = "[torch.rand(4).tolist(), np.random.rand(4).tolist(), [random.random() for _ in range(4)]]"
    told = []
    for seed in (1, 1, 2):
        worker = session.spawn()
        worker.seed(seed)
        told.append(tell(worker, draws, "import torch, random, numpy as np"))
    assert told[0] == told[1]
    assert all(one != other for one, other in zip(told[1], told[2], strict=True))
    assert torch.rand(4).tolist() not in (told[0][0], told[2][0])


def test_memory_in_circles_is_given_back(worker: Worker) -> None:
    """Python's collector is at work in cells, however the process was prepared."""
    source = """import gc, weakref
class Circle: pass
for number in range(100_000):
    circle = Circle()
    circle.itself = circle
    if number == 0:
        first = weakref.ref(circle)"""
    assert run(worker, source).status == "ok"
    assert tell(worker, "[gc.isenabled(), first() is None]") == [True, True]


@needs_own_user
def test_time_over_there_has_no_say(worker: Worker) -> None:
    """A cell that turns its own timer off is ended from outside, and its seconds are measured here."""
    ended = run(worker, "import signal, time\nsignal.signal(signal.SIGALRM, signal.SIG_IGN)\ntime.sleep(60)", seconds=0.2)
    assert ended.status == "timeout" and 0.5 < ended.seconds < 2
    assert not worker.alive


def test_a_cell_runs_though_an_earlier_one_closed_its_streams(worker: Worker) -> None:
    """Closed or removed streams cost what is printed in that cell; later ones print again."""
    run(worker, "import sys\nsys.stdout.close()\nsys.stderr = None")
    assert run(worker, "x = 3\nprint(x)").status == "ok"


def test_files_that_were_handed_in_lie_where_cells_run(sandbox: Sandbox) -> None:
    """In every worker of the session, and no name is left behind."""
    with Session(sandbox.lanes[0], OUTPUT, {"parts/layers.py": "text = 'a\\n{b}'"}) as session:
        for _ in range(2):
            worker = session.spawn()
            source = "from parts.layers import text\nassert text == 'a\\n{b}'\nassert '__placed__' not in globals()"
            assert run(worker, source).status == "ok"

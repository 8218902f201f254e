"""What saves questions and answers changes nothing of what a test sees."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
import torch

from autograder import checks
from autograder.checks import context as surroundings
from autograder.errors import StudentException, WorkerTimeout
from autograder.grading.judge import GraderContext
from autograder.sandbox.connection import Connection
from autograder.sandbox.remote import Namespace
from autograder.sandbox.session import Worker
from tests.sandbox.launching import run

CELL = """
import time, torch
import numpy as np
buffer, calls = torch.zeros(2), []
class Doubling:
    def forward(self, x):
        calls.append(len(calls))
        return buffer.copy_(2 * x)
class Refusing(Doubling):
    def forward(self, x):
        if x[0] == 2:
            raise ValueError('no twos')
        return super().forward(x)
class Slow:
    def forward(self, x):
        calls.append(len(calls))
        time.sleep(0.3)
        return x
class Hanging:
    def forward(self, x):
        calls.append(len(calls))
        while x[0] == 2:
            pass
        return x
shared = {'array': np.zeros(2), 'leaf': torch.zeros(2, requires_grad=True), 'many': [0.0, 0.0]}
def told(kind, x):
    with torch.no_grad():
        shared['leaf'][:] = x
    shared['array'][:], shared['many'][:] = x.numpy(), x.tolist()
    return shared if kind == 'all' else shared[kind]
class Sixth:
    def forward(self, x):
        calls.append(len(calls))
        if len(calls) == 3:
            raise RuntimeError('the third call')
        return x
"""


@pytest.fixture
def asked(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The operations that were asked for, in their order."""
    operations: list[str] = []
    exchange = Connection.exchange

    def counted(self: Connection, message: dict[str, Any], *args: Any, **kwargs: Any) -> Any:
        operations.append(message["o"])
        return exchange(self, message, *args, **kwargs)

    monkeypatch.setattr(Connection, "exchange", counted)
    return operations


def context(space: Namespace) -> GraderContext:
    """That of a test case."""
    return GraderContext(space, (checks.current().tolerances, checks.current().run), 1, Path())


def test_classes_are_asked_for_once_by_several_test_cases(worker: Worker, asked: list[str]) -> None:
    """The second test case has them without a question, and they work; what is a value comes anew for each."""
    run(worker, CELL)
    asked.clear()
    for times in range(1, 4):
        space = worker.namespace(seconds=5)
        found = space.lookup(("Doubling", "Refusing", "missing"))
        assert set(found) == {"Doubling", "Refusing"}
        assert found["Doubling"]().forward(torch.ones(2)).tolist() == [2.0, 2.0]
        assert list(space.lookup(("calls",))["calls"]) == list(range(times))
    assert asked.count("names") == 1 + 3, asked


def test_a_cell_that_gives_a_name_away_again_is_noticed(worker: Worker) -> None:
    """Nothing that was known of the names before is held true after another cell has run, and a checkpoint has its own."""
    run(worker, CELL)
    before = worker.namespace(seconds=5).lookup(("Doubling",))["Doubling"]
    assert before().forward(torch.ones(2)).tolist() == [2.0, 2.0]
    checkpoint = worker.fork()
    run(worker, "class Doubling:\n    def forward(self, x):\n        return 3 * x\n")
    for at, factor in ((worker, 3.0), (checkpoint, 2.0)):
        assert at.namespace(seconds=5).lookup(("Doubling",))["Doubling"]().forward(torch.ones(1))[0] == factor


def test_calls_are_made_in_one_request_and_each_answer_is_of_its_own_time(worker: Worker, asked: list[str]) -> None:
    """Memory that the next call writes into again does not change what was answered before."""
    run(worker, CELL)
    space = worker.namespace(seconds=5)
    doubling = space.lookup(("Doubling",))["Doubling"]
    inputs = [torch.full((2,), float(n)) for n in range(5)]
    asked.clear()
    with surroundings.installed(context(space)):
        given = checks.fresh_passes.each([(doubling, (), [(x, None)]) for x in inputs])
        assert asked == ["ahead"]
        for (y,), x in zip((passes()[0] for passes in given), inputs, strict=True):
            checks.close(y, 2 * x, "y")
    assert asked == ["ahead"]
    here = checks.called.each([(torch.neg, x) for x in inputs])  # under plain Otter, where nothing travels
    assert [float(one()[0]) for one in here] == [-float(x[0]) for x in inputs]


@pytest.mark.parametrize("kind", ["array", "leaf", "many", "all"])
def test_whatever_a_call_gives_is_what_it_gave_then(worker: Worker, kind: str) -> None:
    """Arrays, tensors that gradients are asked of, lists and dicts of them: one by one or together, a test sees the same."""
    run(worker, CELL)
    space = worker.namespace(seconds=5)
    told = space.lookup(("told",))["told"]
    inputs = [torch.full((2,), float(n)) for n in range(4)]
    with surroundings.installed(context(space)):
        together = [call() for call in checks.called.each([(told, kind, x) for x in inputs])]
        alone = [checks.called(told, kind, x) for x in inputs]
    assert repr(together) == repr(alone) and len({repr(one) for one in together}) == 4


@pytest.mark.parametrize(("name", "kind"), [("Refusing", "no twos"), ("Sixth", "the third call")])
def test_an_error_comes_where_it_belongs_and_no_call_is_made_twice(worker: Worker, name: str, kind: str) -> None:
    """Those before it have their answers, those behind it are made after it, and one that raised is not tried again."""
    run(worker, CELL)
    space = worker.namespace(seconds=5)
    layer = space.lookup((name,))[name]
    inputs = [torch.full((2,), float(n)) for n in range(5)]
    with surroundings.installed(context(space)):
        given = checks.fresh_passes.each([(layer, (), [(x, None)]) for x in inputs])
        for passes, x in zip(given, inputs, strict=True):
            if x[0] == 2:
                with pytest.raises(StudentException, match=kind):
                    passes()
            else:
                assert passes()[0][0].shape == (2,)
        assert list(space.lookup(("calls",))["calls"]) == list(range(4 if name == "Refusing" else 5))


def test_a_call_that_hangs_has_its_own_time_and_comes_where_it_belongs(worker: Worker) -> None:
    """The two calls before it are answered at once, and it ends within the time of one call; those behind it work."""
    run(worker, CELL)
    space = worker.namespace(seconds=1.0)
    hanging = space.lookup(("Hanging",))["Hanging"]
    inputs = [torch.full((1,), float(n)) for n in range(5)]
    with surroundings.installed(context(space)):
        given = checks.fresh_passes.each([(hanging, (), [(x, None)]) for x in inputs])
        assert [float(passes()[0][0]) for passes in given[:2]] == [0.0, 1.0]
        with pytest.raises(WorkerTimeout):
            given[2]()
        assert [float(passes()[0][0]) for passes in given[3:]] == [3.0, 4.0]


def test_slow_calls_are_made_as_a_test_comes_to_them(worker: Worker) -> None:
    """A test that fails with the first of them does not wait for the others; and each has the time of a call for itself."""
    run(worker, CELL)
    inputs = [torch.ones(1) for _ in range(5)]
    space = worker.namespace(seconds=1.0)
    slow = space.lookup(("Slow",))["Slow"]
    with surroundings.installed(context(space)):
        given = checks.fresh_passes.each([(slow, (), [(x, None)]) for x in inputs])
        assert list(space.lookup(("calls",))["calls"]) == [0]
        assert all(float(passes()[0][0]) == 1 for passes in given)
        assert len(list(space.lookup(("calls",))["calls"])) == 5

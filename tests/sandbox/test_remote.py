"""A test function uses student objects in another process as if they were here, and is told where that cannot be."""

from __future__ import annotations

import time
from typing import Any

import numpy as np
import pytest
import torch

from autograder import checks
from autograder.errors import CheckFailure, HandleRefused, StudentException, WorkerTimeout
from autograder.sandbox.handles import Handle, type_name
from autograder.sandbox.remote import Namespace
from autograder.sandbox.session import Worker
from tests.sandbox.launching import run

CELL = """
import os, time, torch
class Layer:
    '''A layer.'''
    rate = 0.5
    def __init__(self, rows, columns=3, **more):
        self.weight = torch.ones(rows, columns)
        self.bias = None
        self.items = {'a': 1}
        self.more = more
    def forward(self, x):
        return x @ self.weight
    def double(self, x):
        x.mul_(2)
        return x.sum()
    def reshape(self, x):
        x.unsqueeze_(0)
    def double_and_fail(self, x):
        x.mul_(2)
        raise ValueError('after the change')
    def fail(self):
        return missing_name
    def much_text(self):
        return 'x' * (2 << 20)
    def many_tensors(self):
        return [torch.ones(5 << 20)] * 2
    def double_and_return(self, x):
        return x.mul_(2)
    def echo(self, value):
        return value
    def same(self, one, other):
        return one is other
    def hang(self):
        while True:
            time.sleep(0.01)
    def lacks(self):
        return self.nothing
    def __len__(self): return 3
    def __iter__(self): return iter([torch.zeros(1), self, 7])
    def __contains__(self, item): return item == 7
    def __getitem__(self, key): return self.items[key]
    def __setitem__(self, key, value): self.items[key] = value
    def __bool__(self): return False
    def __repr__(self): return 'a layer of mine'
class Liar(torch.Tensor):
    @classmethod
    def __torch_function__(cls, func, types, args=(), kwargs=None):
        return True
class Words(str):
    def __eq__(self, other): return True
    __hash__ = str.__hash__
class Number(float):
    def __eq__(self, other): return True
class Agreeing:
    def __eq__(self, other): return True
liar = torch.zeros(3).as_subclass(Liar)
parameter = torch.nn.Parameter(torch.ones(2)); parameter.grad = torch.full((2,), 3.0)
leaf = torch.ones(2, requires_grad=True)
lying_grad = torch.ones(2, requires_grad=True); lying_grad.grad = torch.full((2,), 4.0).as_subclass(Liar)
words, number, agreeing, size, huge = Words('left'), Number(1.5), Agreeing(), torch.ones(2, 3).shape, 1 << 80
several = {'list': [1, (2.0, None)], 'tensor': torch.arange(3), 'layer': Layer(1)}
"""


@pytest.fixture
def space(worker: Worker) -> Namespace:
    """The namespace of a worker in which the cell has run."""
    assert run(worker, CELL, number=4).status == "ok"
    return worker.namespace(seconds=5)


@pytest.fixture
def layer(space: Namespace) -> Any:
    """A student's layer of one row."""
    return space.lookup(("Layer",))["Layer"](1)


def get(space: Namespace, name: str) -> Any:
    """A student's global variable."""
    return space.lookup((name,))[name]


def test_names_that_do_not_exist_are_left_out(space: Namespace) -> None:
    """So that a verdict can say which they are."""
    assert set(space.lookup(("Layer", "nothing", "size"))) == {"Layer", "size"}


def test_classes_objects_and_attributes_behave_as_at_home(space: Namespace) -> None:
    """Call with keywords, get, set, delete, hasattr and getattr with a default."""
    layer = get(space, "Layer")(2, columns=4, name="mine")
    assert layer.weight.shape == (2, 4) and layer.bias is None and layer.rate == 0.5 and layer.more == {"name": "mine"}
    layer.weight = torch.zeros(2, 5)
    assert layer.forward(torch.ones(1, 2)).shape == (1, 5)
    del layer.weight
    assert not hasattr(layer, "weight") and hasattr(layer, "bias") and getattr(layer, "weight", 3) == 3
    with pytest.raises(AttributeError, match="weight"):
        layer.weight  # noqa: B018


def test_containers_behave_as_at_home(layer: Any) -> None:
    """len, bool, in, index, assignment to an index, iteration, repr, dir."""
    assert len(layer) == 3 and not layer and 7 in layer and 8 not in layer and repr(layer) == "a layer of mine"
    layer["b"] = [1, 2]
    assert layer["b"] == [1, 2] and "forward" in dir(layer)
    tensor, itself, number = layer
    assert torch.equal(tensor, torch.zeros(1)) and repr(itself) == "a layer of mine" and number == 7


def test_objects_can_be_handed_back(space: Namespace, layer: Any) -> None:
    """A handle that is passed as an argument is the student's own object over there."""
    assert layer.same(layer, layer) and not layer.same(layer, get(space, "Layer"))
    assert repr(layer.echo([layer])[0]) == "a layer of mine"


@pytest.mark.parametrize("value", [None, True, 3, -1.5, "text", b"bytes", [1, [2]], (1, (2,)), {"a": (1,)}, torch.Size([2, 3])])
def test_plain_data_makes_the_round_trip(layer: Any, value: Any) -> None:
    """As itself, types included."""
    arrived = layer.echo(value)
    assert arrived == value and type(arrived) is (tuple if isinstance(value, torch.Size) else type(value))


def test_single_numpy_values_come_as_the_numbers_that_they_hold(worker: Worker) -> None:
    """A loss made ready for plotting, or a size that numpy computed, is as good as Python's own."""
    source = "import numpy as np\nkept = [torch.ones(()).numpy(), np.float32(2), np.int64(3), np.bool_(True)]"
    assert run(worker, source).status == "ok"
    assert [(type(value), value) for value in get(worker.namespace(seconds=5), "kept")] == [
        (float, 1.0), (float, 2.0), (int, 3), (bool, True),
    ]  # fmt: skip


def test_isinstance_is_refused_with_what_to_write(space: Namespace, layer: Any) -> None:
    """Both of an object and against a student's class."""
    with pytest.raises(HandleRefused, match=r"isinstance\(\).*type Layer.*hasattr"):
        isinstance(layer, torch.Tensor)
    with pytest.raises(HandleRefused, match="hasattr"):
        isinstance(3, get(space, "Layer"))


def test_what_cannot_be_sent_is_refused_with_a_reason(layer: Any) -> None:
    """An object of the test's own has no meaning over there."""
    with pytest.raises(HandleRefused, match="a object cannot be sent"):
        layer.echo(object())
    with pytest.raises(HandleRefused, match="cannot be sent"):
        layer.weight = lambda: 1


def test_an_object_of_another_test_case_is_refused(worker: Worker, layer: Any) -> None:
    """References are numbered by each test case for itself."""
    with pytest.raises(HandleRefused, match="another test case"):
        get(worker.namespace(seconds=5), "Layer")(1).echo(layer)


def test_tensors_come_by_value_as_plain_ones(space: Namespace) -> None:
    """requires_grad, being a Parameter and gradients are kept; a change here is none there."""
    parameter, leaf, lying = (get(space, name) for name in ("parameter", "leaf", "lying_grad"))
    assert type(parameter) is torch.nn.Parameter and parameter.grad is not None
    assert parameter.grad.tolist() == [3.0, 3.0]
    assert type(leaf) is torch.Tensor and leaf.requires_grad and leaf.grad is None
    assert type(lying.grad) is torch.Tensor and lying.grad.tolist() == [4.0, 4.0]
    with torch.no_grad():
        leaf.add_(1)
    assert get(space, "leaf").tolist() == [1.0, 1.0]


def test_a_tensor_that_lies_arrives_as_its_values(space: Namespace) -> None:
    """`torch.equal` with a subclass whose every function says True is decided here, on what its memory holds."""
    liar = get(space, "liar")
    assert type(liar) is torch.Tensor and liar.tolist() == [0.0] * 3 and not torch.equal(liar, torch.ones(3))


def test_values_that_always_agree_do_not(space: Namespace) -> None:
    """Subclasses of str and float arrive as plain ones; any other object is a handle, equal to nothing."""
    assert get(space, "words") == "left" and get(space, "words") != "right" and type(get(space, "words")) is str
    assert get(space, "number") == 1.5 and get(space, "number") != 2 and type(get(space, "number")) is float
    assert get(space, "agreeing") != 1 and type(get(space, "agreeing")) is Handle
    assert get(space, "size") == (2, 3) and type_name(get(space, "huge")) == "int"


def test_containers_come_with_handles_in_them(space: Namespace) -> None:
    """Lists and dicts by value, the objects in them as handles."""
    several = get(space, "several")
    assert several["list"] == [1, (2.0, None)] and several["tensor"].tolist() == [0, 1, 2] and len(several["layer"]) == 3


def test_what_is_written_into_an_argument_is_noticed_and_does_not_arrive(layer: Any, space: Namespace) -> None:
    """So no submission chooses what a reference is computed from; also its shape, also where an exception followed."""
    x = torch.ones(3)
    assert space.left(x) is x
    assert layer.double(x) == 6 and x.tolist() == [1.0] * 3 and space.left(x).tolist() == [2.0] * 3
    with pytest.raises(StudentException):
        layer.double_and_fail(x)
    assert x.tolist() == [1.0] * 3 and space.left(x).tolist() == [2.0] * 3  # it was given the test's values again
    layer.reshape(x)
    assert x.shape == (3,) and space.left(x).shape == (1, 3)
    assert layer.same(x, x) and not layer.same(x, torch.ones(3))


def test_an_argument_that_autograd_went_through_has_its_gradient(worker: Worker) -> None:
    """`x.grad` is written back, as it would be at home."""
    run(worker, "def back(x):\n    (x * 3).sum().backward()")
    x = torch.ones(2, requires_grad=True)
    get(worker.namespace(seconds=5), "back")(x)
    assert x.grad is not None and x.grad.tolist() == [3.0, 3.0]


def test_an_exception_comes_with_type_cell_and_line(layer: Any) -> None:
    """Of the innermost line of the student's own."""
    with pytest.raises(StudentException) as caught:
        layer.fail()
    assert (caught.value.kind, caught.value.cell, caught.value.line) == ("NameError", 4, 22)
    assert str(caught.value) == "your code raised NameError: name 'missing_name' is not defined (code cell 4, line 22)"
    with pytest.raises(AttributeError, match="'Layer' object has no attribute 'nothing'"):
        layer.lacks()


def test_a_call_that_hangs_ends_in_time_and_the_next_one_works(worker: Worker, space: Namespace) -> None:
    """A time limit of one call, after which the process can still be asked."""
    layer = get(worker.namespace(seconds=0.2), "Layer")(1)
    with pytest.raises(WorkerTimeout, match=r"within 0\.2 s"):
        layer.hang()
    assert worker.alive and len(layer) == 3


def test_an_answer_that_is_too_large_costs_that_call(layer: Any) -> None:
    """Of text or of tensors; the process goes on."""
    for method in (layer.much_text, layer.many_tensors):
        with pytest.raises(StudentException, match="MiB"):
            method()
        assert len(layer) == 3


def test_a_change_that_is_too_large_costs_nothing_else(layer: Any) -> None:
    """The answer arrives, with those changes that fit into it."""
    x = torch.ones(6 << 20)
    assert layer.double_and_return(x).sum() == 2 * x.numel()


@checks.student_side
def where() -> Any:
    """Process id of wherever it runs."""
    import os

    return os.getpid()


def test_student_side_code_runs_on_the_student_s_side(space: Namespace, worker: Worker) -> None:
    """Its text travels; it runs where student objects live, under its own name."""
    there = get(space, "os").getpid()
    assert space.ask("call", v=where, a=[], w={}) == there
    assert where() != there


AGREEABLE = """
import numpy as np, torch
class Memory:
    def __init__(self, address):
        self.__array_interface__ = {'data': (address, False), 'shape': (3,), 'typestr': '<f8', 'version': 3}
class Said:
    def __array__(self, *args, **kwargs): return np.array([1.0, 2.0, 3.0])
    @classmethod
    def __torch_function__(cls, func, types, args=(), kwargs=None): return True
    __mine__ = 1
"""


def test_a_student_object_gives_the_grader_s_numpy_no_address(worker: Worker) -> None:
    """NumPy takes `__array_interface__` for the place of memory to read; a handle has none, and nothing is read."""
    assert run(worker, AGREEABLE).status == "ok"
    own = np.array([3.25, 1.5, 2.5])
    lies = worker.namespace(seconds=5).lookup(("Memory",))["Memory"](own.ctypes.data)
    assert not hasattr(lies, "__array_interface__") and np.asarray(lies).dtype == object
    assert not np.array_equal(lies, own)
    with pytest.raises(TypeError):
        np.testing.assert_allclose(lies, own)


def test_a_student_object_is_not_asked_how_libraries_should_compare_it(worker: Worker) -> None:
    """NumPy and torch hear of no method that would be called with what a test compares; Python's own names are asked."""
    assert run(worker, AGREEABLE).status == "ok"
    kind = worker.namespace(seconds=5).lookup(("Said",))["Said"]
    for name in ("__torch_function__", "__array_function__", "__cuda_array_interface__", "_as_parameter_", "__mine__"):
        assert not hasattr(kind(), name), name
    with pytest.raises(HandleRefused):
        torch.allclose(torch.ones(3), kind())
    assert kind.__name__ == "Said" and kind().__dict__ == {}
    assert np.array_equal(kind(), [1, 2, 3])  # a copy of values is asked for, as of a column of pandas


@pytest.mark.parametrize(
    ("expected", "kind"), [(torch.ones(2), "tensor"), (np.ones(2), "NumPy array"), (1.0, "number")]
)
def test_a_student_object_in_the_place_of_a_value_is_told_for_what_it_is(worker: Worker, expected: Any, kind: str) -> None:
    """A comparison says what should have come, and what came instead; it does not stumble over the handle."""
    assert run(worker, "class Mine: pass\nmine = Mine()").status == "ok"
    with pytest.raises(CheckFailure, match=f"It is not a {kind}") as caught:
        checks.close(get(worker.namespace(seconds=5), "mine"), expected, "It")
    assert caught.value.actual == "a value of type Mine"


def test_nothing_is_asked_when_the_time_of_a_question_is_over(worker: Worker) -> None:
    """However many calls a test makes, and whatever each takes: all of them together end in time."""
    assert run(worker, "import time\ndef slow():\n    time.sleep(0.2)").status == "ok"
    started = time.monotonic()
    slow = worker.namespace(seconds=5, until=started + 1).lookup(("slow",))["slow"]
    with pytest.raises(WorkerTimeout):
        for _ in range(100):
            slow()
    assert time.monotonic() - started < 4

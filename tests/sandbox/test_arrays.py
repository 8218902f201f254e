"""NumPy arrays cross as values: the same numbers on both sides, and never the same memory."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from autograder.errors import HandleRefused, ProtocolError
from autograder.sandbox import arrays, protocol
from autograder.sandbox.handles import Handle
from autograder.sandbox.session import Worker
from tests.sandbox.launching import run

CELL = """
import numpy as np
def echo(value): return value
def double(value):
    value *= 2
    return value
class Mine(np.ndarray):
    def __eq__(self, other): return True
kept = {
    'reversed': np.arange(6.0)[::-1], 'big endian': np.arange(3, dtype='>i4'), 'empty': np.zeros((0, 2)),
    'mine': np.arange(3.0).view(Mine), 'text': np.array(['a', 'b']), 'objects': np.array([None, 1]),
}
kept['locked'] = np.arange(4, dtype=np.int8); kept['locked'].flags.writeable = False
large = np.zeros(5 << 20)
"""


@pytest.fixture
def names(worker: Worker) -> dict[str, Any]:
    """What the cell leaves behind."""
    assert run(worker, CELL).status == "ok"
    return worker.namespace(seconds=5).lookup(("echo", "double", "kept", "large"))


@pytest.mark.parametrize("dtype", ["float64", "float32", "float16", "int64", "int8", "uint8", "bool", "complex128"])
def test_an_array_makes_the_round_trip(names: dict[str, Any], dtype: str) -> None:
    """With its dtype and shape, whatever its memory looks like."""
    value = (np.arange(12).reshape(3, 4) % 2).astype(dtype).T
    back = names["echo"](value)
    assert type(back) is np.ndarray and back.dtype == value.dtype and np.array_equal(back, value)


def test_arrays_of_every_make_come_as_plain_ones(names: dict[str, Any]) -> None:
    """Reversed, locked, of other byte order, empty, or of a class of the student's; what holds no numbers stays a handle."""
    kept = names["kept"]
    assert np.array_equal(kept["reversed"], [5, 4, 3, 2, 1, 0]) and np.array_equal(kept["big endian"], [0, 1, 2])
    assert kept["empty"].shape == (0, 2) and np.array_equal(kept["locked"], np.arange(4))
    assert type(kept["mine"]) is np.ndarray and not np.array_equal(kept["mine"], [9, 9, 9])
    assert type(kept["text"]) is Handle and kept["text"].tolist() == ["a", "b"]
    assert type(kept["objects"]) is Handle


def test_what_student_code_writes_stays_there(names: dict[str, Any]) -> None:
    """The test's own array, which references are computed from, is out of reach."""
    value = np.ones(3)
    assert np.array_equal(names["double"](value), [2, 2, 2]) and np.array_equal(value, [1, 1, 1])


def test_an_array_larger_than_a_frame_is_passed_by_reference(names: dict[str, Any]) -> None:
    """So that a test can ask for a part of it."""
    assert type(names["large"]) is Handle and names["large"].shape == (5 << 20,)
    assert names["large"][0] == 0.0


def test_single_numbers_of_numpy_can_be_sent(names: dict[str, Any]) -> None:
    """As Python's own; what is no number is refused."""
    assert names["echo"](np.float32(0.5)) == 0.5 and names["echo"](np.int64(3)) == 3
    with pytest.raises(HandleRefused, match="ndarray cannot be sent"):
        names["echo"](np.array([None]))


@pytest.mark.parametrize(
    "message",
    [{"d": "bfloat16"}, {"d": ["float32"]}, {"d": "object"}, {}, {"d": "float64", "s": [9]}, {"d": "bool", "s": [4]}],
)
def test_a_forged_array_is_refused(message: dict[str, Any]) -> None:
    """Unknown dtypes, shapes that promise more than was sent, truths that are neither."""
    with pytest.raises(ProtocolError):
        arrays.unpack_array(
            {"k": "A", "d": "float32", "s": [1], "o": 0, **message} if message else {"k": "A"}, protocol.Received(b"\2" * 8)
        )

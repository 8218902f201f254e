"""Remote handles: a test function in the grader uses student objects in another process as if they were here.

Data comes by value, arrays of NumPy as copies; everything else is a `Handle`. A tensor that a test passes in stays the same
tensor over there for the length of the test. What student code writes into it is noticed (`Namespace.left`) but never reaches
the test's own tensor: else a submission could choose the inputs that a reference is computed from afterwards. Only gradients
of leaves come back.
"""

from __future__ import annotations

import ast
import marshal
import math
import time
import weakref
from collections.abc import Callable, Mapping
from functools import lru_cache, partial
from pathlib import Path
from types import MappingProxyType
from typing import Any, TypeVar

import numpy
import torch

from autograder.checks.context import StudentSide
from autograder.errors import HandleRefused, ProtocolError, WorkerTimeout
from autograder.sandbox import arrays, protocol
from autograder.sandbox.connection import Connection
from autograder.sandbox.handles import Handle, Method, namespace_of, reference

MAX_NAME = 200
_Kind = TypeVar("_Kind")


class Namespace:
    """The student's objects as one test case sees them.

    Attributes:
        watch: whether calls are watched for forbidden functions; `seen` then collects their names.
    """

    def __init__(
        self,
        connection: Connection,
        *,
        seconds: float,
        watch: bool = False,
        texts: dict[str, str] | None = None,
        fresh: bool = False,
        names: Mapping[str, tuple[str, ...]] = MappingProxyType({}),
        until: float = math.inf,
    ):
        """`seconds`: time of one call. `texts`: source text by file name, for student-side code in test files.

        `until`: `time.monotonic()` after which nothing is asked any more, and what was asked is not waited for.

        `names`: what student code may call a variable that `lookup` is asked for, the likeliest first.

        `fresh`: what an earlier test case left in the process's tables is dropped first.
        """
        self.connection, self.seconds, self.watch, self._until = connection, seconds, watch, until
        self.seen: dict[str, None] = {}
        self._texts = texts or {}
        self._sent: dict[int, tuple[int, int]] = {}
        self._left: dict[int, torch.Tensor] = {}
        self._by_number: weakref.WeakValueDictionary[int, torch.Tensor] = weakref.WeakValueDictionary()
        self._numbered = 0
        self._fresh, self._names = fresh, names
        self.methods = connection.methods
        self._dropped: list[int] = []
        self._sources: dict[StudentSide, int] = {}

    def lookup(self, names: tuple[str, ...]) -> dict[str, Any]:
        """The student's global variables of these names; those that do not exist are left out.

        Where all of them are objects of the student's (classes, mostly), the process is not asked again for another test case.
        """
        places = {name: self._names.get(name, (name,)) for name in names}
        asked = tuple(dict.fromkeys(place for several in places.values() for place in several))
        known = self.connection.named.get(asked)
        if known is not None:
            found: dict[str, Any] = {place: Handle(self, *reference) for place, reference in known.items()}
        else:
            found = self.expect(dict, "names", n=list(asked))
            if all(type(value) is Handle for value in found.values()):  # plain values are the test's own, to be made anew
                self.connection.named[asked] = {place: reference(value) for place, value in found.items()}
        return {name: found[place] for name in names for place in reversed(places[name]) if place in found}

    def ask(self, operation: str, **arguments: Any) -> Any:
        """One request to the student's process; the answer's value. A ProtocolError ends the process."""
        return self._value(*self._exchange(operation, arguments))

    def ask_ahead(self, code: StudentSide, several: list[list[Any]]) -> list[Callable[[], Any]]:
        """Call student-side code with several lists of arguments in one request, until a call raises or a moment is over.

        Returns for each call that was made a function that gives its answer or raises its error. A ProtocolError ends the
        process.
        """
        answer, body, seconds = self._exchange("ahead", {"v": code, "a": several})
        values = self._value(answer, body, seconds)
        if type(values) is not list or len(values) > len(several):
            raise self.refused("answers that are no list, or more of them than were asked for")
        made: list[Callable[[], Any]] = [partial(_same, value) for value in values]
        if answer.get("l") is not None and len(made) < len(several):
            made.append(partial(self.connection.raise_student, {"e": answer["l"]}, seconds))
        return made

    def _exchange(self, operation: str, arguments: dict[str, Any]) -> tuple[dict[str, Any], protocol.Received, float]:
        """Ask; the answer, its payload, and the seconds that it had. What became of the test's tensors has been noted."""
        payload = protocol.Payload()

        def leaving(value: Any) -> Any:
            return self._pack_special(value, payload)

        message: dict[str, Any] = {key: protocol.pack(value, leaving) for key, value in arguments.items()}
        seconds = self._left_of_time()
        message |= {"o": operation, "t": seconds}
        if self.watch:
            message["watch"] = True
        if self._fresh:
            message["z"], self._fresh = True, False
        if self._dropped:  # over there, each would be compared with its copy after every call
            message["f"], self._dropped = self._dropped, []
        answer, body = self.connection.exchange(message, payload, seconds=seconds)
        self._note(answer.get("x"))
        try:
            self._take_changes(answer.get("m"), body)  # also where student code raised: the tensors there have changed too
        except ProtocolError:
            self.connection.give_up()
            raise
        return answer, body, seconds

    def _value(self, answer: dict[str, Any], body: protocol.Received, seconds: float) -> Any:
        """The value of an answer, or the error that it tells."""
        try:
            self.connection.raise_student(answer, seconds)
            return protocol.unpack(answer.get("v"), lambda special: self._unpack_special(special, body))
        except ProtocolError:
            self.connection.give_up()
            raise

    def _left_of_time(self) -> float:
        """Seconds for the next request. Raises WorkerTimeout if there are none."""
        left = self._until - time.monotonic()
        if left <= 0:
            self.connection.give_up()
            raise WorkerTimeout("your code did not finish in the time of its question and was stopped")
        return min(self.seconds, left)

    def expect(self, kind: type[_Kind], operation: str, **arguments: Any) -> _Kind:
        """As `ask`, for a question that has answers of one type only."""
        value = self.ask(operation, **arguments)
        if type(value) is not kind:
            raise self.refused(f"an answer of another kind than {kind.__name__}")
        return value

    def refused(self, why: str) -> ProtocolError:
        """The error to raise for an answer that no honest process gives; the process has been ended."""
        self.connection.give_up()
        return ProtocolError(why)

    def _note(self, names: Any) -> None:
        if type(names) is list:
            for name in names[:50]:
                if type(name) is str:
                    self.seen[name[:MAX_NAME]] = None

    def _take_changes(self, changes: Any, body: protocol.Received) -> None:
        """Remember what student code made of the test's tensors; the next use of a changed one sends the test's values again."""
        if not changes:
            return
        if type(changes) is not list:
            raise ProtocolError("changes that are no list")
        for change in changes:
            if type(change) is not list or len(change) != 2 or type(change[1]) is not dict:
                raise ProtocolError("a change of no known form")
            tensor = self._by_number.get(change[0]) if type(change[0]) is int else None
            if tensor is None:
                if type(change[0]) is int and 0 < change[0] <= self._numbered:
                    continue  # the test has let go of it since
                raise ProtocolError("a change of something that was not sent")
            value = protocol.unpack_tensor(change[1], body)
            if value.dtype != tensor.dtype:
                raise ProtocolError("a change of a tensor into one of another dtype")
            if value.shape == tensor.shape and torch.equal(value.detach(), tensor.detach()):
                if tensor.requires_grad and tensor.is_leaf:
                    tensor.grad = value.grad
                continue
            self._left[id(tensor)] = value.detach()
            self._sent.pop(id(tensor), None)
            self._by_number.pop(change[0], None)
            self._dropped.append(change[0])

    def left(self, tensor: torch.Tensor) -> torch.Tensor:
        """What student code has left in a tensor that a test passed in: the tensor itself if it was not written to."""
        return self._left.get(id(tensor), tensor)

    def _pack_special(self, value: Any, payload: protocol.Payload) -> Any:
        kind = type(value)
        if kind is Method:
            value, kind = value.handle(), Handle
        if kind is Handle:
            if namespace_of(value) is not self:
                raise HandleRefused("a student object of another test case cannot be used here")
            return {"k": "R", "i": object.__getattribute__(value, "_number")}
        if kind is StudentSide:
            number = self._sources.setdefault(value, len(self._sources) + 1)
            return {"k": "S", "i": number, "n": value.__name__, "b": self._compiled(value)}
        if issubclass(kind, torch.Tensor) and protocol.can_cross(value):
            known = self._sent.get(id(value))
            if known is not None and known[1] == value._version:
                return {"k": "T", "i": known[0]}
            if known is not None:
                number = known[0]
            else:
                self._numbered += 1
                number = self._numbered
                self._by_number[number] = value
                weakref.finalize(value, self._drop, id(value), number).atexit = False
            self._sent[id(value)] = (number, value._version)
            return protocol.pack_tensor(value, payload, number)
        if issubclass(kind, torch.Size):
            return {"k": "t", "v": list(value)}
        if issubclass(kind, numpy.generic) and type(value.item()) in (bool, int, float, str):
            return protocol.pack(value.item(), _refuse)
        if arrays.can_cross(value):
            return arrays.pack_array(value, payload)
        raise HandleRefused(
            f"a {kind.__name__} cannot be sent to the student's process: only plain data, tensors, arrays of numbers and "
            "student objects can"
        )

    def _drop(self, key: int, number: int) -> None:
        self._sent.pop(key, None)
        self._left.pop(key, None)
        self._dropped.append(number)

    def _unpack_special(self, message: dict[str, Any], body: protocol.Received) -> Any:
        kind = message["k"]
        if kind == "T":
            return protocol.unpack_tensor(message, body)
        if kind == "A":
            return arrays.unpack_array(message, body)
        if kind == "R" and type(message.get("i")) is int and type(message.get("n")) is str:
            return Handle(self, message["i"], message["n"][:MAX_NAME], message.get("c") is True)
        raise ProtocolError("a value of no known kind")

    def _compiled(self, code: StudentSide) -> bytes:
        text = self._texts.get(code.filename)
        return compiled_definition(code.filename, code.line, text if text is not None else _read(code.filename))


def _same(value: Any) -> Any:
    return value


def _refuse(value: Any) -> Any:
    raise HandleRefused(f"{value} is too large a number to be sent to the student's process")


@lru_cache(maxsize=64)
def _read(filename: str) -> str:
    return Path(filename).read_text(encoding="utf-8")


@lru_cache(maxsize=256)
def compiled_definition(filename: str, line: int, text: str) -> bytes:
    """The function or class whose definition or decorator stands at `line`, without its decorators: code for the student's
    process, which is a copy of the same interpreter. Compiled once for all submissions.
    """
    for node in ast.walk(ast.parse(text, filename)):
        if isinstance(node, (ast.FunctionDef, ast.ClassDef)) and line in {node.lineno, *(d.lineno for d in node.decorator_list)}:
            node.decorator_list = []
            return marshal.dumps(compile(ast.unparse(node), "<student side>", "exec"))
    raise HandleRefused(f"{filename}, line {line}: no function or class is defined here")

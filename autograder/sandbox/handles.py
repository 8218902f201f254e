"""What stands for a student's object in another process: a test uses it as if it were here."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from autograder.errors import HandleRefused
from autograder.sandbox.special_names import is_a_library_s

if TYPE_CHECKING:
    from autograder.sandbox.remote import Namespace


class Handle:
    """A student object in another process: call it, get, set and delete attributes, index, iterate, `len`, `in`, `repr`.

    `isinstance` on it is refused: what came as a handle is, by definition, no plain value and no tensor. It has no attribute
    whose name is one of those that libraries look for behind a test's back; see `sandbox.special_names`.
    """

    __slots__ = ("_callable", "_namespace", "_number", "_type_name")
    __hash__ = object.__hash__

    def __init__(self, namespace: Namespace, number: int, type_name: str, is_callable: bool):
        object.__setattr__(self, "_namespace", namespace)
        object.__setattr__(self, "_number", number)
        object.__setattr__(self, "_type_name", type_name)
        object.__setattr__(self, "_callable", is_callable)

    @property  # type: ignore[misc]  # object's is settable; a handle's must refuse, whatever the type of what it stands for
    def __class__(self) -> Any:
        raise HandleRefused(
            f"isinstance() was asked of a student object of type {type_name(self)}; compare values, or use hasattr()"
        )

    def __instancecheck__(self, instance: Any) -> bool:
        raise HandleRefused(f"isinstance(..., {type_name(self)}) was asked of a student class; compare values, or use hasattr()")

    def _ask(self, operation: str, **arguments: Any) -> Any:
        return namespace_of(self).ask(operation, v=self, **arguments)

    def __getattr__(self, name: str) -> Any:
        if is_a_library_s(name):
            raise AttributeError(f"a student object is not asked for {name}")
        namespace, of = namespace_of(self), (type_name(self), name)
        if of in namespace.methods:
            return Method(self, name)
        value = self._ask("get", n=name)
        if type(value) is Handle and type_name(value) == "method":
            namespace.methods.add(of)
        return value

    def __setattr__(self, name: str, value: Any) -> None:
        self._ask("set", n=name, w=value)

    def __delattr__(self, name: str) -> None:
        self._ask("del", n=name)

    def __call__(self, *args: Any, **kwargs: Any) -> Any:
        return self._ask("call", a=list(args), w=kwargs)

    def __getitem__(self, key: Any) -> Any:
        return self._ask("item", n=key)

    def __setitem__(self, key: Any, value: Any) -> None:
        self._ask("setitem", n=key, w=value)

    def __len__(self) -> int:
        length = namespace_of(self).expect(int, "len", v=self)
        if not 0 <= length <= sys.maxsize:  # Python's own complaint would be taken for a mistake of the grader's
            raise namespace_of(self).refused("a length that cannot be one")
        return length

    def __bool__(self) -> bool:
        return namespace_of(self).expect(bool, "bool", v=self)

    def __contains__(self, item: Any) -> bool:
        return namespace_of(self).expect(bool, "in", v=self, n=item)

    def __iter__(self) -> Iterator[Any]:
        return iter(namespace_of(self).expect(list, "iter", v=self))

    def __repr__(self) -> str:
        return namespace_of(self).expect(str, "repr", v=self)

    def __dir__(self) -> list[str]:
        names = namespace_of(self).expect(list, "dir", v=self)
        if not all(type(name) is str for name in names):  # Python sorts them
            raise namespace_of(self).refused("names that are no strings")
        return names


class Method:
    """An attribute that was a method of this type of object before: looked up and called in one request.

    Anything else that is asked of it is asked of a handle to it.
    """

    __slots__ = ("_name", "_owner")

    def __init__(self, owner: Handle, name: str):
        self._owner, self._name = owner, name

    def __call__(self, *args: Any, **kwargs: Any) -> Any:
        return self._owner._ask("method", n=self._name, a=list(args), w=kwargs)

    def __getattr__(self, name: str) -> Any:
        return getattr(self.handle(), name)

    def __repr__(self) -> str:
        return repr(self.handle())

    def handle(self) -> Any:
        """The attribute as a value of its own."""
        return self._owner._ask("get", n=self._name)


def reference(handle: Handle) -> tuple[int, str, bool]:
    """What it was made of: the number that it goes by over there, its type's name, and whether it can be called."""
    number, kind, is_callable = (object.__getattribute__(handle, name) for name in ("_number", "_type_name", "_callable"))
    return number, kind, is_callable


def namespace_of(handle: Handle) -> Namespace:
    """Whose objects it is one of."""
    namespace: Namespace = object.__getattribute__(handle, "_namespace")
    return namespace


def type_name(handle: Handle) -> str:
    """Name of the type of the student object behind a handle."""
    return str(object.__getattribute__(handle, "_type_name"))

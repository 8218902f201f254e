"""Puts off the import of torch's compiler until somebody compiles something; untrusted side.

torchvision imports `torch._dynamo` for one question that it asks when boxes are pooled, and with it comes algebra with symbols
for shapes that are not known yet. That takes more than a third of the time and a quarter of the memory of all imports together,
and hardly a submission compiles anything. Until they are really used, stand-ins answer what optimizers and `backward` ask them
with every step; whatever else is asked of one loads the real module, which takes its place. `torch.use_deterministic_algorithms`,
with which many notebooks begin, would load it too, only to tell it; it is told when it is loaded.
"""

from __future__ import annotations

import functools
import importlib
import importlib.abc
import importlib.machinery
import importlib.util
import sys
from collections.abc import Callable
from types import ModuleType
from typing import Any

_COMPILER = "torch._dynamo"
_UTILS = f"{_COMPILER}.utils"
_SHAPES = "torch.fx.experimental.symbolic_shapes"


def import_torchvision() -> None:
    """Import torchvision, and torch's compiler only if this torchvision wants more of it than those that are known."""
    if {_COMPILER, _SHAPES, "torchvision"} & sys.modules.keys():
        return
    finder, compiler = _Loaded(), _Compiler()
    sys.modules.update({_COMPILER: compiler, _UTILS: _utils(), _SHAPES: _Shapes()})
    sys.meta_path.insert(0, finder)
    try:
        import torchvision  # for whoever imports it next
    except ImportError:
        for name in [name for name in sys.modules if name.partition(".")[0] == "torchvision"]:
            del sys.modules[name]
        for name in (_COMPILER, _UTILS, _SHAPES):
            del sys.modules[name]
        sys.meta_path.remove(finder)
        import torchvision  # noqa: F401
    else:
        del sys.modules[_UTILS]
        for name in (_COMPILER, _SHAPES):  # torch's own code gets at them as attributes
            parent, _, attribute = name.rpartition(".")
            setattr(sys.modules[parent], attribute, sys.modules[name])
        compiler.put_off_telling()


def is_put_off() -> bool:
    """Whether the stand-ins are still in their places."""
    return all(isinstance(sys.modules.get(name), _StandIn) for name in (_COMPILER, _SHAPES))


class _StandIn(ModuleType):
    """A module that is loaded when something is asked of it that the stand-in does not know.

    Names with two underscores count only if who imports from it asks for them; others do who look at every module there is.
    """

    def __init__(self, name: str) -> None:
        spec = importlib.util.find_spec(name)
        super().__init__(name)
        self.__spec__, self.__package__ = spec, spec.parent if spec else None
        if spec is not None:
            self.__file__, self.__loader__ = spec.origin, spec.loader
        self._loads = {"__all__"} | ({"__path__"} if spec and spec.submodule_search_locations else set())

    def __getattr__(self, name: str) -> Any:
        if name.startswith("__") and name not in self._loads:
            raise AttributeError(f"module {self.__name__!r} has no attribute {name!r}")
        return getattr(self._load(), name)

    def _load(self) -> Any:
        if sys.modules.get(self.__name__) is self:
            del sys.modules[self.__name__]
        return importlib.import_module(self.__name__)


class _Compiler(_StandIn):
    """`torch._dynamo` while nothing is compiled."""

    def __init__(self) -> None:
        super().__init__(_COMPILER)
        self._asked: list[Callable[..., Any]] = []
        self._tell: Callable[[], None] | None = None

    def graph_break(self, *args: Any, **kwargs: Any) -> None:
        """There is no graph that could be broken into two."""

    def disable(self, fn: Any = None, recursive: bool = True, **options: Any) -> Any:
        """A function that is left out of compiling: itself. Torch asks so for its own, once for each, and keeps the answer."""
        if options != {"wrapping": False} or fn is None:
            return self._load().disable(fn, recursive, **options)
        self._asked.append(fn)
        return fn

    def put_off_telling(self) -> None:
        """Let `torch.use_deterministic_algorithms` set what computes now; what compiles is told when it is loaded."""
        import torch

        real = torch.use_deterministic_algorithms

        @functools.wraps(real)
        def use_deterministic_algorithms(mode: bool, *, warn_only: bool = False) -> None:
            if not is_put_off():
                return real(mode, warn_only=warn_only)
            torch._C._set_deterministic_algorithms(mode, warn_only=warn_only)
            self._tell = functools.partial(real, mode)

        torch.use_deterministic_algorithms = use_deterministic_algorithms

    def _load(self) -> Any:
        for fn in self._asked:
            fn.__dict__.pop("__dynamo_disable", None)  # where torch keeps the answer; it asks the real one next
        self._asked.clear()
        loaded, tell, self._tell = super()._load(), self._tell, None
        if tell is not None:
            import torch

            now = torch.are_deterministic_algorithms_enabled(), torch.is_deterministic_algorithms_warn_only_enabled()
            tell()
            torch._C._set_deterministic_algorithms(now[0], warn_only=now[1])  # it may have been changed in another way since
        return loaded


class _Shapes(_StandIn):
    """`torch.fx.experimental.symbolic_shapes` while all shapes are numbers."""

    def __init__(self) -> None:
        super().__init__(_SHAPES)

    def sym_eq(self, x: Any, y: Any) -> Any:
        """Whether two shapes are equal."""
        if all(isinstance(shape, tuple) and all(type(size) is int for size in shape) for shape in (x, y)):
            return tuple(x) == tuple(y)
        return self._load().sym_eq(x, y)

    def expect_true(self, a: Any, skip: int = 0) -> Any:
        """The truth of what is known."""
        return a if type(a) is bool else self._load().expect_true(a, skip)


class _Loaded(importlib.abc.MetaPathFinder, importlib.abc.Loader):
    """Finds parts of the compiler that were loaded while the import system was looking for them: it asks the stand-in for its
    path, that loads the whole, and then it goes on to load the part a second time."""

    def find_spec(self, fullname: str, path: Any = None, target: Any = None) -> importlib.machinery.ModuleSpec | None:
        if target is not None or not fullname.startswith(f"{_COMPILER}.") or fullname not in sys.modules:
            return None
        return importlib.machinery.ModuleSpec(fullname, self, loader_state=sys.modules[fullname].__spec__)

    def create_module(self, spec: importlib.machinery.ModuleSpec) -> ModuleType:
        return sys.modules[spec.name]

    def exec_module(self, module: ModuleType) -> None:
        assert module.__spec__ is not None
        if module.__spec__.loader is self:  # the import system has put ours there; modules of settings let nobody do so
            module.__spec__ = module.__spec__.loader_state


def _utils() -> ModuleType:
    """What torchvision imports from; the question goes on to the real one if it is ever asked."""

    def is_compile_supported(device_type: Any) -> Any:
        return importlib.import_module(_UTILS).is_compile_supported(device_type)

    module = ModuleType(_UTILS)
    vars(module)["is_compile_supported"] = is_compile_supported
    return module

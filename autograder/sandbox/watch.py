"""Notices forbidden torch functions while student code runs; untrusted side."""

from __future__ import annotations

import _thread
import threading
from typing import Any

import torch
from torch.overrides import TorchFunctionMode, resolve_name


class ForbiddenWatch(TorchFunctionMode):
    """Records, by full name, every call of a function whose name is forbidden or lies below a forbidden name.

    Attributes:
        seen: names met, in order, each once.
    """

    def __init__(self, forbidden: tuple[str, ...], verdicts: dict[Any, str | None]):
        """`verdicts`: what was found out about functions before, for the same `forbidden`; it is added to."""
        super().__init__()
        self._forbidden = tuple(f"{name}." for name in forbidden)
        self.seen: dict[str, None] = {}
        self._verdicts = verdicts

    def __torch_function__(self, func: Any, types: Any, args: Any = (), kwargs: Any = None) -> Any:
        if func in _CALLING_BACK:  # torch takes the watch off while it runs; what it calls is watched by one more
            args = tuple(self.over(value) if callable(value) and not isinstance(value, torch.Tensor) else value for value in args)
        try:
            verdict = self._verdicts[func]
        except KeyError:
            verdict = self._verdicts[func] = self._judge(func)
        except TypeError:
            verdict = self._judge(func)
        if verdict is not None:
            self.seen[verdict] = None
        return func(*args, **(kwargs or {}))

    def over(self, called: Any) -> Any:
        """The same to call, watched wherever it is called from."""

        def watched(*args: Any, **kwargs: Any) -> Any:
            more = ForbiddenWatch((), self._verdicts)
            more._forbidden, more.seen = self._forbidden, self.seen
            with more:
                return called(*args, **kwargs)

        return watched

    def __enter__(self) -> Any:
        _at_work.append(self)
        return super().__enter__()  # type: ignore[no-untyped-call]

    def __exit__(self, *raised: Any) -> Any:
        _at_work.remove(self)
        return super().__exit__(*raised)  # type: ignore[no-untyped-call]

    def _judge(self, func: Any) -> str | None:
        for name in names_of(func):
            if f"{name}.".startswith(self._forbidden):
                return name
        return None


_CALLING_BACK = frozenset({torch.Tensor.apply_, torch.Tensor.map_, torch.Tensor.map2_, torch.Tensor.register_hook})
"""Functions of torch's that call what they are given."""
_at_work: list[ForbiddenWatch] = []


def watch_threads() -> None:
    """Have threads watched that are started while something is: torch's modes are each thread's own. Call it once in a worker."""
    start = _thread.start_new_thread

    def started(function: Any, args: Any, kwargs: Any = None) -> int:
        called = _at_work[-1].over(function) if _at_work else function
        return start(called, args, kwargs or {})

    _thread.start_new_thread = started
    if hasattr(threading, "_start_new_thread"):
        threading._start_new_thread = started
    if hasattr(_thread, "start_joinable_thread"):
        joinable = _thread.start_joinable_thread

        def started_joinable(function: Any, *args: Any, **kwargs: Any) -> Any:
            return joinable(_at_work[-1].over(function) if _at_work else function, *args, **kwargs)

        _thread.start_joinable_thread = started_joinable
        threading._start_joinable_thread = started_joinable  # type: ignore[attr-defined]


def warm_up() -> None:
    """Have torch build its table of function names, which takes longer than a whole question. Call it once, in the zygote."""
    resolve_name(torch.add)


def names_of(func: Any) -> list[str]:
    """Every full name under which torch offers this function, as far as it can be told."""
    names = []
    if isinstance(func, (torch._ops.OpOverload, torch._ops.OpOverloadPacket)):
        names.append(f"torch.ops.{func}")  # no table of torch's lists the raw operators
    try:
        resolved = resolve_name(func)
    except Exception:  # torch's table does not know every function that passes here
        resolved = None
    if resolved:
        names.append(resolved)
    module, name = getattr(func, "__module__", None), getattr(func, "__qualname__", getattr(func, "__name__", None))
    if isinstance(name, str):
        if isinstance(module, str):
            names.append(f"{module}.{name}")
        owner = getattr(func, "__objclass__", None)
        if owner is not None and issubclass(owner, torch._C.TensorBase):
            names.append(f"torch.Tensor.{name.rsplit('.', 1)[-1]}")
        if getattr(torch._C._nn, name, None) is func:
            names.append(f"torch.nn.functional.{name}")
    return names

"""A `tqdm` that hands through what it is given: no bar, no thread of its own, no output that nobody reads."""

from __future__ import annotations

import importlib.machinery
import sys
import types
from collections.abc import Iterable, Iterator
from typing import Any


class Progress:
    """Stands for `tqdm.tqdm`.

    Attributes:
        n: how many steps were counted.
        total: how many there are to be, or None.
    """

    def __init__(self, iterable: Iterable[Any] | None = None, desc: Any = None, total: Any = None, *args: Any, **kwargs: Any):
        self.iterable: Any = iterable
        self.desc, self.n, self.disable = desc, kwargs.get("initial", 0), False
        self.total: Any = len(self) if total is None and hasattr(iterable, "__len__") else total

    def __iter__(self) -> Iterator[Any]:
        for item in self.iterable if self.iterable is not None else ():
            yield item
            self.n += 1

    def __len__(self) -> int:
        return len(self.iterable) if hasattr(self.iterable, "__len__") else int(self.total or 0)

    def __bool__(self) -> bool:
        return len(self) > 0

    def __enter__(self) -> Progress:
        return self

    def __exit__(self, *error: object) -> None:
        pass

    def update(self, n: float = 1) -> bool:
        """Count steps."""
        self.n += n
        return False

    def _nothing(self, *args: Any, **kwargs: Any) -> None:
        pass

    close = refresh = clear = display = unpause = reset = _nothing
    set_description = set_description_str = set_postfix = set_postfix_str = _nothing

    @property
    def format_dict(self) -> dict[str, Any]:
        """What is counted, as tqdm tells it."""
        return {"n": self.n, "total": self.total, "elapsed": 0.0}

    @classmethod
    def write(cls, text: str, file: Any = None, end: str = "\n", **kwargs: Any) -> None:
        """Print a line."""
        print(text, file=file, end=end)

    @classmethod
    def pandas(cls, *args: Any, **kwargs: Any) -> None:
        """`progress_apply` is not added to pandas."""


def _range(*args: Any, **kwargs: Any) -> Progress:
    return Progress(range(*args), **kwargs)


def install() -> None:
    """Put the module and its variants in this process, in place of one that is installed."""
    for name in ("", ".auto", ".autonotebook", ".notebook", ".std"):
        module: Any = types.ModuleType(f"tqdm{name}")
        module.__spec__ = importlib.machinery.ModuleSpec(f"tqdm{name}", None, is_package=not name)
        module.tqdm = module.tqdm_notebook = Progress
        module.trange = module.tnrange = _range
        if not name:
            module.__path__, module.__version__ = [], "4"
        else:
            setattr(sys.modules["tqdm"], name[1:], module)
        sys.modules[f"tqdm{name}"] = module

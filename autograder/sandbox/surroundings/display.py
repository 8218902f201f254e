"""Answers for what shows things: every back-end of matplotlib is the one that draws nothing; moved names are where they were."""

from __future__ import annotations

from typing import Any

import IPython.core.display
import IPython.display
import matplotlib
import matplotlib.pyplot
import matplotlib.style

from autograder.sandbox.surroundings.notes import note


def _nothing(*args: Any, **kwargs: Any) -> None:
    pass


def install() -> None:
    """Change matplotlib and IPython's display modules in this process."""
    pyplot: Any = matplotlib.pyplot
    mpl: Any = matplotlib
    mpl.use = pyplot.switch_backend = pyplot.pause = _nothing
    use = matplotlib.style.use

    def use_style(style: Any) -> None:
        try:
            use(style)
        except OSError:
            note(f"matplotlib has no style {style} here")

    style: Any = matplotlib.style
    style.use = use_style
    core: Any = IPython.core.display
    core.display = IPython.display.display  # its place in earlier versions
    shown: Any = IPython.display
    for name in ("set_matplotlib_formats", "set_matplotlib_close"):
        if not hasattr(shown, name):
            setattr(shown, name, _nothing)

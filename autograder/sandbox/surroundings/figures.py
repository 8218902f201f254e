"""Keeps grids of axes ready in the zygote, so that a notebook that looks at its images does not make them anew each time.

Axes are by far the dearest thing that a figure nobody sees has: a grid of 5 by 5 takes as long as a tenth of a whole complete
submission. What is handed out is what `plt.subplots` would have made; where anything may differ, it makes it.
"""

from __future__ import annotations

from typing import Any

import matplotlib
import matplotlib._pylab_helpers
import matplotlib.pyplot

LAYOUTS = ((5, 5),)
"""Rows and columns: 25 digits of MNIST, as assignments on it show them."""


def install() -> None:
    """Make the grids, and put a `plt.subplots` in place that hands them out, each once in a process. Before any student code."""
    pyplot: Any = matplotlib.pyplot
    managers: Any = matplotlib._pylab_helpers.Gcf
    make = pyplot.subplots
    ready = {layout: _made(make, managers, layout) for layout in LAYOUTS}
    settings = dict(matplotlib.rcParams)

    def subplots(nrows: Any = 1, ncols: Any = 1, **options: Any) -> Any:
        if (nrows, ncols) in ready and options.keys() <= {"figsize"} and dict(matplotlib.rcParams) == settings:
            figure, axes, manager = ready.pop((nrows, ncols))
            if options.get("figsize") is not None:
                figure.set_size_inches(*options["figsize"])
            manager.num = max(pyplot.get_fignums(), default=0) + 1
            managers._set_new_active_manager(manager)
            return figure, axes
        return make(nrows, ncols, **options)

    subplots.__doc__ = make.__doc__
    pyplot.subplots = subplots


def _made(make: Any, managers: Any, layout: tuple[int, int]) -> tuple[Any, Any, Any]:
    figure, axes = make(*layout)
    manager = figure.canvas.manager
    managers.figs.pop(manager.num)
    return figure, axes, manager

"""Draws a calibration: accuracy against steps, and where every run ended, with the threshold; a PNG out."""

from __future__ import annotations

import io
import random
import statistics
from collections.abc import Sequence
from typing import Any

from autograder.authoring.calibrate.found import Calibration
from autograder.authoring.calibrate.implementations import REFERENCE
from autograder.authoring.calibrate.runs import Run

_INK, _BAND, _MARK = "#1d232b", "#1f5fa8", "#a3271f"


def draw(made: Calibration) -> bytes:
    """The figure, as PNG; the same bytes for the same calibration and version of Matplotlib."""
    from matplotlib import colormaps
    from matplotlib.figure import Figure

    figure = Figure(figsize=(13, 6), dpi=100, layout="constrained")
    left, right = figure.subplots(1, 2, sharey=True, width_ratios=(3, 4))
    colours = [colormaps["tab20"](n % 20) for n in range(len(made.wrong))]
    curves = _curves(made.reference, len(made.marks))
    if curves:
        columns = [sorted(column) for column in zip(*curves, strict=True)]
        left.fill_between(
            made.marks, [column[0] for column in columns], [column[-1] for column in columns], color=_BAND, alpha=0.25, lw=0,
            label=f"{REFERENCE}: lowest to highest of {len(curves)}",
        )  # fmt: skip
        medians = [statistics.median(column) for column in columns]
        left.plot(made.marks, medians, color=_BAND, lw=2.2, label=f"{REFERENCE}: median")
    for sample, colour in zip(made.wrong, colours, strict=True):
        curves = _curves(sample.runs, len(made.marks))
        if curves:
            medians = [statistics.median(column) for column in zip(*curves, strict=True)]
            left.plot(made.marks, medians, color=colour, lw=1.3, ls="--", marker=".", ms=4)
    left.set(xlabel="steps", ylabel="accuracy on the test images, %", ylim=(0, 100), title="accuracy against steps, medians")
    scatter = random.Random(0)
    groups: list[tuple[str, list[Any], Any]] = [(REFERENCE, [run.accuracy for run in made.reference], _BAND)]
    groups += [(one.implementation.name, list(one.accuracies), colour) for one, colour in zip(made.wrong, colours, strict=True)]
    for place, (_, values, colour) in enumerate(groups):
        across = [place + scatter.uniform(-0.3, 0.3) for _ in values]
        right.plot(across, values, ls="", marker=".", ms=3, color=colour, alpha=0.6)
    labels = [name.replace("_", " ") for name, _, _ in groups]
    right.set_xticks(range(len(groups)), labels, rotation=40, ha="right", rotation_mode="anchor", fontsize=9)
    right.set(title=f"every run after {made.run.steps} steps")
    for label, (_, _, colour) in zip(right.get_xticklabels(), groups, strict=True):
        label.set_color(colour if colour == _BAND else _INK)
    for axes in (left, right):
        axes.axhline(made.run.threshold, color=_MARK, lw=1.4)
        axes.grid(alpha=0.3)
    left.plot([], [], color=_MARK, lw=1.4, label=f"threshold: {made.run.threshold:g} %")
    left.plot([], [], color=_INK, lw=1.3, ls="--", marker=".", ms=4, label="wrong implementations, in the colours at the right")
    left.legend(loc="lower right", fontsize=8)
    target = io.BytesIO()
    figure.savefig(target, format="png", metadata={"Software": None})
    return target.getvalue()


def _curves(runs: Sequence[Run], points: int) -> list[tuple[float, ...]]:
    """The curves of those runs that were watched and made all their steps."""
    return [run.curve for run in runs if len(run.curve) == points]

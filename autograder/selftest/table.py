"""Shows what became of the attacks: layers, a table by family, and what did not hold; for a terminal."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import groupby

from rich.table import Table
from rich.text import Text

from autograder.results import Layer
from autograder.selftest.run import Report


def layer_lines(layers: Sequence[Layer]) -> tuple[Text, ...]:
    """One line for each layer: applied, or missing and why."""
    lines = []
    for layer in layers:
        line = Text("applied  ", style="green") if layer.applied else Text("missing  ", style="yellow")
        lines.append(line.append(layer.name, style="default").append(f" ({layer.reason})" if layer.reason else "", style="dim"))
    return tuple(lines)


def family_table(report: Report) -> Table:
    """A row for each family: how many attacks, how many held, what happened to the rest and to the machine."""
    table = Table()
    for name in ("family", "attacks", "held", "known open", "succeeded", "afterwards"):
        table.add_column(name, justify="left" if name in ("family", "afterwards") else "right")
    for family, members in groupby(report.verdicts, lambda verdict: verdict.attack.family):
        verdicts = list(members)
        held = sum(verdict.held for verdict in verdicts)
        known = sum(not verdict.held and bool(verdict.attack.known_open) for verdict in verdicts)
        succeeded = len(verdicts) - held - known
        after = "; ".join(report.damage.get(family, ())) or "nothing left, next submission unchanged"
        numbers = (str(len(verdicts)), str(held), str(known), str(succeeded))
        table.add_row(family, *numbers, Text(after), style="red" if succeeded or report.damage.get(family) else None)
    return table


def details(report: Report) -> tuple[Text, ...]:
    """What each attack that did not hold got, those that are known to last; and how many did not fit."""
    lines = []
    for verdict in sorted((one for one in report.verdicts if not one.held), key=lambda one: bool(one.attack.known_open)):
        word = "known open" if verdict.attack.known_open else "succeeded"
        lines.append(Text(f"{word}: {verdict.attack.name}: {verdict.attack.title}"))
        lines += [Text(f"    {sentence}") for sentence in verdict.broken]
        if verdict.attack.known_open:
            lines.append(Text(f"    why it is open: {verdict.attack.known_open}"))
    if report.unfit:
        lines.append(Text(f"left out: {len(report.unfit)} attacks on questions that this assignment does not have", style="dim"))
    return tuple(lines)

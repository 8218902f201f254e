"""Shows an audit in a terminal: findings in, rich renderables out; nothing here prints."""

from __future__ import annotations

from collections.abc import Iterator

from rich.box import SIMPLE
from rich.console import RenderableType
from rich.syntax import Syntax
from rich.table import Table
from rich.text import Text

from autograder.authoring.audit.verdicts import Audit, Fate, Verdict

_COLUMNS = ("mutants", "public", "hidden", "elsewhere", "equivalent", "survivors")
_CAPTION = "Killed by public cases, by hidden ones only, by other questions' only; right after all; not killed."


def audit_table(audit: Audit) -> Table:
    """A row for each question, and their sum."""
    total = audit.total
    errored = bool(total.errored)
    table = Table(box=SIMPLE, show_footer=True, pad_edge=False, padding=(0, 1, 0, 0), caption=_CAPTION, caption_justify="left")
    table.add_column("question", "total", no_wrap=True)
    for name, amount in zip(
        (*_COLUMNS, *(["errored"] if errored else [])),
        (total.mutants, total.public, total.hidden_only, total.elsewhere, total.equivalent, total.survived, total.errored),
        strict=False,
    ):
        table.add_column(name, str(amount), justify="right", no_wrap=True)
    for row in audit.rows:
        numbers = [row.mutants, row.public, row.hidden_only, row.elsewhere, row.equivalent, row.survived]
        if errored:
            numbers.append(row.errored)
        table.add_row(row.question, *map(str, numbers), style="red" if row.survived or row.errored else None)
    return table


def findings(audit: Audit) -> Iterator[RenderableType]:
    """What somebody has to look at, each with its diff, and what is worth knowing."""
    for verdict in audit.of(Fate.SURVIVED, Fate.ERRORED):
        yield Text()
        yield from _mutant(verdict)
    for line in audit.stale:
        yield Text(f"stale mark: {line}", style="red")
    wrong = [variant for variant in audit.variants if variant.wrong]
    for variant in wrong:
        yield Text(f"{variant.kind}/{variant.name} {variant.wrong}", style="red")
    if audit.variants:
        yield Text(f"{len(audit.variants) - len(wrong)} of {len(audit.variants)} variants fare as they should")
    for verdict in audit.of(Fate.ELSEWHERE):
        cases = ", ".join(sorted({f"{kill.question}/{kill.case}" for kill in verdict.elsewhere}))
        yield Text(f"only noticed elsewhere: {verdict.mutant.id}: {verdict.mutant.what} ({cases})", style="yellow")
    for tally in audit.idle:
        timed = " (timed: tried only on what nothing else of its question notices)" if tally.timed else ""
        yield Text(f"kills no mutant: {tally.question}/{tally.case}{timed}", style="yellow")


def _mutant(verdict: Verdict) -> Iterator[RenderableType]:
    mutant = verdict.mutant
    where = "a line that students write" if mutant.written else "a line that is given"
    yield Text.assemble((verdict.fate.value, "bold red"), f": {mutant.id}\n  {mutant.what}, in {where}")
    if verdict.detail:
        yield Text(f"  {verdict.detail}")
    yield Syntax(mutant.diff, "diff", background_color="default", word_wrap=True)

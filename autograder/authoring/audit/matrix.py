"""Writes the kill matrix as Markdown: every mutant, the marks it loses, and the test cases that take them."""

from __future__ import annotations

from collections.abc import Iterator

from autograder.authoring.audit.verdicts import Audit, Fate, Kill, Verdict
from autograder.reports.text import number

_INTRODUCTION = """Written by `autograder audit --markdown FILE`. Each mutant is the solution with one thing wrong in one cell.
It is killed when a test case of its own question takes marks from it. Hidden test cases are in *italics*; a mutant in a line
that students are given, and do not write, has a `°`. The timed training run is tried only on what nothing else of its question
notices."""
_PROMISES = {"accept": "correct ones that must lose nothing", "misconceptions": "wrong ones that must lose marks"}


def kill_matrix(audit: Audit, decimals: int) -> str:
    """The page. The same findings give the same text: it holds no times."""
    parts = (_summary(audit), _cases(audit, decimals), _open(audit), _equivalent(audit), _mutants(audit, decimals))
    return "\n".join(line for part in parts for line in part) + "\n"


def _summary(audit: Audit) -> Iterator[str]:
    yield from (f"# Kill matrix: {audit.title}", "", _INTRODUCTION, "")
    yield "| question | mutants | killed by public | by hidden only | elsewhere only | equivalent | survivors |"
    yield "| --- " + "| ---: " * 6 + "|"
    for row in (*audit.rows, audit.total):
        numbers = (row.mutants, row.public, row.hidden_only, row.elsewhere, row.equivalent, row.survived + row.errored)
        yield f"| {row.question} | " + " | ".join(map(str, numbers)) + " |"
    if audit.variants:
        yield ""
        for kind, promise in _PROMISES.items():
            some = [variant for variant in audit.variants if variant.kind == kind]
            if some:
                fine = sum(not variant.wrong for variant in some)
                yield f"Other notebooks, {promise}: {fine} of {len(some)} do as they must.  "


def _cases(audit: Audit, decimals: int) -> Iterator[str]:
    yield from ("", "## Test cases", "", "`alone`: mutants that no other case of the question kills.", "")
    yield from ("| question | case | points | kills | alone |", "| --- | --- | ---: | ---: | ---: |")
    for tally in audit.tallies:
        yield (
            f"| {tally.question} | {_case(tally.case, hidden=tally.hidden)} | {number(tally.points, decimals)} "
            f"| {tally.kills} | {tally.alone} |"
        )


def _open(audit: Audit) -> Iterator[str]:
    if audit.open:
        yield from ("", "## To be looked at", "")
        yield from (f"- {line}" for line in audit.open)


def _equivalent(audit: Audit) -> Iterator[str]:
    reasons: dict[str, list[Verdict]] = {}
    for verdict in audit.of(Fate.EQUIVALENT):
        reasons.setdefault(verdict.reason, []).append(verdict)
    if reasons:
        yield from ("", "## Mutants that are right after all")
    for reason, verdicts in reasons.items():
        yield from ("", reason, "")
        yield from (f"- `{verdict.mutant.id}`: {_cell(verdict.mutant.what)}" for verdict in verdicts)


def _mutants(audit: Audit, decimals: int) -> Iterator[str]:
    for question in audit.questions:
        yield from ("", f"## {question}", "")
        yield from ("| mutant | change | lost | killed by |", "| --- | --- | ---: | --- |")
        for verdict in audit.verdicts:
            mutant = verdict.mutant
            if mutant.question == question:
                name = mutant.id.partition("/")[2]
                given = "" if mutant.written else " °"
                yield f"| `{name}`{given} | {_cell(mutant.what)} | {number(verdict.lost, decimals)} | {_killers(verdict)} |"


def _killers(verdict: Verdict) -> str:
    if verdict.fate is Fate.ELSEWHERE:
        return "elsewhere: " + ", ".join(f"{kill.question}/{_case(kill.case, hidden=kill.hidden)}" for kill in verdict.elsewhere)
    if verdict.fate is Fate.KILLED:
        return ", ".join(map(_kill, verdict.kills))
    return verdict.fate.value


def _kill(kill: Kill) -> str:
    return _case(kill.case, hidden=kill.hidden)


def _case(name: str, *, hidden: bool) -> str:
    return f"*{name}*" if hidden else name


def _cell(text: str) -> str:
    """Text that may stand in a cell of a table."""
    return text.replace("|", "\\|")

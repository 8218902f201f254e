"""Writes the class overview for staff: results in, `report.html` out."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Final
from urllib.parse import quote

import msgspec

from autograder.config import Config
from autograder.reports.atomic import write_atomically
from autograder.reports.attention import Attention, ConfinementSummary, needs_attention, summarise_confinement
from autograder.reports.charts import Scatter, charts
from autograder.reports.condensed import remarks
from autograder.reports.feedback import FEEDBACK
from autograder.reports.final import FinalMark, Marks, override_text
from autograder.reports.findings import Behind, Noted, Slow, mistake_names, mistakes, note_kinds, noted, slowest
from autograder.reports.items import LEAST, Items, summarise_items
from autograder.reports.judged import lay_out
from autograder.reports.library import table_library
from autograder.reports.pages import render, script_policy, template_text
from autograder.reports.summary import (
    Bin,
    CaseSummary,
    QuestionSummary,
    Spread,
    foremost,
    histogram,
    question_names,
    spread,
    summarise_cases,
    summarise_questions,
    training_run,
)
from autograder.reports.text import encodable, encodable_name, one_line, readable
from autograder.reports.training import TrainingOverview, summarise_training
from autograder.results import NO_WORK, Outcome, Status, SubmissionResult

REPORT: Final = "report.html"
SIMILARITY: Final = "similarity.html"
"""The page beside it that compares submissions, if one was asked for; this one links to it."""
ROWS: Final = 2_000
"""Submissions that the page lists, and no more of those to look at: browsers cannot work with a table of a hundred thousand."""
TRACES: Final = 200
"""Of those to look at, how many are shown with their trace."""
SCRIPTS: Final = ("report.js", "charts.js")
PAGE: Final = "report.html.j2"
_BINS: Final = 20


class SubmissionRow(msgspec.Struct, frozen=True, kw_only=True):
    """One line of the table of submissions.

    Attributes:
        link: address of the feedback, relative to the report; empty if there may be none.
        mark: how the total, which is the final mark, came about.
        by_hand: one per question, as `scores`: its points if they were set by hand.
        scores: one per question of the class; None where this submission was not asked it or it could not be judged.
        training_seconds: of the run that `accuracy` is of.
        mistakes: names of known mistakes that were recognised.
        notes: what was repaired in it, or noted on how it was read.
        seed: every hidden input follows from it, so it is on no student's page.
    """

    name: str
    link: str
    status: Status
    total: float | None
    scores: tuple[float | None, ...]
    accuracy: float | None
    training_seconds: float | None
    rules_broken: int
    mistakes: tuple[str, ...]
    notes: tuple[str, ...]
    seconds: float
    seed: int
    digest: str
    graded_at: str
    mark: FinalMark
    by_hand: tuple[float | None, ...]


class OverrideRow(msgspec.Struct, frozen=True, kw_only=True):
    """What was set by hand for one submission."""

    name: str
    link: str
    what: str
    mark: FinalMark
    comment: str
    reason: str


class ReportPage(msgspec.Struct, frozen=True, kw_only=True):
    """All that the page shows.

    Attributes:
        count: submissions in all; `submissions` and `attention` may be no more than the first of them.
        totals: of the submissions that were graded in full; None if there are none.
        items: how questions and test cases measure, and which need a look.
        noted: the first submissions that were repaired or read with a note, of `noted_count`.
        data: of the charts, for the page's scripts.
        overrides: all that was set by hand.
        mark_problems: name, link and text of what about marks must be looked at.
        versions: package, then the versions that were used, most often one.
    """

    assignment: str
    graded: int
    without_work: int
    errored: int
    max_score: float
    totals: Spread | None
    bars: tuple[Bin, ...]
    count: int
    attention: tuple[tuple[Attention, str], ...]
    more_attention: int
    confinement: ConfinementSummary
    questions: tuple[QuestionSummary, ...]
    cases: tuple[CaseSummary, ...]
    items: Items
    mistakes: tuple[Behind, ...]
    noted: tuple[Noted, ...]
    noted_count: int
    note_kinds: tuple[Behind, ...]
    slowest: tuple[Slow, ...]
    data: str
    scatter: Scatter | None
    training: TrainingOverview | None
    submissions: tuple[SubmissionRow, ...]
    versions: tuple[tuple[str, tuple[str, ...]], ...]
    bundles: tuple[str, ...]
    first_graded: str
    last_graded: str
    overrides: tuple[OverrideRow, ...]
    mark_problems: tuple[tuple[str, str, str], ...]


def write_dashboard(results: Sequence[SubmissionResult], out: Path, config: Config, marks: Marks | None = None) -> Path:
    """Write `report.html` into `out`."""
    similarity = (out / SIMILARITY).exists()
    return write_atomically(out / REPORT, render_dashboard(results, config, marks, similarity=similarity))


def render_dashboard(
    results: Sequence[SubmissionResult], config: Config, marks: Marks | None = None, *, similarity: bool = False
) -> bytes:
    """The page, in UTF-8. The order of `results` does not matter. `similarity`: whether there is a page on that to link to."""
    results = sorted(results, key=lambda result: result.name)
    scripts = tuple(filter(None, (table_library(), *map(template_text, SCRIPTS))))
    return render(
        PAGE,
        page=_page(results, config, marks or Marks(config)),
        decimals=config.scoring.decimals,
        least=LEAST,
        similarity=SIMILARITY if similarity else "",
        scripts=scripts,
        script_policy=script_policy(scripts),
    )


def _page(results: Sequence[SubmissionResult], config: Config, marks: Marks) -> ReportPage:
    statuses = [result.status for result in results]
    totals = [marks.of(one).mark or 0.0 for one in results if one.status is Status.GRADED]
    most = max((result.max_score for result in results), default=0.0)
    names = question_names(results)
    attention = needs_attention(results)
    listed = foremost(results, ROWS)
    judged = lay_out(results)
    final = {one.name: marks.of(one) for one in listed}
    data, scatter = charts(judged, listed, _link_of, config.training.run.threshold if config.training else None, final)
    some_noted, noted_count = noted(results, _link_of)
    times = sorted(result.graded_at for result in results if result.graded_at)
    return ReportPage(
        assignment=one_line(config.assignment.title),
        graded=statuses.count(Status.GRADED),
        without_work=sum(status in NO_WORK for status in statuses),
        errored=statuses.count(Status.ERRORED),
        max_score=most,
        totals=spread(totals),
        bars=histogram(totals, most, _BINS),
        count=len(results),
        attention=tuple(_shown(one, at < TRACES) for at, one in enumerate(attention[:ROWS])),
        more_attention=max(0, len(attention) - ROWS),
        confinement=summarise_confinement(results),
        questions=summarise_questions(results),
        cases=summarise_cases(results),
        items=summarise_items(judged),
        mistakes=mistakes(results, _link_of),
        noted=some_noted,
        noted_count=noted_count,
        note_kinds=note_kinds(results, _link_of),
        slowest=slowest(judged, _link_of),
        data=data,
        scatter=scatter,
        training=summarise_training(results, config),
        submissions=tuple(_row(result, names, final[result.name]) for result in listed),
        versions=_versions(results),
        bundles=tuple(sorted({result.bundle for result in results if result.bundle})),
        first_graded=times[0] if times else "",
        last_graded=times[-1] if times else "",
        overrides=_overrides(results, marks),
        mark_problems=_mark_problems(results, marks),
    )


def _overrides(results: Sequence[SubmissionResult], marks: Marks) -> tuple[OverrideRow, ...]:
    rows = []
    for result in results:
        if result.name in marks.matched.found:
            mark = marks.of(result)
            rows.append(
                OverrideRow(
                    name=one_line(result.name),
                    link=_link(result.name, damaged=not result.source),
                    what=override_text(mark, marks.config),
                    mark=mark,
                    comment=_with_members(mark.comment, ((one.key, one.comment) for one in mark.members)),
                    reason=_with_members(mark.reason, ((one.key, one.reason) for one in mark.members)),
                )
            )
    return tuple(rows)


def _with_members(text: str, members: Iterable[tuple[str, str]]) -> str:
    return readable("\n".join(filter(None, (text, *(f"{key}: {own}" for key, own in members if own)))))


def _mark_problems(results: Sequence[SubmissionResult], marks: Marks) -> tuple[tuple[str, str, str], ...]:
    found = marks.problems(results)[:ROWS]
    links = {result.name: _link(result.name, damaged=not result.source) for result in results} if found else {}
    return tuple((one_line(one.submission), links.get(one.submission, ""), one_line(one.text, 600)) for one in found)


def _row(result: SubmissionResult, names: Sequence[str], mark: FinalMark) -> SubmissionRow:
    scores = {question.name: question.score for question in result.questions if question.outcome is not Outcome.ERRORED}
    run = training_run(result)
    return SubmissionRow(
        name=one_line(result.name),
        link=_link_of(result),
        status=result.status,
        total=mark.mark,
        scores=tuple(scores.get(name) for name in names),
        accuracy=run.accuracy if run else None,
        training_seconds=run.seconds if run else None,
        mistakes=mistake_names(result),
        notes=remarks(result),
        rules_broken=sum(len(question.violations) for question in result.questions),
        seconds=result.seconds,
        seed=result.seed,
        digest=one_line(result.digest),
        graded_at=one_line(result.graded_at),
        mark=mark,
        by_hand=tuple(mark.questions[name].points if name in mark.questions else None for name in names),
    )


def _link_of(result: SubmissionResult) -> str:
    return _link(result.name, damaged=not result.source)


def _link(name: str, *, damaged: bool) -> str:
    """The address of a submission's feedback. The dot in front keeps a name such as `javascript:` from being a scheme."""
    return "" if damaged else f"./{quote(encodable_name(name), safe='')}/{FEEDBACK}"


def _shown(one: Attention, with_trace: bool) -> tuple[Attention, str]:
    """As the page shows it, and its link."""
    trace = encodable(one.trace) if one.trace and with_trace else None
    return msgspec.structs.replace(one, name=one_line(one.name), trace=trace), _link(one.name, damaged=one.damaged)


def _versions(results: Sequence[SubmissionResult]) -> tuple[tuple[str, tuple[str, ...]], ...]:
    packages = sorted({package for result in results for package in result.versions})
    return tuple(
        (one_line(package), tuple(sorted({one_line(r.versions[package]) for r in results if package in r.versions})))
        for package in packages
    )

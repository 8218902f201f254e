"""Turns a result into Gradescope's `results.json`, with a model of the documented format that refuses anything else."""

from __future__ import annotations

import functools
from collections.abc import Iterator
from typing import Annotated, Any, Final, Literal

import msgspec
from pydantic import BaseModel, ConfigDict, Field, model_validator

from autograder.config import Config, GradescopeSection, Visibility
from autograder.reports.final import FinalMark, finalise, late_text
from autograder.reports.late import rule
from autograder.reports.student import SUBMISSION_STATUS, VisibleCase, cell_texts, violation_texts, visible_cases, visible_notes
from autograder.reports.summary import training_run
from autograder.reports.text import count, number, one_line, points, readable
from autograder.results import Outcome, QuestionResult, SubmissionResult

Format = Literal["text", "html", "simple_format", "md", "ansi"]
OVERVIEW: Final = "0"
"""Number of the informational lines about the whole submission; questions are numbered from 1."""


class _Model(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True, allow_inf_nan=False)


class GradescopeTest(_Model):
    """One entry of `tests`. Without `score` it is an informational line that `status` marks."""

    score: float | None = None
    max_score: Annotated[float, Field(ge=0)] | None = None
    status: Literal["passed", "failed"] | None = None
    name: str | None = None
    name_format: Format | None = None
    number: str | None = None
    output: str | None = None
    output_format: Format | None = None
    tags: tuple[str, ...] | None = None
    visibility: Visibility | None = None
    extra_data: dict[str, Any] | None = None


class LeaderboardEntry(_Model):
    """One column of a leaderboard; `order` is descending unless it says otherwise."""

    name: str
    value: float | str
    order: Literal["asc", "desc"] | None = None


class GradescopeResults(_Model):
    """The whole of `results.json`."""

    score: float | None = None
    execution_time: Annotated[float, Field(ge=0)] | None = None
    output: str | None = None
    output_format: Format | None = None
    test_output_format: Format | None = None
    test_name_format: Format | None = None
    visibility: Visibility | None = None
    stdout_visibility: Visibility | None = None
    extra_data: dict[str, Any] | None = None
    tests: tuple[GradescopeTest, ...] | None = None
    leaderboard: tuple[LeaderboardEntry, ...] | None = None

    @model_validator(mode="after")
    def _scored(self) -> GradescopeResults:
        if self.score is None and not any(test.score is not None for test in self.tests or ()):
            raise ValueError("a score is needed, at the top level or on test cases")
        return self

    def to_json(self) -> bytes:
        """The file's content. What is not set is left out, as the format asks."""
        return self.model_dump_json(indent=2, exclude_none=True).encode() + b"\n"


def to_gradescope(
    result: SubmissionResult, config: Config, final: FinalMark | None = None, *, explained: bool = True
) -> GradescopeResults:
    """`result` as Gradescope shows it; `final` is its mark if something is set by hand. `explained`: whether tests say more than
    their verdicts and points.

    The score has what was set by hand, and the deduction for lateness only with `late.on_gradescope`: the platform has a late
    policy of its own, which must not be applied twice.

    One entry per test case, numbered `question.case`. Of a hidden case the output is its message and nothing else, but for a
    hint where the configuration shows hints of hidden cases too. Its title appears only where `gradescope.hidden` is `hidden`,
    which keeps the entry from students for good.

    The hidden-total trap: as long as one test is hidden from a student, Gradescope hides the total too. So an informational
    line gives the points of the public tests, and neither it nor `output` says anything that depends on hidden ones.
    A rule that was broken, notes and cells that failed are informational lines as well: status and text, no score.
    """
    final = final or finalise(result, config)
    score = final.mark if config.late.on_gradescope else final.before_deduction
    return GradescopeResults(
        score=round(result.score if score is None else score, config.scoring.decimals),
        execution_time=round(max(result.seconds, 0.0), 2),
        output=_submission_output(result) or None,
        output_format="text",
        test_output_format="text",
        test_name_format="text",
        stdout_visibility=config.gradescope.output,
        extra_data={"submission": result.name, "status": result.status.value, "digest": result.digest},
        tests=tuple(_entries(result, config, final, explained=explained)),
        leaderboard=_leaderboard(result) if config.gradescope.leaderboard else None,
    )


def _leaderboard(result: SubmissionResult) -> tuple[LeaderboardEntry, ...]:
    """Accuracy and time of the timed training run; nothing where there was none."""
    run = training_run(result)
    if run is None:
        return ()
    entries = [LeaderboardEntry(name="Test accuracy (%)", value=round(run.accuracy, 2))]
    if run.seconds is not None:
        entries.append(LeaderboardEntry(name="Training time (s)", value=round(run.seconds, 2), order="asc"))
    return tuple(entries)


def _submission_output(result: SubmissionResult) -> str:
    return "\n".join(line for line in (SUBMISSION_STATUS[result.status], *visible_notes(result.notes)) if line)


def _entries(result: SubmissionResult, config: Config, final: FinalMark, *, explained: bool) -> Iterator[GradescopeTest]:
    yield from _overview(result, config)
    if not explained:
        name, allowed = "Only verdicts and points", count(config.gradescope.explained_submissions, "graded submission")
        text = f"What a test found is shown for your first {allowed}. Points are counted as before."
        yield _information(name, f"{OVERVIEW}.5", text, config, passed=True)
    yield from _by_hand(result, final, config)
    for index, question in enumerate(result.questions, start=1):
        for position, case in enumerate(visible_cases(question, config, final.cases(question.name)), start=1):
            shown = case if explained else _verdict_alone(case)
            yield _case(question, shown, position, f"{index}.{position}", config)
        yield from _remarks(question, f"{index}.{len(question.tests) + 1}", config)


def _overview(result: SubmissionResult, config: Config) -> Iterator[GradescopeTest]:
    tests = [test for question in result.questions for test in question.tests]
    public = [test for test in tests if not test.hidden]
    if len(public) < len(tests) and config.gradescope.hidden != "visible":
        decimals = config.scoring.decimals
        earned, most = sum(test.points for test in public), sum(test.max_points for test in public)
        withheld = sum(test.max_points for test in tests) - most
        yield _information(
            f"Public tests: {number(earned, decimals)} of {number(most, decimals)} points",
            f"{OVERVIEW}.1",
            f"{count(len(tests) - len(public), 'hidden test')} worth {number(withheld, decimals)} points not counted here. "
            "Gradescope shows no total while a test is hidden.",
            config,
            passed=all(test.outcome is Outcome.PASSED for test in public),
        )
    cells = cell_texts(result)
    if cells:
        text = "\n".join(cells)
        yield _information("Code cells that did not run to their end", f"{OVERVIEW}.2", text, config, passed=False)


def _by_hand(result: SubmissionResult, final: FinalMark, config: Config) -> Iterator[GradescopeTest]:
    """What was set by hand, and what lateness costs. None of it tells what hidden tests gave."""
    decimals = config.scoring.decimals
    most = {question.name: question.max_score for question in result.questions}
    lines = [
        f"{one_line(one.question)}: {number(one.points, decimals)} of {points(most[one.question], decimals)}"
        for one in final.set_by_hand
        if not one.case
    ]
    if any(one.case for one in final.set_by_hand):
        lines.append("Points of single tests: see there.")
    if final.adjustment:
        lines.append(f"Total: {'+' if final.adjustment > 0 else '−'}{points(abs(final.adjustment), decimals)}")
    lines += [readable(final.comment)] if final.comment else []
    if lines:
        name = "Set by hand" if final.manual is not None else "Comment"
        yield _information(name, f"{OVERVIEW}.3", "\n".join(lines), config, passed=True)
    late = late_text(final, config)
    if late and config.late.on_gradescope:
        yield _information("Late", f"{OVERVIEW}.4", f"{late}; {rule(config.late)}.", config, passed=False)


def _case(question: QuestionResult, case: VisibleCase, position: int, label: str, config: Config) -> GradescopeTest:
    settings = config.gradescope
    only_staff = case.hidden and settings.hidden == "hidden"
    title = one_line(question.tests[position - 1].title or case.title) if only_staff else case.title
    return _entry(case, question.name, title, label, settings, config.scoring.decimals)


# Most cases of a class are told in the same words: a passed one has no other.
@functools.lru_cache(maxsize=1_000)
def _entry(
    case: VisibleCase, question: str, title: str, label: str, settings: GradescopeSection, decimals: int
) -> GradescopeTest:
    output = _output(case, settings.format, decimals)
    given = case.points if case.manual is None else case.manual
    passed = case.outcome is Outcome.PASSED or case.manual is not None
    return GradescopeTest(
        score=round(given, decimals) if case.max_points else None,  # "0/0" would look like nothing earned
        max_score=round(case.max_points, decimals) if case.max_points else None,
        status="passed" if passed and given >= case.max_points else "failed",
        name=f"{one_line(question)}: {title}",
        number=label,
        output=output or None,
        output_format=settings.format if output else None,
        tags=(question,),
        visibility=settings.hidden if case.hidden else settings.public,
    )


def _verdict_alone(case: VisibleCase) -> VisibleCase:
    return msgspec.structs.replace(case, message="", expected=None, actual=None, help=None, hint=None, excerpt=None)


def _remarks(question: QuestionResult, label: str, config: Config) -> Iterator[GradescopeTest]:
    broken = violation_texts(question, config)
    if broken:
        name, text = f"{one_line(question.name)}: something that the assignment rules out", "\n".join(broken)
    else:
        name, text = f"{one_line(question.name)}: notes", ""
    text = "\n".join(line for line in (text, *visible_notes(question.notes)) if line)
    if text:
        yield _information(name, label, text, config, passed=not broken)


def _information(name: str, label: str, text: str, config: Config, *, passed: bool) -> GradescopeTest:
    return GradescopeTest(
        status="passed" if passed else "failed",
        name=name,
        number=label,
        output=text,
        output_format="text",
        visibility=config.gradescope.public,
    )


def _output(case: VisibleCase, text_format: str, decimals: int) -> str:
    if case.manual is not None:
        by_hand = f"Set by hand: {points(case.manual, decimals)} instead of {number(case.points, decimals)}."
        rest = _output(msgspec.structs.replace(case, manual=None), text_format, decimals)
        return f"{by_hand}\n\n{rest}".rstrip()
    parts = (("Expected", case.expected), ("Actual", case.actual))
    if text_format == "md":
        lines = [_inert(case.message), *(f"{name}:\n\n{_fenced(value)}" for name, value in parts if value)]
        lines += [_inert(text) for text in (case.help, case.hint) if text]
        return "\n\n".join(line for line in lines if line)
    lines = [case.message, *(f"{name}: {value}" for name, value in parts if value)]
    lines += [f"{name}: {text}" for name, text in (("Help", case.help), ("Hint", case.hint)) if text]
    return "\n".join(line for line in lines if line)


def _fenced(text: str) -> str:
    """`text` as a code block that nothing in it can end."""
    longest = max((len(run) for run in text.split() if set(run) == {"`"}), default=0)
    while "`" * (longest + 1) in text:
        longest += 1
    fence = "`" * max(3, longest + 1)
    return f"{fence}\n{text}\n{fence}"


def _inert(text: str) -> str:
    """Markdown whose emphasis and code still work, but which holds no HTML, image or link: a message may quote a student."""
    for plain, escaped in (("<", "&lt;"), ("![", "!\\["), ("](", "]\\("), ("][", "]\\["), ("]:", "]\\:")):
        text = text.replace(plain, escaped)
    return text

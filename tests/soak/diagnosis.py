"""How often the diagnosis is right: `python -m tests.soak.diagnosis` writes the figures to docs/diagnosis.md.

Every known mistake is graded as a submission: does its question show its hint, and no other? Then random mutants of the
solution are graded. A hint on one of them counts as right only if it is true on other inputs too: on fresh seeds, in this
process and without the engine that found it, the mutant has all the wrong values of the known mistake.
"""

from __future__ import annotations

import ast
import random
import statistics
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import msgspec

from autograder.assignment import Assignment, Misconception, TestCase
from autograder.authoring.catalogue import cells_with
from autograder.checks.context import Context
from autograder.config_file import read_config
from autograder.grading import diagnose
from autograder.grading.evidence import Comparison, failing, listen, observed, own_random_state, same
from autograder.grading.grade import Grader, grade_submission
from autograder.grading.known import Cells, Nobody
from autograder.grading.launch import load_grader, sandbox_for
from autograder.grading.seeds import fresh
from autograder.grading.testfile import Tests
from autograder.results import QuestionResult, TestResult
from autograder.sandbox.lanes import Lane
from autograder.submissions import Found as Submission
from autograder.submissions.source import without_docstrings
from autograder.variants import notebook
from tests.samples import ROOT
from tests.soak.mutants import mutant

MUTANTS, OTHERS, SEEDS, SEED = 200, 60, range(1000, 1006), 20260
TRAINING, DEFINING = "mnist", {"linear", "relu", "sigmoid", "net", "torchnet", "softmax"}
OUT = ROOT / "docs" / "diagnosis.md"


@dataclass(frozen=True)
class Found:
    """What the diagnosis said of one notebook.

    Attributes:
        hints: case -> hint and where it is from.
    """

    name: str
    question: str
    lost: bool
    hints: dict[str, tuple[str, str]]


def main() -> None:
    """Measure, print, write."""
    config = read_config(ROOT / "grading_config.yaml")
    times = _Times()
    with sandbox_for(config, 1, submissions=MUTANTS) as sandbox:
        grader = load_grader(config)
        lane = sandbox.lanes[0]
        known = []
        for mistake, result in _try_all(grader, lane):
            known.append(_found(mistake, result))
            print(f"\r{len(known)} known mistakes", end="", file=sys.stderr)
        mutants = _mutants(grader.assignment)
        graded = []
        instead = msgspec.structs.replace(grader.assignment, misconceptions=mutants)
        for mistake, result in _try_all(replace(grader, assignment=instead), lane):
            graded.append(_found(mistake, result))
            print(f"\r{len(graded)} mutants         ", end="", file=sys.stderr)
    hints = {one.name: one.hint for one in grader.assignment.misconceptions}
    wrong = [
        (one, case)
        for one, made in zip(graded, mutants, strict=True)
        for case in one.hints
        if not _true(grader.assignment, made, one.hints[case])
    ]
    text = _report(known, hints, graded, wrong, times.taken)
    OUT.write_text(text, encoding="utf-8")
    print(f"\n{text}\nwrote {OUT.relative_to(ROOT)}")
    for one, case in wrong:
        (changes,) = [made.changes for made in mutants if made.name == one.name]
        print(f"\nWRONG? {one.name} {case} {one.hints[case]}\n{changes[0][1]}")


def _try_all(grader: Grader, lane: Lane) -> Iterator[tuple[Misconception, QuestionResult]]:
    """Each known mistake of the assignment, and what a notebook with it gets in its question; judged here, to be timed."""
    with tempfile.TemporaryDirectory(prefix="autograder-diagnosis-") as work:
        for one in grader.assignment.misconceptions:
            path = Path(work) / f"{one.name}.ipynb"
            path.write_bytes(notebook(cells_with(grader.assignment, one)))
            result = grade_submission(grader.narrowed({one.question}), Submission(one.name, str(path)), lane, fresh())
            yield one, result.questions[0]


class _Times:
    """Seconds that diagnoses take, noted from now on."""

    def __init__(self) -> None:
        self.taken: list[float] = []
        explain = diagnose.Diagnosis.explain

        def timed(this: Any, *args: Any) -> Any:
            started = time.process_time()
            try:
                return explain(this, *args)
            finally:
                self.taken.append(time.process_time() - started)

        diagnose.Diagnosis.explain = timed  # type: ignore[method-assign, assignment]  # a measurement


def _found(one: Misconception, result: QuestionResult) -> Found:
    hints = {test.case: (test.hint, _source(test)) for test in result.tests if test.hint}
    return Found(one.name, one.question, result.score < result.max_score, hints)


def _source(test: TestResult) -> str:
    """Name of the known mistake that a hint is from; empty if it is a pattern of values."""
    last = (test.detail or "").strip().splitlines()[-1]
    return last.split("`")[1] if "misconception" in last else ""


def _mutants(assignment: Assignment) -> tuple[Misconception, ...]:
    """Random mutants of cells that define what questions ask for, and then of others that use it, but for the training cell.

    None of them is in the catalogue.
    """
    chance = random.Random(SEED)
    answers = [(at, cell) for at, cell in enumerate(assignment.outline) if cell.question and cell.question != TRAINING]
    seen = {_canonical(source) for one in assignment.misconceptions for _, source in one.changes}
    seen |= {_canonical(source) for source in assignment.cells}
    made: list[Misconception] = []
    while len(made) < MUTANTS + OTHERS:
        at, cell = chance.choice([one for one in answers if bool(one[1].definitions) == (len(made) < MUTANTS)])
        question = cell.question
        source = mutant(assignment.cells[at], chance, chance.choice((1, 1, 1, 2)))
        if source is None or question is None or _canonical(source) in seen:
            continue
        seen.add(_canonical(source))
        name = f"mutant_{len(made) + 1}"
        made.append(Misconception(name=name, title="", question=question, hint="", changes=((at, source),)))
    return tuple(made)


def _canonical(source: str) -> str:
    return ast.unparse(without_docstrings(source))


def _true(assignment: Assignment, made: Misconception, hint: tuple[str, str]) -> bool:
    """Whether a hint says something true of a mutant on inputs that it was not found with."""
    (question,) = [one for one in assignment.questions if one.name == made.question]
    tests = observed(question)
    mine = Cells(assignment, made.question, dict(made.changes), {})
    source = [one for one in assignment.misconceptions if one.name == hint[1]]
    if not source:
        return any(_pattern_holds(tests, case, mine, hint[0]) for case in question.cases if case.hidden)
    theirs = Cells(assignment, made.question, dict(source[0].changes), {})
    return all(_alike(tests, case, mine, theirs, seed) for case in question.cases for seed in SEEDS)


def _alike(tests: Tests, case: TestCase, mine: Cells, theirs: Cells, seed: int) -> bool:
    """Whether all wrong values of a known mistake are there; what both lack is no value."""
    have, want = _heard(tests, case, mine, seed), _heard(tests, case, theirs, seed)
    return all(
        at < len(have) and (same(have[at], want[at], Context().tolerances) or have[at].actual is want[at].actual is None)
        for at in failing(want)
    )


def _heard(tests: Tests, case: TestCase, cells: Cells, seed: int) -> list[Comparison]:
    """What a case compares, here and on this seed; where the cells draw random numbers, they draw the same for all."""
    with own_random_state(seed):
        space = cells.definitions() if tests.question.name in DEFINING else cells.left(Nobody(), 0)
    missing = [name for name in case.parameters if name not in space]
    return [] if missing else listen(tests, case, Context(seed=seed), space)


def _pattern_holds(tests: Tests, case: TestCase, cells: Cells, hint: str) -> bool:
    """Whether the pattern is there in the same case on every other seed."""
    return all(_pattern(_heard(tests, case, cells, seed)) == hint for seed in SEEDS)


def _pattern(heard: Sequence[Comparison]) -> str | None:
    return diagnose.pattern(heard, Context().tolerances)[0] if failing(heard) else None


def _report(
    known: Sequence[Found],
    hints: dict[str, str],
    graded: Sequence[Found],
    wrong: Sequence[tuple[Found, str]],
    taken: list[float],
) -> str:
    lines = [*_of_catalogue(known, hints), "", "## Random mutants", ""]
    lines += [*_of_mutants(graded[:MUTANTS], wrong, "the solution's classes and functions"), ""]
    lines += [*_of_mutants(graded[MUTANTS:], wrong, "the cells that use them"), ""]
    lines += ["A hint is true if the mutant has every wrong value of the known mistake on the other seeds, or shows the pattern"]
    lines += ["in a hidden test there. The training cell was not among those that were changed.", ""]
    return "\n".join([*lines, *_of_times(taken)]) + "\n"


def _of_catalogue(known: Sequence[Found], hints: dict[str, str]) -> Iterator[str]:
    shown = [one for one in known if (hints[one.name], one.name) in one.hints.values()]
    misled = [one for one in known if any(hint != hints[one.name] for hint, _ in one.hints.values())]
    yield "# How often the diagnosis is right"
    yield ""
    yield "Written by `python -m tests.soak.diagnosis`. Where a test meets a wrong value, the grader looks for a known mistake"
    yield "(`solutions/misconceptions/`) or a pattern that gives the same one; if there is no doubt, the student reads its hint."
    yield ""
    yield "## Known mistakes"
    yield ""
    share = 100 * len(shown) / len(known)
    yield f"Of {len(known)} known mistakes, each handed in as a notebook, {len(shown)} ({share:.1f} %) show their hint, and"
    yield f"{len(misled)} show another."
    yield ""
    yield "| question | known mistakes | own hint | another hint |"
    yield "| --- | ---: | ---: | ---: |"
    for question in dict.fromkeys(one.question for one in known):
        row = [sum(one.question == question for one in group) for group in (known, shown, misled)]
        yield f"| `{question}` | {row[0]} | {row[1]} | {row[2]} |"
    missed = [one.name for one in known if one not in shown]
    if missed:
        yield ""
        yield f"Without their hint: {', '.join(f'`{name}`' for name in missed)}. What explains values as NaN explains too little,"
        yield "so training that diverges at once is not named."


def _of_mutants(graded: Sequence[Found], wrong: Sequence[tuple[Found, str]], of: str) -> Iterator[str]:
    lost = [one for one in graded if one.lost]
    hinted = [one for one in graded if one.hints]
    named = Counter("known mistake" if any(source for _, source in one.hints.values()) else "pattern" for one in hinted)
    misled = {one.name for one, _ in wrong} & {one.name for one in graded}
    yield f"Of {len(graded)} random mutants of {of}, none of them in the catalogue,"
    yield f"{len(lost)} lose marks. {len(hinted)} get a hint ({named['known mistake']} that of a known mistake,"
    yield f"{named['pattern']} of a pattern only); for {len(misled)} of {len(graded)} ({100 * len(misled) / len(graded):.1f} %)"
    yield f"it is not true on {len(SEEDS)} other seeds."


def _of_times(taken: list[float]) -> Iterator[str]:
    taken = sorted(taken)
    yield "## What it takes"
    yield ""
    yield f"Processor time of the grader for one failed question, over {len(taken)} diagnoses: median"
    yield f"{1000 * statistics.median(taken):.0f} ms, nine in ten below {1000 * taken[len(taken) * 9 // 10]:.0f} ms, at most"
    yield f"{1000 * taken[-1]:.0f} ms. The first one of a question in a process compiles its known mistakes. A question that"
    yield "passes is not diagnosed."


if __name__ == "__main__":
    main()

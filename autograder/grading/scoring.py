"""Turns the verdicts on a question's cases into its score, with the rules of the assignment applied."""

from __future__ import annotations

from collections.abc import Sequence

import msgspec

from autograder.assignment import Question
from autograder.config import Config
from autograder.grading.judge import Judged
from autograder.grading.names import exists
from autograder.results import CellResult, Outcome, QuestionResult, TestResult, Violation

EPSILON = 1e-9
ALL_OR_NOTHING = "This question earns its points only if all of its tests pass."


def score_question(
    question: Question,
    judged: Judged,
    violations: Sequence[Violation],
    config: Config,
    cells: Sequence[int],
    ran: Sequence[CellResult],
) -> QuestionResult:
    """The question's result. A broken rule leaves the configured share of each case's points."""
    found = (*violations, *_at_run_time(question.name, judged.seen, violations, config))
    share = min((rule.share for rule in config.rules if any(v.rule == rule.name for v in found)), default=1.0)
    tests = judged.results
    if share < 1:
        tests = tuple(msgspec.structs.replace(test, points=test.points * share) for test in tests)
    return QuestionResult(
        name=question.name,
        score=round(sum(test.points for test in tests), config.scoring.decimals),
        max_score=question.points,
        outcome=outcome_of(tests, found),
        tests=tests,
        violations=found,
        cells=tuple(cells),
        notes=(*_cell_notes(cells, ran), *judged.notes),
    )


def without_mere_claims(
    questions: Sequence[QuestionResult], asked: Sequence[Question], config: Config
) -> tuple[QuestionResult, ...]:
    """The results without what was passed by taking an answer for granted that is not right enough itself.

    An answer that was not judged is taken for granted. What is dropped here keeps `counts_with`, and may be earned in full by
    following through: a mistake in a class is paid for where the class is judged.
    """
    right = {question.name: _share_right(question) for question in questions}
    failures = {(question.name, case.name): case.failure_message or "Failed." for question in asked for case in question.cases}

    def settled(question: QuestionResult) -> QuestionResult:
        claims = {
            test.case: [name for name, share in test.counts_with.items() if right.get(name, 1.0) < share - EPSILON]
            for test in question.tests
        }
        if not any(claims.values()):
            return question
        tests = tuple(
            msgspec.structs.replace(
                test,
                outcome=Outcome.FAILED,
                points=0.0,
                message=f"{failures[question.name, test.case]} It fits your answer to {_listed(claims[test.case])}, "
                "but that is not right enough itself.",
            )
            if claims[test.case]
            else test
            for test in question.tests
        )
        return msgspec.structs.replace(
            question,
            tests=tests,
            outcome=outcome_of(tests, question.violations),
            score=round(sum(test.points for test in tests), config.scoring.decimals),
        )

    return tuple(settled(question) for question in questions)


def all_or_nothing(questions: Sequence[QuestionResult], asked: Sequence[Question], config: Config) -> tuple[QuestionResult, ...]:
    """The results without the points of questions that count as a whole and did not pass as a whole. Comes last."""
    whole = {question.name for question in asked if question.all_or_nothing}

    def settled(question: QuestionResult) -> QuestionResult:
        full = all(test.outcome is Outcome.PASSED and test.points > test.max_points - EPSILON for test in question.tests)
        if question.name not in whole or full or not any(test.points for test in question.tests):
            return question
        tests = tuple(msgspec.structs.replace(test, points=0.0) for test in question.tests)
        return msgspec.structs.replace(question, tests=tests, score=0.0, notes=(*question.notes, ALL_OR_NOTHING))

    return tuple(settled(question) for question in questions)


def _share_right(question: QuestionResult) -> float:
    """How much of the points of a question's hidden tests its answer is worth, whatever rules it broke; 1 if there are none."""
    hidden = [test for test in question.tests if test.hidden]
    passed = sum(test.max_points for test in hidden if test.outcome is Outcome.PASSED and not test.counts_with)
    most = sum(test.max_points for test in hidden)
    return passed / most if most else 1.0


def _listed(names: Sequence[str]) -> str:
    return " and ".join(f"`{name}`" for name in names)


def outcome_of(tests: Sequence[TestResult], violations: Sequence[Violation]) -> Outcome:
    """A question's outcome: passed only if all its tests passed and no rule was broken; errored if a test errored."""
    outcomes = {test.outcome for test in tests}
    if Outcome.ERRORED in outcomes:
        return Outcome.ERRORED
    return Outcome.FAILED if Outcome.FAILED in outcomes or violations else Outcome.PASSED


def total(questions: Sequence[QuestionResult], config: Config) -> float:
    """The submission's score."""
    return round(sum(question.score for question in questions), config.scoring.decimals)


def _at_run_time(name: str, seen: Sequence[str], known: Sequence[Violation], config: Config) -> list[Violation]:
    """What was seen at work and had not been found in the source already."""
    found = []
    for rule in config.rules:
        if name not in rule.applies:
            continue
        if any(v.rule == rule.name for v in known):
            continue
        for said in seen:
            below = next((forbidden for forbidden in rule.forbidden if f"{said}.".startswith(f"{forbidden}.")), None)
            if below is not None:
                thing = said if exists(said) else below
                message = f"{thing} was called while this question's code ran; the rule is: {rule.title}"
                found.append(Violation(rule=rule.name, thing=thing, found="run time", message=message))
                break  # one is enough: which of many were called could say what they were called with
    return found


def _cell_notes(cells: Sequence[int], ran: Sequence[CellResult]) -> list[str]:
    """One sentence for each of the question's cells that was mended or did not run through."""
    said = {
        "raised": "raised",
        "syntax": "could not be parsed:",
        "timeout": "took too long:",
        "died": "ended the program:",
        "skipped": "was not run:",
    }
    found: list[str] = []
    for cell in ran:
        if cell.number in cells:
            found += cell.notes
            if cell.status in said and cell.error:
                found.append(f"Code cell {cell.number} {said[cell.status]} {cell.error}")
    return found

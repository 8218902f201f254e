"""Holds what grading an attack gave against what the attack must not get: a result in, sentences on what is wrong out."""

from __future__ import annotations

from collections.abc import Mapping

from autograder.config import Config
from autograder.results import Status, SubmissionResult
from autograder.selftest.attack import Attack
from autograder.selftest.plants import Plants

EPSILON = 1e-9


def broken_promises(
    attack: Attack, result: SubmissionResult, base: SubmissionResult, plants: Plants, config: Config
) -> list[str]:
    """What the attack got that it should not have got; empty if it held."""
    found = [] if result.status is Status.GRADED else [f"ended as {result.status.value}: {(result.detail or '')[-300:]}"]
    right = {question.name: question.score for question in base.questions}
    for question in result.questions:
        most = 0.0 if question.name in attack.zero else right[question.name] + attack.may_earn.get(question.name, 0.0)
        least = 0.0 if question.name in attack.zero | attack.may_lose else right[question.name]
        if question.score > most + EPSILON:
            passed = ", ".join(test.case for test in question.tests if test.points)
            found.append(f"{question.name} earned {question.score:g}, at most {most:g} are due ({passed})")
        if question.score < least - EPSILON:
            found.append(f"{question.name} lost marks: {question.score:g} of {least:g} ({_why(result, question.name)})")
        if question.name in attack.capped:
            timed = [test for test in question.tests if "accuracy" in test.metrics]
            found += [f"{test.case} earned {test.points:g}" for test in timed if test.points]
    written = _written(result, config)
    for name, content in written.items():
        found += [f"{name} holds the secret from {where}" for where in plants.found_in(content)]
    shown = {name: content for name, content in written.items() if name != "result.json"}
    for word in attack.absent:
        found += [f"{name} holds {word}" for name, content in shown.items() if word.encode() in content]
    return found


def verdicts(result: SubmissionResult) -> Mapping[tuple[str, str], tuple[str, float]]:
    """Outcome and points of every test case."""
    return {(q.name, test.case): (test.outcome.value, test.points) for q in result.questions for test in q.tests}


def _why(result: SubmissionResult, name: str) -> str:
    (question,) = (one for one in result.questions if one.name == name)
    return "; ".join([*question.notes, *(f"{test.case}: {test.message}" for test in question.tests if not test.points)])[:400]


def _written(result: SubmissionResult, config: Config) -> dict[str, bytes]:
    """All that grading writes of this submission, by file name."""
    from autograder.reports.feedback import render_feedback
    from autograder.reports.gradescope import to_gradescope
    from autograder.reports.store import encode_result, storable

    kept = storable(result)
    return {
        "result.json": encode_result(kept),
        "results.json": to_gradescope(kept, config).to_json(),
        "feedback.html": render_feedback(kept, config),
    }

"""Makes results for tests: a class of thirteen questions, and each special case on its own."""

from __future__ import annotations

import random
from pathlib import Path
from typing import Any, Literal

import msgspec

from autograder.config import (
    AssignmentSection,
    Config,
    FeedbackSection,
    GradescopeSection,
    Rule,
    TrainingSection,
    Visibility,
)
from autograder.results import (
    CellResult,
    Excerpt,
    Layer,
    Outcome,
    QuestionResult,
    Status,
    SubmissionResult,
    TestResult,
    Violation,
)

POINTS = {
    "linear": 18, "linear_use": 4, "linear_torch": 6, "relu": 8, "sigmoid": 8, "activations_use": 4, "activations_torch": 6,
    "net": 14, "net_use": 4, "torchnet": 6, "torchnet_use": 4, "softmax": 6, "mnist": 12,
}  # fmt: skip
LAYERS = (
    Layer(name="resource limits", applied=True),
    Layer(name="user of its own", applied=True, reason="uid 62000"),
    Layer(name="Landlock", applied=True, reason="ABI 6"),
    Layer(name="system call filter", applied=False, reason="not part of this version"),
)
SECRET = "s3cr3t"
"""In every text of a hidden test that is for staff."""


def config(
    hidden: Visibility = "after_published",
    text_format: Literal["text", "md"] = "text",
    hints: Literal["public", "all", "none"] = "all",
) -> Config:
    return Config(
        assignment=AssignmentSection(name="nn", title="Neural networks by hand", solution=Path("solutions/nn.ipynb")),
        rules=(
            Rule(name="basic", title="Only basic tensor operations", applies={"linear": ("Linear",)}, forbidden=("torch.nn",)),
        ),
        training=TrainingSection(question="mnist"),
        feedback=FeedbackSection(hints=hints),
        gradescope=GradescopeSection(hidden=hidden, format=text_format),
    )


def case(
    outcome: Outcome = Outcome.PASSED, *, hidden: bool = False, points: float = 4.0, name: str = "test_it", **more: Any
) -> TestResult:
    """A test case; of a hidden one, everything that students must not see holds the secret."""
    failed, secret = outcome is not Outcome.PASSED, f" {SECRET}" if hidden else ""
    values = {
        "case": f"{name}{SECRET if hidden else ''}",
        "title": f"forward agrees with the reference{secret}",
        "outcome": outcome,
        "points": points if outcome is Outcome.PASSED else 0.0,
        "max_points": points,
        "hidden": hidden,
        "message": "Look at the shapes." if failed else "Well done.",
        "expected": f"shape (2, 5){secret}" if failed else None,
        "actual": f"shape (5, 2){secret}" if failed else None,
        "help": f"Mind the order.{secret}" if failed else None,
        "detail": f"Traceback of the grader {SECRET}\nValueError: in the grader {SECRET}" if failed else None,
        "seconds": 0.012,
    }
    return TestResult(**{**values, **more})


def question(name: str, tests: tuple[TestResult, ...], **more: Any) -> QuestionResult:
    outcomes = {test.outcome for test in tests}
    worst = next((o for o in (Outcome.ERRORED, Outcome.FAILED) if o in outcomes), Outcome.PASSED)
    values = {
        "name": name,
        "score": round(sum(test.points for test in tests), 2),
        "max_score": sum(test.max_points for test in tests),
        "outcome": worst,
        "tests": tests,
        "cells": (3, 4),
    }
    return QuestionResult(**{**values, **more})


def submission(name: str = "ada", questions: tuple[QuestionResult, ...] | None = None, **more: Any) -> SubmissionResult:
    questions = perfect() if questions is None else questions
    errored = any(q.outcome is Outcome.ERRORED for q in questions)
    values = {
        "name": name,
        "source": f"submissions/{name}.ipynb",
        "status": Status.ERRORED if errored else Status.GRADED,
        "score": round(sum(q.score for q in questions), 2),
        "max_score": 100.0,
        "questions": questions,
        "cells": (CellResult(number=1, status="ok", seconds=0.1, output="hello"),),
        "seed": 4611686018427387847,
        "digest": "ab" * 32,
        "bundle": "cd" * 32,
        "versions": {"torch": "2.14.0", "autograder": "0.1.0"},
        "confinement": LAYERS,
        "seconds": 0.7,
        "graded_at": "2026-01-02T03:04:05+00:00",
    }
    return SubmissionResult(**{**values, **more})


def perfect(accuracy: float = 83.71) -> tuple[QuestionResult, ...]:
    """Everything passed, half of it public."""
    run = {"accuracy": accuracy, "steps": 938.0, "seconds": 0.42}
    return tuple(
        question(
            name,
            (
                case(points=points / 2, name="test_public"),
                case(points=points / 2, name="test_hidden", hidden=True, metrics=run if name == "mnist" else {}),
            ),
        )
        for name, points in POINTS.items()
    )


def partial() -> tuple[QuestionResult, ...]:
    """Every hidden test failed, every third public one too; thirds of points."""
    broken = (Violation(rule="basic", thing="torch.nn.functional.relu", found="source", cell=3, line=7),)
    return tuple(
        question(
            name,
            (
                case(Outcome.FAILED if i % 3 == 0 else Outcome.PASSED, points=points / 3, name="test_public"),
                case(Outcome.FAILED, points=points * 2 / 3, name="test_hidden", hidden=True),
            ),
            violations=broken if name == "linear" else (),
            notes=("Code cell 4 raised NameError: x",) if name == "relu" else (),
        )
        for i, (name, points) in enumerate(POINTS.items())
    )


def errored(name: str = "eve") -> SubmissionResult:
    """One hidden test errored."""
    tests = (case(name="test_public", points=9.0), case(Outcome.ERRORED, hidden=True, name="test_hidden", points=9.0))
    return submission(name, (question("linear", tests), *perfect()[1:]))


def unreadable(name: str = "bob") -> SubmissionResult:
    questions = tuple(
        question(
            name,
            tuple(
                case(Outcome.FAILED, points=points / 2, name=f"test_{kind}", hidden=kind == "hidden", message="Not judged.")
                for kind in ("public", "hidden")
            ),
            cells=(),
        )
        for name, points in POINTS.items()
    )
    return submission(
        name, questions, status=Status.UNREADABLE, notes=("bob.ipynb is not a notebook: line 1",), confinement=(), cells=()
    )


def hostile(text: str, name: str = "mallory") -> SubmissionResult:
    """Everything that a student has a hand in is `text`."""
    public = case(Outcome.FAILED, message=text, expected=text, actual=text, help=text)
    hidden = case(Outcome.FAILED, hidden=True, message=text)
    violation = Violation(rule="basic", thing=text, found="source", cell=1, line=1, message=text)
    return submission(
        name,
        (question("linear", (public, hidden), violations=(violation,), notes=(text,)), *perfect()[1:]),
        notes=(text,),
        cells=(CellResult(number=1, status="raised", seconds=0.1, error=text, line=1, output=text),),
    )


def classroom() -> list[SubmissionResult]:
    """One of each."""
    middle = [submission(f"student-{i}", perfect(70 + i)) for i in range(5)]
    return [submission("ada"), unreadable(), submission("cyd", partial()), errored(), *middle]


def weakened(result: SubmissionResult, *missing: str) -> SubmissionResult:
    """`result` without the confinement layers of these names."""
    layers = tuple(
        Layer(name=layer.name, applied=False, reason="the kernel does not offer it") if layer.name in missing else layer
        for layer in result.confinement
    )
    return msgspec.structs.replace(result, confinement=layers)


def crowd(amount: int, seed: int = 0, *, odd: bool = False) -> list[SubmissionResult]:
    """So many submissions that differ: five test cases a question, passed by skill and chance, with hints, notes and runs.

    `odd`: one hidden test that nobody passes, and one that the weak pass.
    """
    rng = random.Random(seed)
    return [_somebody(f"student_{number:05}", rng, odd=odd) for number in range(amount)]


def _somebody(name: str, rng: random.Random, *, odd: bool) -> SubmissionResult:
    skill = rng.gauss(0.8, 0.2)
    questions = []
    for topic, points in POINTS.items():
        tests = []
        for number in range(5):
            chance = {("softmax", 3): 0.0, ("relu", 4): 1 - skill}.get((topic, number), skill) if odd else skill
            outcome = Outcome.PASSED if rng.random() < chance else Outcome.FAILED
            more: dict[str, Any] = {"seconds": rng.random() / 20}
            if topic == "mnist" and number == 4:
                more["metrics"] = {"accuracy": 60 + 30 * rng.random(), "steps": 938.0, "seconds": 4 * rng.random()}
            if outcome is Outcome.FAILED and number < 2 and rng.random() < 0.3:
                mistake = f"{topic}_mistake_{number}"
                more |= {"hint": f"A hint on {topic}", "detail": diagnosis(mistake)}
            tests.append(case(outcome, hidden=number > 1, points=points / 5, name=f"test_{number}", **more))
        questions.append(question(topic, tuple(tests)))
    notes = (f"Code cell {rng.randrange(30)} raised on line 3; the rest of it ran all the same.",) if rng.random() < 0.3 else ()
    return submission(name, tuple(questions), seconds=5 * rng.random(), notes=notes, seed=rng.getrandbits(62))


def diagnosis(mistake: str) -> str:
    """The detail of a failure that a known mistake explains."""
    return f"Traceback\nAssertionError: wrong\nDiagnosis: the same values as the misconception `{mistake}`"


def everything() -> SubmissionResult:
    """One submission whose feedback has every part that the page knows."""
    lines = Excerpt(cell=3, first=6, marked=7, lines=("def forward(self, x):", "    return x @ self.weight.T", ""))
    broken = Violation(rule="basic", thing="torch.nn.functional.relu", found="source", cell=3, line=7, excerpt=lines)
    tests = (
        case(Outcome.FAILED, name="test_public", hint="Transpose the weight.", excerpt=lines),
        case(Outcome.FAILED, hidden=True, name="test_hidden", hint="Sum over the batch."),
        case(Outcome.ERRORED, name="test_lost"),
        case(points=0.0, name="test_example"),
    )
    losses = {"training losses": (2.3, 1.7, 1.2, 1.4, 0.9)}
    first = question("linear", tests, violations=(broken,), notes=("Cell 3 was read with a note.",))
    last = perfect()[-1]
    drawn = msgspec.structs.replace(last.tests[0], series=losses)
    cells = (CellResult(number=3, status="raised", seconds=0.1, error="ValueError: x", line=7, excerpt=lines),)
    questions = (first, *perfect()[1:-1], msgspec.structs.replace(last, tests=(drawn, *last.tests[1:])))
    return submission("everything", questions, cells=cells, notes=("The notebook was repaired: an id was missing.",))

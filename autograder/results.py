"""What every stage passes on: the results of test cases, questions and submissions, and nothing of how they are shown."""

from __future__ import annotations

from collections.abc import Sequence
from enum import StrEnum

import msgspec


class Outcome(StrEnum):
    """The three outcomes that are never mixed."""

    PASSED = "passed"
    FAILED = "failed"
    """The student's: wrong, raised, timed out, ran out of memory, missing."""
    ERRORED = "errored"
    """The grader's own fault: goes to staff with its trace, never silently a zero."""


class Status(StrEnum):
    """How a whole submission ended."""

    GRADED = "graded"
    UNREADABLE = "unreadable"
    """Nothing in it could be read as a notebook: zero, with the reason in `notes`."""
    FOREIGN = "foreign"
    """A notebook, but not of this assignment: zero, and nothing of it was run."""
    UNTOUCHED = "untouched"
    """The template as it was handed out; it was judged all the same."""
    ERRORED = "errored"
    """At least one test case errored, or the submission could not be run: staff must look."""


NO_WORK = frozenset({Status.UNREADABLE, Status.FOREIGN, Status.UNTOUCHED})
"""How a submission ends that holds no work on the assignment: zero marks, and no part in what is said of the class."""


class Excerpt(msgspec.Struct, frozen=True, kw_only=True):
    """Some lines of a student's own code cell.

    Attributes:
        cell: 1-based number of the cell.
        first: 1-based number of the first of the lines; `marked` is that of the one that it is about.
        lines: their text, each shortened.
    """

    cell: int
    first: int
    marked: int
    lines: tuple[str, ...]


class TestResult(msgspec.Struct, frozen=True, kw_only=True):
    """The verdict on one test case.

    Attributes:
        case: the test function's name, unique within its question.
        title: one line for people, from the test's docstring.
        points: points earned, after rules were applied.
        max_points: points this case is worth.
        hidden: whether students may see anything but `message`.
        message: what the student may read, whatever the visibility of the case.
        expected, actual, help: the failure as data; shown to the student for public cases only.
        hint: what the student's mistake probably is, found by its values; shown as `feedback.hints` says.
        detail: for staff: the trace, or what happened to the process.
        seconds: wall time of the case.
        metrics: figures that the test reported, such as accuracy (%), steps, seconds.
        series: figures in their order, such as the losses of the student's own training.
        raised_at: where student code raised: number of the cell and of the line in it, as it was run.
        excerpt: the student's own code there.
        counts_with: questions whose answer it takes for granted: it counts only if these earn that share of their hidden points.
        follow_through: whether the points are a share, because it passes only with an earlier class replaced by a right one.
    """

    __test__ = False  # keeps pytest from collecting it

    case: str
    title: str
    outcome: Outcome
    points: float
    max_points: float
    hidden: bool
    message: str
    expected: str | None = None
    actual: str | None = None
    help: str | None = None
    hint: str | None = None
    detail: str | None = None
    seconds: float = 0.0
    metrics: dict[str, float] = {}
    series: dict[str, tuple[float, ...]] = {}
    raised_at: tuple[int, int] | None = None
    excerpt: Excerpt | None = None
    counts_with: dict[str, float] = {}
    follow_through: bool = False


class Violation(msgspec.Struct, frozen=True, kw_only=True):
    """A rule that the student's code broke.

    Attributes:
        rule: name of the rule in the configuration.
        thing: what was used, as its full name (`torch.nn.functional.relu`).
        cell, line: 1-based position in the submission's code cells; None when seen only at run time.
        found: "source" or "run time".
        excerpt: the student's own code there.
    """

    rule: str
    thing: str
    found: str
    cell: int | None = None
    line: int | None = None
    message: str = ""
    excerpt: Excerpt | None = None


class QuestionResult(msgspec.Struct, frozen=True, kw_only=True):
    """The verdict on one question.

    Attributes:
        outcome: passed only if every test case passed; errored if any errored.
        cells: 1-based numbers of the submission's code cells that answer this question.
        notes: one sentence each, for student and staff.
    """

    name: str
    score: float
    max_score: float
    outcome: Outcome
    tests: tuple[TestResult, ...]
    violations: tuple[Violation, ...] = ()
    cells: tuple[int, ...] = ()
    notes: tuple[str, ...] = ()


class CellResult(msgspec.Struct, frozen=True, kw_only=True):
    """What happened to one code cell of the submission.

    Attributes:
        number: 1-based number among the code cells.
        status: "ok", "raised", "timeout", "died", "syntax" or "skipped".
        error: one line for the student, or None.
        output: the beginning of what the cell printed.
        notes: what was done to it so that it could be run, one sentence each.
        excerpt: its own lines around the one that did not run.
    """

    number: int
    status: str
    seconds: float
    error: str | None = None
    line: int | None = None
    output: str = ""
    notes: tuple[str, ...] = ()
    excerpt: Excerpt | None = None


class Layer(msgspec.Struct, frozen=True, kw_only=True):
    """One confinement layer: whether it was applied to the worker, and if not, why."""

    name: str
    applied: bool
    reason: str = ""


OWN_USER, LANDLOCK = "user of its own", "Landlock"
"""The layers that keep the grader's files and memory out of reach; without either nothing does."""


def in_reach(layers: Sequence[Layer]) -> bool:
    """Whether student code that was confined by these could reach the grader."""
    return bool(layers) and not any(layer.applied and layer.name in (OWN_USER, LANDLOCK) for layer in layers)


class Student(msgspec.Struct, frozen=True):
    """Who handed something in, as the platform names them; empty where it does not tell.

    Attributes:
        sid: the student's number or user name; else the number that the platform's own gradebook knows the student by.
    """

    name: str = ""
    sid: str = ""
    email: str = ""


class SubmissionResult(msgspec.Struct, frozen=True, kw_only=True):
    """The verdict on one submission; the content of `result.json`.

    Attributes:
        name: unique within the batch; also the folder's name under the results.
        source: path of the file or folder that was graded, as given, or of the export that it was in.
        members: what of `source` belonged to it; none for all of it.
        students: who handed it in; empty if nothing tells.
        submitted_at: when, as the platform writes it; empty if it does not tell.
        late: whether it was late; None if the platform does not tell.
        seed: the seed that every hidden input of this run was drawn from.
        versions: package name to version, for replaying the grade.
        tolerances: dtype to [relative, absolute] tolerance of comparisons.
        digest: SHA-256 of what was handed in, hexadecimal: of a file's bytes, or of all files that may be the notebook.
        seconds: wall time; `stages` splits it, seconds each.
        core_seconds: CPU time of grader and student processes together.
    """

    name: str
    source: str
    status: Status
    score: float
    max_score: float
    questions: tuple[QuestionResult, ...]
    notes: tuple[str, ...] = ()
    cells: tuple[CellResult, ...] = ()
    seed: int = 0
    digest: str = ""
    bundle: str = ""
    versions: dict[str, str] = {}
    tolerances: dict[str, tuple[float, float]] = {}
    confinement: tuple[Layer, ...] = ()
    seconds: float = 0.0
    core_seconds: float = 0.0
    stages: dict[str, float] = {}
    detail: str | None = None
    graded_at: str = ""
    members: tuple[str, ...] = ()
    students: tuple[Student, ...] = ()
    submitted_at: str = ""
    late: bool | None = None

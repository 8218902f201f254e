"""The content of `grading_config.yaml` as frozen models; `config_file` reads the file into them."""

from __future__ import annotations

import datetime
from pathlib import Path
from typing import Annotated, Any, Literal

from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Field, field_validator

NAME, IDENTIFIER, DOTTED = r"^[A-Za-z0-9][A-Za-z0-9_.-]*$", r"^[A-Za-z_]\w*$", r"^[A-Za-z_]\w*(\.[A-Za-z_]\w*)*$"
DIGEST = r"^[0-9a-f]{16}$"
"""Patterns of the names below; `config_file` says them in words."""


def _named(path: Path) -> Path:
    if not path.name:
        raise ValueError("must name a file or folder other than the configuration's own")
    return path


def _moment(text: str) -> str:
    try:
        zoned = not text or datetime.datetime.fromisoformat(text).utcoffset() is not None
    except ValueError:
        zoned = False
    if not zoned:
        raise ValueError("must be a date and a time with its zone, such as 2026-03-01T23:59:00+01:00, or empty")
    return text


Seconds = Annotated[float, Field(gt=0, le=86_400)]
Share = Annotated[float, Field(ge=0, le=1)]
Name = Annotated[str, Field(pattern=NAME)]
Identifier = Annotated[str, Field(pattern=IDENTIFIER)]
Title = Annotated[str, Field(min_length=1)]
Place = Annotated[Path, AfterValidator(_named)]
Visibility = Literal["visible", "hidden", "after_due_date", "after_published"]


class Section(BaseModel):
    """A part of the file. Frozen, and an unknown key is an error."""

    model_config = ConfigDict(extra="forbid", frozen=True, allow_inf_nan=False)


class AssignmentSection(Section):
    """Which notebook is the source, and where generated files go.

    Attributes:
        name: used in file names.
        title: used in reports.
        solution, template, dist: paths, relative to the configuration file.
        desk: whether the template brings its own `grader` along, or leaves it to Otter.
    """

    name: Name
    title: Title
    solution: Place
    template: Place = Path("student_template")
    dist: Place = Path("dist")
    desk: bool = True


class ExecutionSection(Section):
    """Time and output that a submission may use.

    Attributes:
        cell_seconds: one code cell.
        case_seconds: one test case; and in any cell, one call of a function or method that the template asks for, since its tests
            give it no more. What used all of it up once has a tenth of it from then on, and at least one second.
        question_seconds: all test cases of a question together.
        submission_seconds: the whole submission; what is not judged by then has failed as timed out.
        output_kib: what is kept of standard output and error, KiB.
        order: in which order cells run; "auto" takes the saved one where a name is missing in the notebook's own.
    """

    cell_seconds: Seconds = 30
    case_seconds: Seconds = 10
    question_seconds: Seconds = 30
    submission_seconds: Seconds = 300
    output_kib: Annotated[int, Field(ge=1, le=65_536)] = 1024
    order: Literal["auto", "notebook", "saved"] = "auto"


class SandboxSection(Section):
    """Limits of the process that runs student code.

    Attributes:
        memory_mib: address space on top of what the libraries map by themselves, MiB.
        cpu_seconds: processor time of one process.
        processes: processes and threads of one submission.
        open_files: file descriptors of one process.
        file_mib: size of one written file, MiB.
        uids: first and last user id that workers may be given; none may belong to an account.
    """

    memory_mib: Annotated[int, Field(ge=128, le=1_048_576)] = 2048
    cpu_seconds: Annotated[int, Field(ge=1, le=86_400)] = 300
    processes: Annotated[int, Field(ge=4, le=4096)] = 48
    open_files: Annotated[int, Field(ge=16, le=65_536)] = 256
    file_mib: Annotated[int, Field(ge=1, le=65_536)] = 256
    uids: tuple[Annotated[int, Field(ge=1000, le=2**31)], Annotated[int, Field(ge=1000, le=2**31)]] = (62_000, 62_255)

    @field_validator("uids")
    @classmethod
    def _ordered(cls, uids: tuple[int, int]) -> tuple[int, int]:
        if uids[0] > uids[1]:
            raise ValueError("must begin with the smaller user id")
        return uids


class Tolerance(Section):
    """|actual - expected| <= atol + rtol * |expected|, element by element; for float32 and float64.

    Attributes:
        rtol: relative, without unit.
        atol: absolute, in the unit of the numbers: what counts as zero.
    """

    rtol: Annotated[float, Field(ge=0, lt=1)]
    atol: Annotated[float, Field(ge=0, lt=1)]


class Rule(Section):
    """Something that the assignment forbids inside some definitions.

    Attributes:
        name: used in results.
        title: the rule as a student reads it.
        applies: question name -> names of the classes and functions that must obey it.
        forbidden: dotted names. A name forbids itself and all below it: `torch.nn` forbids `torch.nn.functional.relu`.
        share: the share of the question's points that a question breaking the rule still earns.
    """

    name: Name
    title: Title
    applies: Annotated[dict[Name, Annotated[tuple[Identifier, ...], Field(min_length=1)]], Field(min_length=1)]
    forbidden: Annotated[tuple[Annotated[str, Field(pattern=DOTTED)], ...], Field(min_length=1)]
    share: Share = 0.0


class TrainingCell(Section):
    """How the student's own training cell is cut short.

    Attributes:
        literals: top-level names whose literal value is replaced, e.g. `epochs: 2`.
        samples_per_pass: a pass over a DataLoader ends after the batch that reaches this many samples.
        snapshot: the variable copied as the first training batch is drawn, so that the run can be replayed.
        seconds: after which the cell is interrupted; its variables stay.
    """

    literals: dict[Identifier, int | float] = {"epochs": 2}
    samples_per_pass: Annotated[int, Field(ge=1)] = 640
    snapshot: Identifier = "net"
    seconds: Seconds = 20


class Certificate(Section):
    """What `calibrate` found for a threshold: how rarely a correct submission falls short of it, and how sure that is.

    Attributes:
        settings: digest of the settings of the run that it holds for.
        code: digest of the code that was run, the solution's classes and the loop around them.
        runs, failures: of the solution that counted, and how many of them fell short.
        bound: on the probability that all attempts of a correct submission fall short.
        confidence: of the bound.
        method: how the bound follows from runs and failures.
        seed: that all runs follow from.
        torch: the version that they were made with.
        date: when they were made.
    """

    settings: Annotated[str, Field(pattern=DIGEST)]
    code: Annotated[str, Field(pattern=DIGEST)]
    runs: Annotated[int, Field(ge=1)]
    failures: Annotated[int, Field(ge=0)]
    bound: Share
    confidence: Annotated[float, Field(gt=0, lt=1)]
    method: Title
    seed: Annotated[int, Field(ge=0)]
    torch: Title
    date: Title


def _certificate(value: Any) -> Any:
    if value == "none":
        return None
    if not isinstance(value, dict):
        raise ValueError("must be a mapping that `autograder calibrate` wrote, or `none`")
    return value


class TrainingRun(Section):
    """The timed run of the student's classes under our loop.

    Attributes:
        epochs: passes over the training images.
        steps: cap on optimizer steps over all epochs.
        seconds: cap on wall time, all attempts together; the run stops there and is judged as it stands.
        batch_size, learning_rate, hidden: of the run.
        threshold: test accuracy, %, that the run must reach.
        attempts: how often a run below the threshold is made, each time with a fresh seed.
        certificate: for the threshold; None with the key given as `none`: there is none, and that is meant.
    """

    epochs: Annotated[int, Field(ge=1, le=1000)] = 1
    steps: Annotated[int, Field(ge=1)] = 938
    seconds: Seconds = 60
    batch_size: Annotated[int, Field(ge=1, le=60_000)] = 64
    learning_rate: Annotated[float, Field(gt=0)] = 0.5
    hidden: Annotated[int, Field(ge=1, le=4096)] = 30
    threshold: Annotated[float, Field(ge=0, le=100)] = 75.0
    attempts: Annotated[int, Field(ge=1, le=100)] = 1
    certificate: Annotated[Certificate | None, BeforeValidator(_certificate)] = None


class TrainingSection(Section):
    """The training question: its name, the student's own cell, and the timed run.

    Attributes:
        question: its name in the solution notebook.
        cell: how the student's own training cell is cut short, below.
        run: the timed run of the student's classes, below.
    """

    question: Name
    cell: TrainingCell = TrainingCell()
    run: TrainingRun = TrainingRun()


class FeedbackSection(Section):
    """What students are told besides the messages of tests.

    Attributes:
        hints: the cases whose hints they see, where the grader has recognised their mistake by its values.
    """

    hints: Literal["public", "all", "none"] = "all"


class ScoringSection(Section):
    """How points are given.

    Attributes:
        decimals: of every score.
        follow_through: share of a test's points that it earns if it fails only because an earlier class is wrong.
    """

    decimals: Annotated[int, Field(ge=0, le=6)] = 2
    follow_through: Share = 0.5


class LateSection(Section):
    """What a late submission costs. Raw marks are never changed: the deduction is made from the total, and shown beside it.

    Attributes:
        due: when submissions are due, ISO 8601 with a zone; empty: only what a platform calls late is late.
        grace_hours: after `due`, in which nothing is late yet; days are counted from its end.
        free_days: late days of a submission that cost nothing.
        per_day: deduction for each late day begun, as a share of the most that can be earned.
        most: cap on the deduction, as a share of the same.
        unknown_days: late days of what a platform calls late without saying when it came.
        on_gradescope: whether the score in Gradescope's `results.json` has the deduction too.
    """

    due: Annotated[str, AfterValidator(_moment)] = ""
    grace_hours: Annotated[float, Field(ge=0, le=8760)] = 0
    free_days: Annotated[int, Field(ge=0, le=365)] = 0
    per_day: Share = 0.0
    most: Share = 1.0
    unknown_days: Annotated[int, Field(ge=0, le=365)] = 1
    on_gradescope: bool = False

    @property
    def applies(self) -> bool:
        """Whether lateness is looked at."""
        return bool(self.due) or self.per_day > 0


class GradebookSection(Section):
    """What `report --format` writes for other gradebooks.

    Attributes:
        column: the assignment's name there; empty for its title. Canvas finds it by `Name (1234)`.
    """

    column: str = ""


class GradescopeSection(Section):
    """What Gradescope shows, and when.

    Attributes:
        public, hidden: visibility of the two kinds of test cases.
        output: visibility of the submission's own output.
        format: of the messages, as Gradescope names it.
        seconds: the platform's time limit for one submission.
        leaderboard: whether accuracy and time of the timed training run go on a leaderboard.
        rate_submissions: submissions of a student, or group, that are graded in any `rate_hours`; 0 for all.
        rate_hours: hours.
        explained_submissions: graded submissions whose tests say more than their verdict; 0 for all.
    """

    public: Visibility = "visible"
    hidden: Visibility = "after_published"
    output: Visibility = "hidden"
    format: Literal["text", "md"] = "text"
    seconds: Annotated[int, Field(ge=60, le=2400)] = 600
    leaderboard: bool = False
    rate_submissions: Annotated[int, Field(ge=0, le=1000)] = 0
    rate_hours: Annotated[float, Field(gt=0, le=8760)] = 24
    explained_submissions: Annotated[int, Field(ge=0, le=1000)] = 0


class Settings(Section):
    """What the file may hold.

    Attributes:
        tolerances: per dtype name ("float32", "float64").
    """

    assignment: AssignmentSection
    execution: ExecutionSection = ExecutionSection()
    sandbox: SandboxSection = SandboxSection()
    tolerances: dict[Literal["float32", "float64"], Tolerance] = {
        "float32": Tolerance(rtol=1e-4, atol=1e-5),
        "float64": Tolerance(rtol=1e-7, atol=1e-9),
    }
    rules: tuple[Rule, ...] = ()
    training: TrainingSection | None = None
    scoring: ScoringSection = ScoringSection()
    late: LateSection = LateSection()
    gradebook: GradebookSection = GradebookSection()
    feedback: FeedbackSection = FeedbackSection()
    gradescope: GradescopeSection = GradescopeSection()

    @field_validator("tolerances")
    @classmethod
    def _complete(cls, tolerances: dict[str, Tolerance]) -> dict[str, Tolerance]:
        if len(tolerances) < 2:
            raise ValueError("must hold both `float32` and `float64`")  # tests compare both
        return tolerances

    @field_validator("rules")
    @classmethod
    def _distinct(cls, rules: tuple[Rule, ...]) -> tuple[Rule, ...]:
        if len({rule.name for rule in rules}) < len(rules):
            raise ValueError("must have a different `name` for every rule")  # results refer to a rule by its name
        return rules


class Config(Settings):
    """The settings, and where they come from.

    Attributes:
        path: the file that was read.
        digest: SHA-256 of its bytes, hexadecimal.
    """

    path: Path = Field(default=Path("grading_config.yaml"), exclude=True)
    digest: str = Field(default="", exclude=True)

    def resolve(self, path: Path) -> Path:
        """`path` of the configuration as a path from here: relative ones start at the configuration file."""
        return path if path.is_absolute() else self.path.parent / path

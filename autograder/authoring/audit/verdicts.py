"""What an audit finds: a verdict on each mutant and on each variant, and what follows for questions and test cases."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum

from autograder.assignment import Assignment
from autograder.authoring.audit.mutate import Mutant
from autograder.results import Outcome, QuestionResult, SubmissionResult

EPSILON = 1e-9


class Fate(StrEnum):
    """What became of a mutant."""

    KILLED = "killed"
    """A test case of its own question takes marks from it."""
    ELSEWHERE = "killed elsewhere"
    """Only test cases of other questions do."""
    EQUIVALENT = "equivalent"
    """Nothing does, and a mark says why that is right."""
    SURVIVED = "survived"
    """Nothing does, and nobody says why."""
    ERRORED = "errored"
    """The grader failed on it: neither killed nor not."""


@dataclass(frozen=True)
class Kill:
    """A test case that failed, and the marks that it took: none if it carries no points. A broken rule is named like a case."""

    question: str
    case: str
    hidden: bool
    lost: float


@dataclass(frozen=True)
class Verdict:
    """What became of one mutant.

    Attributes:
        kills: by its own question.
        elsewhere: by other questions; they are asked only if its own has not noticed.
        reason: why it is right after all; empty if nobody says so.
        detail: for one that errored, what the grader said.
    """

    mutant: Mutant
    fate: Fate
    kills: tuple[Kill, ...]
    elsewhere: tuple[Kill, ...]
    reason: str = ""
    detail: str = ""

    @property
    def alone(self) -> Kill | None:
        """The only case of its own question that takes marks from it, if there is just one."""
        taking = [kill for kill in self.kills if takes_marks([kill])]
        return taking[0] if len(taking) == 1 else None

    @property
    def lost(self) -> float:
        """Marks that it loses in its own question."""
        return sum(kill.lost for kill in self.kills)

    @property
    def public(self) -> bool:
        """Whether students' own test cases show it."""
        return any(not kill.hidden for kill in self.kills)


@dataclass(frozen=True)
class VariantVerdict:
    """What became of one variant.

    Attributes:
        kind: "accept", which must lose nothing, or "misconceptions", which must lose something.
        kills: test cases that failed.
    """

    kind: str
    name: str
    title: str
    kills: tuple[Kill, ...]
    detail: str = ""

    @property
    def wrong(self) -> str:
        """What is not as it should be; empty if nothing is."""
        if self.detail:
            return f"the grader failed on it: {self.detail}"
        if self.kind == "accept" and self.kills:
            return "is correct and fails " + ", ".join(f"{kill.question}/{kill.case}" for kill in self.kills)
        if self.kind == "misconceptions" and not takes_marks(self.kills):
            return "is wrong and loses no marks"
        return ""


@dataclass(frozen=True)
class Tally:
    """A test case, how many mutants it kills, and how many of its question's no other case of the question does.

    Attributes:
        timed: whether it is a timed training run, and so tried only on what nothing else of its question notices.
    """

    question: str
    case: str
    hidden: bool
    points: float
    kills: int
    alone: int
    timed: bool = False


@dataclass(frozen=True)
class Row:
    """A question's mutants by what became of them."""

    question: str
    mutants: int
    public: int
    hidden_only: int
    elsewhere: int
    equivalent: int
    survived: int
    errored: int


@dataclass(frozen=True)
class Audit:
    """All that an audit found.

    Attributes:
        questions: that were audited, in order.
        stale: one sentence for each mark of equivalence that no longer holds.
        whole: whether all questions were audited.
        seconds: wall time.
    """

    title: str
    questions: tuple[str, ...]
    verdicts: tuple[Verdict, ...]
    variants: tuple[VariantVerdict, ...]
    stale: tuple[str, ...]
    tallies: tuple[Tally, ...]
    whole: bool
    seed: int
    seconds: float

    def of(self, *fates: Fate) -> tuple[Verdict, ...]:
        """Verdicts with one of these fates."""
        return tuple(verdict for verdict in self.verdicts if verdict.fate in fates)

    @property
    def open(self) -> tuple[str, ...]:
        """One line for everything that somebody has to look at: survivors, errors, stale marks, variants."""
        return (
            *(f"{verdict.mutant.id} {verdict.fate.value}" for verdict in self.of(Fate.SURVIVED, Fate.ERRORED)),
            *self.stale,
            *(f"{variant.kind}/{variant.name} {variant.wrong}" for variant in self.variants if variant.wrong),
        )

    @property
    def rows(self) -> tuple[Row, ...]:
        """A row for each question."""
        return tuple(_row(question, [v for v in self.verdicts if v.mutant.question == question]) for question in self.questions)

    @property
    def total(self) -> Row:
        """All questions together."""
        return _row("total", list(self.verdicts))

    @property
    def idle(self) -> tuple[Tally, ...]:
        """Test cases that killed nothing."""
        return tuple(tally for tally in self.tallies if not tally.kills)


def takes_marks(kills: Iterable[Kill]) -> bool:
    """Whether any of them costs something."""
    return any(kill.lost > EPSILON for kill in kills)


def kills_of(question: QuestionResult) -> tuple[Kill, ...]:
    """What failed of a question, or took marks from it otherwise."""
    found = [
        Kill(question.name, test.case, test.hidden, test.max_points - test.points)
        for test in question.tests
        if test.outcome is Outcome.FAILED and (test.points < test.max_points - EPSILON or not test.max_points)
    ]
    rest = sum(test.max_points - test.points for test in question.tests if test.outcome is Outcome.PASSED)
    if rest > EPSILON:
        rules = ", ".join(dict.fromkeys(violation.rule for violation in question.violations))
        found.append(Kill(question.name, f"rule {rules}", False, rest))
    return tuple(found)


def trouble(result: SubmissionResult) -> str:
    """What the grader failed on; empty if it did not."""
    if result.detail:
        return result.detail.strip().splitlines()[-1]
    for question in result.questions:
        for test in question.tests:
            if test.outcome is Outcome.ERRORED:
                return f"{question.name}/{test.case}: {(test.detail or test.message).strip().splitlines()[-1]}"
    return ""


def tallies(
    assignment: Assignment, questions: tuple[str, ...], verdicts: tuple[Verdict, ...], timed: Collection[tuple[str, str]]
) -> tuple[Tally, ...]:
    """A tally for every test case of these questions."""
    kills: dict[tuple[str, str], int] = {}
    alone: dict[tuple[str, str], int] = {}
    for verdict in verdicts:
        for kill in (*verdict.kills, *verdict.elsewhere):
            kills[kill.question, kill.case] = kills.get((kill.question, kill.case), 0) + 1
        only = verdict.alone
        if only is not None:
            alone[only.question, only.case] = alone.get((only.question, only.case), 0) + 1
    return tuple(
        Tally(
            question=question.name,
            case=case.name,
            hidden=case.hidden,
            points=case.points,
            kills=kills.get((question.name, case.name), 0),
            alone=alone.get((question.name, case.name), 0),
            timed=(question.name, case.name) in timed,
        )
        for question in assignment.questions
        if question.name in questions
        for case in question.cases
    )


def _row(name: str, verdicts: list[Verdict]) -> Row:
    count: Mapping[Fate, int] = {fate: sum(verdict.fate is fate for verdict in verdicts) for fate in Fate}
    public = sum(verdict.fate is Fate.KILLED and verdict.public for verdict in verdicts)
    return Row(
        question=name,
        mutants=len(verdicts),
        public=public,
        hidden_only=count[Fate.KILLED] - public,
        elsewhere=count[Fate.ELSEWHERE],
        equivalent=count[Fate.EQUIVALENT],
        survived=count[Fate.SURVIVED],
        errored=count[Fate.ERRORED],
    )

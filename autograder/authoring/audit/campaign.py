"""Grades every mutant and every variant in one warm sandbox: an assembled assignment in, verdicts out.

A mutant is first held against its own question alone, without the timed training run. Only what survives that, and is not marked
as equivalent, meets the rest: the timed run, and the questions that come after. Limits on time are short; what they cut off is
graded again with the configuration's own, so that a busy machine kills nothing.
"""

from __future__ import annotations

import difflib
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from autograder.assignment import Assignment
from autograder.authoring.audit.marks import Marks
from autograder.authoring.audit.mutate import Mutant, imported_modules, mutants
from autograder.authoring.audit.verdicts import (
    Audit,
    Fate,
    Kill,
    VariantVerdict,
    Verdict,
    kills_of,
    takes_marks,
    tallies,
    trouble,
)
from autograder.config import Config
from autograder.errors import AuthoringError, UsageError
from autograder.grading.batch import grade_batch
from autograder.grading.grade import Grader
from autograder.grading.limits import short_limits
from autograder.results import SubmissionResult
from autograder.sandbox.lanes import Sandbox
from autograder.submissions import Found
from autograder.variants import Bases, Written, notebook

_TIMEOUTS = ("WorkerTimeout", "did not finish within", "did not finish in time", "time for this question was used up")
Say = Callable[[int, int, str], None]
"""Told how many notebooks are graded, of how many as far as is known, and what is at work."""


def all_mutants(assignment: Assignment, questions: Sequence[str]) -> tuple[Mutant, ...]:
    """The mutants of these questions, in the order of the notebook."""
    complete, given = assignment.cells, assignment.given
    modules = imported_modules(complete)
    found: list[Mutant] = []
    for question in questions:
        for place, at in enumerate(_answers(assignment, question)):
            source = complete[at]
            lines = _written(given[at], source)
            found += mutants(question, source, cell=place, written=lines, modules=modules)
    return tuple(found)


def _answers(assignment: Assignment, question: str) -> list[int]:
    """Positions of the solution's cells that answer a question."""
    return [at for at, cell in enumerate(assignment.outline) if cell.question == question]


def _written(given: str, solved: str) -> set[int]:
    """Numbers of the lines that are in the solution only: those that students write."""
    matcher = difflib.SequenceMatcher(None, given.splitlines(), solved.splitlines(), autojunk=False)
    return {line + 1 for tag, *_, start, end in matcher.get_opcodes() if tag != "equal" for line in range(start, end)}


def chosen_questions(assignment: Assignment, names: Sequence[str]) -> tuple[str, ...]:
    """These questions, or all, in the order of the notebook. Raises UsageError if there is no such question."""
    known = [question.name for question in assignment.questions]
    for name in names:
        if name not in known:
            close = difflib.get_close_matches(name, known, 1)
            meant = f"did you mean `{close[0]}`?" if close else f"there are {', '.join(known)}"
            raise UsageError(f"there is no question `{name}`; {meant}")
    return tuple(name for name in known if not names or name in names)


def run_audit(
    grader: Grader,
    sandbox: Sandbox,
    bases: Bases,
    marks: Marks,
    variants: Sequence[tuple[str, Written]],
    work: Path,
    *,
    questions: Sequence[str] = (),
    seed: int = 0,
    say: Say = lambda done, total, what: None,
) -> Audit:
    """Grade all mutants of these questions (of all, if none is named; then the variants too). `work` is an empty folder.

    Everything follows from `seed`, so the same audit gives the same verdicts.

    Raises UsageError if there is no such question; AuthoringError if the complete notebook does not earn full marks.
    """
    started = time.monotonic()
    names = chosen_questions(grader.assignment, questions)
    run = _Run(grader, sandbox, bases, work, seed, say)
    made = all_mutants(grader.assignment, names)
    run.total = 1 + len(made) + (0 if questions else len(variants))
    timed = run.timed()
    verdicts: list[Verdict] = []
    for name in names:
        verdicts += run.question(name, [mutant for mutant in made if mutant.question == name], timed, marks)
    others = () if questions else tuple(run.variants(variants))
    stale = marks.stale({verdict.mutant: verdict.fate is Fate.EQUIVALENT for verdict in verdicts}, names)
    if not questions:
        stale += marks.strangers(names)
    found = tuple(verdicts)
    return Audit(
        title=grader.assignment.title,
        questions=names,
        verdicts=found,
        variants=others,
        stale=stale,
        tallies=tallies(grader.assignment, names, found, timed),
        whole=not questions,
        seed=seed,
        seconds=time.monotonic() - started,
    )


@dataclass
class _Run:
    """One audit under way."""

    grader: Grader
    sandbox: Sandbox
    bases: Bases
    work: Path
    seed: int
    say: Say
    total: int = 0
    done: int = 0

    def timed(self) -> frozenset[tuple[str, str]]:
        """The timed training runs, as (question, case): known by the figures that they report of a complete notebook."""
        (result,) = self._grade(self.grader, {"complete": list(self.bases.sources["complete"])}, "the complete notebook").values()
        if result.score != result.max_score or result.detail:
            lost = [f"{question.name} {question.score:g} of {question.max_score:g}" for question in result.questions]
            raise AuthoringError(f"a complete notebook does not earn full marks here: {', '.join(lost)}. {result.detail or ''}")
        return frozenset((question.name, test.case) for question in result.questions for test in question.tests if test.metrics)

    def question(self, name: str, made: Sequence[Mutant], timed: frozenset[tuple[str, str]], marks: Marks) -> Iterator[Verdict]:
        """A verdict on each of a question's mutants."""
        first = self._judge(self.grader.narrowed({name}, without=timed), made, name)
        alive = [
            mutant
            for mutant in made
            if not (marks.reason(mutant) or takes_marks(_kills(first[mutant.key])) or trouble(first[mutant.key]))
        ]
        known = [question.name for question in self.grader.assignment.questions]
        after = known[known.index(name) :]
        asked = {(question.name, case.name) for question in self.grader.assignment.questions for case in question.cases}
        own = {(question, case) for question, case in asked if question == name} - timed
        self.total += len(alive)
        second = self._judge(self.grader.narrowed(after, without=own), alive, f"{name}: survivors against everything")
        for mutant in made:
            results = [found[mutant.key] for found in (first, second) if mutant.key in found]
            yield _verdict(mutant, results, marks.reason(mutant))

    def variants(self, variants: Sequence[tuple[str, Written]]) -> Iterator[VariantVerdict]:
        """A verdict on each variant."""
        cells = {
            f"{kind}-{one.name}": self.bases.cells(f"{kind}/{one.name}", "complete", one.changes)
            for kind, one in variants
        }
        results = self._grade(self.grader, cells, "variants")
        for kind, written in variants:
            result = results[f"{kind}-{written.name}"]
            yield VariantVerdict(kind, written.name, written.keys["title"], _kills(result), trouble(result))

    def _judge(self, grader: Grader, made: Sequence[Mutant], what: str) -> dict[str, SubmissionResult]:
        """Results by the mutants' keys."""
        names = {mutant.key.replace("/", "-").replace("#", "-"): mutant for mutant in made}
        results = self._grade(grader, {name: self._cells(mutant) for name, mutant in names.items()}, what)
        return {names[name].key: result for name, result in results.items()}

    def _cells(self, mutant: Mutant) -> list[str]:
        assignment = self.grader.assignment
        sources = list(assignment.cells)
        sources[_answers(assignment, mutant.question)[mutant.cell]] = mutant.source
        return sources

    def _grade(self, grader: Grader, notebooks: dict[str, list[str]], what: str) -> dict[str, SubmissionResult]:
        """Results by name."""
        if not grader.tests:
            self.total -= len(notebooks)
            return {}
        waiting = []
        for name, cells in notebooks.items():
            path = self.work / f"{name}.ipynb"
            path.write_bytes(notebook(cells))
            waiting.append(Found(name, str(path)))
        quick = replace(grader, config=short_limits(grader.config))
        found = dict(self._results(quick, waiting, what))
        again = [one for one in waiting if _cut_off(found[one.name], quick.config)]
        self.total += len(again)
        return found | dict(self._results(grader, again, f"{what}: again, with more time"))

    def _results(self, grader: Grader, waiting: Sequence[Found], what: str) -> Iterator[tuple[str, SubmissionResult]]:
        for step in grade_batch(grader, self.sandbox, waiting, seed=self.seed) if waiting else ():
            if step.result is not None:
                self.done += 1
                self.say(self.done, self.total, what)
                yield step.found.name, step.result


def _cut_off(result: SubmissionResult, config: Config) -> bool:
    """Whether a limit on time had a part in it."""
    if any(cell.status in ("timeout", "skipped") for cell in result.cells):
        return True
    run = config.training.run.seconds if config.training else float("inf")
    tests = [test for question in result.questions for test in question.tests]
    return any(
        any(sign in f"{test.message} {test.detail}" for sign in _TIMEOUTS) or test.metrics.get("seconds", 0.0) >= run
        for test in tests
    )


def _kills(result: SubmissionResult) -> tuple[Kill, ...]:
    """What failed of a submission."""
    return tuple(kill for question in result.questions for kill in kills_of(question))


def _verdict(mutant: Mutant, results: Sequence[SubmissionResult], reason: str) -> Verdict:
    every = [kill for result in results for kill in _kills(result)]
    own = tuple(kill for kill in every if kill.question == mutant.question)
    elsewhere = tuple(kill for kill in every if kill.question != mutant.question)
    detail = "; ".join(filter(None, map(trouble, results)))
    if detail:
        fate = Fate.ERRORED
    elif takes_marks(every):
        fate = Fate.KILLED if takes_marks(own) else Fate.ELSEWHERE
    else:
        fate = Fate.EQUIVALENT if reason else Fate.SURVIVED
    return Verdict(mutant, fate, own, elsewhere, reason if fate is Fate.EQUIVALENT else "", detail)

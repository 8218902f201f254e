"""Does a verdict depend on the seed? Grades correct solutions and mutants again and again with fresh seeds.

    python -m tests.soak.flaky                                    the accept set and 50 mutants, 50 times each
    python -m tests.soak.flaky --rounds 5 --jobs 1                a short one; nothing is written
    python -m tests.soak.flaky --state rounds.jsonl               goes on where the last one with this file ended

Each round grades all of them once, from seeds of the operating system: the correct ones whole, the mutants by the tests of their
own question, as the audit does. Exit code 1 if a correct solution lost a mark, or if
the outcome of any test case was another one than in the first round.
"""

from __future__ import annotations

import argparse
import json
import random
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

from autograder.assignment import Assignment
from autograder.authoring.audit.campaign import all_mutants
from autograder.config_file import read_config
from autograder.grading.batch import grade_batch
from autograder.grading.grade import Grader
from autograder.grading.launch import lanes_for, load_grader, sandbox_for
from autograder.results import SubmissionResult
from autograder.sandbox.lanes import Sandbox
from autograder.submissions import Found
from autograder.variants import Bases, notebook, read_folder
from tests.samples import ROOT
from tests.soak import page

ROUNDS, MUTANTS, SEED = 50, 50, 50
Verdicts = dict[str, dict[str, str]]
"""Notebook -> "question/case" -> outcome."""


def main() -> None:
    """Grade, compare, print, write."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rounds", type=int, default=ROUNDS, help="how often each is graded")
    parser.add_argument("--jobs", type=int, default=0, help="how many at a time; 0 is one a core")
    parser.add_argument("--state", type=Path, help="file that keeps the rounds, one to a line")
    asked = parser.parse_args()
    config = read_config(ROOT / "grading_config.yaml")
    rounds = _kept(asked.state)
    started, before = time.monotonic(), len(rounds)
    with tempfile.TemporaryDirectory() as folder, sandbox_for(config, lanes_for(asked.jobs, 100), submissions=100) as sandbox:
        grader = load_grader(config)
        found = list(_correct(grader.assignment, Path(folder)))
        made = _mutants(grader.assignment, Path(folder))
        while len(rounds) < asked.rounds:
            what = f"round {len(rounds) + 1} of {asked.rounds}"
            rounds.append(_round(grader, sandbox, found, f"{what}, correct solutions"))
            for question, several in made.items():
                rounds[-1] |= _round(grader.narrowed({question}), sandbox, several, f"{what}, mutants of {question}")
            if asked.state:
                with asked.state.open("a", encoding="utf-8") as file:
                    file.write(json.dumps(rounds[-1]) + "\n")
    seconds = (time.monotonic() - started) / max(1, len(rounds) - before) * len(rounds)
    text, bad = _report(rounds, seconds)
    print(f"\n{text}")
    if len(rounds) >= ROUNDS:
        page.rewrite("flaky", text)
    sys.exit(1 if bad else 0)


def _kept(state: Path | None) -> list[Verdicts]:
    if state is None or not state.exists():
        return []
    return [json.loads(line) for line in state.read_text(encoding="utf-8").splitlines()]


def _correct(assignment: Assignment, folder: Path) -> Iterator[Found]:
    """The accept set."""
    bases = Bases.of(assignment)
    for solution in read_folder(ROOT / "solutions" / "accept", required=frozenset({"title"})):
        yield _write(folder, f"accept-{solution.name}", bases.cells(solution.name, "complete", solution.changes))


def _mutants(assignment: Assignment, folder: Path) -> dict[str, list[Found]]:
    """Question -> mutants of its cells; as many of each, as far as the number goes."""
    found: dict[str, list[Found]] = {}
    chance = random.Random(SEED)
    names = [question.name for question in assignment.questions]
    made = {name: list(all_mutants(assignment, [name])) for name in names}
    for number in range(MUTANTS):
        mutant = chance.choice(made[names[number % len(names)]])
        sources = list(assignment.cells)
        answers = [at for at, cell in enumerate(assignment.outline) if cell.question == mutant.question]
        sources[answers[mutant.cell]] = mutant.source
        name = f"mutant-{number + 1}-" + mutant.key.replace("/", "-").replace("#", "-")
        found.setdefault(mutant.question, []).append(_write(folder, name, sources))
    return found


def _write(folder: Path, name: str, sources: list[str]) -> Found:
    path = folder / f"{name}.ipynb"
    path.write_bytes(notebook(sources))
    return Found(name, str(path))


def _round(grader: Grader, sandbox: Sandbox, found: list[Found], what: str) -> Verdicts:
    verdicts: Verdicts = {}
    for step in grade_batch(grader, sandbox, found):
        if step.result is not None:
            verdicts[step.found.name] = _verdicts(step.result)
            print(f"\r{what}: {len(verdicts)} of {len(found)}   ", end="", file=sys.stderr, flush=True)
    return verdicts


def _verdicts(result: SubmissionResult) -> dict[str, str]:
    outcomes = {f"{one.name}/{test.case}": str(test.outcome) for one in result.questions for test in one.tests}
    return outcomes | {"marks": f"{result.score:.2f} of {result.max_score:g}"}


def _report(rounds: list[Verdicts], seconds: float) -> tuple[str, bool]:
    first = rounds[0]
    full = {name for name, verdicts in first.items() if name.startswith("accept-")}
    changed: Counter[str] = Counter()
    lost: Counter[str] = Counter()
    for verdicts in rounds:
        for name, cases in verdicts.items():
            changed.update(f"`{name}` {case}" for case, outcome in cases.items() if outcome != first[name][case])
            whole = float(cases["marks"].split()[0]) == float(cases["marks"].split()[-1])
            lost[name] += name in full and not whole
    unlucky = {name: count for name, count in lost.items() if count}
    lines = [
        "## Verdicts and seeds",
        "",
        f"**{len(full)} correct solutions and {len(first) - len(full)} mutants, each graded {len(rounds)} times with seeds of "
        f"the operating system's: {len(changed)} verdicts that were not always the same, "
        f"{sum(lost.values())} gradings in which a correct solution lost a mark.** "
        f"That is {len(rounds) * len(first):,} gradings in {seconds:,.0f} s. A verdict is the outcome of one test case, or the "
        "marks of the whole.",
        *[""][: len(changed) + len(unlucky)],
        *(f"- {what}: another outcome than in the first round, {count} times" for what, count in changed.most_common()),
        *(f"- `{name}` lost marks {count} times" for name, count in unlucky.items()),
        "",
        f"{page.circumstances('torch')}.",
    ]
    return "\n".join(lines), bool(changed or unlucky)


if __name__ == "__main__":
    main()

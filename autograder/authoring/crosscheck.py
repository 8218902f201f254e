"""Holds the configuration against the notebook: names that one has and the other has not, before they cost anybody marks."""

from __future__ import annotations

import difflib
import importlib
from collections.abc import Iterable, Iterator

from autograder.assignment import Assignment
from autograder.authoring.calibrate.implementations import code_digest
from autograder.certificate import code_problem, settings_problem
from autograder.config import Config


def mismatches(config: Config, assignment: Assignment) -> Iterator[str]:
    """One sentence for each name in the configuration that stands for nothing, and for limits that contradict each other."""
    questions = {question.name for question in assignment.questions}
    if config.training is not None and config.training.question not in questions:
        yield f"training.question: there is no question `{config.training.question}`{_near(config.training.question, questions)}"
    for rule in config.rules:
        for question, names in rule.applies.items():
            if question not in questions:
                yield f"rule `{rule.name}`: there is no question `{question}`{_near(question, questions)}"
                continue
            defined = {name for cell in assignment.outline for name in cell.definitions}
            for name in names:
                if name not in defined:
                    yield f"rule `{rule.name}`: the solution defines no `{name}` for `{question}`{_near(name, defined)}"
        for dotted in rule.forbidden:
            if not _exists(dotted):
                yield f"rule `{rule.name}`: there is no `{dotted}` to forbid; is it misspelt, or not in this version?"
    for problem in (settings_problem(config), code_problem(config, code_digest(config)) if config.training else None):
        if problem is not None:
            yield problem
    if config.execution.submission_seconds >= config.gradescope.seconds:
        yield (
            f"execution.submission_seconds ({config.execution.submission_seconds:g}) must be less than gradescope.seconds "
            f"({config.gradescope.seconds}), or the platform ends the grading before it can say anything"
        )


def _near(name: str, known: Iterable[str]) -> str:
    close = difflib.get_close_matches(name, list(known), n=1)
    return f"; did you mean `{close[0]}`?" if close else ""


def _exists(dotted: str) -> bool:
    """Whether an imported module's attribute, or a module, has this name."""
    parts = dotted.split(".")
    for cut in range(len(parts), 0, -1):
        try:
            found = importlib.import_module(".".join(parts[:cut]))
        except ImportError:
            continue
        for part in parts[cut:]:
            if not hasattr(found, part):
                return False
            found = getattr(found, part)
        return True
    return False

"""Judges small notebooks with small tests, through everything that a real submission goes through but files."""

from __future__ import annotations

import ast
from functools import partial
from pathlib import Path
from typing import Any

from autograder.assignment import CellOutline, Question, TestCase
from autograder.config import AssignmentSection, Config, ExecutionSection, Rule
from autograder.grading.execution import Execution
from autograder.grading.judge import Judged, judge_question
from autograder.grading.testfile import Tests
from autograder.results import TestResult
from autograder.sandbox.lanes import Lane
from autograder.sandbox.session import Session
from autograder.submissions import Cell, align

FORBIDDEN = ("torch.nn", "torch.relu", "torch.relu_", "torch.Tensor.relu", "torch.ops", "torch.Tensor.backward")
HEAD = "from otter.test_files import test_case\nimport torch\nfrom autograder import checks\nOK_FORMAT = False\nname = 'q'\n"
Source = str | tuple[str, ...]


def rule(*names: str, share: float = 0.0) -> Rule:
    """Only basic operations, in the definitions of these names, which answer the question `q`."""
    return Rule(name="basic", title="only basic operations", applies={"q": names}, forbidden=FORBIDDEN, share=share)


def config(*rules: Rule, **execution: Any) -> Config:
    """A configuration with defaults otherwise."""
    section = AssignmentSection(name="small", title="Small", solution=Path("none.ipynb"))
    return Config(assignment=section, rules=rules, execution=ExecutionSection(**execution))


def question(source: str, *, hidden: bool = False, name: str = "q", **case: Any) -> Question:
    """A question of the test functions in `source`, two points each."""
    functions = [node for node in ast.parse(source).body if isinstance(node, ast.FunctionDef)]
    cases = tuple(
        TestCase(
            name=function.name,
            title=ast.get_docstring(function) or function.name,
            points=2.0,
            hidden=hidden,
            success_message=case.get("success_message", ""),
            failure_message=case.get("failure_message", ""),
            parameters=tuple(argument.arg for argument in function.args.args),
        )
        for function in functions
    )
    return Question(name=name, points=2.0 * len(cases), cases=cases, source=HEAD + source)


def cells(*sources: str) -> tuple[Cell, ...]:
    """Code cells, numbered from 1."""
    return tuple(Cell(number=n, index=n, source=source) for n, source in enumerate(sources, 1))


def judge(lane: Lane, submission: Source, *questions: Question, settings: Config | None = None, seed: int = 1) -> list[Judged]:
    """Run the cells and judge the questions, each of which is answered by what the last cell leaves behind."""
    sources = (submission,) if isinstance(submission, str) else submission
    settings, notebook = settings or config(), cells(*sources)
    outline = tuple(CellOutline(question=one.name, binds=("answer",), definitions=(), uses=()) for one in questions[:1])
    with Session(lane, 1 << 16) as session:
        execution = Execution(session, settings, notebook, align(outline, notebook), seed)
        execution.boundaries = {one.name: len(notebook) for one in questions}
        execution.run()
        return [
            judge_question(
                Tests.compile(one),
                partial(execution.checkpoint, one.name),
                settings,
                seed=seed,
                data_dir=lane.data,
                deadline=execution.deadline,
            )
            for one in questions
        ]


def verdict(lane: Lane, submission: Source, source: str, *, settings: Config | None = None, **case: Any) -> TestResult:
    """The verdict on a question's only test function."""
    (result,) = judge(lane, submission, question(source, **case), settings=settings)[0].results
    return result

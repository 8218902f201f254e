"""Compiles a question's test file in the grader, so that its functions can be called with remote handles."""

from __future__ import annotations

import ast
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from autograder.assignment import Question
from autograder.checks import student_side

_MARK = "_autograder_student_side"


@dataclass(frozen=True)
class Tests:
    """A question's test functions, compiled in the grader.

    Attributes:
        filename: stands for the test file in traces and for student-side code.
    """

    __test__ = False

    question: Question
    filename: str
    functions: dict[str, Callable[..., None]]

    @classmethod
    def compile(cls, question: Question) -> Tests:
        """Execute a question's test file, with a stand-in for Otter's decorator.

        A class that a test defines inside itself lives on the student's side: it is there to be used with student objects,
        such as a layer to put into a student's network. Like all student-side code it must be self-contained.
        """
        filename = f"<tests of {question.name}>"
        tree = ast.parse(question.source, filename)
        tree.body = [node for node in tree.body if not (isinstance(node, ast.ImportFrom) and node.module == "otter.test_files")]
        for function in tree.body:
            if isinstance(function, ast.FunctionDef):
                for node in ast.walk(function):
                    if isinstance(node, ast.ClassDef) and not node.decorator_list:
                        node.decorator_list = [ast.copy_location(ast.Name(_MARK, ast.Load()), node)]
        space: dict[str, Any] = {
            "__name__": filename,
            "test_case": lambda **settings: lambda function: function,
            _MARK: student_side,
        }
        exec(compile(tree, filename, "exec"), space)
        return cls(question, filename, {case.name: space[case.name] for case in question.cases})

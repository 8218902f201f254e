"""Compiles a question's test file in the grader, so that its functions can be called with remote handles."""

from __future__ import annotations

import ast
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from autograder.assignment import Question
from autograder.checks import student_side
from autograder.errors import HandleRefused
from autograder.sandbox.handles import Handle, type_name

_MARK, _IS = "_autograder_student_side", "_autograder_is"

_RUNNING = ("eval", "exec", "compile")


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
    def compile(
        cls, question: Question, *, rewrite: ast.NodeTransformer | None = None, names: Mapping[str, Any] | None = None
    ) -> Tests:
        """Execute a question's test file, with a stand-in for Otter's decorator; rewritten before, with `names` for that.

        A class that a test defines inside itself lives on the student's side: it is there to be used with student objects,
        such as a layer to put into a student's network. Like all student-side code it must be self-contained.
        `is` between a student object and anything but a constant is refused, as it would be silently false. So are `eval`, `exec`
        and `compile`: a text of the student's would be run here.
        """
        filename = f"<tests of {question.name}>"
        tree = ast.parse(question.source, filename)
        if rewrite is not None:
            tree = rewrite.visit(tree)
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
            _IS: _identical,
            **{name: _runs_nothing(name) for name in _RUNNING},
            **(names or {}),
        }
        exec(compile(_Identity().visit(tree), filename, "exec"), space)
        return cls(question, filename, {case.name: space[case.name] for case in question.cases})


class _Identity(ast.NodeTransformer):
    """Sends `a is b` and `a is not b` through `_identical`; with a constant such as None they are right as they stand."""

    def visit_Compare(self, node: ast.Compare) -> ast.expr:
        self.generic_visit(node)
        match node:
            case ast.Compare(ops=[ast.Is() | ast.IsNot() as operator], left=left, comparators=[right]):
                if isinstance(left, ast.Constant) or isinstance(right, ast.Constant):
                    return node
                call: ast.expr = ast.Call(ast.Name(_IS, ast.Load()), [left, right], [])
                if isinstance(operator, ast.IsNot):
                    call = ast.UnaryOp(ast.Not(), call)
                return ast.fix_missing_locations(ast.copy_location(call, node))
        return node


def _runs_nothing(name: str) -> Callable[..., Any]:
    def refused(*args: Any, **kwargs: Any) -> Any:
        raise HandleRefused(
            f"`{name}` in a test would run a text of the student's in the grader; put it into a function that is marked with "
            "`@checks.student_side`"
        )

    return refused


def _identical(left: Any, right: Any) -> bool:
    handle = next((side for side in (left, right) if type(side) is Handle), None)
    if handle is None:
        return left is right
    raise HandleRefused(
        f"`is` was asked of a student object of type {type_name(handle)}, which is never the same object twice here; "
        "compare values with `==` or `torch.equal`, or with None"
    )

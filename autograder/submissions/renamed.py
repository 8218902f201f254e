"""Finds the names that a student chose for what the assignment gives a name, where only one can be meant."""

from __future__ import annotations

import ast
from collections.abc import Collection, Iterator, Mapping, Sequence

import msgspec

from autograder.assignment import Assignment, CellOutline
from autograder.submissions.align import Alignment
from autograder.submissions.notebook import Cell
from autograder.submissions.outline import outline_cell
from autograder.submissions.source import parse

Names = Mapping[str, tuple[str, ...]]
"""The assignment's name -> names to look for in the student's namespace, the likeliest first."""


class Renamed(msgspec.Struct, frozen=True, kw_only=True):
    """Names to look for instead, for each question, and a sentence for each name that was taken for another."""

    names: dict[str, dict[str, tuple[str, ...]]]
    notes: tuple[str, ...]

    def of(self, question: str) -> Names:
        """Those of a question; empty if all are as asked."""
        return self.names.get(question, {})


def renamed_definitions(outline: Sequence[CellOutline], cells: Sequence[Cell]) -> dict[str, str]:
    """Name of a class or function of the student's -> the assignment's, where they differ in case and underscores only.

    Only for a name of the assignment that the submission does not define, and if no other comes as near.
    """
    asked = {name for cell in outline for name in cell.definitions}
    there = {name for cell in cells for name in outline_cell(cell.source)[1]}
    found: dict[str, str] = {}
    for name in sorted(asked - there):
        near = [other for other in there - asked if _folded(other) == _folded(name)]
        rivals = [other for other in asked if _folded(other) == _folded(name)]
        if len(near) == 1 and len(rivals) == 1:
            found[near[0]] = name
    return found


def find_renamed(assignment: Assignment, cells: Sequence[Cell], alignment: Alignment, definitions: Mapping[str, str]) -> Renamed:
    """What test cases must look for under another name.

    A variable counts as renamed if the question's cells do not bind the name that is asked for, and bind exactly one unknown name
    by the same call (`linear = Linear(3, 2)` for `layer = Linear(4, 3)`).
    """
    known = {name for cell in assignment.outline for name in (*cell.binds, *cell.uses)}
    wanted = {name for question in assignment.questions for case in question.cases for name in case.parameters}
    by_number = {cell.number: cell.source for cell in cells}
    variables: dict[str, dict[str, str]] = {}
    for question in assignment.questions:
        own = [by_number[number] for number in alignment.cells_of(question.name)]
        bound = {name for source in own for name in outline_cell(source)[0]}
        solved = [
            source for cell, source in zip(assignment.outline, assignment.cells, strict=True) if cell.question == question.name
        ]
        asked = {
            name for cell in assignment.outline if cell.question == question.name for name in {*cell.binds} - {*cell.definitions}
        }
        missing, unknown = (asked & wanted) - bound, bound - known
        if missing and unknown:
            variables[question.name] = _matched(_calls(solved, missing, {}), _calls(own, unknown, definitions))
    back = {name: given for given, name in definitions.items()}
    names: dict[str, dict[str, tuple[str, ...]]] = {}
    for question_name, current in _in_force(assignment, variables):
        names[question_name] = {
            **{name: (given, name) for name, given in current.items()},
            **{name: (name, given) for name, given in back.items()},
        }
    return Renamed(names=names, notes=tuple(_notes(variables, definitions)))


def _in_force(assignment: Assignment, variables: Mapping[str, Mapping[str, str]]) -> Iterator[tuple[str, dict[str, str]]]:
    """For each question, the variables that are renamed by the time it is judged: by its own cells or by earlier ones."""
    current: dict[str, str] = {}
    for at, cell in enumerate(assignment.outline):
        own = variables.get(cell.question or "", {})
        for name in cell.binds:
            current.pop(name, None)
            if name in own:
                current[name] = own[name]
        later = assignment.outline[at + 1 :]
        if cell.question is not None and all(other.question != cell.question for other in later):
            yield cell.question, dict(current)


def _matched(asked: Mapping[str, str], given: Mapping[str, str]) -> dict[str, str]:
    """Name asked for -> name given, where both are the only ones that are made by that call."""
    found = {}
    for name, call in asked.items():
        like = [other for other, made in given.items() if made == call]
        rivals = [other for other, made in asked.items() if made == call]
        if len(like) == 1 and len(rivals) == 1:
            found[name] = like[0]
    return found


def _calls(sources: Sequence[str], names: Collection[str], definitions: Mapping[str, str]) -> dict[str, str]:
    """Which call gives these variables their first value: `Linear`, `.forward`; those that get it otherwise are left out."""
    found: dict[str, str] = {}
    for source in sources:
        for statement in parse(source).statements:
            match statement:
                case ast.Assign(targets=[ast.Name(id=name)], value=ast.Call(func=function)) if name in names:
                    match function:
                        case ast.Name(id=callee):
                            found.setdefault(name, definitions.get(callee, callee))
                        case ast.Attribute(attr=method):
                            found.setdefault(name, f".{method}")
                        case _:
                            pass
                case _:
                    pass
    return found


def _notes(variables: Mapping[str, Mapping[str, str]], definitions: Mapping[str, str]) -> Iterator[str]:
    for given, name in definitions.items():
        yield f"`{given}` was taken for `{name}`, which the assignment asks for."
    for question, names in variables.items():
        for name, given in names.items():
            yield f"In question {question}, `{given}` was taken for `{name}`: no other variable is made like it."


def _folded(name: str) -> str:
    return name.replace("_", "").casefold()

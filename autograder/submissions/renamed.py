"""Finds the names that a student chose for what the assignment gives a name, where only one can be meant."""

from __future__ import annotations

import ast
from collections.abc import Collection, Iterator, Mapping, Sequence

import msgspec

from autograder.assignment import Assignment, CellOutline
from autograder.submissions.align import Alignment
from autograder.submissions.notebook import Cell
from autograder.submissions.outline import filled_names, outline_cell
from autograder.submissions.source import parse

_SHORTEST = 3
"""Letters that two names must have in common: `Net` and `Network`."""

Names = Mapping[str, tuple[str, ...]]
"""The assignment's name -> names to look for in the student's namespace, the likeliest first."""


class Renamed(msgspec.Struct, frozen=True, kw_only=True):
    """Names to look for instead, for each question, and a sentence for each name that was taken for another."""

    names: dict[str, dict[str, tuple[str, ...]]]
    notes: tuple[str, ...]

    def of(self, question: str) -> Names:
        """Those of a question; empty if all are as asked."""
        return self.names.get(question, {})


def renamed_definitions(
    outline: Sequence[CellOutline], cells: Sequence[Cell], solution: Sequence[str] = ()
) -> dict[str, str]:
    """Name of a class or function of the student's -> the assignment's, where they differ in case and underscores only.

    Also where one holds the other (`MyLinear`, `softmax_fn`) and it has all methods of the one in the `solution`'s cells,
    or takes as many arguments. Only for a name of the assignment that the submission does not define, and if
    no other comes as near.
    """
    asked = {name for cell in outline for name in cell.definitions}
    there = {name for cell in cells for name in outline_cell(cell.source)[1]}
    found: dict[str, str] = {}
    for name in sorted(asked - there):
        near = [other for other in there - asked if _folded(other) == _folded(name)]
        rivals = [other for other in asked if _folded(other) == _folded(name)]
        if len(near) == 1 and len(rivals) == 1:
            found[near[0]] = name
    left, free = asked - there - {*found.values()}, there - asked - {*found}
    asked_shapes = _shapes(solution) if left and free else {}
    shapes = _shapes([cell.source for cell in cells]) if asked_shapes else {}
    near_by = {
        name: [other for other in sorted(free) if _holds(name, other) and _fits(shapes.get(other), asked_shapes.get(name))]
        for name in sorted(left)
    }
    for name, others in near_by.items():
        if len(others) == 1 and sum(others[0] in more for more in near_by.values()) == 1:
            found[others[0]] = name
    return found


_Shape = tuple[bool, frozenset[str], int]
"""Whether it is a class; the names of its methods; how many arguments it takes."""


def _shapes(sources: Sequence[str]) -> dict[str, _Shape]:
    found: dict[str, _Shape] = {}
    for source in sources:
        for node in (inner for statement in parse(source).statements for inner in ast.walk(statement)):
            match node:
                case ast.ClassDef(name=name, body=body):
                    methods = frozenset(part.name for part in body if isinstance(part, ast.FunctionDef))
                    found[name] = (True, methods, 0)
                case ast.FunctionDef(name=name, args=arguments):
                    found.setdefault(name, (False, frozenset(), len(arguments.posonlyargs) + len(arguments.args)))
                case _:
                    pass
    return found


def _holds(one: str, other: str) -> bool:
    one, other = _folded(one), _folded(other)
    return (one in other or other in one) and min(len(one), len(other)) >= _SHORTEST


def _fits(given: _Shape | None, asked: _Shape | None) -> bool:
    if given is None or asked is None or given[0] is not asked[0]:
        return False
    return given[1] >= asked[1] if asked[0] else given[2] == asked[2]


def find_renamed(assignment: Assignment, cells: Sequence[Cell], alignment: Alignment, definitions: Mapping[str, str]) -> Renamed:
    """What test cases must look for under another name.

    A variable counts as renamed if the question's cells do not bind the name that is asked for, or only to `...`, and bind an
    unknown name that is
    made and used like it, more than any other is (`linear = Linear(3, 2)` for `layer = Linear(4, 3)`).
    """
    known = {name for cell in assignment.outline for name in (*cell.binds, *cell.uses)}
    wanted = {name for question in assignment.questions for case in question.cases for name in case.parameters}
    by_number = {cell.number: cell.source for cell in cells}
    variables: dict[str, dict[str, str]] = {}
    for question in assignment.questions:
        own = [by_number[number] for number in alignment.cells_of(question.name)]
        bound = {name for source in own for name in filled_names(source)}
        solved = [
            source for cell, source in zip(assignment.outline, assignment.cells, strict=True) if cell.question == question.name
        ]
        asked = {
            name for cell in assignment.outline if cell.question == question.name for name in {*cell.binds} - {*cell.definitions}
        }
        missing, unknown = (asked & wanted) - bound, bound - known
        if missing and unknown:
            variables[question.name] = _matched(_traits(solved, missing, {}), _traits(own, unknown, definitions))
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


def _matched(asked: Mapping[str, frozenset[str]], given: Mapping[str, frozenset[str]]) -> dict[str, str]:
    """Name asked for -> name given, where each has more in common with the other than with any else."""

    def best(traits: frozenset[str], others: Mapping[str, frozenset[str]]) -> str | None:
        shared = sorted(((len(traits & theirs), name) for name, theirs in others.items()), reverse=True)
        alone = len(shared) == 1 or (len(shared) > 1 and shared[0][0] > shared[1][0])
        return shared[0][1] if shared and alone and shared[0][0] else None

    pairs = {name: best(traits, given) for name, traits in asked.items()}
    return {name: other for name, other in pairs.items() if other is not None and best(given[other], asked) == name}


def _traits(sources: Sequence[str], names: Collection[str], definitions: Mapping[str, str]) -> dict[str, frozenset[str]]:
    """What tells a variable by more than its name: the call or number that it is made from, the calls that it is handed to,
    and what is appended to it."""
    found: dict[str, set[str]] = {name: set() for name in names}
    for source in sources:
        for node in (inner for statement in parse(source).statements for inner in ast.walk(statement)):
            match node:
                case (
                    ast.Assign(targets=[ast.Name(id=name)], value=ast.Call(func=function))
                    | ast.AnnAssign(target=ast.Name(id=name), value=ast.Call(func=function))
                ) if name in names:
                    found[name].add(f"from {_callee(function, definitions)}")
                case ast.Assign(targets=[ast.Name(id=name)], value=ast.Constant(value=int() | float() as value)) if name in names:
                    found[name].add(f"from {float(value)}")
                case ast.Call(func=ast.Attribute(value=ast.Name(id=name), attr="append"), args=[argument]) if name in names:
                    found[name].add(f"gets {ast.unparse(argument)}")
                case _:
                    pass
            if isinstance(node, ast.Call):
                for at, argument in enumerate(node.args):
                    if isinstance(argument, ast.Name) and argument.id in names:
                        found[argument.id].add(f"to {_callee(node.func, definitions)} {at}")
    return {name: frozenset(traits) for name, traits in found.items()}


def _callee(function: ast.expr, definitions: Mapping[str, str]) -> str:
    match function:
        case ast.Name(id=name):
            return definitions.get(name, name)
        case ast.Attribute(attr=method):
            return f".{method}"
        case _:
            return "?"


def _notes(variables: Mapping[str, Mapping[str, str]], definitions: Mapping[str, str]) -> Iterator[str]:
    for given, name in definitions.items():
        yield f"`{given}` was taken for `{name}`, which the assignment asks for."
    for question, names in variables.items():
        for name, given in names.items():
            yield f"In question {question}, `{given}` was taken for `{name}`: no other variable is made and used so much like it."


def _folded(name: str) -> str:
    return name.replace("_", "").casefold()

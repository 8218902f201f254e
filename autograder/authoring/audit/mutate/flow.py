"""Operators on statements: one left out, a condition turned round, a loop that misses or turns round, another value returned."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import pairwise

import libcst as cst

from autograder.authoring.audit.mutate.surroundings import Surroundings, code, in_parentheses, parsed, replaced

Edits = Iterator[tuple[cst.CSTNode, str]]


def _statement(node: cst.CSTNode, around: Surroundings) -> Edits:
    match node:
        case cst.SimpleStatementLine(body=[cst.Assign() | cst.AugAssign() | cst.AnnAssign() | cst.Expr() as only]):
            yield node.with_changes(body=[cst.Pass()]), f"`{code(only)}` is missing"
        case cst.For() | cst.While() | cst.If():
            head = code(node).partition(":")[0]
            gone = cst.SimpleStatementLine([cst.Pass()], leading_lines=node.leading_lines)
            yield gone, f"the whole `{head}` is missing"
        case _:
            return


def _state(node: cst.CSTNode, around: Surroundings) -> Edits:
    """What an object remembers from one call to the next: it adds up, or is only set once."""
    match node:
        case cst.Assign(targets=[cst.AssignTarget(target=cst.Attribute(value=cst.Name(value="self")) as target)], value=value):
            if around.function(node) == "__init__" or code(value) == "None" or code(target) in code(value):
                return  # there is nothing to remember yet, or it is changed anyway
            name, new = code(target), code(in_parentheses(value))
            kept = f"getattr(self, {target.attr.value!r}, None)"
            added = parsed(f"{new} if {kept} is None else {name} + {new}")
            yield node.with_changes(value=added), f"`{name}` adds up from call to call"
            first = parsed(f"{new} if {kept} is None else {name}")
            yield node.with_changes(value=first), f"`{name}` is only set once"
        case _:
            return


def _condition(node: cst.CSTNode, around: Surroundings) -> Edits:
    match node:
        case cst.If(test=test) | cst.While(test=test) | cst.IfExp(test=test):
            yield (
                node.with_changes(test=cst.UnaryOperation(cst.Not(), in_parentheses(test))),
                f"the condition `{code(test)}` is turned round",
            )
            if not isinstance(node, cst.While):
                yield node.with_changes(test=cst.Name("True")), f"the condition `{code(test)}` is not asked"
        case _:
            return


def _loop(node: cst.CSTNode, around: Surroundings) -> Edits:
    match node:
        case cst.Call(func=cst.Name(value="reversed"), args=[cst.Arg(value=inner)]):
            yield inner, "`reversed` is missing"
        case cst.For(iter=cst.Name() | cst.Attribute() as over):
            yield node.with_changes(iter=parsed(f"reversed({code(over)})")), f"`{code(over)}` is gone through backwards"
        case _:
            pass
    match node:
        case cst.For(iter=cst.Call(func=cst.Name(value="reversed"), args=[cst.Arg(value=inner)]) as call):
            for part, what in (("[1:]", "first"), ("[:-1]", "last")):
                new = call.with_changes(args=[cst.Arg(parsed(f"{code(inner)}{part}"))])
                yield node.with_changes(iter=new), f"the {what} of `{code(inner)}` is left out"
            yield _once(node), f"only the first of `{code(call)}` is used"
        case cst.For(iter=sequence):
            for part, what in (("[1:]", "first"), ("[:-1]", "last")):
                new_over = parsed(f"{code(in_parentheses(sequence))}{part}")
                yield node.with_changes(iter=new_over), f"the {what} of `{code(sequence)}` is left out"
            yield _once(node), f"only the first of `{code(sequence)}` is used"
        case _:
            return


def _once(node: cst.For) -> cst.For:
    if not isinstance(node.body, cst.IndentedBlock):
        return node
    body = [*node.body.body, cst.SimpleStatementLine([cst.Break()])]
    return node.with_changes(body=node.body.with_changes(body=body))


def _returned(node: cst.CSTNode, around: Surroundings) -> Edits:
    match node:
        case cst.Return(value=cst.BaseExpression() as value):
            yield node.with_changes(value=cst.Name("None")), f"`{code(value)}` is not returned"
        case _:
            return


def _collection(node: cst.CSTNode, around: Surroundings) -> Edits:
    """Two elements of a list, tuple or list of targets swapped; an element missing."""
    match node:
        case cst.List(elements=elements) | cst.Tuple(elements=elements) if len(elements) > 1:
            if any(not isinstance(element, cst.Element) for element in elements):
                return
            target = isinstance(around.parent(node), (cst.AssignTarget, cst.For, cst.CompFor))
            for place, (one, two) in enumerate(pairwise(elements)):
                swapped = replaced(elements, place, one.with_changes(value=two.value))
                swapped = replaced(swapped, place + 1, two.with_changes(value=one.value))
                yield node.with_changes(elements=swapped), f"`{code(one.value)}` and `{code(two.value)}` are swapped"
            if isinstance(node, cst.List) and not target:
                for place, element in enumerate(elements):
                    left = _tidied(replaced(elements, place))
                    yield node.with_changes(elements=left), f"`{code(element.value)}` is missing from the list"
        case _:
            return


def _tidied(elements: Sequence[cst.BaseElement]) -> list[cst.BaseElement]:
    return [*elements[:-1], elements[-1].with_changes(comma=cst.MaybeSentinel.DEFAULT)]


OPERATORS = {
    "statement": _statement,
    "state": _state,
    "condition": _condition,
    "loop": _loop,
    "return": _returned,
    "collection": _collection,
}

"""Operators on names and calls: the wrong variable, attribute or target; an argument ignored, missing or swapped; no call."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import pairwise

import libcst as cst

from autograder.authoring.audit.mutate.surroundings import Surroundings, code, parsed, positional, replaced, whole

Edits = Iterator[tuple[cst.CSTNode, str]]


def _name(node: cst.CSTNode, around: Surroundings) -> Edits:
    if isinstance(node, cst.Name) and around.is_value(node):
        for other in around.others(node):
            yield node.with_changes(value=other), f"`{other}` is used instead of `{node.value}`"


def _attribute(node: cst.CSTNode, around: Surroundings) -> Edits:
    if not isinstance(node, cst.Attribute):
        return
    parent = around.parent(node)
    if isinstance(parent, cst.Call) and parent.func is node:
        return
    stored = isinstance(parent, cst.AssignTarget)
    for other in around.siblings(node, most=1 if stored else 2):
        new = node.with_changes(attr=cst.Name(other))
        yield new, f"`{code(new)}` is {'set' if stored else 'used'} instead of `{code(node)}`"


def _argument(node: cst.CSTNode, around: Surroundings) -> Edits:
    if not isinstance(node, cst.Call) or isinstance(around.parent(node), cst.Decorator):
        return
    arguments = list(node.args)
    for place, argument in enumerate(arguments):
        if argument.keyword is not None and argument.keyword.value not in ("dim", "axis", "keepdim"):
            left = replaced(arguments, place)
            if left:
                left[-1] = left[-1].with_changes(comma=cst.MaybeSentinel.DEFAULT)
            shown = code(argument.with_changes(comma=cst.MaybeSentinel.DEFAULT))
            yield node.with_changes(args=left), f"the argument `{shown}` is missing"
    places = [place for place, _ in positional(node)]
    for place in places:
        value = arguments[place].value
        if isinstance(value, (cst.Name, cst.Attribute)) and not _is_type(value) and not around.is_module(code(value)):
            zero = arguments[place].with_changes(value=parsed(f"0 * {code(value)}"))
            yield node.with_changes(args=replaced(arguments, place, zero)), f"the argument `{code(value)}` is replaced by zero"
        if len(places) > 1:
            left = replaced(arguments, place)
            left[-1] = left[-1].with_changes(comma=cst.MaybeSentinel.DEFAULT)
            yield node.with_changes(args=left), f"the argument `{code(value)}` is missing"
    for first, second in pairwise(places):
        one, two = arguments[first], arguments[second]
        swapped = replaced(arguments, first, one.with_changes(value=two.value))
        swapped = replaced(swapped, second, two.with_changes(value=one.value))
        yield node.with_changes(args=swapped), f"the arguments `{code(one.value)}` and `{code(two.value)}` are swapped"


def _call(node: cst.CSTNode, around: Surroundings) -> Edits:
    """The call left out, its first argument kept: `f(x)` becomes `x`."""
    match node:
        case cst.Call(args=[cst.Arg(keyword=None, star="", value=value), *_]):
            parent = around.parent(node)
            if whole(value) is None and not isinstance(value, cst.SimpleString) and not isinstance(parent, cst.Expr):
                yield value, f"`{code(node.func)}` is not called"
        case _:
            return


def _is_type(value: cst.BaseExpression) -> bool:
    return code(value).rpartition(".")[2][:1].isupper()


OPERATORS = {"name": _name, "attribute": _attribute, "argument": _argument, "call": _call}

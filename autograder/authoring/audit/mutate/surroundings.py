"""What an operator may know of a cell besides the node before it: parents, positions, and the names in reach."""

from __future__ import annotations

import builtins
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TypeVar, cast

import libcst as cst
from libcst.metadata import CodePosition, MetadataWrapper, ParentNodeProvider, PositionProvider

_BUILTINS = frozenset(dir(builtins))
_COMPOUND = (cst.BinaryOperation, cst.UnaryOperation, cst.Comparison, cst.BooleanOperation, cst.IfExp, cst.Lambda)
_Expression = TypeVar("_Expression", bound=cst.BaseExpression)
_Item = TypeVar("_Item")


def code(node: cst.CSTNode) -> str:
    """The node's text on one line."""
    return " ".join(cst.Module([]).code_for_node(node).split())


def in_parentheses(node: _Expression) -> _Expression:
    """`node`, safe to stand where something binds tighter."""
    if node.lpar or not isinstance(node, _COMPOUND):
        return node
    return cast(_Expression, node.with_changes(lpar=[cst.LeftParen()], rpar=[cst.RightParen()]))


def parsed(text: str) -> cst.BaseExpression:
    """An expression of this text."""
    return cst.parse_expression(text)


def whole(value: cst.BaseExpression) -> float | None:
    """The number that a literal stands for, its sign included; None if it is none."""
    if isinstance(value, cst.UnaryOperation) and isinstance(value.operator, cst.Minus):
        inner = whole(value.expression)
        return None if inner is None else -inner
    if isinstance(value, (cst.Integer, cst.Float)):
        return value.evaluated_value
    return None


def root_name(node: cst.CSTNode) -> str | None:
    """`a` in `a.b.c`."""
    while isinstance(node, cst.Attribute):
        node = node.value
    return node.value if isinstance(node, cst.Name) else None


@dataclass
class Scope:
    """Names of one function, or of the cell itself, with the line on which each is first met; parameters come first."""

    names: dict[str, int] = field(default_factory=dict)


class Surroundings:
    """One cell, taken apart.

    Attributes:
        module: its tree; operators' nodes are parts of it.
    """

    def __init__(self, source: str, modules: Collection[str]):
        wrapper = MetadataWrapper(cst.parse_module(source))
        self.module = wrapper.module
        self._modules = frozenset(modules)
        self._parents: Mapping[cst.CSTNode, cst.CSTNode] = wrapper.resolve(ParentNodeProvider)
        self._positions = wrapper.resolve(PositionProvider)
        self._scopes: dict[cst.CSTNode, Scope] = {self.module: Scope()}
        self._attributes: dict[str, dict[str, None]] = {}
        self._read(self.module, self.module)

    def parent(self, node: cst.CSTNode) -> cst.CSTNode:
        """What `node` is part of; the module is part of itself."""
        return self._parents.get(node, self.module)

    def position(self, node: cst.CSTNode) -> CodePosition:
        """Where it begins."""
        return self._positions[node].start

    def function(self, node: cst.CSTNode) -> str:
        """Name of the innermost function that it is in; empty if it is in none."""
        owner = self._owner(node)
        return owner.name.value if isinstance(owner, cst.FunctionDef) else ""

    def others(self, node: cst.Name, most: int = 2) -> Sequence[str]:
        """Names in reach that could stand for this one by mistake: those met last before it, then parameters."""
        scope = self._scopes[self._owner(node)]
        if node.value not in scope.names:
            return ()
        line = self.position(node).line
        before = [name for name, met in scope.names.items() if met < line and name != node.value]
        return before[::-1][:most]

    def siblings(self, node: cst.Attribute, most: int = 2) -> Sequence[str]:
        """Attributes of the same name that could stand for this one by mistake, those met last in the cell first."""
        owner = root_name(node.value) if isinstance(node.value, cst.Name) else None
        if owner is None or owner in self._modules:
            return ()
        known = list(self._attributes.get(owner, {}))
        own = known.index(node.attr.value) if node.attr.value in known else len(known)
        return (known[own + 1 :] + known[:own])[:most]

    def is_value(self, node: cst.Name) -> bool:
        """Whether a name is read for its value: not called, not a module, not part of a declaration."""
        parent = self.parent(node)
        if node.value in self._modules or node.value in _BUILTINS or node.value in ("self", "cls"):
            return False
        match parent:
            case cst.Attribute():
                return parent.value is node
            case cst.Call():
                return parent.func is not node
            case cst.Arg():
                return parent.value is node and not isinstance(self.parent(parent), cst.ClassDef)
            case cst.AssignTarget() | cst.Param() | cst.FunctionDef() | cst.ClassDef() | cst.ImportAlias() | cst.AugAssign():
                return isinstance(parent, cst.AugAssign) and parent.value is node
            case cst.For() | cst.CompFor():
                return parent.iter is node
            case cst.Element():
                return not self._is_target(parent)
            case _:
                return True

    def is_module(self, name: str) -> bool:
        """Whether a name stands for an imported module, or something imported from one."""
        return name in self._modules

    def only_shows(self, node: cst.CSTNode) -> bool:
        """Whether a statement does no more than show something: it calls a module's or a built-in function for its effect."""
        match node:
            case cst.SimpleStatementLine(body=[cst.Expr(value=cst.Call(func=function))]):
                return root_name(function) in self._modules | _BUILTINS
            case cst.If() | cst.For() | cst.While():
                inner = node.body.body
                return node.orelse is None and all(self.only_shows(part) for part in inner)
        return False

    def is_docstring(self, node: cst.CSTNode) -> bool:
        """Whether a statement is nothing but a text."""
        match node:
            case cst.SimpleStatementLine(body=[cst.Expr(value=cst.SimpleString() | cst.ConcatenatedString())]):
                return True
        return False

    def _is_target(self, node: cst.CSTNode) -> bool:
        while isinstance(node, (cst.Element, cst.Tuple, cst.List)):
            outer = self.parent(node)
            if isinstance(outer, cst.AssignTarget) or (isinstance(outer, (cst.For, cst.CompFor)) and outer.target is node):
                return True
            node = outer
        return False

    def _owner(self, node: cst.CSTNode) -> cst.CSTNode:
        while node not in self._scopes:
            node = self.parent(node)
        return node

    def _read(self, node: cst.CSTNode, owner: cst.CSTNode) -> None:
        scope = self._scopes[owner]
        if isinstance(node, cst.FunctionDef):
            inner = self._scopes.setdefault(node, Scope())
            for parameter in node.params.params:
                if parameter.name.value not in ("self", "cls"):
                    inner.names[parameter.name.value] = 0
            for child in node.body.children:
                self._read(child, node)
            return
        if isinstance(node, cst.Attribute):
            self._read_attribute(node)
            if isinstance(node.value, cst.Name):
                self._read(node.value, owner)
                return
        if isinstance(node, cst.Name) and self._names_a_value(node, in_cell=owner is self.module):
            scope.names.setdefault(node.value, self.position(node).line)
        for child in node.children:
            self._read(child, owner)

    def _names_a_value(self, node: cst.Name, *, in_cell: bool) -> bool:
        """Whether it is a variable of its scope: bound there, or, in the cell itself, read there for its value."""
        parent = self.parent(node)
        if node.value in self._modules or node.value in _BUILTINS:
            return False
        if isinstance(parent, cst.AssignTarget) or (isinstance(parent, (cst.For, cst.CompFor)) and parent.target is node):
            return True
        if isinstance(parent, cst.Element) and self._is_target(parent):
            return True
        return in_cell and self.is_value(node) and not isinstance(parent, (cst.Module, cst.ClassDef))

    def _read_attribute(self, node: cst.Attribute) -> None:
        parent = self.parent(node)
        called = isinstance(parent, cst.Call) and parent.func is node
        if isinstance(node.value, cst.Name) and not called and node.value.value not in self._modules:
            self._attributes.setdefault(node.value.value, {}).setdefault(node.attr.value)


def positional(call: cst.Call) -> Iterator[tuple[int, cst.Arg]]:
    """Positional arguments with their places."""
    for place, argument in enumerate(call.args):
        if argument.keyword is None and not argument.star:
            yield place, argument


def replaced(items: Sequence[_Item], place: int, *new: _Item) -> list[_Item]:
    """`items` with the one at `place` replaced, or left out."""
    return [*items[:place], *new, *items[place + 1 :]]

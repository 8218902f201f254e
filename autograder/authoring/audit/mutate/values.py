"""Operators on arithmetic: wrong operator, missing term, wrong sign, wrong constant, wrong factor, wrong order of operands."""

from __future__ import annotations

from collections.abc import Iterator

import libcst as cst

from autograder.authoring.audit.mutate.surroundings import Surroundings, code, in_parentheses, parsed, whole

Edits = Iterator[tuple[cst.CSTNode, str]]

_BINARY: dict[type[cst.BaseBinaryOp], tuple[type[cst.BaseBinaryOp], ...]] = {
    cst.Add: (cst.Subtract, cst.Multiply),
    cst.Subtract: (cst.Add,),
    cst.Multiply: (cst.Add, cst.Divide),
    cst.Divide: (cst.Multiply,),
    cst.MatrixMultiply: (cst.Multiply,),
    cst.Power: (cst.Multiply,),
    cst.FloorDivide: (cst.Divide,),
    cst.Modulo: (cst.FloorDivide,),
}
_AUGMENTED: dict[type[cst.BaseAugOp], tuple[type[cst.BaseAugOp], ...]] = {
    cst.AddAssign: (cst.SubtractAssign,),
    cst.SubtractAssign: (cst.AddAssign,),
    cst.MultiplyAssign: (cst.DivideAssign,),
    cst.DivideAssign: (cst.MultiplyAssign,),
}
_COMPARISONS: dict[type[cst.BaseCompOp], tuple[type[cst.BaseCompOp], ...]] = {
    cst.Equal: (cst.NotEqual, cst.LessThan, cst.GreaterThan),
    cst.NotEqual: (cst.Equal,),
    cst.LessThan: (cst.LessThanEqual, cst.GreaterThan),
    cst.LessThanEqual: (cst.LessThan, cst.GreaterThanEqual),
    cst.GreaterThan: (cst.GreaterThanEqual, cst.LessThan),
    cst.GreaterThanEqual: (cst.GreaterThan, cst.LessThanEqual),
}
_ORDERED = (cst.Subtract, cst.Divide, cst.MatrixMultiply, cst.Power)
ARITHMETIC = (cst.Add, cst.Subtract, cst.Multiply, cst.Divide, cst.MatrixMultiply, cst.Power)


def _operator(node: cst.CSTNode, around: Surroundings) -> Edits:
    match node:
        case cst.BinaryOperation(operator=old):
            for kind in _BINARY.get(type(old), ()):
                new = node.with_changes(operator=kind())
                inside = isinstance(around.parent(node), (cst.BinaryOperation, cst.UnaryOperation))
                yield in_parentheses(new) if inside else new, f"`{code(old)}` becomes `{code(kind())}`"
        case cst.AugAssign(operator=aug):
            for other in _AUGMENTED.get(type(aug), ()):
                yield node.with_changes(operator=other()), f"`{code(aug)}` becomes `{code(other())}`"
            yield _assign(node.target, node.value), f"`{code(aug)}` becomes `=`"
        case cst.Comparison(comparisons=[cst.ComparisonTarget(operator=compare) as target]):
            for better in _COMPARISONS.get(type(compare), ()):
                yield (
                    node.with_changes(comparisons=[target.with_changes(operator=better())]),
                    f"`{code(compare)}` becomes `{code(better())}`",
                )
        case cst.BooleanOperation(operator=both):
            swapped = cst.Or() if isinstance(both, cst.And) else cst.And()
            yield node.with_changes(operator=swapped), f"`{code(both)}` becomes `{code(swapped)}`"
        case _:
            return


def _term(node: cst.CSTNode, around: Surroundings) -> Edits:
    match node:
        case cst.BinaryOperation(left=left, right=right, operator=operator) if isinstance(operator, ARITHMETIC):
            yield _instead(node, left), f"`{code(operator)} {code(right)}` is missing"
            yield _instead(node, right), f"`{code(left)} {code(operator)}` is missing"
        case cst.BooleanOperation(left=left, right=right):
            yield _instead(node, left), f"`{code(right)}` is missing"
            yield _instead(node, right), f"`{code(left)}` is missing"
        case _:
            return


def _order(node: cst.CSTNode, around: Surroundings) -> Edits:
    match node:
        case cst.BinaryOperation(left=left, right=right, operator=operator) if isinstance(operator, _ORDERED):
            new = node.with_changes(left=in_parentheses(right), right=in_parentheses(left))
            yield new, f"the operands of `{code(operator)}` are swapped"
        case _:
            return


def _sign(node: cst.CSTNode, around: Surroundings) -> Edits:
    match node:
        case cst.UnaryOperation(operator=cst.Minus(), expression=inner) if whole(node) is None:
            yield _instead(node, inner), "the minus is missing"
        case cst.UnaryOperation(operator=cst.Not(), expression=inner):
            yield _instead(node, inner), "the `not` is missing"
        case cst.Assign(value=cst.BaseExpression() as value) | cst.Return(value=cst.BaseExpression() as value):
            if _is_quantity(value):
                new = cst.UnaryOperation(cst.Minus(), in_parentheses(value))
                yield node.with_changes(value=new), f"`{code(value)}` is negated"
        case _:
            return


def _factor(node: cst.CSTNode, around: Surroundings) -> Edits:
    match node:
        case cst.Assign(value=cst.BinaryOperation(operator=operator) as value) if isinstance(operator, ARITHMETIC):
            if all(whole(side) is not None for side in (value.left, value.right)):
                return
            for factor in ("2", "0.5"):
                new = cst.BinaryOperation(parsed(factor), cst.Multiply(), in_parentheses(value))
                yield node.with_changes(value=new), f"`{code(value)}` is multiplied by {factor}"
        case cst.Return(value=cst.Name() as value):
            new = cst.BinaryOperation(parsed("2"), cst.Multiply(), value)
            yield node.with_changes(value=new), f"`{code(value)}` is multiplied by 2"
        case _:
            return


def _constant(node: cst.CSTNode, around: Surroundings) -> Edits:
    match node:
        case cst.Integer() | cst.Float():
            parent = around.parent(node)
            if isinstance(parent, cst.UnaryOperation) and isinstance(parent.operator, cst.Minus):
                return  # the negative number is taken as a whole
            yield from _numbers(node, float(node.evaluated_value))
        case cst.UnaryOperation() if (number := whole(node)) is not None:
            yield from _numbers(node, number)
        case cst.Name(value="True" | "False" as truth):
            new = "False" if truth == "True" else "True"
            yield cst.Name(new), f"`{truth}` becomes `{new}`"
        case cst.SimpleString() if isinstance(around.parent(node), cst.Arg):
            yield parsed("'_'"), f"`{code(node)}` becomes another text"
        case _:
            return


def _numbers(node: cst.BaseExpression, value: float) -> Edits:
    if value == 0:
        others: tuple[float, ...] = (1, -1)
    elif value == 1:
        others = (0, 2, -1)
    elif isinstance(node, cst.Float):
        others = (value * 2, value / 2)
    else:
        others = (value - 1, value + 1, value * 2)
    for other in others:
        text = f"{other:g}" + (".0" if isinstance(node, cst.Float) and other == int(other) else "")
        yield parsed(text), f"`{code(node)}` becomes `{text}`"


def _is_quantity(value: cst.BaseExpression) -> bool:
    """Whether a value may be a number or a tensor: not a new object, not a collection, not a literal."""
    match value:
        case cst.BinaryOperation() | cst.Subscript() | cst.Name() | cst.Attribute():
            return code(value) not in ("None", "True", "False") and not all(map(_is_number, value.children))
        case cst.Call(func=function):
            return not code(function).rpartition(".")[2][:1].isupper()
        case _:
            return False


def _is_number(node: cst.CSTNode) -> bool:
    return isinstance(node, (cst.Integer, cst.Float, cst.BaseBinaryOp))


def _instead(node: cst.BaseExpression, part: cst.BaseExpression) -> cst.BaseExpression:
    """A part where the whole was, in parentheses if the whole was."""
    return in_parentheses(part) if node.lpar else part


def _assign(target: cst.BaseAssignTargetExpression, value: cst.BaseExpression) -> cst.Assign:
    return cst.Assign([cst.AssignTarget(target)], value)


OPERATORS = {
    "operator": _operator,
    "term": _term,
    "operands": _order,
    "sign": _sign,
    "factor": _factor,
    "constant": _constant,
}

"""Operators on tensor code: axis, transpose, reduction, bounds, and copy or in place."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence

import libcst as cst

from autograder.authoring.audit.mutate.surroundings import Surroundings, code, in_parentheses, parsed, replaced, whole

Edits = Iterator[tuple[cst.CSTNode, str]]

_AXES = frozenset({"dim", "axis", "start_dim", "end_dim", "dims", "dim0", "dim1"})
_TRANSPOSES = frozenset({"T", "mT"})
_TRANSPOSING = frozenset({"t", "transpose", "adjoint"})
_REDUCTIONS = {"sum": "mean", "mean": "sum", "max": "min", "min": "max", "amax": "amin", "prod": "sum", "argmax": "argmin",
               "argmin": "argmax", "logsumexp": "sum", "all": "any", "any": "all"}  # fmt: skip
_BOUNDS = {"min": "max", "max": "min"}
_FUNCTIONS = {"maximum": "minimum", "minimum": "maximum", "ones_like": "zeros_like", "zeros_like": "ones_like",
              "ones": "zeros", "zeros": "ones", "randn_like": "rand_like", "rand_like": "randn_like", "randn": "rand",
              "rand": "randn"}  # fmt: skip
_IN_PLACE = frozenset({"clamp", "exp", "log", "neg", "sqrt", "tanh", "abs", "square", "reciprocal", "add", "sub", "mul", "div"})
_AUGMENTED: dict[type[cst.BaseBinaryOp], Callable[[], cst.BaseAugOp]] = {
    cst.Add: cst.AddAssign,
    cst.Subtract: cst.SubtractAssign,
    cst.Multiply: cst.MultiplyAssign,
    cst.Divide: cst.DivideAssign,
}
_METHODS: dict[type[cst.BaseBinaryOp], str] = {
    cst.Add: "add_",
    cst.Subtract: "sub_",
    cst.Multiply: "mul_",
    cst.Divide: "div_",
}
_COPIES = frozenset({"clone", "detach", "copy", "deepcopy"})


def _axis(node: cst.CSTNode, around: Surroundings) -> Edits:
    match node:
        case cst.Arg(keyword=cst.Name(value=name), value=value) if name in _AXES and (number := whole(value)) is not None:
            for other in (0, 1, -1):
                if other != number:
                    new = node.with_changes(value=parsed(str(other)))
                    yield new, f"`{name}={code(value)}` becomes `{name}={other}`"
        case _:
            return


def _transpose(node: cst.CSTNode, around: Surroundings) -> Edits:
    match node:
        case cst.Attribute(value=inner, attr=cst.Name(value=name)) if name in _TRANSPOSES:
            yield inner, f"`.{name}` is missing"
        case cst.Call(func=cst.Attribute(value=inner, attr=cst.Name(value=name))) if name in _TRANSPOSING:
            yield inner, f"`.{name}()` is missing"
        case cst.BinaryOperation(left=left, right=right, operator=cst.MatrixMultiply()):
            for side, operand in (("left", left), ("right", right)):
                if not _transposed(operand):
                    yield node.with_changes(**{side: _member(operand, "T")}), f"`{code(operand)}` is transposed"
        case cst.Assign(value=cst.BinaryOperation(operator=cst.MatrixMultiply()) as value):
            yield node.with_changes(value=_member(value, "T")), f"`{code(value)}` is transposed"
        case _:
            return


def _transposed(node: cst.BaseExpression) -> bool:
    match node:
        case cst.Attribute(attr=cst.Name(value=name)):
            return name in _TRANSPOSES
        case cst.Call(func=cst.Attribute(attr=cst.Name(value=name))):
            return name in _TRANSPOSING
    return False


def _reduction(node: cst.CSTNode, around: Surroundings) -> Edits:
    match node:
        case cst.Call(func=cst.Attribute(value=inner, attr=cst.Name(value=name)) as function) if name in _REDUCTIONS:
            other = _REDUCTIONS[name]
            renamed = node.with_changes(func=function.with_changes(attr=cst.Name(other)))
            yield renamed, f"`{name}` becomes `{other}`"
            reduced = node.args[0].value if _is_module(inner, around) and node.args else inner
            yield in_parentheses(reduced), f"`{name}` is missing"
            yield parsed(f"{code(in_parentheses(reduced))}[0]"), f"only the first row is used instead of `{name}`"
            yield from _arguments(node, node.args)
        case cst.BinaryOperation(right=right, operator=cst.MatrixMultiply()) if not isinstance(
            around.parent(node), cst.BinaryOperation
        ):
            text = code(in_parentheses(node))
            averaged = parsed(f"{text} / len({code(right)})")
            yield in_parentheses(averaged) if node.lpar else averaged, f"`{code(node)}` is averaged"
        case cst.Assign(value=cst.BinaryOperation() as value):
            new = cst.Call(_member(value, "sum"), [cst.Arg(cst.Integer("0"))])
            yield node.with_changes(value=new), f"`{code(value)}` is summed over rows"
        case _:
            return


def _arguments(node: cst.Call, arguments: Sequence[cst.Arg]) -> Edits:
    """Over everything instead of one axis; with or without keeping the axis."""
    kept = False
    for place, argument in enumerate(arguments):
        if argument.keyword is None:
            continue
        if argument.keyword.value in _AXES and len(arguments) == 1:
            yield node.with_changes(args=[]), f"`{code(argument)}` is missing"
        kept = kept or argument.keyword.value == "keepdim"
        if argument.keyword.value == "keepdim":
            yield node.with_changes(args=_tidied(replaced(arguments, place))), "`keepdim` is missing"
    if not kept and any(argument.keyword is not None and argument.keyword.value in _AXES for argument in arguments):
        close_by = cst.AssignEqual(cst.SimpleWhitespace(""), cst.SimpleWhitespace(""))
        extra = cst.Arg(cst.Name("True"), cst.Name("keepdim"), equal=close_by)
        yield node.with_changes(args=[*arguments, extra]), "`keepdim=True` is added"


def _is_module(node: cst.BaseExpression, around: Surroundings) -> bool:
    return isinstance(node, cst.Name) and around.is_module(node.value)


def _bound(node: cst.CSTNode, around: Surroundings) -> Edits:
    match node:
        case cst.Arg(keyword=cst.Name(value=name)) if name in _BOUNDS:
            yield node.with_changes(keyword=cst.Name(_BOUNDS[name])), f"`{name}=` becomes `{_BOUNDS[name]}=`"
        case cst.Call(func=cst.Attribute(attr=cst.Name(value=name)) as function) if name in _FUNCTIONS:
            other = _FUNCTIONS[name]
            yield node.with_changes(func=function.with_changes(attr=cst.Name(other))), f"`{name}` becomes `{other}`"
        case _:
            return


def _copy(node: cst.CSTNode, around: Surroundings) -> Edits:
    match node:
        case cst.Call(func=cst.Attribute(value=inner, attr=cst.Name(value=name)), args=[]) if name in _COPIES:
            yield inner, f"`.{name}()` is missing"
        case cst.Call(func=cst.Attribute(attr=cst.Name(value=name)) as function, args=[cst.Arg(value=cst.Name()), *_]) if (
            name in _IN_PLACE
        ):
            yield node.with_changes(func=function.with_changes(attr=cst.Name(f"{name}_"))), f"`{name}` works in place"
        case cst.Assign(targets=[cst.AssignTarget(target=target)], value=cst.BinaryOperation(operator=how) as value):
            if type(how) in _AUGMENTED and code(target) == code(value.left):
                yield cst.AugAssign(target, _AUGMENTED[type(how)](), value.right), f"`{code(target)}` is changed in place"
        case cst.BinaryOperation(left=cst.Name() | cst.Attribute() as left, operator=how, right=right) if type(how) in _METHODS:
            name = _METHODS[type(how)]
            yield parsed(f"{code(left)}.{name}({code(right)})"), f"`{code(left)}` is changed by `{name}`"
        case cst.AugAssign(target=cst.Name() | cst.Attribute() as target, operator=aug, value=value):
            sign = code(aug).removesuffix("=")
            anew = cst.parse_expression(f"{code(target)} {sign} {code(in_parentheses(value))}")
            new = cst.Assign([cst.AssignTarget(target)], anew)
            yield new, f"`{code(target)}` is made anew instead of changed in place"
        case _:
            return


def _member(value: cst.BaseExpression, name: str) -> cst.Attribute:
    return cst.Attribute(in_parentheses(value), cst.Name(name))


def _tidied(arguments: Sequence[cst.Arg]) -> list[cst.Arg]:
    """Without a comma behind the last one."""
    return [*arguments[:-1], arguments[-1].with_changes(comma=cst.MaybeSentinel.DEFAULT)] if arguments else []


OPERATORS = {"axis": _axis, "transpose": _transpose, "reduction": _reduction, "bound": _bound, "copy": _copy}

"""Makes random mutants of a piece of Python: source text and a generator of random numbers in, other source texts out."""

from __future__ import annotations

import ast
import copy
import random
from collections.abc import Iterator

_OPERATORS: dict[type[ast.operator], tuple[type[ast.operator], ...]] = {
    ast.Add: (ast.Sub, ast.Mult),
    ast.Sub: (ast.Add, ast.Mult),
    ast.Mult: (ast.Add, ast.Div),
    ast.Div: (ast.Mult,),
    ast.MatMult: (ast.Mult, ast.Add),
}
_COMPARISONS: dict[type[ast.cmpop], tuple[type[ast.cmpop], ...]] = {
    ast.Eq: (ast.NotEq, ast.Gt, ast.Lt),
    ast.NotEq: (ast.Eq,),
    ast.Gt: (ast.Lt, ast.GtE),
    ast.Lt: (ast.Gt,),
}
_METHODS = {
    "sum": ("mean", "amax"), "mean": ("sum",), "exp": ("log", "sin", "abs", "expm1"), "max": ("min",), "clamp": ("mul", "sub"),
    "empty": ("zeros",), "weight": ("bias",), "weight_grad": ("bias_grad",), "bias_grad": ("weight_grad",), "T": ("mT",),
    "ReLU": ("Sigmoid", "Tanh", "Softplus"), "Linear": ("Identity",), "layer1": ("layer2",), "layer2": ("layer1",),
}  # fmt: skip
_KEYWORDS = {"min": ("max",), "max": ("min",)}
_NAMES = {"x": ("y", "dx", "dupstream"), "y": ("x", "dupstream"), "dx": ("dupstream", "x"), "dupstream": ("dx", "x"), "e": ("z",)}
_NAMES |= {"dy": ("y", "x", "torch_y"), "x_lin": ("x",), "x_relu": ("x_sigmoid",), "x_sigmoid": ("x_relu",), "torch_x": ("x",),
           "relu": ("sigmoid",), "sigmoid": ("relu",), "torch_y": ("dy",)}  # fmt: skip


def mutant(source: str, chance: random.Random, changes: int = 1) -> str | None:
    """The source with so many random changes, without comments; None if there is nothing to change."""
    tree = ast.parse(source)
    for _ in range(changes):
        places = list(_places(tree))
        if not places:
            return None
        at = chance.randrange(len(places))
        new = copy.deepcopy(tree)
        _change(list(_places(new))[at], chance)
        tree = new
    return ast.unparse(ast.fix_missing_locations(tree))


def _places(tree: ast.AST) -> Iterator[ast.AST]:
    """Nodes that can be changed: in functions, or in all of a text that has none."""
    functions = [node for node in ast.walk(tree) if isinstance(node, ast.FunctionDef)]
    bodies = [function.body for function in functions] or [tree.body if isinstance(tree, ast.Module) else []]
    for statement in (statement for body in bodies for statement in body):
        for node in ast.walk(statement):
            if _can_change(node):
                yield node


def _can_change(node: ast.AST) -> bool:
    match node:
        case ast.BinOp(op=operator):
            return type(operator) in _OPERATORS
        case ast.Compare(ops=[operator]):
            return type(operator) in _COMPARISONS
        case ast.Constant(value=value):
            return type(value) in (int, float)
        case ast.UnaryOp(op=ast.USub()):
            return True
        case ast.Attribute(attr=name):
            return name in _METHODS
        case ast.keyword(arg=name):
            return name in _KEYWORDS
        case ast.Name(id=name, ctx=ast.Load()):
            return name in _NAMES
        case ast.Assign(value=ast.BinOp()):
            return True
        case _:
            return False


def _change(node: ast.AST, chance: random.Random) -> None:
    match node:
        case ast.BinOp(op=operator):
            if chance.random() < 0.3:
                node.left, node.right = node.right, node.left
            else:
                node.op = chance.choice(_OPERATORS[type(operator)])()
        case ast.Compare(ops=[operator]):
            node.ops = [chance.choice(_COMPARISONS[type(operator)])()]
        case ast.Constant(value=value) if isinstance(value, (int, float)):
            node.value = chance.choice([other for other in (0, 1, 2, -1, value + 0.5) if other != value])
        case ast.UnaryOp():
            node.op = ast.UAdd()
        case ast.Attribute(attr=name):
            node.attr = chance.choice(_METHODS[name])
        case ast.keyword(arg=str(name)):
            node.arg = chance.choice(_KEYWORDS[name])
        case ast.Name(id=name):
            node.id = chance.choice(_NAMES[name])
        case ast.Assign(value=ast.BinOp() as value):
            scale = ast.Constant(chance.choice((-1, 2, 0.5)))
            operand = chance.choice((value.left, value.right))
            node.value = chance.choice((operand, ast.BinOp(value, ast.Mult(), scale)))
        case _:
            raise ValueError(f"{type(node).__name__} is not among the places")

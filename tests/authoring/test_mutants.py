"""Mutants of a cell: what kinds there are, that they are always the same, and what is left alone."""

from __future__ import annotations

import ast

import pytest

from autograder.authoring.audit.mutate import Mutant, imported_modules, mutants
from autograder.authoring.audit.mutate.engine import OPERATORS, key_of

LAYER = '''\
class Layer:
    """Doubles."""

    def forward(self, x):
        """x @ w + b"""
        y = x @ self.w + self.b
        self.cache = x
        return y

    def backward(self, dy):
        self.b_grad = dy.sum(dim=0)
        dx = dy @ self.w.T
        return dx
'''


def _made(source: str, **more: object) -> tuple[Mutant, ...]:
    return mutants("q", source, modules={"torch", "plt"}, **more)  # type: ignore[arg-type]


def _changed(source: str) -> set[str]:
    """The lines that mutants have and the source has not, without their indent."""
    old = {line.strip() for line in source.splitlines()}
    return {line.strip() for mutant in _made(source) for line in mutant.source.splitlines()} - old


@pytest.mark.parametrize(
    ("source", "wrong"),
    [
        ("y = x @ w + b", ["y = x @ w - b", "y = x @ w", "y = b", "y = (x * w) + b", "y = w @ x + b", "y = x.T @ w + b"]),
        ("g = d.sum(dim=0)", ["g = d.sum(dim=1)", "g = d.sum(dim=-1)", "g = d.mean(dim=0)", "g = d", "g = d.sum()", "g = d[0]",
                              "g = d.sum(dim=0, keepdim=True)", "g = -d.sum(dim=0)"]),
        ("g = d.sum(dim=1, keepdim=True)", ["g = d.sum(dim=1)", "g = d.sum(dim=1, keepdim=False)"]),
        ("g = d @ w.T", ["g = d @ w", "g = (d @ w.T).T", "g = (d @ w.T) / len(w.T)"]),
        ("g = w.t()", ["g = w"]),
        ("y = 1 / (1 + torch.exp(-x))", ["y = 1 / torch.exp(-x)", "y = 1 / (1 + torch.exp(x))", "y = 1 / (1 + -x)",
                                         "y = 0 / (1 + torch.exp(-x))", "y = (1 + torch.exp(-x)) / 1",
                                         "y = 2 * (1 / (1 + torch.exp(-x)))"]),
        ("y = torch.clamp(x, min=0)", ["y = torch.clamp(x, max=0)", "y = torch.clamp(x, min=1)", "y = torch.clamp_(x, min=0)",
                                       "y = x"]),
        ("d[y == 0] = 0", ["d[y != 0] = 0", "d[y == 0] = 1", "d[y < 0] = 0", "pass"]),
        ("d = d.clone()", ["d = d", "pass"]),
        ("w = w - lr * g", ["w = w + lr * g", "w = w - g", "w = w", "w -= lr * g", "w = w.sub_(lr * g)", "w = w - (lr / g)"]),
        ("n -= 1", ["n += 1", "n = 1", "n = n - 1", "n -= 2"]),
        ("for layer in reversed(layers):\n    d = layer.f(d)", ["for layer in layers:", "for layer in reversed(layers[1:]):",
                                                               "break"]),
        ("for layer in layers:\n    d = layer.f(d)", ["for layer in reversed(layers):", "for layer in layers[:-1]:"]),
        ("if a:\n    b = 1", ["if not a:", "if True:", "pass"]),
        ("loss, grad = f(a, b)", ["loss, grad = f(b, a)", "grad, loss = f(a, b)", "loss, grad = f(0 * a, b)",
                                  "loss, grad = f(a)"]),
        ("layers = [A(2), B()]", ["layers = [B(), A(2)]", "layers = [A(2)]", "layers = [B()]", "layers = [A(3), B()]"]),
        ("ok = a and not b", ["ok = a or not b", "ok = a and b", "ok = a"]),
    ],
)  # fmt: skip
def test_each_kind_of_slip_is_made(source: str, wrong: list[str]) -> None:
    """Whatever a student may get wrong in a line of tensor code has a mutant."""
    assert not set(wrong) - _changed(source), _changed(source)


def test_names_are_mistaken_for_others_in_reach() -> None:
    """A wrong value is cached, returned or used: another name of the same function, another attribute of the same object."""
    changed = _changed(LAYER)
    assert {"self.cache = y", "return x", "return None", "return dy", "y = x @ self.b + self.b", "self.b_grad = x"} <= changed
    assert "self.cache = x if getattr(self, 'cache', None) is None else self.cache" in changed
    assert "self.b_grad = dy.sum(dim=0) if getattr(self, 'b_grad', None) is None else self.b_grad + dy.sum(dim=0)" in changed
    assert not {"self.cache = dy", "dx = dx @ self.w.T", "y = x @ torch.w + self.b"} & changed


def test_the_same_cell_gives_the_same_mutants() -> None:
    """Ids, order and diffs do not depend on when or where they are made; no two are the same, and none is the original."""
    first, second = _made(LAYER), _made(LAYER)
    assert first == second
    assert len({mutant.id for mutant in first}) == len({mutant.source for mutant in first}) == len(first) > 40
    assert LAYER not in {mutant.source for mutant in first}
    assert {mutant.operator for mutant in first} <= OPERATORS.keys()
    places = [mutant.id.split("/")[2].split("#")[0] for mutant in first]
    assert [int(place.split(":")[0]) for place in places] == sorted(int(place.split(":")[0]) for place in places)
    for mutant in first:
        ast.parse(mutant.source)
        assert mutant.what and mutant.diff.startswith("@@")


def test_an_id_stays_when_other_lines_move() -> None:
    """A comment above changes where a mutant is, not which it is: a mark on it goes on holding."""
    moved = "# a word\n\n" + LAYER
    assert {mutant.key for mutant in _made(LAYER)} == {mutant.key for mutant in _made(moved)}
    assert {mutant.id for mutant in _made(LAYER)}.isdisjoint(mutant.id for mutant in _made(moved))
    assert key_of("q/sign/3:4#ab") == "q/sign#ab"


def test_the_same_change_twice_has_two_ids() -> None:
    """Two places that look alike are two mutants."""
    twice = "\n".join(["a = f(b)", "", "", ""] * 2)
    made = [mutant for mutant in _made(twice) if mutant.operator == "call"]
    assert len({mutant.key for mutant in made}) == len(made) == 2


def test_what_only_shows_is_left_alone() -> None:
    """Printing, plotting, imports and docstrings have no mutants, nor has a loop that does nothing else."""
    source = (
        "import torch\nprint('shape', y.shape, 1 + 1)\nplt.plot(a + 1)\n"
        "for i in range(3):\n    if i % 2:\n        print(i)\n\ndef f():\n    '''1 + 1'''\n"
    )
    assert _made(source) == ()
    assert imported_modules(["import torch.nn as nn\nfrom a import b", "%time x", "import os.path", "def"]) == {"nn", "b", "os"}


def test_lines_of_students_are_told_from_given_ones() -> None:
    """Each mutant says whether it is in a line that students write."""
    made = _made("a = b + 1\nc = d + 1", written={2})
    assert {mutant.written for mutant in made if "a = b + 1" in mutant.source} == {True}
    assert {mutant.written for mutant in made if "a = b + 1" not in mutant.source} == {False}
    assert {(mutant.written, mutant.line) for mutant in made} == {(False, "a = b + 1"), (True, "c = d + 1")}
    once = [mutant for mutant in _made("for a in b:\n    f(a)", written={1, 2}) if "only the first" in mutant.what]
    assert [(mutant.written, mutant.line) for mutant in once] == [(True, "for a in b:")]

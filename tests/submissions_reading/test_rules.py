"""What the assignment forbids is found under any name, and nothing else is."""

from __future__ import annotations

import pytest

from autograder.config import Rule
from autograder.submissions import Cell, check_rules

RULE = Rule(
    name="basic", title="only basic tensor operations", applies={"relu": ("ReLU",)},
    forbidden=("torch.nn", "torch.relu", "torch.Tensor.relu", "torch.Tensor.backward"),
)  # fmt: skip
IMPORTS = "import torch\nimport torch.nn as nn\nfrom torch.nn import functional as F\nf = torch.relu"


def violations(body: str, extra: str = "") -> tuple[tuple[str, int | None, int | None], ...]:
    """What is found in a ReLU whose forward is `body`: thing, cell, line."""
    sources = (IMPORTS, f"class ReLU:\n    def forward(self, x):\n        return {body}\n", extra)
    found = check_rules([RULE], [Cell(number=n, index=n, source=source) for n, source in enumerate(sources, 1)])
    return tuple((v.thing, v.cell, v.line) for v in found.get("relu", ()))


@pytest.mark.parametrize(
    ("body", "thing"),
    [
        ("nn.ReLU()(x)", "torch.nn.ReLU"),
        ("F.relu(x)", "torch.nn.functional.relu"),
        ("torch.relu(x)", "torch.relu"),
        ("f(x)", "torch.relu"),
        ("getattr(torch, 'relu')(x)", "torch.relu"),
        ("x.relu()", "torch.Tensor.relu"),
        ("x.sum().backward()", "torch.Tensor.backward"),
    ],
)
def test_a_forbidden_thing_is_named_with_cell_and_line(body: str, thing: str) -> None:
    """Renaming an import, or asking by string, does not hide it."""
    assert violations(body) == ((thing, 2, 3),)


@pytest.mark.parametrize("body", ["torch.clamp(x, min=0)", "self.inner.backward(x)", "self.relu(x)", "'torch.nn.ReLU'"])
def test_what_is_allowed_is_let_be(body: str) -> None:
    """Basic operations, the student's own methods, and words in a string break no rule."""
    assert violations(body) == ()


def test_a_helper_is_looked_into() -> None:
    """Moving the forbidden call to a function outside the class does not hide it."""
    assert violations("helper(x)", "def helper(x):\n    return F.relu(x)") == (("torch.nn.functional.relu", 3, 2),)


def test_what_is_assigned_to_a_class_is_looked_into() -> None:
    """A method that comes in a later cell obeys the rules of its class, and one of the student's other objects does not."""
    assert violations("x", "def later(self, x):\n    return F.relu(x)\nReLU.backward = later") == (
        ("torch.nn.functional.relu", 3, 2),
    )
    assert violations("x", "def later(self, x):\n    return F.relu(x)\nother = object()\nother.backward = later") == ()


def test_a_class_that_derives_from_its_own_former_self_is_looked_into_as_a_whole() -> None:
    """Methods of `class ReLU(ReLU)` and of the class before it are both the answer."""
    assert violations("F.relu(x)", "class ReLU(ReLU):\n    pass") == (("torch.nn.functional.relu", 2, 3),)
    assert violations("F.relu(x)", "class ReLU:\n    pass") == ()


def test_a_class_of_the_students_own_is_not_what_was_imported_under_its_name() -> None:
    """`from torch.nn import ReLU` in the set-up forbids nothing to the class that takes the name afterwards."""
    sources = ("from torch.nn import ReLU", "class ReLU:\n    def __init__(self):\n        super(ReLU, self).__init__()")
    assert check_rules([RULE], [Cell(number=n, index=n, source=source) for n, source in enumerate(sources, 1)]) == {}


def test_what_only_names_a_type_is_let_be() -> None:
    """Annotations and `isinstance` use no layer; one that is made inside of them is found."""
    for head in ("(self, x: nn.Module)", "(self, x) -> list[nn.Module]"):
        source = f"import torch.nn as nn\nclass ReLU:\n    def forward{head}:\n        return x"
        assert check_rules([RULE], [Cell(number=1, index=1, source=source)]) == {}, source
    assert violations("isinstance(x, nn.ReLU)") == ()
    assert violations("isinstance(x, type(nn.ReLU()(x)))") == (("torch.nn.ReLU", 2, 3),)


def test_a_local_variable_is_not_the_function_of_the_same_name() -> None:
    """A method that names its result like a function elsewhere does not use that function."""
    helper = "def out(x):\n    return F.relu(x)"
    assert violations("[out for out in [x]]", helper) == ()
    assert violations("out(x)", helper) == (("torch.nn.functional.relu", 3, 2),)


def test_a_method_of_the_students_own_class_is_followed_and_not_taken_for_a_tensors() -> None:
    """`Maths.relu` may be called anything, and must itself obey."""
    own = "class Maths:\n    @staticmethod\n    def relu(x):\n        return {}"
    assert violations("Maths.relu(x)", own.format("torch.clamp(x, min=0)")) == ()
    assert violations("Maths.relu(x)", own.format("F.relu(x)")) == (("torch.nn.functional.relu", 3, 4),)


@pytest.mark.parametrize(
    "body",
    [
        "getattr(torch, 're' + 'lu')(x)", "getattr(torch, f'{chr(114)}elu')(x)", "torch.__dict__['re' 'lu'](x)",
        "vars(torch)['relu'](x)", "getattr(sys.modules['torch'], name)(x)", "getattr(__import__('torch'), name)(x)",
        "importlib.import_module('torch.nn').ReLU()(x)", "torch.__dict__[name](x)",
    ],
)  # fmt: skip
def test_a_name_that_is_made_up_while_the_code_runs_is_found(body: str) -> None:
    """It may mean anything, also what turns off the watch over calls."""
    assert len(violations(body, "import importlib, sys")) == 1


@pytest.mark.parametrize(
    "body",
    ["getattr(self, 're' + 'lu')(x)", "getattr(torch, 'maxi' + 'mum')(x, x)", "getattr(self.kind, name)", "self.__dict__[x]"],
)
def test_a_made_up_name_of_something_else_is_let_be(body: str) -> None:
    """Only torch's modules hold what is forbidden, and what can be read from the source is read."""
    assert violations(body) == ()

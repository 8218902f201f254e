"""A training cell is cut short by its own numbers, and by nothing else in it."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from autograder.grading.literals import replace_literals

CAP = {"epochs": 2, "lr": 0.5}


@pytest.mark.parametrize(
    ("source", "replaced"),
    [
        ("epochs = 10", "epochs = 2"),
        ("epochs = 1_000  # long", "epochs = 2  # long"),
        ("epochs = 1e3", "epochs = 2"),
        ("epochs: int = 10", "epochs: int = 2"),
        ("epochs = 10; lr = 0.9", "epochs = 2; lr = 0.5"),
        ("epochs = n = 10", "epochs = n = 10; epochs = 2"),
        ("self.epochs = epochs = 10  # long", "self.epochs = epochs = 10; epochs = 2  # long"),
        ("epochs = int(1e3)", "epochs = 2"),
        ("if True:\n    epochs = 10\n", "if True:\n    epochs = 2\n"),
        ("def f():\n    epochs = 10", "def f():\n    epochs = 2"),
        ("s = 'ü€'; epochs = 10; t = 'ü'", "s = 'ü€'; epochs = 2; t = 'ü'"),
        ("\n\nepochs = 10\r\nx = 1", "\n\nepochs = 2\r\nx = 1"),
        ("s = 'a\\\nb'\nepochs = 10", "s = 'a\\\nb'\nepochs = 2"),
        ("x = '\x0c'\nepochs = 10", "x = '\x0c'\nepochs = 2"),
        ("x = 1\x0c\nepochs = 10", "x = 1\x0c\nepochs = 2"),
        ("x = '\u2028'\nepochs = 10", "x = '\u2028'\nepochs = 2"),
        (" epochs = 10", " epochs = 2"),
        ("%time epochs = 10; lr = 0.9", "%time epochs = 2; lr = 0.5"),
        ("  epochs = 10\n  for i in range(3):\n    lr = 0.9", "  epochs = 2\n  for i in range(3):\n    lr = 0.5"),
        ("%time x = 1\nepochs = 10", "%time x = 1\nepochs = 2"),
        ("!echo \ud800\nepochs = 10", "!echo \ud800\nepochs = 2"),
        ("!pip install x\nepochs = 10", "!pip install x\nepochs = 2"),
    ],
)
def test_a_number_that_is_larger_is_replaced(source: str, replaced: str) -> None:
    """At any depth; the rest of the text, and so every line number, stays."""
    assert replace_literals(source, CAP) == replaced


@pytest.mark.parametrize(
    "source",
    [
        "epochs = n = 2", "epochs = int(n)",
        "epochs = 1", "epochs = 2", "epochs = -5", "epochs = True", "epochs = '10'", "epochs = n", "epochs = 5 + 5",
        "epochs = None", "epochs, n = 10, 2", "self.epochs = 10", "x['epochs'] = 10", "epochs == 10",
        "epochs += 10", "train(epochs=10)", "n_epochs = 10", "# epochs = 10",
        "s = 'epochs = 10'", "epochs = (", "", "epochs = 10j", "\0",
    ],
)  # fmt: skip
def test_anything_else_is_left_alone(source: str) -> None:
    """Smaller numbers, other names, expressions, text, and what does not parse."""
    assert replace_literals(source, CAP) == source


@given(st.text())
def test_no_text_is_an_error(source: str) -> None:
    """Whatever a student's cell holds."""
    assert isinstance(replace_literals(source, CAP), str)

"""A slip that leaves no doubt what was meant costs nothing; what else is wrong with a cell stays as it is."""

from __future__ import annotations

import ast

import pytest

from autograder.submissions.salvage import salvage

LAYER = """\
class Linear:
    def forward(self, x):
        y = x - 1
        return y

    def backward(self, d):
        return d
"""
BOTH = """\
<<<<<<< HEAD
        y = x - 1
=======
        y = -1 + x
>>>>>>> mine
"""


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ("        y =", "\u00a0" * 8 + "y =", "U+00A0"),
        ("y = x", "\u200by = x", "U+200B"),
        ("x - 1", "x \u2212 1", "U+2212"),
        ("(self, d)", "\uff08self\uff0c d\uff09", "U+FF08, U+FF0C, U+FF09"),
        ("return d\n", "print(\u201cd\u201d)\n        return d\n", "U+201C, U+201D"),
        ("return d\n", "\u201c\u201d\u201dwhy\u201d\u201d\u201d\n        return d\n", "U+201C, U+201D"),
        ("return d\n", "print 'd is', d  # a look\n        return d\n", "`print` was given its parentheses"),
        ("class Linear:", "class Linear", "a colon was added"),
        ("(self, d):", "(self, d)  # what about ':'?", "a colon was added"),
        ("        y = x - 1\n", BOTH, "one side of a merge"),
    ],
)
def test_a_slip_is_put_right_and_told(old: str, new: str, said: str) -> None:
    """The class does all that it did before, on the same lines, and a few words say what was done."""
    source = LAYER.replace(old, new)
    assert source != LAYER
    left = salvage(source)
    assert left is not None and left.losses == () and said in "; ".join(left.mended)
    assert left.source.count("\n") == source.count("\n")
    space: dict[str, type] = {}
    exec(compile(left.source, "cell", "exec"), space)
    layer = space["Linear"]()
    assert layer.forward(4) == 3 and layer.backward(5) == 5


@pytest.mark.parametrize(
    "line", ["if x", "else", "elif x > '#'", "try", "except ValueError", "finally", "with open('a') as f", "while x  # on"]
)
def test_a_colon_is_added_to_every_kind_of_line(line: str) -> None:
    """Before a comment, and for parts that do not stand alone."""
    above = {"el": "if 1:\n    pass\n", "ex": "try:\n    pass\n", "fi": "try:\n    pass\n"}.get(line[:2], "")
    below = "\nfinally:\n    pass" if line == "try" else ""
    left = salvage(f"{above}{line}\n    pass{below}")
    assert left is not None and left.losses == () and len(left.mended) == 1
    ast.parse(left.source)


@pytest.mark.parametrize("source", ["text = '\u201chi\u201d\u00a0\u2212'", "print('<<<<<<< HEAD')\n", LAYER])
def test_a_cell_that_parses_keeps_its_characters(source: str) -> None:
    """Odd characters in texts are the student's own."""
    assert salvage(source) is None


def test_what_else_is_broken_is_left_out_all_the_same() -> None:
    """A slip in one method, and a method beyond help: both are told, and what parses is kept."""
    left = salvage(LAYER.replace("x - 1", "x \u2212 1").replace("return d", "return d +"))
    assert left is not None and left.mended and [loss.what for loss in left.losses] == ["the method `Linear.backward`"]
    ast.parse(left.source)


def test_a_class_that_a_line_at_the_margin_cuts_in_two_keeps_its_other_methods() -> None:
    """The method that holds the line is lost, and those below it are not."""
    left = salvage(LAYER.replace("        y =", "y ="))
    assert left is not None and [loss.what for loss in left.losses] == ["the method `Linear.forward`"]
    space: dict[str, type] = {}
    exec(compile(left.source, "cell", "exec"), space)
    assert space["Linear"]().backward(5) == 5

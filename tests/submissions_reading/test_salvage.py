"""A cell that does not parse loses the part that does not, and nothing else."""

from __future__ import annotations

import ast

import pytest

from autograder.submissions.salvage import rest_below, salvage, without_line

LAYER = """class Linear:
    size = 3

    def forward(self, x):
        return x +

    @property
    def width(self):
        return (1,
                2)

    def backward(self, d):
        return d

layer = Linear()
"""


def run(source: str) -> dict[str, object]:
    """The names that a source defines."""
    space: dict[str, object] = {}
    exec(compile(source, "cell", "exec"), space)
    return space


def test_a_class_keeps_its_good_methods_on_their_lines() -> None:
    """The broken one is named with its line, and says why it is not there when it is called."""
    left = salvage(LAYER)
    assert left is not None
    assert [(loss.what, loss.line) for loss in left.losses] == [("the method `Linear.forward`", 5)]
    layer: object = run(left.source)["layer"]
    assert getattr(layer, "backward")(7) == 7 and getattr(layer, "width") == (1, 2)  # noqa: B009  # of a class made at run time
    with pytest.raises(NotImplementedError, match=r"Linear\.forward was left out, because line 5"):
        getattr(layer, "forward")(1)  # noqa: B009
    kept = LAYER.split("\n")
    assert [at for at, line in enumerate(left.source.split("\n")) if line != kept[at]] == [3, 4]


@pytest.mark.parametrize(
    ("source", "lost", "defined"),
    [
        ("print('a'\nlayer = 3\n", ["line 1"], {"layer"}),
        ("net = [\n1,\n2\n]\ndef f(:\n    pass\nx = 1", ["the function `f`"], {"net", "f", "x"}),
        ("for i in range(3:\n    print(i)\nz = 3", ["the lines 1 to 2"], {"z"}),
        ("def f():\n    '''text\n    return 1\n\nclass B:\n    def g(self): return 1\n", ["the function `f`"], {"f", "B"}),
        ("@staticmethod\ndef f(:\n    pass\nx = 1", ["the function `f`"], {"f", "x"}),
        ("class C(\n    pass\n\nx = 1", ["the class `C`"], {"x"}),
        ("%matplotlib inline\nx = (\n!ls\ny = 2", ["line 2"], {"y"}),
        ("y = \nx = 1", ["line 1"], {"x"}),
        ("class A:\n    def f(self):\n        return 1\n    y = \n    def g(self):\n        return 2", ["line 4"], {"A"}),
    ],
)
def test_each_statement_stands_for_itself(source: str, lost: list[str], defined: set[str]) -> None:
    """Whatever is broken in one, the others are kept."""
    left = salvage(source)
    assert left is not None and [loss.what for loss in left.losses] == lost
    plain = "\n".join("" if line.startswith(("%", "!")) else line for line in left.source.split("\n"))
    names = {name.id for name in ast.walk(ast.parse(plain)) if isinstance(name, ast.Name) and isinstance(name.ctx, ast.Store)}
    names |= {node.name for node in ast.parse(plain).body if isinstance(node, (ast.FunctionDef, ast.ClassDef))}
    assert names == defined


def test_a_method_that_is_indented_a_little_too_much_or_too_little_is_moved() -> None:
    """One or two spaces are a slip of the hand; the method is the class's all the same."""
    for space in ("   ", "     "):
        left = salvage(f"class A:\n    def f(self):\n        return 1\n{space}def g(self):\n{space}    return 2\n")
        assert left is not None and left.losses == ()
        assert run(left.source + "\nvalue = A().g()")["value"] == 2


def test_tabs_and_spaces_are_put_in_order() -> None:
    """Mixed ones are the same as spaces, as most editors show them."""
    left = salvage("class A:\n\tdef f(self):\n        return 1\n")
    assert left is not None and left.reindented and left.losses == ()
    assert run(left.source + "\nvalue = A().f()")["value"] == 1


@pytest.mark.parametrize("source", ["x = 1", " x = 1\n y = 2", "%%time\nx = 1", "!pip install torch", "await f()", "x?", ""])
def test_what_parses_is_left_alone(source: str) -> None:
    """Also what only IPython understands."""
    assert salvage(source) is None


def test_what_parses_and_does_not_compile_goes_by_its_line() -> None:
    """A `return` at the left margin costs itself, one method's mistake that method."""
    left = without_line("a = 1\nreturn a\nb = 2", 2)
    assert left is not None and left.source == "a = 1\n\nb = 2"
    left = without_line("class A:\n    def f(self):\n        nonlocal x\n    def g(self):\n        return 1", 3)
    assert left is not None and left.losses[0].what == "the method `A.f`"
    assert run(left.source + "\nvalue = A().g()")["value"] == 1
    assert without_line("return 1", 1) is None


def test_a_margin_of_the_first_line_alone_is_taken_off() -> None:
    """A cell that was pasted behind a blank runs whole, though Python and recent versions of IPython refuse it."""
    left = salvage(" class Linear:\n    size = 3\n\nlayer = Linear()\n")
    assert left is not None and left.reindented and not left.losses
    assert run(left.source)["layer"].size == 3  # type: ignore[attr-defined]
    assert salvage("    x = 1\n    y = 2\n") is None


def below(source: str, line: int) -> str | None:
    """What is run of a cell below the line on which it raised."""
    rest = rest_below(source, line)
    return rest.source if rest is not None else None


def test_imports_below_the_line_that_raised_are_run() -> None:
    """On their own lines; whatever else stands there is left out, and so are imports above it or inside of something."""
    source = "import a\nopen('x')\n!pip install b\nfrom c import (\n    d,\n)\nprint(1)\ndef f():\n    import g\nimport h"
    assert below(source, 2) == "#\n#\n#\nfrom c import (\n    d,\n)\n#\n#\n#\nimport h"
    assert below(source, 11) is None
    assert below("  open('x')\n  import a", 1) == "  #\n  import a"


def test_what_is_below_an_assertion_is_run() -> None:
    """All of it: an assertion on the machine does no work. One inside of something else is that thing's."""
    source = "import a\nassert cuda(\n)\n\n%matplotlib inline\ndevice = 'cuda'\nprint(device)"
    assert below(source, 2) == below(source, 3) == "#\n#\n#\n#\n%matplotlib inline\ndevice = 'cuda'\nprint(device)"
    assert below("for a in b:\n    assert a\nc = 1", 2) is None
    assert below("a = 1\nassert a", 2) is None

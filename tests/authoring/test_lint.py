"""The linter finds what Otter would pass in silence, what a grader with remote handles cannot do, and nothing else."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import nbformat
import pytest

from autograder.authoring.lint import Finding, lint
from autograder.authoring.lint_blocks import Part
from autograder.authoring.lint_solutions import strip

KERNEL = {"kernelspec": {"name": "python3", "display_name": "Python 3", "language": "python"}}

CONFIG = "# ASSIGNMENT CONFIG\ninit_cell: false\nexport_cell: false\ngenerate: false\ntests:\n  ok_format: false"
SOLUTION = """\
class Double:
    def forward(self, x):
        y = 2 * x # SOLUTION
        # BEGIN SOLUTION NO PROMPT
        assert y is not x
        # END SOLUTION
        return y"""


def case(*body: str, settings: str = "", points: str = "points: 1", name: str = "test_more") -> str:
    """A test cell: configuration on lines 1 to 5 (one more for each line of `settings`), then the function of `Double`."""
    config = [points, "success_message: It doubles.", "failure_message: Look at the factor.", *filter(None, settings.split("\n"))]
    lines = ['""" # BEGIN TEST CONFIG', *config, '""" # END TEST CONFIG', f"def {name}(Double):", '    """Doubles."""']
    return "\n".join([*lines, *(f"    {line}" for line in body)])


PUBLIC = case("assert Double().forward(3) == 6", name="test_three")
HIDDEN = case("assert Double().forward(4) == 8", settings="hidden: true", name="test_four")

# Cells by their numbers, as an instructor counts them.
CLEAN: dict[int, tuple[str, str]] = {
    1: ("raw", CONFIG),
    2: ("markdown", "# Doubling\n\nThere is one solution."),
    3: ("code", "%matplotlib inline\nimport torch  # a solution needs no more"),
    4: ("raw", "# BEGIN QUESTION\nname: double\npoints: 2"),
    5: ("markdown", "Write a class that doubles."),
    6: ("raw", "# BEGIN SOLUTION"),
    7: ("code", SOLUTION),
    8: ("raw", "# END SOLUTION"),
    9: ("raw", "# BEGIN TESTS"),
    10: ("code", PUBLIC),
    11: ("code", HIDDEN),
    12: ("raw", "# END TESTS"),
    13: ("raw", "# END QUESTION"),
    14: ("code", "Double().forward(torch.ones(2))"),
}
SECOND = {
    15: ("raw", "# BEGIN QUESTION\nname: double"),
    16: ("raw", "# BEGIN TESTS"),
    17: ("code", PUBLIC),
    18: ("raw", "# END TESTS"),
    19: ("raw", "# END QUESTION"),
}


def notebook(changes: dict[int, Any] | None = None) -> Any:
    """The clean notebook with other sources (or type and source) in some cells; None takes a cell out."""
    cells = dict(CLEAN)
    for number, change in (changes or {}).items():
        if change is None:
            del cells[number]
        else:
            cells[number] = change if isinstance(change, tuple) else (cells[number][0], change)
    make = {"raw": nbformat.v4.new_raw_cell, "code": nbformat.v4.new_code_cell, "markdown": nbformat.v4.new_markdown_cell}
    return nbformat.v4.new_notebook(metadata=KERNEL, cells=[make[kind](source) for _, (kind, source) in sorted(cells.items())])


def found(changes: dict[int, Any]) -> list[tuple[str, int, int | None, str]]:
    """What the linter finds, without the messages."""
    return [(finding.code, finding.cell, finding.line, finding.severity) for finding in lint(notebook(changes))]


def test_a_clean_notebook_has_no_findings() -> None:
    """A notebook that is fit to be handed out passes without a word, magics and the word "solution" in prose included."""
    assert lint(notebook()) == ()


@pytest.mark.parametrize(
    "changes",
    [
        {2: "# Doubling\n\n```otter\n# IGNORE\n```"},
        {4: ("markdown", "```otter\n# BEGIN QUESTION\nname: double\n```\n\nText that belongs to the question.")},
        {10: PUBLIC + "\n\ntest_three(Double)"},
        {7: "x = 1 #SOLUTION\nif x: # SOLUTION NO PROMPT\n    print(x) # SOLUTION NO PROMPT\n[x]"},
        {7: 'y = 2 # SOLUTION NO PROMPT\n""" # BEGIN PROMPT\ny = ...\n""" # END PROMPT'},
        {7: "# BEGIN SOLUTION\nfor x in range(3):\n    print(x)\n# END SOLUTION"},
        {14: "# IGNORE\nx = 1 # SOLUTION"},
        {1: CONFIG + "\nstrip_solutions_from_all_cells: true", 14: "x = 1 # SOLUTION"},
        {4: "# BEGIN QUESTION\nname: double\nmanual: true", 10: None, 11: None, 9: None, 12: None},
    ],
    ids=["fences", "fenced question", "call", "marks", "prompt", "block", "ignored", "everywhere", "manual"],
)
def test_what_otter_allows_is_let_be(changes: dict[int, Any]) -> None:
    """Every way of marking up a notebook that Otter documents and handles well is accepted."""
    assert found(changes) == []


@pytest.mark.parametrize(
    "body",
    [
        ["import torch", "import math, itertools", "import matplotlib.pyplot as plt", "assert Double() is not None"],
        ["layer = Double()", "layer.factor = 3", "assert not hasattr(layer, 'bias') and repr(layer)"],
        ["import torch", "assert isinstance(torch.ones(1), torch.Tensor) and type(3) is int"],
        ["from copy import deepcopy", "values = [1, 2]", "assert deepcopy(values) == values"],
        ["def helper(y):", "    return [z for z in y if z]", "assert helper([Double().forward(1)])"],
        ["class Point:", "    size = 2", "    def get(self):", "        return self.size", "assert Point().get() == 2"],
        ["try:", "    Double().forward('x')", "except ValueError as error:", "    assert str(error)"],
    ],
)
def test_what_a_handle_can_do_is_let_be(body: list[str]) -> None:
    """Calls, attributes and comparisons of student objects, and anything at all with the test's own objects, are fine."""
    assert found({10: case(*body)}) == []


def test_student_side_code_may_use_isinstance() -> None:
    """What runs beside the student's objects meets the objects themselves; only the test around it has handles."""
    body = ["from autograder import checks", "@checks.student_side", "def probe(Double):", "    import pickle"]
    body += ["    return isinstance(Double, type) and pickle.dumps(Double)", "assert probe(Double)"]
    assert found({11: case(*body, settings="hidden: true")}) == []


STUDENT_SIDE = ["from autograder import checks", "import math", "@checks.student_side", "class Probe:", "    def get(self):"]

TRAPS: dict[str, tuple[dict[int, Any], str, int, int | None]] = {
    # the notebook
    "no config": ({1: ("markdown", "Hello")}, "ok-format", 10, None),
    "ok format": ({1: "# ASSIGNMENT CONFIG\ngenerate: false"}, "ok-format", 1, None),
    "ok format as text": ({1: CONFIG.replace("false", "'false'")}, "ok-format", 1, None),
    "config is no yaml": ({4: "# BEGIN QUESTION\nname: double\npoints: 2: 3"}, "bad-config", 4, 3),
    "config is a list": ({4: "# BEGIN QUESTION\n- name"}, "bad-config", 4, 1),
    "late config": ({14: ("raw", CONFIG)}, "config-late", 14, None),
    # blocks
    "no end question": ({13: None}, "unclosed-block", 4, 1),
    "question in question": ({13: None, **SECOND, 15: ("raw", "# BEGIN QUESTION\nname: other")}, "unclosed-block", 4, 1),
    "no end tests": ({12: None}, "unclosed-block", 9, 1),
    "no end solution": ({8: None}, "unclosed-block", 6, 1),
    "no begin": ({14: ("raw", "# END TESTS")}, "unopened-block", 14, None),
    "block outside": ({14: ("raw", "# BEGIN PROMPT"), 15: ("raw", "# END PROMPT")}, "outside-question", 14, None),
    "fence": ({2: "Hello\n```otter\n# IGNORE"}, "unclosed-fence", 2, 2),
    "typo in a marker": ({14: ("raw", "#BEGIN TESTS")}, "marker-typo", 14, 1),
    "marker not first": ({13: "# END QUESTION\n# BEGIN QUESTION"}, "marker-typo", 13, 2),
    "marker in code": ({14: "# BEGIN TESTS"}, "marker-cell-type", 14, 1),
    "marker in markdown": ({2: "Hello\n# BEGIN QUESTION"}, "marker-cell-type", 2, 2),
    "ignored": ({3: "# Ignore the warnings\nimport torch"}, "ignored-cell", 3, 1),
    "ignored markdown": ({2: "# Ignored values\nThere are some."}, "ignored-cell", 2, 1),
    # questions
    "no name": ({4: "# BEGIN QUESTION"}, "question-name", 4, 1),
    "name is a number": ({4: "# BEGIN QUESTION\nname: 1"}, "question-name", 4, 2),
    "name is a truth": ({4: "# BEGIN QUESTION\npoints: 2\nname: yes"}, "question-name", 4, 3),
    "name with a dash": ({4: "# BEGIN QUESTION\nname: double-it"}, "question-name", 4, 2),
    "name is a keyword": ({4: "# BEGIN QUESTION\nname: class"}, "question-name", 4, 2),
    "same name": (SECOND, "duplicate-question", 15, 2),
    "points do not add up": ({4: "# BEGIN QUESTION\nname: double\npoints: 3"}, "points-sum", 4, 3),
    "points each do not add up": ({4: "# BEGIN QUESTION\nname: double\npoints: {each: 2}"}, "points-sum", 4, 3),
    "points are words": ({4: "# BEGIN QUESTION\nname: double\npoints: two"}, "points-invalid", 4, 3),
    "no points": (
        {4: "# BEGIN QUESTION\nname: double", 10: case("assert Double()", points="hidden: false")}, "points-missing", 10, 1,
    ),
    "seed line": ({3: "import torch\ntorch.manual_seed(1)  # SEED"}, "seed-line", 3, 2),
    "points are true": ({10: case("assert Double()", points="points: true")}, "points-invalid", 10, 2),
    "no tests": ({4: "# BEGIN QUESTION\nname: double\npoints: 2", 9: None, 10: None, 11: None, 12: None}, "no-tests", 4, None),
    # test cells
    "hidden by accident": (
        {4: "# BEGIN QUESTION\nname: double\nmanual: true", 10: "# hidden layers\ndef test_layers(Double):\n    assert Double"},
        "accidental-hidden", 10, 1,
    ),
    "config second": ({10: "# HIDDEN\n" + PUBLIC}, "config-not-first", 10, 2),
    "config in single quotes": ({10: PUBLIC.replace('"""', "'''")}, "config-not-first", 10, 1),
    "config without end": ({10: PUBLIC.replace('""" # END TEST CONFIG', '"""')}, "bad-config", 10, 1),
    "hidden as text": ({10: case("assert Double()", settings="hidden: 'no'")}, "bad-config", 10, 5),
    "unknown key": ({10: case("assert Double()", settings="hiden: true")}, "unknown-key", 10, 5),
    "quote": ({10: PUBLIC.replace("It doubles.", 'Say "two".')}, "broken-message", 10, 3),
    "backslash": ({10: PUBLIC.replace("It doubles.", r"Say \two.")}, "broken-message", 10, 3),
    "newline": ({10: PUBLIC.replace("It doubles.", ">\n  It doubles.")}, "broken-message", 10, 3),
    "message is true": ({10: PUBLIC.replace("It doubles.", "yes")}, "bad-config", 10, 3),
    "message is cut": ({10: PUBLIC.replace("It doubles.", "See # 3")}, "cut-message", 10, 3),
    "two functions": ({10: PUBLIC + "\ndef test_five(Double):\n    assert Double()"}, "test-cell", 10, 9),
    "import first": ({10: PUBLIC.replace("def ", "import torch\ndef ")}, "test-cell", 10, 6),
    "no function": ({10: PUBLIC.split("def ")[0]}, "test-cell", 10, 1),
    "prose among tests": ({10: ("markdown", "Hi."), 11: PUBLIC.replace("points: 1", "points: 2")}, "test-cell", 10, None),
    "broken test": ({10: PUBLIC + "("}, "syntax-error", 10, 8),
    "same function": ({11: PUBLIC}, "duplicate-test", 11, 6),
    "otter's function": ({10: case("assert Double()", name="points")}, "duplicate-test", 10, 6),
    "default": ({10: PUBLIC.replace("(Double)", "(Double=None)")}, "test-signature", 10, 6),
    "star": ({10: PUBLIC.replace("(Double)", "(Double, *more)")}, "test-signature", 10, 6),
    "environment": ({10: PUBLIC.replace("(Double)", "(Double, env)")}, "test-signature", 10, 6),
    "decorator": ({10: PUBLIC.replace("def ", "@staticmethod\ndef ")}, "test-signature", 10, 6),
    # solutions
    "orphan": ({7: "for x in [1]: # SOLUTION\n    print(x) # SOLUTION"}, "orphaned-body", 7, 1),
    "orphan in a class": ({7: "class D:\n    def f(x): # SOLUTION NO PROMPT\n        x # SOLUTION"}, "orphaned-body", 7, 2),
    "begin without end": ({7: "x = 1\n# BEGIN SOLUTION\ny = 2"}, "unbalanced-solution", 7, 2),
    "end without begin": ({7: "x = 1 # SOLUTION\n# END SOLUTION"}, "unbalanced-solution", 7, 2),
    "begin twice": ({7: "# BEGIN SOLUTION\nx = 1\n# BEGIN SOLUTION\n# END SOLUTION"}, "unbalanced-solution", 7, 1),
    "prompt without end": ({7: "x = 1 # SOLUTION\n# BEGIN PROMPT"}, "unbalanced-prompt", 7, 2),
    "ignore without end": ({7: "x = 1 # SOLUTION\n# BEGIN IGNORE"}, "unbalanced-ignore", 7, 2),
    "not marked": ({7: "x = 1"}, "solution-not-stripped", 7, None),
    "outside a block": ({14: "x = 1\ny = 2 # SOLUTION"}, "solution-outside-block", 14, 2),
    "several lines": ({7: "x = max( # SOLUTION\n    1, 2)"}, "template-syntax", 7, 2),
    "broken": ({14: "x = ("}, "syntax-error", 14, 1),
    "small letters": ({7: SOLUTION + "\nz = 3 # solution"}, "marker-typo", 7, 8),
    "two spaces": ({7: SOLUTION + "\nz = 3 #  SOLUTION"}, "marker-typo", 7, 8),
    "no space": ({7: SOLUTION + "\n#BEGIN SOLUTION\nz = 3"}, "marker-typo", 7, 8),
    "no space, no prompt": ({7: "x = 1 #SOLUTION NO PROMPT"}, "marker-typo", 7, 1),
    "misspelt": ({7: SOLUTION + "\nz = 3 # SOLUTOIN"}, "marker-typo", 7, 8),
    "mark behind code": ({14: "x = 1 # BEGIN SOLUTION"}, "marker-typo", 14, 1),
    # test functions
    "notebook's import": ({10: case("x = 1", "assert torch.equal(Double().forward(x), 2 * x)")}, "unknown-name", 10, 9),
    "notebook's variable": ({10: case("assert [layer for y in [1]] or layer")}, "unknown-name", 10, 8),
    "annotation": ({10: PUBLIC.replace("(Double)", "(Double: torch.Tensor)")}, "unknown-name", 10, 6),
    "other test": ({10: case("test_four(Double)")}, "global-state", 10, 8),
    "global": ({10: case("global seen", "seen = 3")}, "global-state", 10, 8),
    "changed module": ({10: case("import torch", "torch.seen = 3")}, "global-state", 10, 9),
    "default dtype": ({10: case("import torch", "torch.set_default_dtype(torch.float64)")}, "global-state", 10, 9),
    "grader in public": ({10: case("from autograder import checks", "checks.require(Double)")}, "public-import", 10, 8),
    "otter in public": ({10: case("import math, otter.utils")}, "public-import", 10, 8),
    "pickle": ({10: case("import pickle", "pickle.dumps(Double)")}, "pickle", 10, 8),
    "pickle in hidden": ({11: case("from pickle import dumps", settings="hidden: true")}, "pickle", 11, 9),
    "isinstance": ({10: case("assert isinstance(3, Double)")}, "remote-isinstance", 10, 8),
    "isinstance of several": ({10: case("assert isinstance(3, (int, Double))")}, "remote-isinstance", 10, 8),
    "issubclass": ({10: case("assert issubclass(Double, object)")}, "remote-isinstance", 10, 8),
    "type": ({10: case("assert type(Double).__name__")}, "remote-type", 10, 8),
    "class": ({10: case("assert Double.__class__")}, "remote-type", 10, 8),
    "is": ({10: case("x = 3", "assert x is not Double")}, "remote-identity", 10, 9),
    "copy": ({10: case("import copy", "copy.deepcopy(Double)")}, "remote-copy", 10, 9),
    "copy itself": ({10: case("from copy import deepcopy as twin", "twin(Double)")}, "remote-copy", 10, 9),
    "closure": (
        {11: case(*STUDENT_SIDE, "        return math.pi", "assert Probe", settings="hidden: true")},
        "student-side-closure", 11, 14,
    ),
}  # fmt: skip


@pytest.mark.parametrize(("changes", "code", "cell", "line"), TRAPS.values(), ids=TRAPS)
def test_each_trap_is_found_where_it_is(changes: dict[int, Any], code: str, cell: int, line: int | None) -> None:
    """A mistake gives one error, which names the kind, the cell as counted in Jupyter, and the line in it."""
    errors = [finding[:3] for finding in found(changes) if finding[3] == "error"]
    assert errors == [(code, _position(cell, changes), line)]


def _position(cell: int, changes: dict[int, Any]) -> int:
    """Number of a cell once cells before it are taken out."""
    return cell - sum(1 for number, change in changes.items() if change is None and number < cell)


WARNINGS: dict[str, tuple[dict[int, Any], str, int, int | None]] = {
    "list of points": (
        {4: "# BEGIN QUESTION\nname: double\npoints: [1, 5]", 10: HIDDEN, 11: PUBLIC.replace("points: 1", "points: 5")},
        "points-list", 4, 3,
    ),
    "no config": (
        {1: ("markdown", "Hello"), 10: "# HIDDEN\nassert Double().forward(3) == 6", 11: "Double().forward(4) == 8"},
        "no-config", 1, None,
    ),
    "no points at all": (
        {
            4: "# BEGIN QUESTION\nname: double", 11: None,
            10: case("assert Double()", points="hidden: false"),
        },
        "points-missing", 10, 1,
    ),
    "plugins": ({1: CONFIG + "\nplugins: [otter.plugins.builtin.RateLimiting]"}, "not-here", 1, None),
    "only hidden": ({10: PUBLIC.replace("points: 1", "points: 1\nhidden: true")}, "only-hidden-tests", 4, None),
    "no message": ({10: PUBLIC.replace("success_message: It doubles.", "hidden: false")}, "no-message", 10, 1),
    "no title": ({10: PUBLIC.replace('"""Doubles."""', "pass")}, "no-title", 10, 6),
    "unknown key": ({4: "# BEGIN QUESTION\nname: double\npoint: 2"}, "unknown-key", 4, 3),
    "solution in a heading": ({5: "Text\n## Solution"}, "marker-typo", 5, 2),
    "solution in a comment": ({14: "# solution: multiply\nx = 1"}, "marker-typo", 14, 1),
    "isinstance": ({10: case("y = Double()", "assert isinstance(y.forward(1), int)")}, "remote-isinstance", 10, 9),
    "isinstance, unpacked": ({10: case("a, b = Double()", "assert isinstance(b, int)")}, "remote-isinstance", 10, 9),
    "isinstance, rebound": ({10: case("Double = 3", "assert isinstance(Double, int)")}, "remote-isinstance", 10, 9),
    "type": ({10: case("for y in Double.layers:", "    assert type(y)")}, "remote-type", 10, 9),
    "type of getattr": ({10: case("assert type(getattr(Double, 'x', None))")}, "remote-type", 10, 8),
    "is": ({10: case("y = [d.x is d.y for d in Double.layers]")}, "remote-identity", 10, 8),
    "changed parameter": ({10: case("Double.factor = 3")}, "global-state", 10, 8),
}


@pytest.mark.parametrize(("changes", "code", "cell", "line"), WARNINGS.values(), ids=WARNINGS)
def test_what_may_be_meant_is_a_warning(changes: dict[int, Any], code: str, cell: int, line: int | None) -> None:
    """What is doubtful, but can be right, is said and does not keep the notebook from being handed out."""
    assert found(changes) == [(code, cell, line, "warning")]


def test_saved_outputs_are_named_by_their_cells() -> None:
    """Saved outputs are pointed out once, with the numbers of all cells that hold some."""
    book = notebook()
    for number in (3, 14):
        book.cells[number - 1].outputs = [nbformat.v4.new_output("stream", text="hello")]
    (finding,) = lint(book)
    assert (finding.code, finding.cell, finding.severity) == ("saved-outputs", 3, "warning")
    assert "Cells 3, 14" in finding.message


def test_a_notebook_without_a_kernel_is_found() -> None:
    """Otter dies of a KeyError on such a notebook; here is said what to do."""
    book = notebook()
    del book.metadata["kernelspec"]
    assert [finding.code for finding in lint(book)] == ["no-kernel"]


@pytest.mark.parametrize("trap", [*TRAPS, *WARNINGS])
def test_messages_are_sentences_that_say_what_to_do(trap: str) -> None:
    """Every message is one line that ends with a full stop, and has the fix after a semicolon."""
    changes = (TRAPS | WARNINGS)[trap][0]
    for finding in lint(notebook(changes)):
        assert "; " in finding.message and finding.message.endswith(".") and "\n" not in finding.message


def test_findings_come_in_the_order_of_the_notebook() -> None:
    """The list can be worked through from top to bottom."""
    findings = lint(notebook({3: "x = (", 14: "y = (", 10: PUBLIC.replace("It", '"It'), 2: "# Ignored"}))
    assert [finding.cell for finding in findings] == sorted(finding.cell for finding in findings) == [2, 3, 10, 14]


@pytest.mark.parametrize(
    "cells",
    [
        [],
        [("raw", "")],
        [("code", "\x00")],
        [("markdown", "```otter\n```")],
        [("raw", "# END QUESTION")],
        [("raw", "# BEGIN QUESTION\nname: [1]\n2: 2020-99-99"), ("raw", "# BEGIN TESTS"), ("code", "(" * 500)],
    ],
)
def test_any_notebook_can_be_linted(cells: list[tuple[str, str]]) -> None:
    """An empty or mangled notebook gives findings, never a traceback."""
    book = notebook(dict.fromkeys(CLEAN) | dict(enumerate(cells, 100)))
    assert "no-config" in [finding.code for finding in lint(book)]
    assert all(isinstance(finding, Finding) for finding in lint(book))


STRIPPED = [
    SOLUTION,
    "x, y = f(3) # SOLUTION\nself.weight = 2 #SOLUTION\na[0]['b'] = 1 # SOLUTION\nx += 1 # SOLUTION\nreturn x # SOLUTION",
    "if a:\n    b # SOLUTION NO PROMPT\n    # BEGIN SOLUTION\n    c\n    # SOLUTION\n    # END SOLUTION\nd # SEED",
    '# BEGIN SOLUTION NO PROMPT\nx = 1\n# END SOLUTION\n""" # BEGIN PROMPT\nx = ...\n""" # END PROMPT\nz = 1 #SOLUTION NO PROMPT',
    "x # IGNORE\n# begin ignore\ny\n# END IGNORE\nz # solution",
]


@pytest.mark.slow
@pytest.mark.parametrize("source", STRIPPED)
def test_stripping_is_otters(source: str) -> None:
    """What the linter takes for the students' cell is what Otter gives them."""
    from otter.assign.solutions import remove_ignored_lines, replace_solutions

    kept = strip(Part(1, "code", tuple(source.split("\n"))), [])
    assert [line for _, line in kept] == replace_solutions(remove_ignored_lines(source.split("\n")), "python")


def assigned(changes: dict[int, Any], folder: Path) -> tuple[list[str], dict[str, str], dict[str, str]]:
    """What Otter makes of a notebook: the students' cells, the students' test files, all test files."""
    from otter.assign import main

    nbformat.write(notebook(changes), folder / "trap.ipynb")
    main(str(folder / "trap.ipynb"), str(folder / "out"), no_run_tests=True)
    student, full = (nbformat.read(folder / "out" / kind / "trap.ipynb", as_version=4) for kind in ("student", "autograder"))
    return [cell.source for cell in student.cells], dict(student.metadata.otter.tests), dict(full.metadata.otter.tests)


def loads(source: str) -> bool:
    """Whether Otter can read a test file that it wrote."""
    from otter.test_files.exception_test import ExceptionTestFile

    try:
        ExceptionTestFile.from_string(source)
    except Exception:
        return False
    return True


@pytest.mark.slow
def test_otter_makes_a_clean_notebook_as_promised(tmp_path: Path) -> None:
    """The notebook that the linter calls clean gives students their blanks, a check cell and the public test alone."""
    cells, student, full = assigned({}, tmp_path)
    assert "        y = ...\n        return y" in "\n".join(cells) and 'grader.check("double")' in cells
    assert loads(student["double"]) and loads(full["double"])
    assert "test_three" in student["double"] and "test_four" not in student["double"]
    assert "hidden=True" in full["double"] and "points=1" in full["double"]


@pytest.mark.slow
@pytest.mark.parametrize("trap", [
    "ignored", "orphan", "not marked", "outside a block", "small letters", "no space", "quote", "message is cut", "unknown key",
    "hidden as text", "hidden by accident", "two functions", "annotation", "notebook's import", "list of points", "only hidden",
    "no end question", "same function", "otter's function", "default",
])  # fmt: skip
def test_otter_still_passes_the_trap(trap: str, tmp_path: Path) -> None:
    """Each of these goes through Otter without a word; when one of them fails here, Otter has mended it and the rule can go."""
    changes = (WARNINGS | TRAPS)[trap][0]
    cells, student, full = assigned(changes, tmp_path)
    public, everything = student.get("double", ""), full.get("double", "")
    text = "\n".join(cells)
    symptoms = {
        "ignored": "import torch" not in text,
        "orphan": "...\n    ..." in text,
        "not marked": "x = 1" in cells,
        "outside a block": "y = 2 # SOLUTION" in text,
        "small letters": "z = 3 # solution" in text,
        "no space": "#BEGIN SOLUTION\nz = 3" in text,
        "quote": not loads(everything),
        "message is cut": '"See"' in everything,
        "unknown key": "hidden=True" not in everything.partition("test_more")[0],
        "hidden as text": "hidden=no" in everything and not loads(everything),
        "hidden by accident": "test_layers" not in public and "test_layers" in everything,
        "two functions": "test_five" not in everything,
        "annotation": not loads(everything),
        "notebook's import": "import torch" not in everything,
        "list of points": "points = [1]" in public and "test_four" not in public,
        "only hidden": not any("grader.check" in cell for cell in cells),
        "no end question": not any("grader.check" in cell for cell in cells),
        "same function": everything.count("def test_three") == 2,
        "otter's function": everything.count("def points") == 1,
        "default": "Double=None" in everything,
    }
    assert symptoms[trap]

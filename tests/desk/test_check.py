"""`autograder check`: the public tests in a terminal, for staff with a configuration and for a student with the template."""

from __future__ import annotations

import base64
import json
import os
import shutil
import subprocess
import sys
import zlib
from pathlib import Path

from autograder.authoring.desk import furnish, held_in
from autograder.variants.bases import notebook as as_notebook
from tests.commands import autograder
from tests.samples import FOLDER, ROOT, TEMPLATE

HOSTILE = """
def test_forward_small(ReLU):
    import os
    assert ReLU().cache is not None, f"run by {{os.getuid()}}"

def test_backward_small(ReLU, never=__import__("pathlib").Path({path!r}).touch()):
    pass
"""


def test_a_mistake_is_shown_in_colour_with_its_message_and_exit_code_1(tmp_path: Path) -> None:
    """Staff see what the public tests say of a notebook, in colour, without a bundle; what passes is one line."""
    for name in ("grading_config.yaml", "student_template"):
        (tmp_path / name).symlink_to(ROOT / name)
    environment = {**os.environ, "COLUMNS": "400", "FORCE_COLOR": "1"}
    run = subprocess.run(
        [sys.executable, "-m", "autograder", "check", FOLDER / "mistake_relu_passes_every_gradient.ipynb", "linear", "relu"],
        capture_output=True, text=True, cwd=tmp_path, env=environment, check=False,
    )  # fmt: skip
    assert run.returncode == 1, run.stdout + run.stderr
    lines = run.stdout.splitlines()
    assert "\x1b[32m✓\x1b[0m linear  3 of 3" in lines and "\x1b[31m✗\x1b[0m relu    1 of 2" in lines
    assert "The gradient passes where the input was positive" in run.stdout and "expected [[0.0, 2.0], [-3.0, 0.0]]" in run.stdout
    assert "1 of 2 questions pass" in run.stdout and "net" not in run.stdout


def test_what_passes_has_exit_code_0() -> None:
    """A complete notebook passes, training included, which is cut short as for grading."""
    run = autograder("check", FOLDER / "complete.ipynb", "net", "mnist")
    assert run.returncode == 0 and "2 of 2 questions pass" in run.stdout, run.stdout + run.stderr


def test_a_student_checks_a_half_filled_template_without_configuration_and_its_tests_stay_confined(tmp_path: Path) -> None:
    """The notebook alone is enough; blanks are named by their lines; tests that it brings along never run in our process."""
    notebook = json.loads(TEMPLATE.read_bytes())
    cell = next(cell for cell in notebook["cells"] if "class ReLU" in "".join(cell["source"]))
    cell["source"] = "".join(cell["source"]).replace("y = ...", "y = torch.clamp(x, min=0)", 1)
    setup = next(cell for cell in notebook["cells"] if "b64decode" in "".join(cell["source"]))
    held = held_in("".join(setup["source"]))
    assert held is not None
    mark = tmp_path / "escaped"
    for question in held["questions"]:
        if question["name"] == "relu":
            question["source"] = HOSTILE.format(path=str(mark))
    setup["source"] = 'grader = otter.Notebook("a.ipynb")'
    furnish(notebook, held)
    (tmp_path / "renamed by me.ipynb").write_text(json.dumps(notebook))
    run = autograder("check", "renamed by me.ipynb", "relu", "linear", "net", cwd=tmp_path)
    assert run.returncode == 1, run.stdout + run.stderr
    assert "relu    not finished yet: `...` still stands in lines 21, 38, 39 and 40 of code cell 10" in run.stdout
    assert "linear  not attempted yet" in run.stdout and "net     not attempted yet" in run.stdout
    assert "small example; entries below 0 become 0, and no other changes. Run by " in run.stdout and not mark.exists()
    if os.getuid() == 0:
        assert "Run by 0" not in run.stdout
    assert "Traceback" not in run.stdout + run.stderr and "TypeError" not in run.stdout and "ellipsis" not in run.stdout


def test_a_wrong_call_names_what_is_right_and_runs_nothing(tmp_path: Path) -> None:
    """An unknown question, a missing file and a notebook without tests each have exit code 2 and a message that helps."""
    notebook = FOLDER / "complete.ipynb"
    unknown = autograder("check", notebook, "rellu")
    assert unknown.returncode == 2 and "there is no question rellu; there are linear, linear_use" in unknown.stderr
    missing = autograder("check", tmp_path / "none.ipynb")
    assert missing.returncode == 2 and "none.ipynb: there is no such file" in missing.stderr
    shutil.copy(notebook, tmp_path)
    alone = autograder("check", "complete.ipynb", cwd=tmp_path)
    assert alone.returncode == 2 and "no folder `tests` is beside it" in alone.stderr and "--config" in alone.stderr
    (tmp_path / "tests").mkdir()
    shutil.copy(TEMPLATE.parent / "tests" / "relu.py", tmp_path / "tests")
    named = autograder("check", "complete.ipynb", cwd=tmp_path)  # no check cell says what the answer is: its name does
    assert named.returncode == 0 and "relu  2 of 2" in named.stdout, named.stdout + named.stderr
    (tmp_path / "other.ipynb").write_bytes(as_notebook(["x = 1"]))
    bare = autograder("check", "other.ipynb", cwd=tmp_path)
    assert bare.returncode == 2 and "it has no `grader.check(...)` cells behind its answers" in bare.stderr


def test_nothing_beside_a_notebook_is_imported_to_read_it(tmp_path: Path) -> None:
    """Modules that it takes everything from, packages that its tests name, and one that is called like a library of ours."""
    mark = tmp_path / "escaped"
    text = f"__import__('pathlib').Path({str(mark)!r}).touch()\n"
    (tmp_path / "package").mkdir()
    for name in ("everything.py", "package/__init__.py", "package/inner.py", "typer.py", "tqdm.py", "msgspec.py"):
        (tmp_path / name).write_text(text)
    (tmp_path / "tests").mkdir()
    code = ">>> import package.inner\n>>> one\n1"
    suite = {"cases": [{"code": code, "hidden": False, "locked": False}], "scored": True, "type": "doctest"}
    (tmp_path / "tests" / "q1.py").write_text(f"OK_FORMAT = True\ntest = {{'name': 'q1', 'points': 1, 'suites': [{suite}]}}\n")
    sources = ["from everything import *\none = 1", 'grader.check("q1")']
    cells = [{"cell_type": "code", "source": source, "metadata": {"tags": ["otter_answer_cell"]}} for source in sources]
    (tmp_path / "mine.ipynb").write_text(json.dumps({"cells": cells, "metadata": {}, "nbformat": 4, "nbformat_minor": 5}))
    run = autograder("check", "mine.ipynb", cwd=tmp_path)
    assert "q1" in run.stdout and "Traceback" not in run.stdout + run.stderr, run.stdout + run.stderr
    assert not mark.exists()


def test_a_set_up_cell_that_unpacks_without_end_holds_nothing() -> None:
    """A student may have changed it; what it unpacks to is bounded."""
    packed = base64.b64encode(zlib.compress(b'{"handout": "' + b" " * (64 << 20) + b'"}', 9)).decode()
    assert held_in(f'base64.b64decode("{packed}")') is None

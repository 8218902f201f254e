"""The template in a real JupyterLab, in headless Chromium."""

from __future__ import annotations

import shutil
import zipfile
from pathlib import Path

from tests.desk.lab import Desk, jupyter
from tests.reports.chromium import chromium
from tests.samples import TEMPLATE

RELU = "class ReLU(object)"
BLANKS = {
    "        y = ...\n        self.cache = ...\n": "        y = x * (x > 0)\n        self.cache = y\n",
    "        y = ...\n        dx = ...\n        dx[y == 0] = ...\n": "        y = self.cache\n        dx = dupstream\n",
}
"""What stands in the template, and what a student makes of it who forgets where the gradient stops."""


def test_a_student_opens_fills_in_runs_checks_and_exports(tmp_path: Path) -> None:
    """A blank, a mistake and the right answer each get their message on the page; the export finds the renamed file."""
    folder = tmp_path / "course" / "week 3"
    folder.mkdir(parents=True)
    shutil.copy(TEMPLATE, folder / "my copy.ipynb")
    with jupyter(tmp_path / "course", tmp_path) as address, chromium() as browser:
        desk = Desk(browser.new_page(viewport={"width": 1180, "height": 760}), address, "week 3/my copy.ipynb")
        desk.run("b64decode")
        desk.run("import torch.nn as nn")
        desk.run(RELU)
        desk.run('grader.check("relu")')
        assert "relu: not attempted yet: ... stands in lines 20, 21, 38, 39 and 40" in desk.output()
        desk.replace(RELU, BLANKS)
        desk.run(RELU)
        desk.run('grader.check("relu")')
        assert "relu: 1 of 2 tests pass" in desk.output()
        assert "the gradient passes where the output is positive, and only there" in desk.output()
        assert "the largest difference is 4" in desk.output()
        desk.replace(RELU, {"dx = dupstream\n": "dx = dupstream * (y > 0)\n"})
        desk.run(RELU)
        desk.run('grader.check("relu")')
        assert "relu: all tests pass" in desk.output()
        desk.replace("grader.export(", {'(name="")': '(name="Ada")'})
        desk.page.keyboard.press("Control+s")
        desk.page.wait_for_function("() => !jupyterapp.shell.currentWidget.context.model.dirty")
        desk.run("grader.export(")
        assert "Made my copy_Ada.zip" in desk.output()
    with zipfile.ZipFile(folder / "my copy_Ada.zip") as archive:
        assert b"dupstream * (y > 0)" in archive.read("my copy.ipynb")

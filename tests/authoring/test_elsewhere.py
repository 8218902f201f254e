"""On systems that have no sandbox an assignment can still be written: nothing is graded there, and that is said."""

from __future__ import annotations

from pathlib import Path
from types import SimpleNamespace

import pytest

from autograder.authoring.elsewhere import unfit_to_run
from autograder.cli.authoring import _sandbox
from autograder.config_file import read_config
from autograder.errors import OtherSystem, SandboxUnavailable
from autograder.grading.launch import sandbox_for
from autograder.sandbox import host
from autograder.variants import notebook
from tests.samples import ROOT

CONFIG = read_config(ROOT / "grading_config.yaml")


def test_elsewhere_there_is_no_sandbox_and_no_grading(monkeypatch: pytest.MonkeyPatch) -> None:
    """`generate` goes on without one; whatever needs one stops with what to do."""
    monkeypatch.setattr(host, "sys", SimpleNamespace(platform="darwin"))
    with _sandbox(CONFIG) as sandbox:
        assert sandbox is None
    with pytest.raises(OtherSystem, match=r"this is darwin: grade, audit and calibrate on Linux"), sandbox_for(CONFIG, 1):
        pass


def test_only_another_system_is_a_reason_to_grade_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    """A Linux that cannot confine is refused by `generate` too: the proof is not left out where it could be had."""

    def refuse(unconfined: bool) -> bool:
        raise SandboxUnavailable("no free user id")

    monkeypatch.setattr(host, "check", refuse)
    with pytest.raises(SandboxUnavailable, match="no free user id"), _sandbox(CONFIG):
        pass


def test_a_solution_that_runs_is_fit(tmp_path: Path) -> None:
    """In a Jupyter kernel of its own, with MNIST where it looks, its tests beside it, and its training cut short."""
    cells = [
        "from pathlib import Path\nassert Path('tests/one.py').read_text() == 'x = 1'",
        "assert Path('../data/MNIST/raw/train-labels-idx1-ubyte').exists() and Path('homework.ipynb').exists()",
        "epochs = 10\nassert epochs == 2",
    ]
    given = {"homework.ipynb": b"the template", "tests/one.py": b"x = 1"}
    assert list(unfit_to_run(CONFIG, notebook(cells), given, tmp_path)) == []


def test_a_solution_that_raises_is_unfit(tmp_path: Path) -> None:
    """One line, with the cell and the error."""
    (line,) = unfit_to_run(CONFIG, notebook(["x = 1", "1 / 0", "x = 2"]), {"homework.ipynb": b""}, tmp_path)
    assert line == "the solution's code cell 2 raised: ZeroDivisionError: division by zero"

"""What tests of the whole have in common."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from tests.commands import autograder
from tests.once import once
from tests.samples import FOLDER


@pytest.fixture(scope="session")
def graded(bundle: None, tmp_path_factory: pytest.TempPathFactory) -> dict[str, dict[str, Any]]:
    """All sample submissions graded in one batch: name -> content of result.json, "" -> where everything lies."""

    def make(folder: Path) -> None:
        run = autograder("grade", FOLDER, "--out", folder / "out")
        assert run.returncode == 0, run.stdout + run.stderr
        (folder / "printed.txt").write_text(run.stdout, encoding="utf-8")

    folder = once(tmp_path_factory, "graded", make)
    results: dict[str, dict[str, Any]] = {
        path.parent.name: json.loads(path.read_text(encoding="utf-8")) for path in (folder / "out").glob("*/result.json")
    }
    return {**results, "": {"out": folder / "out", "printed": (folder / "printed.txt").read_text(encoding="utf-8")}}

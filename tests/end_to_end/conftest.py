"""What tests of the whole have in common."""

from __future__ import annotations

import json
from typing import Any

import pytest

from tests.commands import autograder
from tests.samples import FOLDER


@pytest.fixture(scope="session")
def graded(bundle: None, tmp_path_factory: pytest.TempPathFactory) -> dict[str, dict[str, Any]]:
    """All sample submissions graded in one batch: name -> content of result.json, "" -> where everything lies."""
    out = tmp_path_factory.mktemp("graded")
    run = autograder("grade", FOLDER, "--out", out)
    assert run.returncode == 0, run.stdout + run.stderr
    results: dict[str, dict[str, Any]] = {
        path.parent.name: json.loads(path.read_text(encoding="utf-8")) for path in out.glob("*/result.json")
    }
    return {**results, "": {"out": out, "printed": run.stdout}}

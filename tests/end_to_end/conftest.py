"""Runs the real command line, as its users do."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from tests.samples import FOLDER, ROOT

Run = subprocess.CompletedProcess[str]
Cli = Callable[..., Run]


def autograder(*arguments: str | Path, cwd: Path = ROOT, seconds: float = 600) -> Run:
    """Run `autograder` with these arguments and return how it ended and what it printed."""
    environment = {**os.environ, "COLUMNS": "200", "NO_COLOR": "1"}
    return subprocess.run(
        [sys.executable, "-m", "autograder", *map(str, arguments)],
        capture_output=True, text=True, cwd=cwd, timeout=seconds, env=environment,
    )  # fmt: skip


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

"""The reference is that of the code, and help says what a manual page would."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
import typer

from autograder.cli import app
from tests.docs.reference import pages

GROUP: Any = typer.main.get_command(app)


def test_the_reference_is_current() -> None:
    """Each page under docs/reference is what the code says now; `python -m tests.docs.reference` writes them."""
    for path, content in pages().items():
        assert path.read_text(encoding="utf-8") == content, f"{path.name} is out of date: run `python -m tests.docs.reference`"


@pytest.mark.parametrize("name", sorted(name for name, command in GROUP.commands.items() if not command.hidden))
def test_every_command_explains_itself(name: str) -> None:
    """A sentence that says what it does, an example, and a word on every argument and option."""
    command = GROUP.commands[name]
    assert command.help.strip().split("\n")[0].endswith(".") or "\n\n" in command.help
    assert "Example" in command.epilog and f"autograder {name}" in command.epilog
    for parameter in command.params:
        assert parameter.help, f"{name} {parameter.name}"


def test_help_tells_exit_codes_and_files() -> None:
    """What scripts need to know is where one looks for it."""
    for word in ("Exit codes", "130", "Files", "grading_config.yaml", "autograder new"):
        assert word in GROUP.epilog


@pytest.mark.parametrize("shell", ["bash", "zsh", "fish"])
def test_shells_can_complete_commands(shell: str) -> None:
    """The script that `--install-completion` puts in place is made for each shell."""
    run = subprocess.run(
        [str(Path(sys.executable).parent / "autograder")],
        env={**os.environ, "_AUTOGRADER_COMPLETE": f"source_{shell}"}, capture_output=True, text=True, check=False, timeout=60,
    )  # fmt: skip
    assert "_AUTOGRADER_COMPLETE" in run.stdout and f"complete_{shell}" in run.stdout, run.stdout + run.stderr

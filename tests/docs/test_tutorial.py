"""From an empty folder to a graded class: the tutorial's commands do what the tutorial shows."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.docs.blocks import DOCS, Shell, blocks, session


@pytest.mark.slow
def test_the_tutorial_can_be_followed(tmp_path: Path) -> None:
    """Every command ends well, in the order of the page, and prints what is shown below it; nobody does anything else.

    Afterwards there is feedback with the hint that the text promises, and the mark by hand.
    """
    shell = Shell(tmp_path)
    done = [command for content in blocks(DOCS / "tutorial.md", "console") for command in session(content)]
    for command in done:
        run = shell.run(command.text)
        assert run.returncode == 0, f"{command.text}\n{run.stdout}{run.stderr}"
        assert not command.prints or command.shown_in(run.stdout), f"{command.text}\n{run.stdout}"
    assert {"new", "audit", "generate", "check", "grade", "report", "selftest"} <= {
        command.text.split()[1] for command in done if command.text.startswith("autograder ")
    }
    assert "along which axis" in (shell.folder / "results" / "bela" / "feedback.html").read_text()
    assert "Good talk about it." in (shell.folder / "results" / "ada" / "feedback.html").read_text()

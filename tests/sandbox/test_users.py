"""No two graders on a machine give their workers the same user."""

from __future__ import annotations

import os
import tempfile
from pathlib import Path

import pytest

from autograder.errors import SandboxUnavailable
from autograder.sandbox.host import UserSlot
from autograder.sandbox.session import Session

pytestmark = pytest.mark.skipif(os.geteuid() != 0, reason="only root gives workers a user of their own")
FIRST = 62_300
"""No grader takes one from here on, as the configuration has it."""


def test_a_user_is_taken_wherever_temporary_files_go(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """Each grader ends all processes of its workers' users, so one with another TMPDIR must know what is taken."""
    first = UserSlot(FIRST, FIRST + 1)
    monkeypatch.setenv("TMPDIR", str(tmp_path))
    monkeypatch.setattr(tempfile, "tempdir", None)
    second = UserSlot(FIRST, FIRST + 1)
    assert {first.uid, second.uid} == {FIRST, FIRST + 1}
    with pytest.raises(SandboxUnavailable, match="no free user id"):
        UserSlot(FIRST, FIRST + 1)
    first.release()
    assert UserSlot(FIRST, FIRST + 1).uid == FIRST


def test_a_folder_is_handed_over_from_the_inside_out(session: Session, monkeypatch: pytest.MonkeyPatch) -> None:
    """What an earlier worker left running may be waiting for it: whoever has the outer one could put a link for an inner one."""
    handed: list[Path] = []
    chown = os.chown

    def noted(path: Path, *ids: int, follow_symlinks: bool = True) -> None:
        handed.append(Path(path))
        chown(path, *ids, follow_symlinks=follow_symlinks)

    monkeypatch.setattr(os, "chown", noted)
    session.spawn()
    assert handed[-1] == session.scratch and set(handed) >= {session.scratch / "work", session.scratch / "tmp"}

"""Plants secrets where only the grader may look, and notices traces that student code has left on the machine."""

from __future__ import annotations

import contextlib
import os
import secrets
import shutil
import tempfile
from dataclasses import dataclass
from pathlib import Path

import msgspec

from autograder.assignment import Assignment
from autograder.run_folders import LOCK
from autograder.sandbox.lanes import Sandbox
from autograder.sandbox.warden import SHARED_FOLDERS, user_members

VARIABLE = "AUTOGRADER_SELFTEST_SECRET"
MARK = "autograder-attack"
"""Attacks put it into the names of files that they leave, for graders whose workers have no user of their own."""



@dataclass
class Plants:
    """Secrets that no submission may get to see: one in a file that is for root only, one in the environment, one among the
    hidden tests. Each begins with `canary-`, so that an attack knows what to look for.

    Attributes:
        folder: stands for a folder of results.
    """

    folder: Path
    file: str
    environment: str
    tests: str

    @classmethod
    def plant(cls) -> Plants:
        """Call it before the sandbox is launched: the environment is inherited."""
        folder = Path(tempfile.mkdtemp(prefix="autograder-selftest-"))  # mode 0700, as results of a grader should be
        made = cls(folder, *(f"canary-{secrets.token_hex(16)}" for _ in range(3)))
        (folder / "secret.txt").write_text(made.file)
        (folder / "secret.txt").chmod(0o600)
        os.environ[VARIABLE] = made.environment
        return made

    def in_tests(self, assignment: Assignment) -> Assignment:
        """The assignment with a secret behind every question's tests. Call it after the launch, as with any test."""
        questions = tuple(
            msgspec.structs.replace(question, source=f"{question.source}\n# {self.tests}\n") for question in assignment.questions
        )
        return msgspec.structs.replace(assignment, questions=questions)

    def found_in(self, content: bytes) -> tuple[str, ...]:
        """Which secrets are in what the grader has written."""
        planted = {"a file for root": self.file, "the environment": self.environment, "the tests": self.tests}
        return tuple(where for where, secret in planted.items() if secret.encode() in content)

    def remove(self) -> None:
        """Take them away."""
        os.environ.pop(VARIABLE, None)
        shutil.rmtree(self.folder, ignore_errors=True)


def traces(sandbox: Sandbox) -> tuple[str, ...]:
    """What submissions have left, one sentence each: processes, scratch folders, files outside of them."""
    found = []
    uids = {lane.uid for lane in sandbox.lanes if lane.uid is not None}
    for uid in sorted(uids):
        if members := user_members(uid):
            found.append(f"processes of user {uid} are left: {members}")
    if children := _children(sandbox.zygote_pid):
        found.append(f"processes below the zygote are left: {children}")
    if left := sorted(entry.name for entry in sandbox.root.iterdir() if entry.name not in ("data", LOCK)):
        found.append(f"scratch folders are left: {left}")
    if strange := [str(path) for path in _files(sandbox.root / "data") if _is_theirs(path, uids)]:
        found.append(f"the assignment's data has strange files: {strange}")
    shared = dict.fromkeys([tempfile.gettempdir(), str(Path.home()), *SHARED_FOLDERS])
    if strange := [str(path) for folder in shared for path in _files(Path(folder), 2) if _is_theirs(path, uids)]:
        found.append(f"files are left: {strange}")
        for path in strange:  # found out: the next family shall not be blamed for them
            with contextlib.suppress(OSError):
                Path(path).unlink()
    return tuple(found)


def _children(pid: int) -> list[int]:
    try:
        return [int(child) for child in Path(f"/proc/{pid}/task/{pid}/children").read_text().split()]
    except OSError:
        return []


def _files(folder: Path, depth: int = 4) -> list[Path]:
    try:
        entries = list(os.scandir(folder))
    except OSError:
        return []
    found = [Path(entry.path) for entry in entries]
    if depth > 1:
        for entry in entries:
            if entry.is_dir(follow_symlinks=False):
                found += _files(Path(entry.path), depth - 1)
    return found


def _is_theirs(path: Path, uids: set[int]) -> bool:
    try:
        owner = path.lstat().st_uid
        return owner in uids or (MARK in path.name and owner == os.geteuid())
    except OSError:
        return False

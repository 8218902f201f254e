"""Builds the platform's folders around a bundle, and runs its commands there, each measured and held to a tier."""

from __future__ import annotations

import contextlib
import json
import os
import shutil
import signal
import subprocess
import sys
import tempfile
import time
import zipfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from importlib import metadata
from pathlib import Path
from typing import IO

from autograder.bundles import GRADING_PACKAGES
from autograder.errors import BundleError, UsageError
from autograder.rehearsal.groups import Group, group_of
from autograder.rehearsal.leftovers import run_folder
from autograder.rehearsal.memory import Memory, Watch, tree
from autograder.rehearsal.tiers import Tier

_FOLDERS = ("/usr", "/bin", "/sbin", "/lib", "/lib32", "/lib64", "/libx32", "/etc", "/sys")
"""What the image of a container has of its own, and the rehearsal takes from this machine."""
_PATH = ("/usr/local/sbin", "/usr/local/bin", "/usr/sbin", "/usr/bin", "/sbin", "/bin")
_USERS = Path("/run/autograder-users")
"""Where graders of this machine keep their users apart; those of a rehearsal are no others."""


@dataclass(frozen=True)
class Ran:
    """A command that was run.

    Attributes:
        memory: at its largest.
        kills: processes that the kernel ended because the tier's memory was used up.
        missing: what was not held to the tier, one sentence each.
    """

    code: int
    seconds: float
    memory: Memory
    printed: str
    kills: int = 0
    missing: tuple[str, ...] = ()


@dataclass(frozen=True)
class Running:
    """A command that was started."""

    process: subprocess.Popen[bytes]
    watch: Watch
    group: Group
    out: IO[bytes]
    began: float

    def ended(self, seconds: float) -> Ran:
        """What became of it, at its end or after so many seconds, when it is ended (exit code 124)."""
        try:
            code = self.process.wait(timeout=seconds)
        except subprocess.TimeoutExpired:
            code = 124
        took = time.monotonic() - self.began
        self.end()
        self.out.seek(0)
        said = self.out.read().decode(errors="replace")
        return Ran(code, took, self.watch.stop(), said, self.group.kills, self.group.missing)

    def end(self) -> None:
        """End it at once; with it the kernel ends all that runs in its namespace, and where it has none, we do."""
        below = list(tree(self.process.pid)) if self.process.poll() is None else []
        self.process.kill()
        self.process.wait()
        self.watch.stop()
        for pid in below:
            with contextlib.suppress(OSError):
                os.kill(pid, signal.SIGKILL)


@dataclass(frozen=True)
class Stage:
    """The platform's tree.

    Attributes:
        folder: the root of it.
        private: whether it is the whole file system for what runs in it; `reason` says why not.
        packages: folders of installed packages that it may use.
    """

    folder: Path
    private: bool
    reason: str
    packages: tuple[Path, ...] = field(default=())

    def at(self, name: str) -> Path:
        """A file or folder below `/autograder`, as it is seen from here."""
        return self.folder / "autograder" / name

    def inside(self, path: str) -> str:
        """An absolute path of the platform as the commands see it."""
        return path if self.private else f"{self.folder}{path}"

    @property
    def commands(self) -> tuple[str, ...]:
        """What is run while the image is built: the lines of the bundle's Dockerfile."""
        lines = self.at("source/Dockerfile").read_text(encoding="utf-8").splitlines()
        runs = [line.removeprefix("RUN ") for line in lines if line.startswith("RUN ")]
        return tuple(line.replace("/autograder/", self.inside("/autograder/")) for line in runs)

    def fresh(self, notebook: bytes, told: Mapping[str, object]) -> None:
        """Put a submission there as into a container that nothing has run in."""
        for name in ("submission", "results"):
            shutil.rmtree(self.at(name), ignore_errors=True)
            self.at(name).mkdir()
        self.at("submission/notebook.ipynb").write_bytes(notebook)
        self.at("submission_metadata.json").write_text(json.dumps(told))
        if self.private:
            for name in ("tmp", "var/tmp"):
                shutil.rmtree(self.folder / name, ignore_errors=True)
                (self.folder / name).mkdir(parents=True)
                (self.folder / name).chmod(0o1777)

    def run(self, *command: str, seconds: float, tier: Tier | None = None) -> Ran:
        """Run a command to its end, or for so many seconds, within a tier."""
        with self.started(*command, tier=tier) as running:
            return running.ended(seconds)

    @contextmanager
    def started(self, *command: str, tier: Tier | None = None) -> Iterator[Running]:
        """A command that is at work within a tier, until it ends or this is left."""
        with group_of(tier) as group, tempfile.TemporaryFile() as out:
            cores = max(1, round(tier.cores)) if tier is not None and "cpu" not in group.folders else 0
            spec = {
                "root": str(self.folder) if self.private else "",
                "mounts": dict(self._mounts()),
                "joins": group.joins,
                "cores": cores,
                "command": command,
                "environment": self._environment(),
            }
            process = subprocess.Popen(
                [sys.executable, "-m", "autograder.rehearsal.enter", json.dumps(spec)],
                stdin=subprocess.DEVNULL, stdout=out, stderr=subprocess.STDOUT, start_new_session=True,
            )  # fmt: skip
            running = Running(process, Watch(process.pid), group, out, time.monotonic())
            try:
                yield running
            finally:
                running.end()

    def _mounts(self) -> Iterator[tuple[str, bool]]:
        """What of this machine is seen inside, and whether it may be written; links are made as they are."""
        for path in map(Path, _FOLDERS):
            if path.is_dir() and not path.is_symlink():
                yield str(path), False
        beside = [Path(sys.base_prefix), *self.packages]
        yield from ((str(path), False) for path in beside if not path.is_relative_to("/usr"))
        if os.geteuid() == 0 and _USERS.is_dir():
            yield str(_USERS), True

    def _environment(self) -> dict[str, str]:
        """Nothing of this machine's but the width of its terminal."""
        found = {
            "PATH": os.pathsep.join((*_PATH, f"{sys.base_prefix}/bin")),
            "HOME": self.inside("/root"), "LANG": "C.UTF-8", "COLUMNS": "120", "NO_COLOR": "1",
            "AUTOGRADER_PACKAGES": os.pathsep.join(map(str, self.packages)), "PIP_NO_INDEX": "1",
        }  # fmt: skip
        if not self.private:
            found |= {"AUTOGRADER_ROOT": self.inside("/autograder"), "AUTOGRADER_ENV": self.inside("/opt/autograder")}
        return found


@contextmanager
def stage(bundle: Path) -> Iterator[Stage]:
    """A stage with a bundle unpacked in it, which is removed in the end. Raises BundleError if it cannot be unpacked."""
    if sys.platform != "linux":
        raise UsageError(f"the platform runs Linux, and this is {sys.platform}: rehearse on Linux, in a container if need be")
    if sys.version_info[:2] != (3, 11):
        raise UsageError(
            "the platform's environment has Python 3.11, and packages of another one do not fit it: rehearse with Python 3.11"
        )
    with run_folder() as folder:
        reason = _why_not(folder)
        made = Stage(folder, not reason, reason, tuple(_installed()))
        _furnish(made)
        try:
            with zipfile.ZipFile(bundle) as archive:
                archive.extractall(made.at("source"))
        except (OSError, zipfile.BadZipFile) as error:
            raise BundleError(f"{bundle}: is not a grading bundle ({error})") from error
        if not made.at("source/Dockerfile").exists():
            raise BundleError(f"{bundle}: has no Dockerfile, which says what to rehearse; run `autograder generate` again")
        yield made


def _why_not(folder: Path) -> str:
    """Why there is no private root to be had; empty if there is."""
    spec = {"root": str(folder), "mounts": {}, "joins": [], "cores": 0, "command": [], "environment": {}}
    command = [sys.executable, "-m", "autograder.rehearsal.enter", json.dumps(spec)]
    tried = subprocess.run(command, capture_output=True, text=True, check=False)
    return "" if tried.returncode == 0 else tried.stderr.strip().splitlines()[-1]


def _furnish(made: Stage) -> None:
    for name in (
        "autograder/source",
        "autograder/submission",
        "autograder/results",
        "opt",
        "tmp",
        "var/tmp",
        "run",
        "home",
        "root",
    ):
        (made.folder / name).mkdir(parents=True, exist_ok=True)
    for name, mode in (("tmp", 0o1777), ("var/tmp", 0o1777), ("root", 0o700)):
        (made.folder / name).chmod(mode)
    if made.private:
        for path in map(Path, _FOLDERS):
            if path.is_symlink():
                (made.folder / path.name).symlink_to(path.readlink())


def _installed() -> Iterator[Path]:
    """Folders that hold what grading imports."""
    found = {Path(str(metadata.distribution(name).locate_file(""))).resolve() for name in GRADING_PACKAGES}
    yield from sorted(found)

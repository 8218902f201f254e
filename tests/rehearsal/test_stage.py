"""A command of a rehearsal sees what a container would show it, and is held to and measured in its tier."""

from __future__ import annotations

import os
import subprocess
import sys
import time
import zipfile
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from autograder.errors import BundleError
from autograder.rehearsal.stage import Stage, stage
from autograder.rehearsal.tiers import TIERS, Tier

PYTHON = str(Path(sys.executable).resolve())  # environments are not in there, but what they are made from is
NOT_SO_MIGHTY = ("setpriv", "--bounding-set", "-sys_admin", "--inh-caps", "-sys_admin")


@pytest.fixture(scope="module")
def bundle(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A bundle of which only the Dockerfile is looked at."""
    path = tmp_path_factory.mktemp("bundle") / "some-bundle.zip"
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("Dockerfile", "FROM x\nCOPY . /autograder/source\nRUN cp /autograder/source/a /autograder/b\n")
        archive.writestr("a", "a")
    return path


@pytest.fixture(scope="module")
def made(bundle: Path) -> Iterator[Stage]:
    with stage(bundle) as found:
        if not found.private:
            pytest.skip(f"no private root is to be had here: {found.reason}")
        yield found


def wait_for(reached: Callable[[], bool]) -> None:
    """Return once that is so; fail if it never is."""
    give_up = time.monotonic() + 60
    while not reached():
        assert time.monotonic() < give_up
        time.sleep(0.01)


def test_nothing_of_the_machine_is_in_sight(made: Stage) -> None:
    """Its own root with the platform's folders, no other process, no network, no capability to mount or to unshare."""
    script = (
        "ls /; ls /autograder/source; ls -d /proc/[0-9]*; cat /proc/net/dev | tail -n +3; grep CapEff /proc/self/status; "
        "touch /usr/x 2>&1; touch /tmp/x && echo writable; unshare -n true 2>&1; env"
    )
    ran = made.run("/bin/bash", "-c", script, seconds=30)
    assert ran.code == 0
    said = ran.printed.split()
    assert {"autograder", "opt", "tmp", "Dockerfile", "/proc/1", "writable"} <= set(said)
    assert not {"work", "mnt", "srv"} & set(said) and "eth0:" not in said
    assert int(said[said.index("CapEff:") + 1], 16) == 0xA80425FB  # what container engines leave to root by default
    assert "Read-only file system" in ran.printed and "Operation not permitted" in ran.printed
    assert "PIP_NO_INDEX=1" in said and not any(word.startswith("PYTEST_") for word in said)


def test_memory_beyond_the_tier_is_not_to_be_had(made: Stage) -> None:
    """The kernel ends what takes more, and that is counted."""
    take = "bytearray(300 << 20)"
    ran = made.run(PYTHON, "-c", take, seconds=30, tier=Tier(1, 128))
    if any("memory" in text for text in ran.missing):
        pytest.skip(ran.missing[0])
    assert ran.code != 0 and ran.kills == 1
    assert made.run(PYTHON, "-c", take, seconds=30, tier=Tier(1, 512)).code == 0


def test_memory_of_the_whole_tree_is_measured(made: Stage) -> None:
    """A child that takes 200 MiB is seen, with its parent, and what both share is counted once."""
    script = "import os, time; x = bytearray(b'x') * (200 << 20); os.fork(); time.sleep(1.5)"
    memory = made.run(PYTHON, "-c", script, seconds=30).memory
    assert 200 < memory.own < 300 and memory.processes >= 2 and PYTHON in memory.files


def test_what_takes_too_long_is_ended_with_all_below_it(made: Stage) -> None:
    """So the platform does it."""
    with made.started("/bin/bash", "-c", "(setsid sleep 9876 &); echo begun; touch /tmp/begun; sleep 9876") as running:
        wait_for((made.folder / "tmp" / "begun").exists)
        ran = running.ended(0.0)
    assert ran.code == 124 and ran.printed == "begun\n"
    wait_for(lambda: not subprocess.run(["pgrep", "-f", "^sleep 9876"], capture_output=True, check=False).stdout)


def test_without_the_right_to_a_root_of_its_own_a_folder_has_to_do(bundle: Path) -> None:
    """In a container that may not mount the same commands run in a folder, and why is told."""
    script = (
        "import sys; from pathlib import Path; from autograder.rehearsal.stage import stage\n"
        "with stage(Path(sys.argv[1])) as made:\n"
        "    print(made.reason, '|', made.private, '|', made.commands[0] == "
        "f'cp {made.folder}/autograder/source/a {made.folder}/autograder/b', end=' | ')\n"
        "    print(made.run('/bin/bash', '-c', 'ls $AUTOGRADER_ROOT/source', seconds=30).printed)"
    )
    if os.geteuid() != 0:
        pytest.skip("giving up a capability needs root")
    command = [*NOT_SO_MIGHTY, sys.executable, "-c", script, str(bundle)]
    ended = subprocess.run(command, capture_output=True, text=True, check=False)
    assert " ".join(ended.stdout.split()) == "unshare: Operation not permitted | False | True | Dockerfile a", ended.stderr


def test_what_is_no_bundle_is_refused(tmp_path: Path) -> None:
    """A file of another kind, and a bundle of an earlier version, with what to do."""
    (tmp_path / "x.zip").write_text("no zip")
    with pytest.raises(BundleError, match="not a grading bundle"), stage(tmp_path / "x.zip"):
        pass
    with zipfile.ZipFile(tmp_path / "old.zip", "w") as archive:
        archive.writestr("setup.sh", "")
    with pytest.raises(BundleError, match="generate"), stage(tmp_path / "old.zip"):
        pass


def test_a_tier_says_by_how_much_it_is_missed() -> None:
    """In MiB and in seconds, with what was measured against."""
    assert [tier.name for tier in TIERS] == ["0.5 CPU, 0.75 GB", "1 CPU, 1.5 GB", "2 CPU, 3 GB", "4 CPU, 6 GB"]
    assert list(TIERS[0].shortfalls(300, 614, 600)) == []
    assert list(TIERS[0].shortfalls(301, 800, 600)) == [
        "800 MiB is 186 MiB more than 80% of its 768 MiB",
        "301 s is 1 s more than 50% of 600 s",
    ]

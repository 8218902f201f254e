"""What is released: an interface that changes only on purpose, and packages that install and work in an empty environment."""

from __future__ import annotations

import os
import subprocess
import zipfile
from pathlib import Path

import pytest

from autograder import __version__
from tests.release.api import interface
from tests.release.environments import minimum

PINNED = Path(__file__).parent / "api.txt"


def test_the_public_interface_is_what_it_was() -> None:
    """Commands, options, keys, `checks`, fields of results: who changes one does so on purpose, and tells users what to do."""
    now, pinned = list(interface()), PINNED.read_text(encoding="utf-8").splitlines()
    gone, new = [line for line in pinned if line not in now], [line for line in now if line not in pinned]
    assert now == pinned, (
        f"gone: {gone}\nnew: {new}\nIf that is meant, run `python -m tests.release.api > tests/release/api.txt`, and say under "
        "*Upgrading* in CHANGELOG.md what users must do about what is gone."
    )


@pytest.mark.slow
def test_the_wheel_of_the_source_archive_works_in_an_empty_environment(source: Path, wheel: Path, tmp_path: Path) -> None:
    """Archive to wheel to an environment that has only the packages that it depends on: the version, and a new assignment.

    Types, data, templates, the starter and attacks are in it; tests are not.
    """
    for name in ("README.md", "LICENSE", "CHANGELOG.md", "SECURITY.md"):
        assert (source / name).exists(), name
    with zipfile.ZipFile(wheel) as archive:
        names = set(archive.namelist())
    for name in (
        "py.typed", "data/train-images-idx3-ubyte.gz", "authoring/templates/setup.sh", "authoring/templates/new/solution.ipynb",
        "authoring/templates/new/misconceptions/one_mean_for_all.py", "reports/templates/feedback.html.j2",
    ):  # fmt: skip
        assert f"autograder/{name}" in names, name
    assert any(name.startswith("autograder/selftest/attacks/") for name in names)
    assert not any(name.startswith("tests/") for name in names)
    command = str(minimum(tmp_path / "empty", wheel) / "autograder")
    environment = {key: value for key, value in os.environ.items() if not key.startswith("PYTHON")}
    run = subprocess.run(
        [command, "--version"], capture_output=True, text=True, check=True, env=environment, cwd=tmp_path, timeout=60
    )
    assert run.stdout.strip() == f"autograder {__version__}"
    run = subprocess.run(
        [command, "new", "mine"], capture_output=True, text=True, check=True, env=environment, cwd=tmp_path, timeout=60
    )
    assert "wrote mine/solutions/mine.ipynb" in run.stdout

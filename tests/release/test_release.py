"""What is released: an interface that changes only on purpose, and packages that install and work in an empty environment."""

from __future__ import annotations

import os
import shutil
import site
import subprocess
import sys
import tarfile
import zipfile
from pathlib import Path

import pytest

from autograder import __version__
from tests.release.api import interface
from tests.samples import ROOT

PINNED = Path(__file__).parent / "api.txt"


def test_the_public_interface_is_what_it_was() -> None:
    """Commands, options, keys, `checks`, fields of results: who changes one does so on purpose, and tells users what to do."""
    now, pinned = list(interface()), PINNED.read_text(encoding="utf-8").splitlines()
    gone, new = [line for line in pinned if line not in now], [line for line in now if line not in pinned]
    assert now == pinned, (
        f"gone: {gone}\nnew: {new}\nIf that is meant, run `python -m tests.release.api > tests/release/api.txt`, and say under "
        "*Upgrading* in CHANGELOG.md what users must do about what is gone."
    )


@pytest.fixture(scope="module")
def sdist(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The source archive, made of a copy of what is under version control, by the backend itself: no network is needed."""
    copy, into = tmp_path_factory.mktemp("copy"), tmp_path_factory.mktemp("sdist")
    files = subprocess.run(["git", "ls-files", "-z"], cwd=ROOT, capture_output=True, text=True, check=True).stdout
    for name in filter(None, files.split("\0")):
        if (ROOT / name).is_file():
            (copy / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(ROOT / name, copy / name)
    call = f"import setuptools.build_meta as backend; print(backend.build_sdist({str(into)!r}))"
    run = subprocess.run([sys.executable, "-c", call], cwd=copy, capture_output=True, text=True, check=True, timeout=300)
    return into / run.stdout.split()[-1]


@pytest.mark.slow
def test_the_wheel_of_the_source_archive_works_in_an_empty_environment(sdist: Path, tmp_path: Path) -> None:
    """Archive to wheel to an environment that has only the packages that it depends on: the version, and a new assignment.

    Types, data, templates, the starter and attacks are in it; tests are not.
    """
    with tarfile.open(sdist) as archive:
        archive.extractall(tmp_path)
    (source,) = tmp_path.iterdir()
    for name in ("README.md", "LICENSE", "CHANGELOG.md", "SECURITY.md"):
        assert (source / name).exists(), name
    wheel = tmp_path / "wheel"
    pip = [sys.executable, "-m", "pip", "--disable-pip-version-check", "--quiet"]
    build = [*pip, "wheel", "--no-deps", "--no-index", "--no-build-isolation", "--wheel-dir", str(wheel), str(source)]
    subprocess.run(build, check=True, timeout=300, capture_output=True)
    (built,) = wheel.glob("*.whl")
    with zipfile.ZipFile(built) as archive_of_wheel:
        names = set(archive_of_wheel.namelist())
    for name in (
        "py.typed", "data/train-images-idx3-ubyte.gz", "authoring/templates/setup.sh", "authoring/templates/new/solution.ipynb",
        "authoring/templates/new/misconceptions/one_mean_for_all.py", "reports/templates/feedback.html.j2",
    ):  # fmt: skip
        assert f"autograder/{name}" in names, name
    assert any(name.startswith("autograder/selftest/attacks/") for name in names)
    assert not any(name.startswith("tests/") for name in names)
    empty = tmp_path / "empty"
    subprocess.run([sys.executable, "-m", "venv", "--without-pip", str(empty)], check=True, timeout=120)
    python = empty / "bin" / "python"
    install = [*pip, "--python", str(python), "install", "--no-deps", "--no-index", str(built)]
    subprocess.run(install, check=True, timeout=120, capture_output=True)
    (packages,) = (empty / "lib").glob("python*/site-packages")
    shared = [place for place in site.getsitepackages() + sys.path if (Path(place) / "pydantic").is_dir()][:1]
    (packages / "shared.pth").write_text("\n".join(shared))  # what it depends on, as an index would give it
    environment = {key: value for key, value in os.environ.items() if not key.startswith("PYTHON")}
    command = str(empty / "bin" / "autograder")
    run = subprocess.run(
        [command, "--version"], capture_output=True, text=True, check=True, env=environment, cwd=tmp_path, timeout=60
    )
    assert run.stdout.strip() == f"autograder {__version__}"
    run = subprocess.run(
        [command, "new", "mine"], capture_output=True, text=True, check=True, env=environment, cwd=tmp_path, timeout=60
    )
    assert "wrote mine/solutions/mine.ipynb" in run.stdout

"""What is released, made as it would be for the index: the source archive, and the wheel of it."""

from __future__ import annotations

import shutil
import subprocess
import sys
import tarfile
from pathlib import Path

import pytest

from tests.samples import ROOT

PIP = (sys.executable, "-m", "pip", "--disable-pip-version-check", "--quiet")


@pytest.fixture(scope="package")
def source(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The source archive, unpacked: made of a copy of what is under version control, by the backend itself, without a network."""
    copy, made, unpacked = (tmp_path_factory.mktemp(name) for name in ("copy", "sdist", "unpacked"))
    files = subprocess.run(["git", "ls-files", "-z"], cwd=ROOT, capture_output=True, text=True, check=True).stdout
    for name in filter(None, files.split("\0")):
        if (ROOT / name).is_file():
            (copy / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(ROOT / name, copy / name)
    call = f"import setuptools.build_meta as backend; backend.build_sdist({str(made)!r})"
    subprocess.run([sys.executable, "-c", call], cwd=copy, capture_output=True, text=True, check=True, timeout=300)
    (archive,) = made.iterdir()
    with tarfile.open(archive) as opened:
        opened.extractall(unpacked)
    (folder,) = unpacked.iterdir()
    return folder


@pytest.fixture(scope="package")
def wheel(source: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The wheel of the source archive."""
    into = tmp_path_factory.mktemp("wheel")
    build = [*PIP, "wheel", "--no-deps", "--no-index", "--no-build-isolation", "--wheel-dir", str(into), str(source)]
    subprocess.run(build, check=True, timeout=300, capture_output=True)
    (built,) = into.glob("*.whl")
    return built

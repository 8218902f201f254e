"""Makes environments that hold the package and what it says that it needs, and nothing else of what is installed here."""

from __future__ import annotations

import subprocess
import sys
import zipfile
from collections.abc import Iterator
from email.parser import Parser
from importlib import metadata
from pathlib import Path

from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

from tests.release.conftest import PIP

_OURS = "autograder"


def minimum(folder: Path, wheel: Path, *extras: str) -> Path:
    """The folder of commands of a new environment with the wheel, and all that it needs with these extras.

    What an index would give is linked, package by package, from where it is installed here, so nothing else can be imported.
    """
    subprocess.run([sys.executable, "-m", "venv", "--without-pip", str(folder)], check=True, timeout=120)
    python = folder / "bin" / "python"
    install = [*PIP, "--python", str(python), "install", "--no-deps", "--no-index", str(wheel)]
    subprocess.run(install, check=True, timeout=120, capture_output=True)
    (packages,) = (folder / "lib").glob("python*/site-packages")
    for distribution in needed(wheel, *extras):
        for top in _tops(distribution):
            if not (packages / top).exists():
                (packages / top).symlink_to(Path(str(distribution.locate_file(top))).resolve())
    return python.parent


def said(wheel: Path) -> tuple[list[Requirement], set[str]]:
    """What the wheel says of itself: its requirements, and its extras."""
    with zipfile.ZipFile(wheel) as archive:
        (name,) = (name for name in archive.namelist() if name.endswith(".dist-info/METADATA"))
        message = Parser().parsestr(archive.read(name).decode())
    requirements = [Requirement(line) for line in message.get_all("Requires-Dist", [])]
    return requirements, set(message.get_all("Provides-Extra", []))


def needed(wheel: Path, *extras: str) -> Iterator[metadata.Distribution]:
    """All packages that an installer would bring, from what is installed here."""
    own, _ = said(wheel)
    waiting, seen = [(_OURS, extra) for extra in ("", *extras)], set[tuple[str, str]]()
    while waiting:
        name, extra = asked = waiting.pop()
        if asked in seen:
            continue
        seen.add(asked)
        for line in own if name == _OURS else map(Requirement, metadata.requires(name) or ()):
            if line.marker is None or line.marker.evaluate({"extra": extra}):
                waiting += [(canonicalize_name(line.name), wanted) for wanted in ("", *line.extras)]
    yield from map(metadata.distribution, sorted({name for name, _ in seen} - {_OURS}))


def _tops(distribution: metadata.Distribution) -> set[str]:
    """Names of a distribution's files and folders that lie beside each other in the folder of packages."""
    tops = {path.parts[0] for path in distribution.files or ()}
    return {top for top in tops if top not in ("..", "__pycache__")}

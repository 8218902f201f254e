"""Makes a wheel of the package as it is installed: the same files give the same bytes, and nothing is needed to build it.

Source: the binary distribution format of the Python packaging user guide (PEP 427), and core metadata 2.1.
"""

from __future__ import annotations

import base64
import hashlib
import io
import zipfile
from collections.abc import Collection, Iterable, Mapping
from importlib import metadata, resources
from importlib.resources.abc import Traversable

from autograder import __version__

EPOCH = (1980, 1, 1, 0, 0, 0)
NAME = f"autograder-{__version__}-py3-none-any.whl"
_PACKED = (".gz", ".whl")
"""Endings of files that do not get smaller."""


def build_wheel(needs: Iterable[str]) -> bytes:
    """The wheel, as bytes. `needs`: what it requires, as in `requirements.txt`."""
    info = f"autograder-{__version__}.dist-info"
    python = metadata.metadata("autograder")["Requires-Python"]
    head = ["Metadata-Version: 2.1", "Name: autograder", f"Version: {__version__}", f"Requires-Python: {python}"]
    files = {f"autograder/{name}": content for name, content in package_files().items()}
    about = {
        "METADATA": [*head, *(f"Requires-Dist: {one}" for one in needs)],
        "WHEEL": ["Wheel-Version: 1.0", "Generator: autograder", "Root-Is-Purelib: true", "Tag: py3-none-any"],
        "entry_points.txt": ["[console_scripts]", "autograder = autograder.cli:main"],
    }
    files |= {f"{info}/{name}": "".join(f"{line}\n" for line in lines).encode() for name, lines in about.items()}
    record = [f"{name},sha256={_digest(content)},{len(content)}\n" for name, content in sorted(files.items())]
    return packed({**files, f"{info}/RECORD": "".join([*record, f"{info}/RECORD,,\n"]).encode()})


def packed(files: Mapping[str, bytes], executable: Collection[str] = ()) -> bytes:
    """A zip of these files, as bytes: without times, in the order of their names, with modes of Unix."""
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w") as archive:
        for name, content in sorted(files.items()):
            entry = zipfile.ZipInfo(name, EPOCH)
            entry.external_attr = (0o100755 if name in executable else 0o100644) << 16
            entry.create_system = 3  # Unix, so that the modes above are heeded
            entry.compress_type = zipfile.ZIP_STORED if name.endswith(_PACKED) else zipfile.ZIP_DEFLATED
            archive.writestr(entry, content)
    return target.getvalue()


def package_files(*, without: Collection[str] = ()) -> dict[str, bytes]:
    """Every file of the installed package, by its path in it, but for those of the folders `without`."""
    return _package(resources.files("autograder"), "", without)


def _package(folder: Traversable, prefix: str, without: Collection[str]) -> dict[str, bytes]:
    files: dict[str, bytes] = {}
    for entry in folder.iterdir():
        if entry.is_dir():
            if entry.name != "__pycache__" and f"{prefix}{entry.name}" not in without:
                files.update(_package(entry, f"{prefix}{entry.name}/", without))
        elif not entry.name.endswith((".pyc", ".pyo")):
            files[f"{prefix}{entry.name}"] = entry.read_bytes()
    return files


def _digest(content: bytes) -> str:
    return base64.urlsafe_b64encode(hashlib.sha256(content).digest()).rstrip(b"=").decode()

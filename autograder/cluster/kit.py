"""What a grader on another machine needs, sent once to each worker, and what must be the same there for the same marks."""

from __future__ import annotations

import hashlib
import platform
from collections.abc import Mapping
from importlib.metadata import PackageNotFoundError

import msgspec

from autograder.bundles import installed_versions, package_files
from autograder.grading.data import packed_mnist

DATA = "data"
"""The package's folder with MNIST, which can be sent."""


class Kit(msgspec.Struct, frozen=True, kw_only=True):
    """What a worker is sent before its first submission.

    Attributes:
        run: a name for this run, which no other has.
        config, manifest: bytes of the configuration, and of the assignment with its tests.
        key: identifies tests, configuration and versions, as in results.
        versions: of what judges a submission.
        files: digest of the package, MNIST aside.
        data: digest of MNIST.
        submissions: how many there are.
        seconds: after which a grader that has not answered is given up.
    """

    run: str
    config: bytes
    manifest: bytes
    key: str
    versions: dict[str, str]
    files: str
    data: str
    submissions: int
    unconfined: bool
    seconds: float


class Prepared(msgspec.Struct, frozen=True, kw_only=True):
    """What became of a kit on a worker.

    Attributes:
        refused: why this worker cannot grade; empty if it can.
        lacks_data: whether it is to be sent MNIST first.
    """

    refused: str = ""
    lacks_data: bool = False


def versions_here() -> dict[str, str]:
    """Versions that marks may depend on, of packages and of Python. Raises PackageNotFoundError."""
    return {**installed_versions(), "Python": ".".join(platform.python_version_tuple()[:2])}


def files_here() -> str:
    """Digest of the installed package without MNIST: two checkouts may call themselves by the same version."""
    return digest(package_files(without=(DATA,)))


def digest(files: Mapping[str, bytes]) -> str:
    """SHA-256 of named files, hexadecimal."""
    return hashlib.sha256(repr([(name, hashlib.sha256(files[name]).digest()) for name in sorted(files)]).encode()).hexdigest()


def data_here() -> str:
    """Digest of the MNIST that came with the package."""
    return digest(packed_mnist())


def refusal(kit: Kit) -> str:
    """Why this machine would not give the marks that the kit's own would; empty if it would."""
    try:
        here = versions_here()
    except PackageNotFoundError as error:
        return f"{error.name} is not installed there"
    other = [
        f"{name} {here.get(name, 'missing')} where this machine has {kit.versions.get(name, 'none')}"
        for name in sorted({*here, *kit.versions}, key=lambda name: (name != "autograder", name.lower()))
        if here.get(name) != kit.versions.get(name)
    ]
    if other:
        return f"it has {', '.join(other)}"
    if files_here() != kit.files:
        return f"its autograder {here['autograder']} has other files than the one on this machine"
    return ""

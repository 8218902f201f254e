"""Unpacks the embedded MNIST to where notebooks look for it."""

from __future__ import annotations

import gzip
import shutil
from collections.abc import Mapping
from importlib import resources
from io import BytesIO
from pathlib import Path


def packed_mnist() -> dict[str, bytes]:
    """The gzipped files that came with the package, by name; none if it was installed without them."""
    folder = resources.files("autograder").joinpath("data")
    return {entry.name: entry.read_bytes() for entry in folder.iterdir() if entry.name.endswith(".gz")} if folder.is_dir() else {}


def unpack_mnist(folder: Path, files: Mapping[str, bytes] | None = None) -> None:
    """Write `MNIST/raw/*-ubyte` below `folder`, which is then what `datasets.MNIST(folder, download=True)` wants.

    `files`: what to unpack instead of what came with the package.

    Raises OSError if the disk is full or the folder cannot be written.
    """
    raw = folder / "MNIST" / "raw"
    raw.mkdir(parents=True)
    for name, packed in (packed_mnist() if files is None else files).items():
        with gzip.open(BytesIO(packed)) as source, (raw / name[:-3]).open("wb") as target:
            shutil.copyfileobj(source, target, 1 << 20)

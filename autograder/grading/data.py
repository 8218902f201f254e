"""Unpacks the embedded MNIST to where notebooks look for it."""

from __future__ import annotations

import gzip
import shutil
from importlib import resources
from pathlib import Path


def unpack_mnist(folder: Path) -> None:
    """Write `MNIST/raw/*-ubyte` below `folder`, which is then what `datasets.MNIST(folder, download=True)` wants.

    Raises OSError if the disk is full or the folder cannot be written.
    """
    raw = folder / "MNIST" / "raw"
    raw.mkdir(parents=True)
    for entry in resources.files("autograder").joinpath("data").iterdir():
        if entry.name.endswith(".gz"):
            with entry.open("rb") as packed, gzip.open(packed) as source, (raw / entry.name[:-3]).open("wb") as target:
                shutil.copyfileobj(source, target, 1 << 20)

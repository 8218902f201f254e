"""Reads the embedded MNIST: labels and test images as tensors, for whoever judges, and the folder student-side code maps."""

from __future__ import annotations

import atexit
import gzip
import shutil
import tempfile
from functools import lru_cache
from importlib import resources
from pathlib import Path

import torch

FILES = {
    ("train", "images"): "train-images-idx3-ubyte",
    ("train", "labels"): "train-labels-idx1-ubyte",
    ("test", "images"): "t10k-images-idx3-ubyte",
    ("test", "labels"): "t10k-labels-idx1-ubyte",
}
HEADER = {"images": 16, "labels": 8}
"""Bytes before the data of an IDX file: magic number and one 32-bit size a dimension (format: Y. LeCun's MNIST page)."""


@lru_cache(maxsize=4)
def load(part: str, kind: str) -> torch.Tensor:
    """One of the four files as uint8: images [n, 784], labels [n]. Read from the package, never from a worker's folder."""
    packed = resources.files("autograder").joinpath("data", f"{FILES[part, kind]}.gz").read_bytes()
    content = torch.frombuffer(bytearray(gzip.decompress(packed)), dtype=torch.uint8)[HEADER[kind] :]
    return content.reshape(-1, 784) if kind == "images" else content


@lru_cache(maxsize=1)
def own_folder() -> Path:
    """A temporary folder with the unpacked training files, for a run outside the grader; removed at exit."""
    folder = Path(tempfile.mkdtemp(prefix="autograder-mnist-"))
    atexit.register(shutil.rmtree, folder, ignore_errors=True)
    raw = folder / "MNIST" / "raw"
    raw.mkdir(parents=True)
    for kind in ("images", "labels"):
        name = FILES["train", kind]
        packed = resources.files("autograder").joinpath("data", f"{name}.gz").read_bytes()
        (raw / name).write_bytes(gzip.decompress(packed))
    return folder

"""Writes a file whole or not at all: content in, the old file or the new one on disk, never a part of either."""

from __future__ import annotations

import contextlib
import os
import re
import secrets
from pathlib import Path
from typing import Final

LEFTOVER: Final = re.compile(r"\.[0-9a-f]{16}\.tmp")
"""Names of temporary files; one that is found while nobody writes is what a killed process has left."""


def write_atomically(path: Path, content: bytes, *, lasting: bool = False) -> Path:
    """Put `content` at `path`, by way of a temporary file in the same folder.

    `lasting`: return only when file and folder are on the disk, so that a power failure leaves the old file or the new one too.
    Without it, what a power failure leaves may be empty; meant for what can be made again.
    """
    temporary = path.with_name(f".{secrets.token_hex(8)}.tmp")
    try:
        with temporary.open("wb") as file:
            file.write(content)
            if lasting:
                file.flush()
                os.fsync(file.fileno())
        temporary.replace(path)
    except BaseException:
        with contextlib.suppress(OSError):
            temporary.unlink()
        raise
    if lasting:
        force_folder(path.parent)
    return path


def force_folder(folder: Path) -> None:
    """Force the names in a folder to the disk. File systems that cannot do that for a folder are let be."""
    descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
    try:
        with contextlib.suppress(OSError):
            os.fsync(descriptor)
    finally:
        os.close(descriptor)

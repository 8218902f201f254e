"""Writes a file whole or not at all: content in, the old file or the new one on disk, never a part of either."""

from __future__ import annotations

import contextlib
import secrets
from pathlib import Path


def write_atomically(path: Path, content: bytes) -> Path:
    """Put `content` at `path`, by way of a temporary file in the same folder.

    Nothing is forced to the disk: after a power failure a file may be damaged, which `read_results` reports.
    """
    temporary = path.with_name(f".{secrets.token_hex(8)}.tmp")
    try:
        temporary.write_bytes(content)
        temporary.replace(path)
    except BaseException:
        with contextlib.suppress(OSError):
            temporary.unlink()
        raise
    return path

"""Makes archives for tests, sound ones and others."""

from __future__ import annotations

import io
import json
import stat
import tarfile
import zipfile
from collections.abc import Mapping


def notebook(*sources: str) -> bytes:
    """A notebook of these code cells."""
    return json.dumps({"nbformat": 4, "cells": [{"cell_type": "code", "source": source} for source in sources]}).encode()


def zipped(files: Mapping[str, bytes], links: Mapping[str, str] | None = None) -> bytes:
    """A zip archive; of `links` each is a symbolic one to its target."""
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in files.items():
            archive.writestr(zipfile.ZipInfo(name) if name.endswith("/") else name, content)
        for name, to in (links or {}).items():
            info = zipfile.ZipInfo(name)
            info.create_system, info.external_attr = 3, (stat.S_IFLNK | 0o777) << 16
            archive.writestr(info, to)
    return target.getvalue()


def encrypted(archive: bytes, name: str) -> bytes:
    """The zip archive with the flag of encryption set for one member, in its header and in the table of contents."""
    content = bytearray(archive)
    for start, flags, at in ((b"PK\x03\x04", 6, 30), (b"PK\x01\x02", 8, 46)):
        place = content.find(start)
        while place >= 0:
            if content[place + at : place + at + len(name)] == name.encode():
                content[place + flags] |= 1
            place = content.find(start, place + 4)
    return bytes(content)


def tarred(files: Mapping[str, bytes], mode: str = "w", others: Mapping[str, tuple[bytes, str]] | None = None) -> bytes:
    """A tar archive; of `others` each has a type of its own and a target."""
    target = io.BytesIO()
    with tarfile.open(fileobj=target, mode=mode) as archive:  # type: ignore[call-overload]
        for name, content in files.items():
            info = tarfile.TarInfo(name)
            info.size = len(content)
            archive.addfile(info, io.BytesIO(content))
        for name, (kind, to) in (others or {}).items():
            info = tarfile.TarInfo(name)
            info.type, info.linkname = kind, to
            archive.addfile(info)
    return target.getvalue()

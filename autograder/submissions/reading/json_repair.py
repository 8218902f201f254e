"""Takes bytes that are almost JSON and gives JSON, with a sentence for each thing that was mended; never what breaks off."""

from __future__ import annotations

import re
from collections.abc import Iterator

_TOKEN = re.compile(
    rb'"(?:[^"\\]|\\.)*+(?:"|\\?\Z)'  # a string, or the rest of the text if it never ends: one that breaks off is read once
    rb"|,(?=\s*+[\]}])"  # a trailing comma
    rb"|(?<![\w.])-?(?:NaN|Infinity)(?![\w.])"
    rb"|[\x00-\x08\x0b\x0c\x0e-\x1f]++",
    re.DOTALL,
)
_IN_STRING = re.compile(
    rb"\\u[dD][89abAB][0-9a-fA-F]{2}\\u[dD][c-fC-F][0-9a-fA-F]{2}"  # both halves of one character
    rb"|\\u[dD][89a-fA-F][0-9a-fA-F]{2}|\\.|[\x00-\x1f]",
    re.DOTALL,
)
_CONFLICT = re.compile(rb"(<{7}|\|{7}|={7}|>{7})(?: |\r?$)")
_ESCAPES = b'"\\/bfnrtu'
_HEX = re.compile(rb"\\u[0-9a-fA-F]{4}")
_SHORT = {0x09: b"\\t", 0x0A: b"\\n", 0x0D: b"\\r", 0x08: b"\\b", 0x0C: b"\\f"}


def sides(content: bytes) -> Iterator[bytes]:
    """The text with one side of each conflict that a merge left in it, the upper one first; nothing if there is none."""
    lines = content.splitlines(keepends=True)
    marks = [found[1][:1] if (found := _CONFLICT.match(line)) else b"" for line in lines]
    if not {b"<", b"=", b">"} <= set(marks):
        return
    for wanted in (b"<", b"="):
        kept, side = [], b""
        for line, mark in zip(lines, marks, strict=True):
            side = mark or side
            if not mark and side in (b"", b">", wanted):
                kept.append(line)
        yield b"".join(kept)


def mend(content: bytes) -> tuple[bytes, tuple[str, ...]]:
    """The text mended, in UTF-8, and what was mended. Takes several times as much memory as `content`."""
    seen: dict[str, None] = {}
    try:
        content.decode()
    except UnicodeDecodeError:
        content = content.decode(errors="replace").encode()
        seen["bytes that are not valid UTF-8 were replaced"] = None

    def in_string(match: re.Match[bytes]) -> bytes:
        found = match[0]
        if found[0] != 0x5C:
            if found == b"\x00":
                seen["NUL characters were left out"] = None
                return b""
            seen["control characters in texts were escaped"] = None
            return _SHORT.get(found[0]) or b"\\u%04x" % found[0]
        if len(found) > 6:
            return found  # both halves of one character
        if len(found) == 6:
            seen["halves of characters (lone surrogates) were replaced"] = None
            return b"\\ufffd"
        if found[1:] not in _ESCAPES or (found == b"\\u" and not _HEX.match(match.string, match.start())):
            seen["backslashes that escape nothing were kept as backslashes"] = None
            return b"\\" + found
        return found

    def token(match: re.Match[bytes]) -> bytes:
        found = match[0]
        if found[0] == 0x22:
            return _IN_STRING.sub(in_string, found) if b"\\" in found or not found.isascii() or _CONTROL.search(found) else found
        if found == b",":
            seen["trailing commas were left out"] = None
            return b""
        if found[-1] in b"Ny":
            seen["numbers that JSON does not have (NaN, Infinity) were left out"] = None
            return b"null"
        seen["control characters between texts were left out"] = None
        return b" "

    return _TOKEN.sub(token, content), tuple(seen)


_CONTROL = re.compile(rb"[\x00-\x1f]")

"""Takes bytes that should be text and gives them as UTF-8 or as a string, whichever Unicode form a program has chosen."""

from __future__ import annotations

import codecs
import io
import tokenize

from autograder.submissions.reading.limits import CHUNK

_MARKS = (
    (codecs.BOM_UTF8, "utf-8"), (codecs.BOM_UTF32_LE, "utf-32-le"), (codecs.BOM_UTF32_BE, "utf-32-be"),
    (codecs.BOM_UTF16_LE, "utf-16-le"), (codecs.BOM_UTF16_BE, "utf-16-be"),
)  # fmt: skip


def to_utf8(content: bytes | bytearray) -> tuple[bytes | bytearray | memoryview, str]:
    """The text in UTF-8 without a byte order mark, and the name of the encoding that it was in. Other bytes stay as they are."""
    encoding, mark = _encoding(content)
    if encoding == "utf-8":
        return (memoryview(content)[mark:] if mark else content), encoding
    decoder = codecs.getincrementaldecoder(encoding)("replace")
    text = bytearray()
    view = memoryview(content)
    for start in range(mark, len(view), CHUNK):
        text += decoder.decode(bytes(view[start : start + CHUNK])).encode(errors="replace")
    text += decoder.decode(b"", final=True).encode(errors="replace")
    return text, encoding


def to_text(content: bytes | bytearray) -> str:
    """The text of a script, by its byte order mark, its coding line or as UTF-8; what is not valid becomes U+FFFD."""
    encoding, mark = _encoding(content)
    if encoding == "utf-8" and not mark:
        try:
            encoding, _ = tokenize.detect_encoding(io.BytesIO(content).readline)
            text = content.decode(encoding, errors="replace")
            if isinstance(text, str):  # a coding line may name what is no encoding of text
                return normal_lines(text)
        except (SyntaxError, LookupError, ValueError, TypeError, AssertionError):
            pass  # a coding line that names no encoding
        encoding = "utf-8"
    return normal_lines(bytes(content[mark:]).decode(encoding, errors="replace"))


def normal_lines(text: str) -> str:
    """With `\\n` as the only line end."""
    return text.replace("\r\n", "\n").replace("\r", "\n")


def _encoding(content: bytes | bytearray) -> tuple[str, int]:
    """Encoding, and length of the byte order mark."""
    for mark, encoding in _MARKS:
        if content.startswith(mark):
            return encoding, len(mark)
    first = bytes(content[:4])
    # Notebooks and scripts begin with ASCII characters, so that every other byte is zero in UTF-16.
    if len(first) == 4 and first[1] == first[3] == 0 and first[0] and first[2]:
        return "utf-16-le", 0
    if len(first) == 4 and first[0] == first[2] == 0 and first[1] and first[3]:
        return "utf-16-be", 0
    return "utf-8", 0

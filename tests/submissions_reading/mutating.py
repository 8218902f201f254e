"""Makes submissions that nobody would write: sample notebooks, scripts and archives, their bytes and structure changed."""

from __future__ import annotations

import copy
import gzip
import json
import random
from functools import cache
from typing import Any

from autograder.submissions import read_file
from tests.samples import FOLDER
from tests.submissions_reading.packing import encrypted, tarred, zipped

SEEDS = ("complete", "half_done", "untouched_template", "syntax_error_in_one_class")
PIECES = (
    b"\x00", b"\xff", b'"', b"\\", b"\\ud800", b"\\u", b"{", b"}", b"[", b"]", b",", b"NaN", b"-Infinity", b"\n", b"\r",
    b"\xef\xbb\xbf", b"\xff\xfe", b"\xed\xa0\x80", b"# %%\n", b"# In[1]:\n", b"# ---\n", b"# +\n", b"'''", b"\t",
    b" " * 500, b"(" * 300, b"PK\x03\x04", b"PK\x01\x02", b"PK\x05\x06", b"\x1f\x8b", b"ustar", b"\x80" + b"\xff" * 11, b"../",
    b"%%bash\n", b"!ls\n", b"lambda: " * 100,
)  # fmt: skip
ODD: tuple[Any, ...] = (
    None, True, 0, -1, 2**70, 1.5, "", "x", "code", "\0", "\ud800", "x = 1\r\ny", [], {}, [[]], {"a": {}}, [None],
    ["x", 1, ["y"]], ["a = 1", "b = 2"], "x" * 5000, ["("] * 50,
)  # fmt: skip
KEYS = ("cells", "worksheets", "cell_type", "source", "input", "outputs", "nbformat", "execution_count", "metadata")
NAMES = ("w.ipynb", "a/w.ipynb", "../up.ipynb", "/abs.ipynb", "C:\\w.ipynb", "w.py", "in.zip", "w.tar.gz", ".hid.ipynb", "x")


@cache
def seeds() -> tuple[tuple[str, bytes], ...]:
    """Names and contents to begin with."""
    found: list[tuple[str, bytes]] = []
    for name in SEEDS:
        content = (FOLDER / f"{name}.ipynb").read_bytes()
        sources = [cell.source for cell in read_file(FOLDER / f"{name}.ipynb").cells]
        small = json.loads(content)
        small["cells"] = small["cells"][:9]
        found += [
            ("work.ipynb", content),
            ("work.ipynb", json.dumps(small).encode()),
            ("work.ipynb", json.dumps({"nbformat": 3, "worksheets": [{"cells": _old(small["cells"])}]}).encode()),
            ("work.ipynb", json.dumps(small).encode("utf-16")),
            ("work.py", "\n".join(f"# %%\n{source}\n" for source in sources[:6]).encode()),
            ("work.py", "\n".join(f"# In[{n}]:\n\n\n{source}\n\n" for n, source in enumerate(sources[:6])).encode()),
            ("work.py", ("# ---\n# jupyter: {}\n# ---\n\n" + "\n\n".join(sources[:6])).encode()),
        ]
        litter = {"__MACOSX/._work.ipynb": b"\0\5\x16\7"}
        files = {"hw/work.ipynb": json.dumps(small).encode(), "hw/notes.ipynb": found[2][1], **litter}
        packed = zipped(files)
        found += [
            ("work.zip", packed),
            ("work.zip", zipped({"inner.zip": packed, "inner.tgz": tarred(files, "w:gz")})),
            ("work.tar", tarred(files)),
            ("work.tar.gz", tarred(files, "w:gz")),
            ("work.zip", encrypted(packed, "hw/work.ipynb")),
        ]
    return tuple(found)


def _old(cells: list[dict[str, Any]]) -> list[dict[str, Any]]:
    return [{("input" if key == "source" else key): value for key, value in cell.items()} for cell in cells]


def submission(choices: random.Random) -> tuple[str, bytes]:
    """A file's name and its bytes."""
    name, content = choices.choice(seeds())
    if name.endswith(".ipynb") and content.startswith(b"{") and choices.random() < 0.6:
        content = _with_other_structure(choices, content)
    elif not name.endswith((".ipynb", ".py")) and choices.random() < 0.5:
        name, content = _archive(choices)
    for _ in range(choices.choice((0, 1, 1, 2, 5, 30))):
        content = _with_other_bytes(choices, content)
    if choices.random() < 0.05:
        content = gzip.compress(content)
    if choices.random() < 0.1:
        name = choices.choice(("work.ipynb", "work.py", "work", "work.zip", "work.html"))
    return name, content


def _with_other_bytes(choices: random.Random, content: bytes) -> bytes:
    at, length = choices.randint(0, len(content)), choices.choice((1, 1, 2, 4, 30, 600))
    match choices.randrange(7):
        case 0:
            return content[:at] + choices.choice(PIECES) + content[at:]
        case 1:
            return content[:at] + content[at + length :]
        case 2:
            return content[:at] + choices.randbytes(length) + content[at + length :]
        case 3:
            return content[:at] + content[at : at + length] * choices.choice((2, 3, 50)) + content[at + length :]
        case 4:
            return content[:at] if choices.random() < 0.3 else content[:at] + choices.choice(PIECES) + content[at + length :]
        case 5:
            other = choices.choice(seeds())[1]
            start = choices.randint(0, len(other))
            return content[:at] + other[start : start + 40 * length] + content[at:]
        case _:
            return content[:at] + bytes(byte ^ 1 << choices.randrange(8) for byte in content[at : at + 1]) + content[at + 1 :]


def _with_other_structure(choices: random.Random, content: bytes) -> bytes:
    document = json.loads(content)
    for _ in range(choices.choice((1, 2, 6))):
        _change(choices, document)
    text = json.dumps(document, indent=choices.choice((None, 1)), ensure_ascii=choices.random() < 0.5)
    return text.encode(choices.choice(("utf-8", "utf-8", "utf-8-sig", "utf-16", "utf-16-be")), errors="surrogatepass")


def _change(choices: random.Random, document: Any) -> None:
    node = document
    while isinstance(node, (dict, list)) and node:
        key = choices.choice(list(node)) if isinstance(node, dict) else choices.randrange(len(node))
        if choices.random() < 0.4 or not isinstance(node[key], (dict, list)) or not node[key]:
            break
        node = node[key]
    if not isinstance(node, (dict, list)) or not node:
        return
    match choices.randrange(5):
        case 0:
            node[key] = copy.deepcopy(choices.choice(ODD))
        case 1:
            del node[key]
        case 2:
            value = node[key]
            for _ in range(choices.choice((1, 3, 3000))):
                value = [value]
            node[key] = copy.deepcopy(choices.choice(ODD)) if choices.random() < 0.7 else (value if _depth_ok(value) else None)
        case 3 if isinstance(node, list):
            node[:] = node * choices.choice((2, 5, 40)) if len(node) < 2000 else node
        case _:
            if isinstance(node, dict):
                node[choices.choice(KEYS)] = node.pop(key)
            else:
                choices.shuffle(node)


def _depth_ok(value: Any) -> bool:
    depth = 0
    while isinstance(value, list) and value:
        value, depth = value[0], depth + 1
    return depth < 400  # what the json module can write


def _archive(choices: random.Random) -> tuple[str, bytes]:
    contents = [content for _, content in choices.choices(seeds(), k=choices.randint(0, 4))]
    files = {choices.choice(NAMES): content for content in contents}
    match choices.randrange(3):
        case 0:
            return "work.zip", zipped(files, links={"link.ipynb": "/etc/passwd"} if choices.random() < 0.2 else {})
        case 1:
            kinds = [bytes([choices.choice(b"12345678xLKgSV0")]) for _ in range(choices.randint(0, 3))]
            return "work.tar", tarred(files, others={f"odd{n}.ipynb": (kind, "work.ipynb") for n, kind in enumerate(kinds)})
        case _:
            return "work.tar.gz", tarred(files, "w:gz")

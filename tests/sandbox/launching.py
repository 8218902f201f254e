"""Launches a real sandbox in the test process, and asks its workers for facts."""

from __future__ import annotations

import ast
import os
import struct
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

from autograder.config import SandboxSection
from autograder.errors import SandboxUnavailable
from autograder.sandbox import landlock, namespaces, syscalls
from autograder.sandbox.ground import Ground
from autograder.sandbox.lanes import Sandbox
from autograder.sandbox.session import CellRun, Worker

OUTPUT = 1 << 16
LIMITS = SandboxSection(memory_mib=1024, processes=24, open_files=64, file_mib=1)
ENVIRONMENT_SECRET = "AUTOGRADER_TEST_SECRET"

needs_own_user = pytest.mark.skipif(os.geteuid() != 0, reason="only root can give workers a user of their own")
needs_landlock = pytest.mark.skipif(landlock.abi() == 0, reason="this kernel has no Landlock")


@contextmanager
def launched(forbidden: tuple[str, ...] = (), *, bare: bool = False) -> Iterator[Sandbox]:
    """A sandbox with `given.txt` and a tiny MNIST as its data; gone afterwards, and the process's own `otter` is as it was.

    It is launched with a umask that keeps files from others, as platforms' scripts may set it: workers read theirs all the same.

    `bare`: as on a machine without Landlock, libseccomp and namespaces, where the change of user must suffice.
    """
    os.environ[ENVIRONMENT_SECRET] = "sesame"
    otter = sys.modules.get("otter")
    umask = os.umask(0o077)
    try:
        with pytest.MonkeyPatch.context() as patch:  # what the zygote inherits, it keeps
            if bare:
                patch.setattr(landlock, "abi", lambda: 0)
                patch.setattr(namespaces, "_forked_inside", lambda child: "not in this test")
                patch.setattr(syscalls, "build_filter", lambda: syscalls.SyscallFilter(b"", "not in this test"))
            sandbox = Sandbox.launch(Ground.prepare(LIMITS.uids, 1), LIMITS, forbidden, fill=_fill)
    except SandboxUnavailable as reason:
        pytest.skip(str(reason))
    finally:
        os.umask(umask)
        # The stand-in is for the workers, which have it by now
        sys.modules.pop("otter", None)
        if otter is not None:
            sys.modules["otter"] = otter
    try:
        yield sandbox
    finally:
        sandbox.close()
        os.environ.pop(ENVIRONMENT_SECRET, None)


def _fill(folder: Path) -> None:
    (folder / "given.txt").write_text("given")
    raw = folder / "MNIST" / "raw"
    raw.mkdir(parents=True)
    for part in ("train", "t10k"):  # three images each, in MNIST's own format
        (raw / f"{part}-images-idx3-ubyte").write_bytes(struct.pack(">4i", 2051, 3, 28, 28) + bytes(3 * 28 * 28))
        (raw / f"{part}-labels-idx1-ubyte").write_bytes(struct.pack(">2i", 2049, 3) + bytes([7, 0, 9]))


def run(worker: Worker, source: str, *, seconds: float = 10, number: int = 1) -> CellRun:
    """Run one cell."""
    return worker.run_cell(number, source, seconds=seconds)


def tell(worker: Worker, expression: str, setup: str = "") -> Any:
    """The value, a literal, of an expression over there, after the statements of `setup`."""
    ended = run(worker, f"{setup}\nprint('', repr({expression}), sep='\\n')")
    assert ended.status == "ok", ended
    return ast.literal_eval(ended.output.strip().splitlines()[-1])


def refusal(worker: Worker, statement: str) -> str:
    """Name of the exception that a statement raises over there; "" if it raises none."""
    setup = f"try:\n    {statement}\n    raised = ''\nexcept BaseException as error:\n    raised = type(error).__name__"
    return str(tell(worker, "raised", setup))

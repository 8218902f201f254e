"""Runs the command line in forks of a process that has imported the large libraries: a test need not wait seconds for that.

It is the real `main` with real arguments, in a process of its own with its own standard streams, folder and environment; only
`import torch` and its like have happened already, as they also have when the grader forks the process that workers come from.
Nothing of the graders' own secrets is imported before: workers inherit what is. Children have their string hashes in common,
so a test of bytes that must not depend on them starts its processes cold.
"""

from __future__ import annotations

import array
import contextlib
import importlib
import json
import os
import signal
import socket
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Any, NoReturn

from tests.samples import ROOT

_MESSAGE = 1 << 20


class Warm:
    """The tests' side: one such process for each process of tests, started when it is first needed."""

    def __init__(self) -> None:
        ours, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        code = f"from tests.warm import serve; serve({theirs.fileno()})"
        environment = {**os.environ, "COLUMNS": "200", "NO_COLOR": "1", "MPLBACKEND": "Agg", "OMP_NUM_THREADS": "1"}
        self._process = subprocess.Popen(
            [sys.executable, "-c", code], cwd=ROOT, env=environment, pass_fds=[theirs.fileno()], stdin=subprocess.DEVNULL
        )
        theirs.close()
        self._line = ours

    def run(
        self, arguments: list[str], cwd: Path, environment: dict[str, str], seconds: float
    ) -> subprocess.CompletedProcess[str]:
        """As `subprocess.run`, of the command line with these arguments. Raises subprocess.TimeoutExpired."""
        command = ["autograder", *arguments]
        with tempfile.TemporaryFile() as out, tempfile.TemporaryFile() as err:
            request = json.dumps({"command": command, "cwd": str(cwd), "environment": environment}).encode()
            descriptors = array.array("i", [out.fileno(), err.fileno()])
            self._line.settimeout(seconds)
            self._line.sendmsg([request], [(socket.SOL_SOCKET, socket.SCM_RIGHTS, descriptors)])
            pid = self._answer()["pid"]
            try:
                status = self._answer()["status"]
            except TimeoutError:
                os.kill(pid, signal.SIGKILL)
                self._line.settimeout(60)
                self._answer()
                raise subprocess.TimeoutExpired(command, seconds) from None
            printed = [_text(stream.fileno()) for stream in (out, err)]
        return subprocess.CompletedProcess(command, status, *printed)

    def _answer(self) -> dict[str, int]:
        message = self._line.recv(_MESSAGE)
        if not message:
            raise AssertionError(f"the process that commands are forked from has ended with {self._process.wait()}")
        answer: dict[str, int] = json.loads(message)
        return answer


def _text(descriptor: int) -> str:
    os.lseek(descriptor, 0, os.SEEK_SET)
    with os.fdopen(os.dup(descriptor), encoding="utf-8") as stream:
        return stream.read()


def serve(descriptor: int) -> None:
    """The other side: fork for each request, tell the process id and then how it ended, until the tests hang up."""
    for name in ("torch", "matplotlib.pyplot", "IPython.core.interactiveshell", "nbformat", "autograder.cli"):
        importlib.import_module(name)
    from autograder.sandbox.compiler import import_torchvision

    import_torchvision()
    line = socket.socket(fileno=descriptor)
    while True:
        message, descriptors, _, _ = socket.recv_fds(line, _MESSAGE, 2)
        if not message:
            return
        pid = os.fork()
        if pid == 0:
            line.close()
            _become(json.loads(message), descriptors)
        for each in descriptors:
            os.close(each)
        line.send(json.dumps({"pid": pid}).encode())
        status = os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1])
        with contextlib.suppress(BrokenPipeError):
            line.send(json.dumps({"status": status}).encode())


def _become(request: dict[str, Any], descriptors: list[int]) -> NoReturn:
    for number, each in enumerate(descriptors, 1):
        os.dup2(each, number)
        os.close(each)
    os.chdir(request["cwd"])
    os.environ.clear()
    os.environ.update(request["environment"])
    sys.argv = request["command"]
    sys.path[0] = request["cwd"]

    from autograder.cli import main

    main()
    raise SystemExit(0)

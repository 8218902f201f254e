"""The process beside a cluster's worker that grades: submissions come in over a line, results go back.

It is started by itself, and not forked from the worker: workers of students inherit the memory that is there when the sandbox
opens, and a process of many threads must not be forked at all. It ends with the line.
"""

from __future__ import annotations

import shutil
import socket
import sys
import time
from collections import deque
from collections.abc import Mapping
from multiprocessing.connection import wait
from pathlib import Path
from types import SimpleNamespace
from typing import TYPE_CHECKING

import msgspec

from autograder.cluster import lines
from autograder.config_file import config_of
from autograder.errors import AutograderError
from autograder.grading.launch import grader_of, sandbox_for

if TYPE_CHECKING:
    from autograder.grading.judges import Judges

WHERE = Path("grading_config.yaml")
"""What the configuration is called in messages; there is no such file here."""


def main(line: socket.socket) -> None:
    """Serve one worker until it hangs up, or has had no work for long."""
    opening = lines.receive(line, lines.Opening)
    if opening is None:
        return
    try:
        config = config_of(opening.config, WHERE, check_files=False)
        with sandbox_for(
            config, opening.lanes, submissions=opening.submissions, unconfined=opening.unconfined, data=opening.data
        ) as sandbox:
            lines.send(line, lines.Opened())
            manifest = lines.receive(line, lines.Manifest)
            if manifest is None:
                return
            from autograder.bundles import bundle_of
            from autograder.grading.judges import Judges

            if opening.data is not None:
                _judge_by(opening.data, sandbox.root / "sent")
            grader = grader_of(bundle_of(manifest.content, Path("manifest.json")), config)
            judges = Judges(grader, sandbox.lanes)
            try:
                lines.send(line, lines.Opened(key=grader.key))
                _serve(line, judges, sandbox.root / "handed-in", opening.idle)
            finally:
                judges.close()
    except (AutograderError, OSError) as error:
        lines.send(line, lines.Opened(failed=str(error)))


def _judge_by(files: Mapping[str, bytes], place: Path) -> None:
    """Let checks find MNIST in `place`, a folder that is made here, and not in the package, which lacks it or has another.

    From outside: whatever changes in `checks` itself has every test audited again, and this changes nothing that they compute.
    """
    from autograder.checks import data

    place.mkdir(mode=0o700)
    (place / "data").mkdir()
    for name, content in files.items():
        (place / "data" / name).write_bytes(content)
    vars(data)["resources"] = SimpleNamespace(files=lambda package: place)


def _serve(line: socket.socket, judges: Judges, place: Path, idle: float) -> None:
    """`place`: a folder that is made here, for what was handed in; the warden clears it up with all of the run's."""
    from autograder.submissions.reading.parcel import unpack

    place.mkdir(mode=0o700)
    waiting: deque[lines.Request] = deque()
    quiet_since = time.monotonic()
    while True:
        while waiting and judges.idle:
            request = waiting.popleft()
            folder = place / str(request.number)
            folder.mkdir()
            judges.give(unpack(request.parcel, str(request.number), folder), request.seed)
        for found, result in judges.take(or_until=[line]):
            lines.send(line, lines.Answer(int(found.name), msgspec.json.encode(result)))
            shutil.rmtree(place / found.name, ignore_errors=True)
        if wait([line], timeout=0):
            received = lines.receive(line, lines.Request)
            if received is None:
                return
            waiting.append(received)
        if judges.busy or waiting:
            quiet_since = time.monotonic()
        elif time.monotonic() - quiet_since > idle:
            return


if __name__ == "__main__":
    own = socket.socket(fileno=int(sys.argv[1]))
    own.set_inheritable(False)
    try:
        main(own)
    except OSError:
        pass  # the worker is gone, and nobody is left to be told

"""A cluster of real processes on this machine: a dask scheduler, and workers that come and go as a test says."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

import psutil

from tests.samples import ROOT

Process = subprocess.Popen[bytes]
SECONDS = 120.0
"""For anything that is bound to happen; a machine may be busy."""


@dataclass
class Machines:
    """A cluster. `folder` gets the scheduler's file, and what each process said."""

    folder: Path
    address: str = ""
    processes: list[Process] = field(default_factory=list)

    def start(self, module: str, *arguments: str, environment: Mapping[str, str] | None = None) -> Process:
        """A process of the cluster's."""
        with (self.folder / f"{module}-{len(self.processes)}.log").open("wb") as log:
            process = subprocess.Popen(
                [sys.executable, "-m", f"distributed.cli.{module}", "--host", "127.0.0.1", "--no-dashboard", *arguments],
                stdout=log, stderr=log, cwd=self.folder, env={**os.environ, **(environment or {})},
            )  # fmt: skip
        self.processes.append(process)
        return process

    def worker(self, package: Path | None = None) -> Process:
        """A worker with one thread. `package`: the folder that holds the package it uses, if not the installed one."""
        environment = {"PYTHONPATH": str(package)} if package else {}
        options = ("--nthreads", "1", "--no-nanny", "--local-directory", str(self.folder))
        return self.start("dask_worker", self.address, *options, environment=environment)

    def end(self) -> None:
        """Kill what is left."""
        for process in self.processes:
            process.kill()
            process.wait()


@contextmanager
def machines(folder: Path) -> Iterator[Machines]:
    """A scheduler without workers."""
    cluster = Machines(folder)
    file = folder / "scheduler.json"
    try:
        cluster.start("dask_scheduler", "--port", "0", "--scheduler-file", str(file))
        until(lambda: file.exists() and file.read_bytes().strip().endswith(b"}"))
        cluster.address = json.loads(file.read_text())["address"]
        yield cluster
    finally:
        cluster.end()


def copy_of_the_package(folder: Path, *, version: str = "", data: bool = True) -> Path:
    """A folder for PYTHONPATH with the package in it, of another version or without MNIST."""
    left_out = ("__pycache__",) if data else ("__pycache__", "*.gz")
    copy = shutil.copytree(ROOT / "autograder", folder / "autograder", ignore=shutil.ignore_patterns(*left_out))
    if version:
        (copy / "__init__.py").write_text(f'__version__ = "{version}"\n')
    return folder


def graders_of(worker: Process) -> list[psutil.Process]:
    """Processes that a worker has started, and theirs."""
    return psutil.Process(worker.pid).children(recursive=True)


def until(holds: Callable[[], bool]) -> None:
    """Wait for something that is bound to happen."""
    deadline = time.monotonic() + SECONDS
    while not holds():
        assert time.monotonic() < deadline, "it did not happen"
        time.sleep(0.05)

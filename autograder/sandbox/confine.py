"""Takes away from the calling process, layer by layer, everything that student code has no need of; returns what was applied.

The order matters and each step says why it stands where it stands. Called once, in a fresh fork of the zygote, before any
student code runs.
"""

from __future__ import annotations

import contextlib
import ctypes
import os
import resource
import signal
import tempfile
from dataclasses import dataclass
from pathlib import Path

from autograder.errors import SandboxError
from autograder.results import OWN_USER, Layer
from autograder.sandbox import landlock
from autograder.sandbox.syscalls import SyscallFilter

PR_SET_PDEATHSIG, PR_SET_DUMPABLE, PR_SET_NO_NEW_PRIVS, PR_SET_CHILD_SUBREAPER = 1, 4, 38, 36

_libc = ctypes.CDLL(None, use_errno=True)


@dataclass(frozen=True)
class Confinement:
    """What one worker is confined to.

    Attributes:
        scratch: folder of its own; `work` below it becomes the working directory.
        uid: user and group id of its own, or None where the grader may not change users.
        readable: files and folders that it may read besides the interpreter and its packages.
        memory: bytes of address space on top of what is mapped already.
        cpu_seconds, processes, open_files, file_bytes: resource limits.
        syscalls: what it may ask of the kernel.
    """

    scratch: Path
    uid: int | None
    readable: tuple[Path, ...]
    memory: int
    cpu_seconds: int
    processes: int
    open_files: int
    file_bytes: int
    syscalls: SyscallFilter


def prctl(option: int, value: int) -> None:
    """`prctl(2)` with one argument; raises SandboxError with the system's reason."""
    if _libc.prctl(option, value, 0, 0, 0) != 0:
        raise SandboxError(f"prctl({option}, {value}): {os.strerror(ctypes.get_errno())}")


def close_all_but(keep: set[int]) -> None:
    """Close every descriptor that is not in `keep`."""
    for name in os.listdir("/proc/self/fd"):
        if int(name) not in keep:
            try:
                os.close(int(name))
            except OSError:
                pass  # the descriptor of the listing itself, closed by now


def confine(what: Confinement, keep: set[int]) -> tuple[Layer, ...]:
    """Apply every layer this platform has. Raises SandboxError where a layer that must hold could not be applied."""
    layers = []
    _go_first()
    os.setsid()  # first: a session of its own is how its descendants are recognised afterwards
    close_all_but(keep)
    _clean_surroundings(what.scratch)
    layers.append(Layer(name="own session, no inherited descriptors or environment", applied=True))
    _limit(what)
    layers.append(Layer(name="resource limits", applied=True))
    if what.uid is not None:
        os.setgroups([])
        os.setresgid(what.uid, what.uid, what.uid)
        os.setresuid(what.uid, what.uid, what.uid)
        layers.append(Layer(name=OWN_USER, applied=True, reason=f"uid {what.uid}"))
    else:
        layers.append(Layer(name=OWN_USER, applied=False, reason="the grader does not run as root"))
    # After the change of user, which resets both; a descendant that is forked later outlives its parent on purpose.
    prctl(PR_SET_PDEATHSIG, signal.SIGKILL)
    prctl(PR_SET_DUMPABLE, 0)
    prctl(PR_SET_NO_NEW_PRIVS, 1)
    layers.append(Layer(name="no new privileges, not dumpable", applied=True))
    layers.append(landlock.restrict(what.readable, what.scratch))
    layers.append(what.syscalls.load())  # last: what the steps before it call is not on its list
    return tuple(layers)


def _go_first() -> None:
    """Where the whole machine or container runs out of memory, the kernel is to end this process and not the grader."""
    with contextlib.suppress(OSError):
        Path("/proc/self/oom_score_adj").write_text("1000")


def _clean_surroundings(scratch: Path) -> None:
    """Environment, temporary folder and working directory point into the scratch folder and nowhere else."""
    keep = {name: os.environ[name] for name in ("LANG", "LC_ALL", "TZ") if name in os.environ}
    os.environ.clear()
    _wipe_first_environment()
    os.environ.update(
        keep,
        PATH="/usr/bin:/bin",
        HOME=str(scratch / "work"),
        TMPDIR=str(scratch / "tmp"),
        MPLBACKEND="Agg",
        MPLCONFIGDIR=str(scratch / "tmp"),
        OMP_NUM_THREADS="1",
        OPENBLAS_NUM_THREADS="1",
        MKL_NUM_THREADS="1",
        USER="student",
    )
    tempfile.tempdir = None
    os.chdir(scratch / "work")


def _wipe_first_environment() -> None:
    """Overwrite the environment that the grader was started with, which lies in every fork's memory whatever `environ` says."""
    fields = Path("/proc/self/stat").read_text().rpartition(")")[2].split()
    start, end = int(fields[47]), int(fields[48])  # env_start, env_end: fields 50 and 51 of proc_pid_stat(5)
    if 0 < start < end:
        ctypes.memset(start, 0, end - start)


def _limit(what: Confinement) -> None:
    """Resource limits; address space counts from what is mapped now (torch maps gigabytes by itself)."""
    pages = int(Path("/proc/self/statm").read_text().split()[0])
    mapped = pages * resource.getpagesize()
    for limit, value in (
        (resource.RLIMIT_AS, mapped + what.memory),
        (resource.RLIMIT_CPU, what.cpu_seconds),
        (resource.RLIMIT_NPROC, what.processes),
        (resource.RLIMIT_NOFILE, what.open_files),
        (resource.RLIMIT_FSIZE, what.file_bytes),
        (resource.RLIMIT_CORE, 0),
        (resource.RLIMIT_MEMLOCK, 0),
        (resource.RLIMIT_MSGQUEUE, 0),
    ):
        if limit == resource.RLIMIT_NPROC and what.uid is None:
            continue  # would count all processes of the grader's own user
        hard = resource.getrlimit(limit)[1]
        bound = value if hard == resource.RLIM_INFINITY else min(value, hard)
        resource.setrlimit(limit, (bound, bound))

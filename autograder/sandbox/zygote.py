"""The clean process that every worker is forked from: torch, torchvision and IPython imported once; no tests, no answers.

`prepare` does the imports in the grader's own process; `Zygote` then forks, and only afterwards may the grader load anything
that is secret. That way one import serves both.
"""

from __future__ import annotations

import contextlib
import gc
import os
import select
import signal
import socket
import time
from pathlib import Path
from typing import Any

from autograder.errors import SandboxError
from autograder.results import Layer
from autograder.sandbox import control, namespaces
from autograder.sandbox.cores import keep_to
from autograder.uncollected import uncollected

GC_THRESHOLDS = (20_000, 20, 20)
"""Python's own are for long-lived programs; a notebook that draws a figure would spend a tenth of its time collecting."""

_THREADS = ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS")


def prepare() -> Any:
    """Import what student code will want, on one thread, and build the shell. Takes seconds; call it once.

    Nothing is collected meanwhile, nor is any of it later, which keeps the collector from touching, and so copying, pages that
    all workers share.
    """
    gc.collect()  # what is left of earlier work, so that no worker inherits it
    with uncollected():
        return _imported()


def _imported() -> Any:
    for name in _THREADS:  # a child of a process whose pools have started hangs for ever
        os.environ[name] = "1"
    os.environ["MPLBACKEND"] = "Agg"
    import torch

    torch.set_num_threads(1)
    import matplotlib
    import matplotlib.pyplot

    matplotlib.use("Agg")
    from autograder.sandbox import compiler

    compiler.import_torchvision()
    from autograder.sandbox import loaders, watch, worker  # noqa: F401  # worker: for the workers to inherit
    from autograder.sandbox.shell import build_shell

    loaders.install()
    watch.warm_up()
    pyplot: Any = matplotlib.pyplot
    pyplot.show = lambda *args, **kwargs: pyplot.close("all")
    figure: Any = matplotlib.figure.Figure
    figure.tight_layout = pyplot.tight_layout = lambda *args, **kwargs: None  # nobody sees the figure
    axes: Any = pyplot.subplots(1, 2)[1]  # the first figure of a process fills caches that every worker then has
    axes[0].imshow([[0.0, 1.0]], cmap="gray")
    axes[1].plot([0.0, 1.0])
    axes[1].grid()
    pyplot.close("all")
    shell = build_shell()
    shell.run_cell("import torch\nfor _ in range(1): torch.ones(1)", store_history=False)  # the first cell is the slowest
    return shell


class Zygote:
    """The grader's side: how to reach the zygote.

    Attributes:
        lines: one control line for each judge.
    """

    def __init__(self, shell: Any, forbidden: tuple[str, ...], lines: int, close: list[socket.socket], *, apart: bool):
        """`close`: sockets of the grader that the zygote must not hold open.

        `apart`: give it namespaces of its own if the platform allows; the process ids that it names are then those in there.
        """
        from autograder.sandbox import surroundings  # it needs what `prepare` imports

        pairs = [control.pair() for _ in range(lines)]
        gc.set_threshold(*GC_THRESHOLDS)

        def serve(layer: Layer) -> None:
            os.setsid()
            for line in [*close, *(ours for ours, _ in pairs)]:
                line.close()
            forker = _Forker([theirs for _, theirs in pairs], shell, forbidden, layer)
            surroundings.install(shell)  # here and not in `prepare`, whose process becomes the grader
            gc.freeze()
            forker.serve()

        reason = "workers have no user of their own, by which the grader would find them from outside"
        self.pid = namespaces.fork_apart(serve) if apart else namespaces.without(serve, reason)
        for _, theirs in pairs:
            theirs.close()
        self.lines = [ours for ours, _ in pairs]


class _Forker:
    """The zygote's own loop.

    Attributes:
        layer: the namespaces it runs in, or why it has none of its own.
        ended: session leader -> processor seconds of its processes that have ended.
        status: process id -> wait status of workers that have ended.
    """

    def __init__(self, lines: list[socket.socket], shell: Any, forbidden: tuple[str, ...], layer: Layer):
        from autograder.sandbox.confine import PR_SET_CHILD_SUBREAPER, prctl
        from autograder.sandbox.syscalls import build_filter

        self.lines, self.shell, self.forbidden, self.layer = lines, shell, forbidden, layer
        self.ended: dict[int, float] = {}
        self.status: dict[int, int] = {}
        self.alive: set[int] = set()
        self.null = os.open(os.devnull, os.O_RDWR)
        self.syscalls = build_filter()
        prctl(PR_SET_CHILD_SUBREAPER, 1)  # checkpoints whose worker is gone come to us
        for each in (signal.SIGINT, signal.SIGTERM):
            signal.signal(each, signal.SIG_IGN)  # it ends when the grader hangs up

    def serve(self) -> None:
        """Answer until every grader process has hung up."""
        open_lines = list(self.lines)
        while open_lines:
            ready = select.select(open_lines, [], [], 1.0)[0]
            self._reap()
            for line in ready:
                try:
                    received = control.receive(line)
                except OSError:
                    received = None
                if received is None:
                    open_lines.remove(line)
                    continue
                request, descriptors = received
                try:
                    answer = self._spawn(request, descriptors) if request["op"] == "spawn" else self._finish(request["pid"])
                except OSError as error:
                    answer = {"error": f"the zygote could not {request['op']}: {error}"}
                finally:
                    for descriptor in descriptors:
                        os.close(descriptor)
                with contextlib.suppress(OSError):
                    control.send(line, answer)

    def _spawn(self, request: dict[str, Any], descriptors: list[int]) -> dict[str, Any]:
        pid = os.fork()
        if pid:
            self.alive.add(pid)
            self.ended[pid] = 0.0
            return {"pid": pid}
        try:
            self._become_worker(request, *descriptors)
        finally:
            os._exit(1)

    def _become_worker(self, request: dict[str, Any], channel: int, output: int) -> None:
        from autograder.sandbox import worker
        from autograder.sandbox.confine import Confinement, confine

        os.dup2(self.null, 0)
        os.dup2(output, 1)
        os.dup2(output, 2)
        line = socket.socket(fileno=os.dup(channel))
        keep_to(request["core"])
        try:
            what = Confinement(
                scratch=Path(request["scratch"]),
                uid=request["uid"],
                readable=tuple(Path(path) for path in request["readable"]),
                memory=request["memory"],
                cpu_seconds=request["cpu_seconds"],
                processes=request["processes"],
                open_files=request["open_files"],
                file_bytes=request["file_bytes"],
                syscalls=self.syscalls,
            )
            layers = (self.layer, *confine(what, keep={0, 1, 2, line.fileno(), self.null}))
            signal.signal(signal.SIGINT, signal.default_int_handler)
            signal.signal(signal.SIGTERM, signal.SIG_DFL)
            ready = {"layers": [[layer.name, layer.applied, layer.reason] for layer in layers]}
        except Exception as error:
            line.sendall(_greeting({"failed": f"{type(error).__name__}: {error}"}))
            os._exit(1)
        line.sendall(_greeting(ready))
        worker.main(line, self.shell, self.null, self.forbidden)

    def _reap(self) -> None:
        """Collect everything that has ended, adding its processor time to its session's account."""
        while True:
            try:
                info = os.waitid(os.P_ALL, 0, os.WEXITED | os.WNOHANG | os.WNOWAIT)
            except ChildProcessError:
                return
            if info is None:
                return
            leader = _session_of(info.si_pid)
            pid, status, usage = os.wait4(info.si_pid, 0)
            self.alive.discard(pid)
            if pid in self.ended:
                self.status[pid] = status
            if leader in self.ended:
                self.ended[leader] += usage.ru_utime + usage.ru_stime

    def _finish(self, leader: int) -> dict[str, Any]:
        """Wait until all processes of a session that was killed are gone; its processor seconds and the leader's status."""
        deadline = time.monotonic() + 10
        while True:
            self._reap()
            if leader not in self.alive and not _children_in(leader):
                return {"cpu": self.ended.pop(leader, 0.0), "status": self.status.pop(leader, 0)}
            if time.monotonic() > deadline:
                return {"error": f"processes of worker {leader} do not end"}
            time.sleep(0.001)


def _greeting(message: dict[str, Any]) -> bytes:
    import msgspec

    body = msgspec.msgpack.encode(message)
    return len(body).to_bytes(4, "little") + body


def _session_of(pid: int) -> int:
    try:
        return int(Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[3])
    except OSError:
        return 0


def _children_in(leader: int) -> bool:
    """Whether a direct child of ours, dead or alive, belongs to the session."""
    try:
        children = Path(f"/proc/self/task/{os.getpid()}/children").read_text().split()
    except OSError as error:
        raise SandboxError(f"/proc is not as expected: {error}") from None
    return any(_session_of(int(pid)) == leader for pid in children)

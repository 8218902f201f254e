"""A small process, forked before anything large is imported, that ends workers and clears up after them, whatever happens.

It kills every process of a worker's user at once (a fork bomb cannot outrun `kill(-1)`), removes scratch folders, and when
every grader process is gone, however it ended, does both for all that is left.
"""

from __future__ import annotations

import contextlib
import os
import select
import shutil
import signal
import socket
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

from autograder.sandbox import control

KILL_SECONDS = 10.0
"""After which processes that do not end are the staff's business."""

SHARED_FOLDERS = ("/tmp", "/var/tmp", "/dev/shm", "/run/lock", "/var/lock", "/dev/mqueue", "/var/crash")
"""Where every user may write on a usual system."""


class Warden:
    """The grader's side: how to reach the warden. Make it before large imports."""

    def __init__(self, root: Path, lines: int):
        pairs = [control.pair() for _ in range(lines)]
        self.pid = os.fork()
        if self.pid == 0:
            try:
                os.setsid()  # Ctrl-C in the terminal is for the grader, which then hangs up
                signal.signal(signal.SIGTERM, signal.SIG_IGN)  # so is the end of a service or container, which all are told
                for ours, _ in pairs:
                    ours.close()
                _serve([theirs for _, theirs in pairs], root)
            finally:
                os._exit(0)
        for _, theirs in pairs:
            theirs.close()
        self.lines = [ours for ours, _ in pairs]


def end_user(line: socket.socket, uid: int) -> None:
    """Kill every process of a worker's user."""
    control.ask(line, {"op": "user", "uid": uid})


def end_process(line: socket.socket, uid: int | None, pid: int) -> None:
    """Kill one process of a worker's user, or of a worker's session; `pid` may come from a student's process."""
    control.ask(line, {"op": "process", "uid": uid, "pid": pid})


def end_session(line: socket.socket, leader: int) -> None:
    """Kill every process of a worker's session; for graders that cannot change users."""
    control.ask(line, {"op": "session", "pid": leader})


def remove(line: socket.socket, path: Path) -> None:
    """Remove a scratch folder and all below it, whatever its modes."""
    control.ask(line, {"op": "remove", "path": str(path)})


def sweep(line: socket.socket, uid: int) -> None:
    """Remove what a worker's user has left in the folders that every user may write to; for kernels without Landlock."""
    control.ask(line, {"op": "sweep", "uid": uid})


def _serve(lines: list[socket.socket], root: Path) -> None:
    users: set[int] = set()
    sessions: set[int] = set()
    open_lines = list(lines)
    while open_lines:
        for line in select.select(open_lines, [], [])[0]:
            try:
                received = control.receive(line)
            except OSError:
                received = None
            if received is None:
                open_lines.remove(line)
                continue
            request = received[0]
            answer: dict[str, object] = {}
            try:
                if request["op"] == "watch":  # to be ended if the grader vanishes
                    users.update({request["uid"]} if request["uid"] else set())
                    sessions.update({request["pid"]} if request["pid"] else set())
                elif request["op"] == "user":
                    _kill_user(request["uid"])
                elif request["op"] == "process":
                    _kill_process(request["pid"], request["uid"], sessions)
                elif request["op"] == "sweep":
                    _sweep(request["uid"])
                elif request["op"] == "session":
                    _kill_session(request["pid"])
                    sessions.discard(request["pid"])
                else:
                    _remove(Path(request["path"]), root)
            except OSError as error:
                answer["error"] = f"clearing up after a worker: {error}"
            try:
                control.send(line, answer)
            except OSError:
                open_lines.remove(line)
    for uid in users:
        _kill_user(uid)
    for leader in sessions:
        _kill_session(leader)
    shutil.rmtree(root, ignore_errors=True)


def _kill_user(uid: int) -> None:
    """Kill until nobody is left. Raises OSError if somebody still is after a while.

    A fork bomb cannot outrun `kill(-1)` by a child that has become that user. But that child can be killed by them first, by
    a loop of `kill(-1)` for one; such a process is met by us, whom it may not signal.
    """
    deadline = time.monotonic() + KILL_SECONDS
    while True:
        _kill_as_user(uid)
        members = user_members(uid)
        if not members:
            return
        if time.monotonic() > deadline:
            raise OSError(f"processes of user {uid} do not end")
        for pid in members:
            _kill_if(pid, lambda pid=pid: _is_users(pid, uid))  # type: ignore[misc]  # bound now


def _kill_process(pid: int, uid: int | None, sessions: set[int]) -> None:
    """Kill it if it is the user's, or in one of the sessions. `pid` is what it is called where the worker is."""
    if uid is None:
        _kill_if(pid, lambda: any(pid in session_members(leader) for leader in sessions))
        return
    for member in user_members(uid):
        if _called(member) == pid:
            _kill_if(member, lambda member=member: _is_users(member, uid))  # type: ignore[misc]  # bound now


def _kill_if(pid: int, wanted: Callable[[], bool]) -> None:
    """Kill it if it is `wanted`, asked while it is held by a descriptor, so that the id cannot change hands."""
    try:
        held = os.pidfd_open(pid)
    except OSError:
        return  # gone already
    try:
        if wanted():
            signal.pidfd_send_signal(held, signal.SIGKILL)
    except ProcessLookupError:
        pass  # gone meanwhile
    finally:
        os.close(held)


def _called(pid: int) -> int | None:
    """What a process is called in the innermost namespace that it is in (NSpid, proc_pid_status(5))."""
    fields = _status(pid)
    return int(fields["NSpid"][-1]) if fields.get("NSpid") else pid if fields else None


def user_members(uid: int) -> list[int]:
    """Processes that run as this user, the dead ones left out."""
    pids = [int(entry.name) for entry in Path("/proc").iterdir() if entry.name.isdigit()]
    return [pid for pid in pids if _is_users(pid, uid)]


def _is_users(pid: int, uid: int) -> bool:
    fields = _status(pid)
    return bool(fields) and fields["Uid"] == [str(uid)] * 4 and fields["State"][0] not in "ZX"


def _status(pid: int) -> dict[str, list[str]]:
    """Fields of a process's status; none if it is gone."""
    try:
        status = Path(f"/proc/{pid}/status").read_text(errors="replace")
    except OSError:
        return {}
    return {name: rest.split() for name, _, rest in (line.partition(":") for line in status.splitlines())}


def _kill_as_user(uid: int) -> None:
    pid = os.fork()
    if pid == 0:
        try:
            os.setgroups([])
            os.setresgid(uid, uid, uid)
            os.setresuid(uid, uid, uid)
            os.kill(-1, signal.SIGKILL)
        except ProcessLookupError:
            pass  # there was nobody left
        finally:
            os._exit(0)
    os.waitpid(pid, 0)


def session_members(leader: int) -> list[int]:
    """Processes whose session is `leader`'s, the dead ones left out."""
    members = []
    for entry in Path("/proc").iterdir():
        if entry.name.isdigit():
            try:
                fields = (entry / "stat").read_text().rpartition(")")[2].split()
            except OSError:
                continue
            if fields[3] == str(leader) and fields[0] != "Z":
                members.append(int(entry.name))
    return members


def _kill_session(leader: int) -> None:
    for _ in range(100):
        members = session_members(leader)
        if not members:
            return
        for pid in members:
            with contextlib.suppress(ProcessLookupError):
                os.kill(pid, signal.SIGKILL)


def _sweep(uid: int) -> None:
    """Only what lies directly in such a folder can be a user's own: folders of others in there are closed to it."""
    for folder in dict.fromkeys((tempfile.gettempdir(), *SHARED_FOLDERS)):
        with contextlib.suppress(OSError), os.scandir(folder) as entries:
            for entry in entries:
                with contextlib.suppress(OSError):
                    if entry.stat(follow_symlinks=False).st_uid != uid:
                        continue
                    if entry.is_dir(follow_symlinks=False):
                        shutil.rmtree(entry.path, ignore_errors=True)
                    else:
                        os.unlink(entry.path)  # noqa: PTH108  # the entry's own path, as it is


def _remove(path: Path, root: Path) -> None:
    """`shutil.rmtree` does not follow links; folders that the student made unreadable are opened up first."""
    if root not in path.parents:
        raise OSError(f"{path} is not below {root}")
    if os.geteuid() != 0:
        with contextlib.suppress(OSError):
            path.chmod(0o700)
        for folder, inner, _ in os.walk(path):  # looks into a folder only after it was named by the one around it
            for entry in (Path(folder) / name for name in inner):
                with contextlib.suppress(OSError):
                    if not entry.is_symlink():
                        entry.chmod(0o700)
    shutil.rmtree(path, ignore_errors=True)

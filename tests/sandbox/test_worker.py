"""A worker has what student code needs and nothing else, and nothing of it is left when its session is over."""

from __future__ import annotations

import os
import signal
import stat
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from autograder.errors import SandboxError
from autograder.sandbox import namespaces, warden
from autograder.sandbox.lanes import Sandbox
from autograder.sandbox.session import Session, Worker
from tests.sandbox import launching
from tests.sandbox.launching import LIMITS, OUTPUT, launched, needs_landlock, needs_own_user, refusal, run, tell

SURVIVORS = """
import os, time
for tries in range({number}):
    if os.fork() == 0:
        try:
            os.setsid()
        except PermissionError:
            pass
        while True:
            try:
                {doing}
            except BaseException:
                pass
time.sleep(0.2)
"""


BOMB = """
import os, time
made = 0
try:
    while os.fork():
        made += 1
    time.sleep(99)
except BlockingIOError:
    pass
"""


def survivors(doing: str, number: int = 4) -> str:
    """A cell that leaves so many processes behind which do something for ever, whatever is raised in them."""
    return SURVIVORS.format(number=number, doing=doing)


FAULTS = """
import resource, torch
def faults(count):
    before = resource.getrusage(resource.RUSAGE_SELF).ru_minflt
    [torch.ones(6 << 18) for _ in range(count)]
    return resource.getrusage(resource.RUSAGE_SELF).ru_minflt - before
few = [faults(5) for _ in range(12)]
"""


def pid_of(worker: Worker) -> int:
    """Its process id as seen from here, found by its user where it has one."""
    told, uid = int(tell(worker, "os.getpid()", "import os")), worker._session.lane.uid
    return told if uid is None else next(pid for pid in warden.user_members(uid) if warden._called(pid) == told)


def apart(worker: Worker) -> bool:
    """Whether it is in namespaces that the grader is not in."""
    return any(layer.name == namespaces.NAME and layer.applied for layer in worker._session.layers)


def namespace_of(pid: int) -> str:
    """The network namespace of a process."""
    return str(Path(f"/proc/{pid}/ns/net").readlink())


def status_of(worker: Worker) -> dict[str, str]:
    """What the kernel says of the process, read from outside: its own word does not count."""
    lines = Path(f"/proc/{pid_of(worker)}/status").read_text().splitlines()
    return {name: value.strip() for name, _, value in (line.partition(":") for line in lines)}


@pytest.fixture(scope="module", params=["every layer", pytest.param("the user alone", marks=needs_own_user)])
def sandbox(request: pytest.FixtureRequest) -> Iterator[Sandbox]:
    """With every layer that this machine has, and with those alone that every container has."""
    with launched(bare=request.param == "the user alone") as sandbox:
        yield sandbox


@pytest.fixture
def exposed() -> Iterator[Path]:
    """A folder that any user may enter, outside of what workers may read."""
    with tempfile.TemporaryDirectory(prefix="autograder-test-") as folder:
        Path(folder).chmod(0o755)
        yield Path(folder)


@needs_own_user
def test_a_worker_is_a_user_of_its_own_and_cannot_become_another(sandbox: Sandbox, worker: Worker) -> None:
    """Real, effective, saved and file-system id, no groups, no capability, and nothing that could bring one back."""
    status, uid = status_of(worker), str(sandbox.lanes[0].uid)
    assert status["Uid"].split() == status["Gid"].split() == [uid] * 4 and int(uid) > 1000
    assert status["Groups"] == ""
    assert [int(status[name], 16) for name in ("CapEff", "CapPrm", "CapInh", "CapAmb")] == [0] * 4
    assert status["NoNewPrivs"] == "1"
    for call in ("os.setuid(0)", "os.setgroups([0])", "os.setresuid(-1, 0, -1)"):
        assert refusal(worker, f"import os; {call}") == "PermissionError"


def test_layers_are_told_as_they_are(session: Session, worker: Worker) -> None:
    """What was applied is what the kernel says is in force; what was not says why."""
    layers = {layer.name: layer for layer in session.layers}
    assert layers["user of its own"].applied == (os.geteuid() == 0)
    assert layers["system call filter"].applied == (status_of(worker)["Seccomp"] == "2")
    assert layers["Landlock"].applied == (refusal(worker, "open('/etc/passwd')") == "PermissionError")
    assert all(layer.applied or layer.reason for layer in session.layers)


def test_where_memory_runs_out_the_worker_goes_first(worker: Worker) -> None:
    """The kernel ends the process with the highest score, which may be lowered by nobody without a capability for it."""
    ours, theirs = (int(Path(f"/proc/{pid}/oom_score_adj").read_text()) for pid in ("self", pid_of(worker)))
    assert theirs == 1000 > ours


def test_limits_are_in_force_and_cannot_be_raised(worker: Worker) -> None:
    """Soft and hard ones, as configured; no core dumps."""
    limits = {
        line[:26].strip(): line[26:].split()[:2] for line in Path(f"/proc/{pid_of(worker)}/limits").read_text().splitlines()
    }
    expected = {
        "Max cpu time": LIMITS.cpu_seconds,
        "Max open files": LIMITS.open_files,
        "Max file size": LIMITS.file_mib << 20,
        "Max core file size": 0,
    } | ({"Max processes": LIMITS.processes} if os.geteuid() == 0 else {})
    for name, value in expected.items():
        assert limits[name] == [str(value)] * 2
    assert int(limits["Max address space"][1]) < 1 << 40
    more = "import resource; resource.setrlimit(resource.RLIMIT_NOFILE, (9999, 9999))"
    assert refusal(worker, more) in {"ValueError", "PermissionError"}


@pytest.mark.parametrize(
    "greedy", ["torch.zeros(10 << 30, dtype=torch.uint8)", "bytearray(10 << 30)", "[torch.ones(1 << 24) for _ in range(99)]"]
)
def test_memory_is_refused_and_the_worker_goes_on(worker: Worker, greedy: str) -> None:
    """Ten gigabytes are an exception in the student's cell, not the end of the machine or of the notebook."""
    ended = run(worker, f"import torch\nbig = {greedy}")
    assert ended.status == "raised" and ended.line == 2
    assert (ended.error or "").startswith(("RuntimeError", "MemoryError"))
    assert tell(worker, "torch.ones(1000).sum().item()") == 1000


@needs_own_user
def test_processes_are_counted(sandbox: Sandbox, worker: Worker) -> None:
    """A fork bomb meets the limit, and hits no other user."""
    assert tell(worker, "made", BOMB) <= LIMITS.processes
    assert len(warden.user_members(sandbox.lanes[0].uid or 0)) <= LIMITS.processes


def test_files_are_bounded_in_size_and_number(worker: Worker) -> None:
    """A disk cannot be filled with one file, nor a table with open ones."""
    assert refusal(worker, "open('big', 'wb').write(bytes(2 << 20))") == "OSError"
    assert refusal(worker, "kept = [open('small', 'w') for _ in range(200)]") == "OSError"


def test_no_descriptor_is_inherited(worker: Worker) -> None:
    """Standard streams that lead nowhere secret, the line, and nothing else."""
    folder = Path(f"/proc/{pid_of(worker)}/fd")
    targets = {int(entry.name): str(entry.readlink()) for entry in folder.iterdir()}
    assert targets[0] == "/dev/null" and targets[1] == targets[2] and targets[1].startswith("pipe:")
    others = [target for number, target in targets.items() if number > 2 and target != "/dev/null"]
    assert len(others) == 1 and others[0].startswith("socket:")


def test_the_environment_is_clean(worker: Worker) -> None:
    """Neither `os.environ` nor the memory that the grader was started with tells what is in the grader's environment."""
    environment = tell(worker, "dict(os.environ)", "import os")
    assert launching.ENVIRONMENT_SECRET not in environment and "sesame" not in environment.values()
    assert set(environment) <= {
        "LANG", "LC_ALL", "TZ", "PATH", "HOME", "TMPDIR", "MPLBACKEND", "MPLCONFIGDIR", "OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS",
        "MKL_NUM_THREADS", "USER", "COLUMNS", "LINES",
    }  # fmt: skip
    start, end = (int(field) for field in Path("/proc/self/stat").read_text().rpartition(")")[2].split()[47:49])
    entry = Path("/proc/self/environ").read_bytes().split(b"\0")[0]  # the worker has the same addresses
    assert entry and tell(worker, f"ctypes.string_at({start}, {end - start}).find({entry!r})", "import ctypes") == -1


def test_it_runs_in_a_scratch_folder_with_the_given_data_beside_it(session: Session, worker: Worker) -> None:
    """Working directory, home and temporary files are its own; the assignment's data is where notebooks look for it."""
    here = tell(worker, "[os.getcwd(), os.path.expanduser('~'), tempfile.gettempdir()]", "import os, tempfile")
    assert here == [str(session.scratch / "work"), str(session.scratch / "work"), str(session.scratch / "tmp")]
    assert tell(worker, "[open('../data/given.txt').read(), open('./data/given.txt').read()]") == ["given", "given"]
    assert refusal(worker, "open('../data/given.txt', 'w')") == "PermissionError"
    assert refusal(worker, "open('../data/more.txt', 'w')") == "PermissionError"
    assert refusal(worker, "open('mine.txt', 'w').write('x')") == ""


@needs_own_user
def test_the_grader_s_private_files_cannot_be_read(worker: Worker, exposed: Path) -> None:
    """A file that only its owner may read is closed to student code by the change of user alone."""
    secret = exposed / "manifest.json"
    secret.write_text("answers")
    secret.chmod(0o600)
    assert refusal(worker, f"open({str(secret)!r}).read()") == "PermissionError"


@needs_landlock
def test_files_outside_cannot_be_read_or_written_whatever_their_modes(exposed: Path, session: Session, worker: Worker) -> None:
    """A manifest left readable for everybody, the solution notebook, /etc/passwd, /tmp and /dev/shm."""
    if not any(layer.name == "Landlock" and layer.applied for layer in session.layers):
        pytest.skip("a change of user alone does not close what is open to everybody")
    (exposed / "manifest.json").write_text("answers")
    (exposed / "manifest.json").chmod(0o644)
    solution = Path(__file__).parents[2] / "solutions" / "neural_networks.ipynb"
    for path in (exposed / "manifest.json", solution, Path("/etc/passwd")):
        assert path.exists() and refusal(worker, f"open({str(path)!r}).read()") == "PermissionError"
    exposed.chmod(0o777)
    for folder in (exposed, "/tmp", "/dev/shm"):
        assert refusal(worker, f"open({f'{folder}/left-behind'!r}, 'w')") == "PermissionError"


@needs_own_user
@pytest.mark.parametrize("whose", ["grader", "zygote", "checkpoint"])
def test_no_process_s_memory_or_environment_can_be_read(worker: Worker, sandbox: Sandbox, whose: str) -> None:
    """Not the grader's, not that of the process it was forked from, not those of its own checkpoints."""
    run(worker, "import os")
    checkpoint = worker.fork().namespace(seconds=5).lookup(("os",))["os"].getpid()
    inside = apart(worker)
    pid = {"grader": os.getpid(), "zygote": 1 if inside else sandbox.zygote_pid, "checkpoint": checkpoint}[whose]
    hidden = inside and whose == "grader"
    for name in ("mem", "environ", "maps"):
        expected = "FileNotFoundError" if hidden else "PermissionError"
        assert refusal(worker, f"open('/proc/{pid}/{name}', 'rb').read(1)") == expected
    if whose != "checkpoint":
        assert refusal(worker, f"import os; os.kill({pid}, 0)") in {"PermissionError", "ProcessLookupError" if hidden else ""}
        attached = f"ctypes.CDLL(None).ptrace(16, {pid}, 0, 0)"  # PTRACE_ATTACH
        assert tell(worker, attached, "import ctypes") == -1


@needs_own_user
def test_namespaces_hold_what_they_promise(session: Session, worker: Worker) -> None:
    """No network device but a loopback that is down, and no process to be seen but the zygote and the submission's own."""
    if not apart(worker):
        pytest.skip("no namespaces in force")
    assert namespace_of(os.getpid()) != namespace_of(pid_of(worker))
    listing = Path(f"/proc/{pid_of(worker)}/net/dev").read_text().splitlines()[2:]
    assert [line.split(":")[0].strip() for line in listing] == ["lo"] and listing[0].split()[1] == "0"
    seen = tell(worker, "[os.path.exists(f'/proc/{pid}') for pid in range(2, 1 << 15)].count(True)", "import os")
    assert seen == len(warden.user_members(session.lane.uid or 0))  # the zygote is number 1


def test_what_is_in_a_namespace_ends_with_its_zygote() -> None:
    """By the kernel's hand, whatever the processes do, when the zygote is killed from outside."""
    with launched() as sandbox, pytest.raises(SandboxError), Session(sandbox.lanes[0], OUTPUT) as session:
        worker = session.spawn()
        if not apart(worker):
            pytest.skip("no namespaces in force")
        pid = pid_of(worker)
        assert run(worker, survivors("pass")).status == "ok"
        os.kill(sandbox.zygote_pid, signal.SIGKILL)
        os.waitpid(sandbox.zygote_pid, 0)
        assert not Path(f"/proc/{pid}").exists() and warden.user_members(sandbox.lanes[0].uid or 0) == []
        session.spawn()
    assert not session.scratch.exists()


def test_system_calls_that_no_notebook_needs_are_refused(session: Session, worker: Worker) -> None:
    """Networks, other programs, signals to others, namespaces; threads stay possible."""
    if not any(layer.name == "system call filter" and layer.applied for layer in session.layers):
        pytest.skip("no filter in force")
    for call in ("os.kill(os.getpid(), 0)", "os.execv('/bin/true', ['true'])", "os.setsid()", "socket.socket()"):
        assert refusal(worker, f"import os, socket; {call}") == "PermissionError"
    assert tell(worker, "ctypes.CDLL(None).unshare(0x10000000)", "import ctypes") == -1  # CLONE_NEWUSER
    thread = "threading.Thread(target=kept.append, args=(1,))"
    assert tell(worker, "kept", f"import threading\nkept = []\nt = {thread}\nt.start(); t.join()") == [1]


@needs_own_user
@pytest.mark.parametrize("doing", ["time.sleep(1)", "pass", "os.kill(-1, 9)", "os.fork() or os._exit(0)"])
def test_nothing_survives_a_session(sandbox: Sandbox, doing: str) -> None:
    """Processes in sessions of their own, busy ones, such that kill whoever comes as their user, such that fork without end."""
    lane = sandbox.lanes[0]
    with Session(lane, OUTPUT) as session:
        worker = session.spawn()
        worker.fork()
        run(worker, survivors(doing), seconds=0.5)
        assert warden.user_members(lane.uid or 0)
    assert warden.user_members(lane.uid or 0) == []
    assert not session.scratch.exists()


def test_files_that_cannot_be_read_are_removed_too(sandbox: Sandbox) -> None:
    """Modes, links out of the folder and deep trees do not keep a scratch folder alive, and what links point to stays."""
    with Session(sandbox.lanes[0], OUTPUT) as session:
        made = "import os\nos.makedirs('a/b/c'); open('a/b/f', 'w'); os.symlink('../../data', 'a/l')"
        assert run(session.spawn(), f"{made}\nos.chmod('a/b', 0); os.chmod('a', 0)").status == "ok"
    assert not session.scratch.exists()
    assert (sandbox.root / "data" / "given.txt").exists()


def test_a_second_worker_finds_nothing_of_the_first(session: Session) -> None:
    """An empty namespace, an empty scratch folder."""
    run(session.spawn(), "left = 1; open('left.txt', 'w').write('x')")
    assert tell(session.spawn(), "['left' in globals(), sorted(os.listdir('.'))]", "import os") == [False, ["data"]]


def test_processor_time_is_accounted(sandbox: Sandbox) -> None:
    """The session tells what its processes have used, those that ended included."""
    with Session(sandbox.lanes[0], OUTPUT) as session:
        run(session.spawn(), "import time\nend = time.process_time() + 0.3\nwhile time.process_time() < end: pass")
    assert 0.3 <= session.core_seconds < 3


def test_closing_the_sandbox_leaves_no_process_and_no_file() -> None:
    """Helpers end, the folder of the run goes, the user id is free again."""
    with launched() as sandbox:
        session = Session(sandbox.lanes[0], OUTPUT)
        session.spawn()
        helpers = [sandbox._zygote.pid, sandbox._warden.pid]
        assert stat.S_IMODE(sandbox.root.stat().st_mode) == 0o711
        session.close()
    assert not sandbox.root.exists()
    assert not any(Path(f"/proc/{pid}").exists() for pid in helpers)


@needs_own_user
def test_a_grader_that_is_killed_leaves_nothing_behind() -> None:
    """The warden outlives it just long enough to end its workers and remove their files."""
    reading, writing = os.pipe()
    grader = os.fork()
    if grader == 0:
        with launched() as sandbox:
            worker = Session(sandbox.lanes[0], OUTPUT).spawn()
            run(worker, survivors("time.sleep(1)"))
            os.write(writing, f"{sandbox.lanes[0].uid} {sandbox.root}".encode())
            os.kill(os.getpid(), signal.SIGKILL)
    uid, root = os.read(reading, 1000).decode().split()
    os.waitpid(grader, 0)
    deadline = time.monotonic() + 10
    while (Path(root).exists() or warden.user_members(int(uid))) and time.monotonic() < deadline:
        time.sleep(0.02)
    assert not Path(root).exists() and warden.user_members(int(uid)) == []
    os.close(reading)
    os.close(writing)


@needs_own_user
def test_what_a_grader_and_its_warden_left_is_cleared_up_by_the_next() -> None:
    """Both killed at once, as when a container ends: the next run ends the user's processes and removes that folder alone."""
    reading, writing = os.pipe()
    grader = os.fork()
    if grader == 0:
        with launched() as sandbox:
            worker = Session(sandbox.lanes[0], OUTPUT).spawn()
            run(worker, survivors("time.sleep(60)"))
            os.kill(sandbox._warden.pid, signal.SIGSTOP)
            os.write(writing, f"{sandbox.lanes[0].uid} {sandbox.root} {sandbox._warden.pid}".encode())
            os.kill(os.getpid(), signal.SIGKILL)
    uid, root, guard = os.read(reading, 1000).decode().split()
    os.waitpid(grader, 0)
    os.kill(int(guard), signal.SIGKILL)
    deadline = time.monotonic() + 10
    while Path(f"/proc/{guard}").exists() and time.monotonic() < deadline:
        time.sleep(0.02)
    assert Path(root).exists()
    with launched() as first, launched() as second:
        assert not Path(root).exists()
        assert first.root.exists() and second.root.exists()
        assert warden.user_members(int(uid)) == []
    os.close(reading)
    os.close(writing)


def test_memory_that_a_cell_has_freed_serves_the_next_batch(worker: Worker) -> None:
    """Batches of images cost page faults when memory is fetched for them; those that come after them use the same memory."""
    few = tell(worker, "few", FAULTS)
    assert few[0] > 4000
    assert sum(few) < 3 * few[0]


def test_files_of_any_size_come_as_they_were_handed_in(sandbox: Sandbox) -> None:
    """More than one frame holds, letters that Python writes with ten, none at all: a worker that is lost costs all marks."""
    units = {
        "large.py": ("x = 'abc'\n", 90_000), "odd/one.py": ("\U000e0001\r\n", 100_000),
        "empty.py": ("", 0), "../up.py": ("y\n", 1),
    }  # fmt: skip
    files = {name: unit * count for name, (unit, count) in units.items()}
    many = {f"many/m{number}.py": f"n = {number}\n" for number in range(3000)}
    with Session(sandbox.lanes[0], OUTPUT, {**files, **many}) as session:
        worker = session.spawn()
        same = "[open(name, newline='', encoding='utf-8').read() == unit * count for name, (unit, count) in units.items()]"
        assert tell(worker, same, f"units = {units!r}") == [True] * len(units)
        assert tell(worker, "len(os.listdir('many'))", "import os") == 3000

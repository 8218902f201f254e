"""Runs attacks by the command that users have."""

from __future__ import annotations

from pathlib import Path

from tests.commands import Run, autograder
from tests.samples import ROOT

_KEPT = (
    "chown", "dac_override", "fowner", "fsetid", "kill", "setgid", "setuid", "setpcap", "net_bind_service", "net_raw",
    "sys_chroot", "mknod", "audit_write", "setfcap",
)  # fmt: skip
_CAPABILITIES = ",".join(["-all", *(f"+{name}" for name in _KEPT)])
DEFAULT_CONTAINER = ("setpriv", "--bounding-set", _CAPABILITIES, "--inh-caps", _CAPABILITIES)
"""Root with the capabilities that container engines leave it by default: no CAP_SYS_ADMIN, so no mount and no unshare."""


def selftest(*arguments: str | Path, cwd: Path = ROOT, through: tuple[str, ...] = (), seconds: float = 600) -> Run:
    """`autograder selftest`, on one core: the other has tests of its own. Cold: workers inherit nothing but what they should."""
    return autograder("selftest", "-j", "1", *arguments, cwd=cwd, seconds=seconds, through=through, cold=True)


def missing_layers(ended: Run) -> set[str]:
    """The first words of each layer that was not applied."""
    lines = [line.split() for line in ended.stdout.splitlines() if line.startswith("missing")]
    return {" ".join(words[1:3] if words[1] == "own" else words[1:4]) for words in lines}

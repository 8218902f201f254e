"""What tests of several folders need."""

from __future__ import annotations

import fcntl

import pytest

from tests.commands import autograder
from tests.samples import ROOT


@pytest.fixture(scope="session")
def bundle() -> None:
    """The bundle of the shipped assignment, current: a fresh clone has none. Tests beside each other make it in turns."""
    (ROOT / "dist").mkdir(exist_ok=True)
    with (ROOT / "dist" / ".lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        run = autograder("generate", "--without-audit")
    assert run.returncode == 0, run.stdout + run.stderr



SLOWEST_FIRST = (
    "tests/docs/test_tutorial", "tests/attacks/", "tests/cluster/", "tests/end_to_end/test_audit", "tests/end_to_end/test_bundle",
    "tests/end_to_end/test_generate", "tests/end_to_end/test_replay", "tests/end_to_end/test_resume", "tests/end_to_end/",
    "tests/desk/", "tests/assignments/", "tests/cli/", "tests/rehearsal/", "tests/authoring/", "tests/reports/",
)  # fmt: skip
"""Files that take longest: begun last, one of them would be at work alone in the end."""


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Put the slowest files first; in each of them the order stays. `--no-loadscope-reorder` has it kept."""

    def rank(item: pytest.Item) -> int:
        return next((place for place, start in enumerate(SLOWEST_FIRST) if item.nodeid.startswith(start)), len(SLOWEST_FIRST))

    items.sort(key=rank)

"""What tests of several folders need."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.commands import autograder
from tests.once import once


@pytest.fixture(scope="session")
def generated(tmp_path_factory: pytest.TempPathFactory) -> str:
    """What `generate` printed for the shipped assignment, whose bundle is current from then on: a fresh clone has none."""

    def make(folder: Path) -> None:
        run = autograder("generate", "--without-audit")
        assert run.returncode == 0, run.stdout + run.stderr
        (folder / "printed.txt").write_text(run.stdout, encoding="utf-8")

    return (once(tmp_path_factory, "bundle", make) / "printed.txt").read_text(encoding="utf-8")


@pytest.fixture(scope="session")
def bundle(generated: str) -> None:
    """The bundle of the shipped assignment, current."""


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

"""In which order a command does things, where that matters."""

from __future__ import annotations

import gc
from pathlib import Path
from typing import Any, NoReturn

import pytest

from autograder.cli.grading import grade
from autograder.errors import SandboxUnavailable
from autograder.reports import write_submission
from autograder.reports.folder import ResultsFolder, open_results
from autograder.reports.index import Index
from tests.reports import factory
from tests.samples import FOLDER, ROOT

pytestmark = pytest.mark.usefixtures("bundle")


def test_no_result_is_in_memory_when_the_sandbox_is_opened(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Workers inherit the memory of that moment: marks of others, and the names of hidden tests, must not be in it."""
    write_submission(factory.submission("complete"), tmp_path, factory.config())
    with open_results(tmp_path, factory.config()) as folder:
        assert len(list(folder.results())) == 1
    del folder
    held: list[object] = []

    def opened(*arguments: Any, **options: Any) -> NoReturn:
        gc.collect()
        held.extend(one for one in gc.get_objects() if isinstance(one, Index | ResultsFolder))
        raise SandboxUnavailable("far enough")

    gc.unfreeze()
    monkeypatch.setattr("autograder.grading.launch.sandbox_for", opened)
    with pytest.raises(SandboxUnavailable, match="far enough"):
        grade([FOLDER / "complete.ipynb"], out=tmp_path, config=ROOT / "grading_config.yaml", jobs=1, one_per="auto")
    assert held == []

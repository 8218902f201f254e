"""The same tests run under Otter's own grader: one notebook, two graders, the same marks for complete work."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from autograder.grading.data import unpack_mnist
from autograder.variants import notebook
from tests.samples import ALL, ROOT, filled


@pytest.mark.slow
@pytest.mark.usefixtures("bundle")
def test_complete_work_earns_everything_under_plain_otter_too(tmp_path: Path) -> None:
    """`otter run`, with the zip that Otter itself made of the solution notebook, gives every question its full marks.

    The notebook is the filled-in template; one pass over the data instead of ten, and the data in a folder of this test.
    """
    unpack_mnist(tmp_path / "data")
    sources = [
        source.replace("'../data'", repr(str(tmp_path / "data"))).replace("epochs = 10", "epochs = 1")
        for source in filled()
    ]
    submission = tmp_path / "neural_networks.ipynb"
    submission.write_bytes(notebook(sources, otter={"assignment_name": "neural-networks"}))
    otter_zip = ROOT / "dist" / "neural-networks-otter.zip"
    path = os.pathsep.join([str(Path(sys.executable).parent), os.environ["PATH"]])
    run = subprocess.run(
        [sys.executable, "-m", "otter", "run", "-a", str(otter_zip), "-o", str(tmp_path), str(submission)],
        capture_output=True, text=True, cwd=tmp_path, timeout=600,
        env={**os.environ, "PATH": path, "OMP_NUM_THREADS": "1"},  # the other core has tests of its own
    )  # fmt: skip
    assert run.returncode == 0, run.stderr[-3000:]
    scores = {test["name"]: test for test in json.loads((tmp_path / "results.json").read_text())["tests"] if "score" in test}
    assert {name: test["score"] for name, test in scores.items()} == {name: test["max_score"] for name, test in scores.items()}, (
        scores
    )
    assert set(scores) == ALL

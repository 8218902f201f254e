"""A notebook full of outputs takes little more memory than its bytes: what is printed in it is never built."""

from __future__ import annotations

import os
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

from tests.samples import ROOT

MEGABYTES = 199
ALLOWED = 300
"""MiB on top of what the process has before."""

MEASURE = """
import sys
from autograder.submissions import read_file

def now(field):
    return next(int(line.split()[1]) for line in open("/proc/self/status") if line.startswith(field))

open("/proc/self/clear_refs", "w").write("5")  # the peak so far, which a new process may have from its parent
before = now("VmRSS:")
notebook = read_file(sys.argv[1])
print(len(notebook.cells), (now("VmHWM:") - before) >> 10)
"""


def _large(path: Path) -> None:
    """Cells whose outputs are lines of printing and an image, as training cells leave them."""
    lines = ",".join(f'"{os.urandom(20).hex()}\\n"' for _ in range(20_000))
    output = f'{{"output_type":"stream","name":"stdout","text":[{lines}]}},{{"data":{{"image/png":"{"A" * 100_000}"}}}}'
    cell = f'{{"cell_type":"code","execution_count":1,"metadata":{{}},"source":["x = 1"],"outputs":[{output}]}}'
    number = MEGABYTES * 1_000_000 // len(cell)
    with path.open("w") as file:
        file.write('{"nbformat":4,"nbformat_minor":5,"metadata":{},"cells":[')
        file.writelines([cell, ","] * (number - 1))
        file.write(cell + "]}")


@pytest.mark.parametrize("packed", [False, True])
def test_outputs_of_two_hundred_megabytes_are_read_in_three_hundred(packed: bool, tmp_path: Path) -> None:
    """As a file and from an archive, by what the operating system says of the process."""
    path = tmp_path / "large.ipynb"
    _large(path)
    assert path.stat().st_size > (MEGABYTES - 2) * 1_000_000
    if packed:
        with zipfile.ZipFile(tmp_path / "large.zip", "w") as archive:
            archive.write(path, "large.ipynb")
        path = tmp_path / "large.zip"
    run = subprocess.run(
        [sys.executable, "-c", MEASURE, path], capture_output=True, text=True, cwd=ROOT, check=True, timeout=300
    )
    cells, megabytes = map(int, run.stdout.split())
    assert cells > 100
    assert megabytes < ALLOWED, f"{megabytes} MiB"

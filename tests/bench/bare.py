"""The complete submission's own work without a grader: its cells and its epoch of MNIST in one fork of a warm process.

No grading of it can take less. Nothing is judged, nothing is confined and nothing crosses between processes; the training cell
is capped, and the epoch is run and looked at, exactly as for grading.
"""

from __future__ import annotations

import gc
import json
import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

from tests.samples import ROOT, filled


def bare(repeats: int) -> list[float]:
    """Core-seconds of so many forks, each of which does all of it once."""
    command = [sys.executable, "-m", "tests.bench.bare", str(repeats)]
    run = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    if run.returncode:
        raise SystemExit(f"the submission without a grader failed:\n{run.stderr[-2000:]}")
    found: list[float] = json.loads(run.stdout.splitlines()[-1])
    return found


def _serve(repeats: int) -> list[float]:
    from autograder.config_file import read_config
    from autograder.grading.data import unpack_mnist
    from autograder.sandbox import hugepages, surroundings, zygote

    config = read_config(ROOT / "grading_config.yaml")
    shell = zygote.prepare()
    from autograder.checks import training  # noqa: F401  # as all else that is needed: before the forks

    with tempfile.TemporaryDirectory() as somewhere:
        folder = Path(somewhere)
        (folder / "work").mkdir()
        unpack_mnist(folder / "data")
        hugepages.collapse_own_memory()
        surroundings.install(shell)
        gc.collect()
        gc.freeze()
        gc.set_threshold(*zygote.GC_THRESHOLDS)
        found = []
        for _ in range(repeats):
            cpu = time.process_time()
            pid = os.fork()
            if pid == 0:
                status = 1
                try:
                    os.chdir(folder / "work")
                    _submission(shell, config, folder / "data")
                    status = 0
                finally:
                    os._exit(status)
            _, ended, usage = os.wait4(pid, 0)
            if ended:
                raise SystemExit("it did not reach the threshold, so these figures would be of something else")
            found.append(usage.ru_utime + usage.ru_stime + time.process_time() - cpu)
    return found


def _submission(shell: Any, config: Any, data: Path) -> None:
    import torch

    from autograder.checks import training
    from autograder.grading.literals import replace_literals
    from autograder.sandbox.heap import keep_freed_memory
    from autograder.sandbox.loaders import Cap, Record, set_cap
    from autograder.sandbox.shell import run_cell
    from autograder.sandbox.timing import Known

    keep_freed_memory()
    cell, run, space = config.training.cell, config.training.run, shell.user_ns
    sys.stdout = Path(os.devnull).open("w")  # noqa: SIM115  # for as long as the process lives
    for number, source in enumerate(filled()):
        if source.startswith("# Run this cell first") or "grader." in source:
            continue
        if "train_losses" in source:
            set_cap(Cap(cell.samples_per_pass, cell.snapshot, space, Record()))
            source = replace_literals(source, cell.literals)
        ended = run_cell(shell, number, source, 60.0, Known())
        set_cap(None)
        if ended["status"] != "ok":
            raise SystemExit(f"cell {number}: {ended}")
    torch.manual_seed(0)
    settings = {
        "epochs": run.epochs, "steps": run.steps, "seconds": 60.0, "batch_size": run.batch_size,
        "learning_rate": run.learning_rate, "hidden": run.hidden, "mean": training.MEAN, "std": training.STD, "shuffled": False,
    }  # fmt: skip
    parts = [space[name] for name in ("Linear", "Sigmoid", "Net", "CrossEntropyLoss")]
    net = training.train.definition(*parts, str(data / "MNIST" / "raw"), 1, settings)["net"]
    right = 0
    raw = data / "MNIST" / "raw"
    images = torch.from_file(str(raw / "t10k-images-idx3-ubyte"), shared=False, size=16 + 10000 * 784, dtype=torch.uint8)
    labels = torch.from_file(str(raw / "t10k-labels-idx1-ubyte"), shared=False, size=8 + 10000, dtype=torch.uint8)
    for rows in torch.split(torch.arange(10_000), training.CHUNK):
        logits = training.predict.definition(net, images[16:].view(-1, 784)[rows], training.MEAN, training.STD)
        right += int((logits.argmax(dim=1) == labels[8:][rows]).sum())
    if right < 100 * run.threshold:
        raise SystemExit(f"{right} of 10,000")


if __name__ == "__main__":
    print(json.dumps(_serve(int(sys.argv[1]))))

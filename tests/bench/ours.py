"""What grading costs here: from the shell, in a running grader, with and without confinement."""

from __future__ import annotations

import json
import statistics
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

from autograder.variants.bases import notebook
from tests.bench import peers
from tests.samples import FOLDER, ROOT, filled

COMPLETE = FOLDER / "complete.ipynb"
GRADE = (sys.executable, "-m", "autograder", "grade", "--fresh")


@dataclass(frozen=True)
class Graded:
    """Wall seconds, core-seconds, and wall seconds by stage of one grading."""

    seconds: float
    cores: float
    stages: dict[str, float]


class Running:
    """A grader in a process of its own that grades the complete submission whenever it is asked to.

    Layers of confinement are chosen as a sandbox is launched; two that stand side by side can be asked in turns.
    """

    def __init__(self, left_out: tuple[str, ...] = ()):
        """`left_out`: layers that it lacks."""
        code = f"from tests.bench.ours import serve; serve({left_out!r})"
        self._process = subprocess.Popen(
            [sys.executable, "-c", code], cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, bufsize=1
        )
        self.grade()  # the first one pays for what is done once

    def grade(self) -> Graded:
        """Grade it once more."""
        assert self._process.stdin is not None and self._process.stdout is not None
        self._process.stdin.write("\n")
        line = self._process.stdout.readline()
        if not line:
            raise SystemExit("a grader ended before its time; what it said stands above")
        seconds, cores, score, stages = json.loads(line)
        if score != 100.0:
            raise SystemExit(f"the complete sample scored {score}, so these figures would be of something else")
        return Graded(seconds, cores, stages)

    def close(self) -> None:
        """End it."""
        assert self._process.stdin is not None
        self._process.stdin.close()
        self._process.wait()


def serve(left_out: tuple[str, ...]) -> None:
    """The other side of `Running`: a line in, a line out."""
    from autograder.config_file import read_config
    from autograder.grading.launch import load_grader, sandbox_for
    from autograder.selftest.layers import without

    config = read_config(ROOT / "grading_config.yaml")
    with without(left_out), sandbox_for(config, 1, submissions=100) as sandbox:
        from autograder.grading.grade import grade_submission
        from autograder.submissions import Found

        grader = load_grader(config)
        for seed, _ in enumerate(sys.stdin):
            result = grade_submission(grader, Found("complete", str(COMPLETE)), sandbox.lanes[0], seed)
            print(json.dumps([result.seconds, result.core_seconds, result.score, result.stages]), flush=True)


@dataclass(frozen=True)
class Warm:
    """Gradings of the complete submission in a running grader: core-seconds and wall seconds of each, and the stages' medians."""

    cores: list[float]
    walls: list[float]
    stages: dict[str, float]


def warm(repeats: int) -> Warm:
    """Grade it so often."""
    running = Running()
    found = [running.grade() for _ in range(repeats)]
    running.close()
    stages = {name: statistics.median(one.stages[name] for one in found) for name in found[0].stages}
    return Warm([one.cores for one in found], [one.seconds for one in found], stages)


def layers(pairs: int) -> tuple[list[float], list[float]]:
    """Wall seconds of one complete submission with all layers of confinement and with a user of its own alone, in turns.

    Which of the two is first changes from pair to pair, so that whatever drifts meets both.
    """
    from autograder.selftest.layers import LAYERS

    few = tuple(layer for layer in LAYERS if layer != "user")  # nothing may act as root, and the change takes no time
    both = (Running(), Running(few))
    found: tuple[list[float], list[float]] = ([], [])
    for number in range(pairs):
        for index in (0, 1) if number % 2 else (1, 0):
            found[index].append(both[index].grade().seconds)
    for one in both:
        one.close()
    return found


def without_mnist(folder: Path) -> Path:
    """The complete sample without its MNIST cells."""
    path = folder / "without_mnist.ipynb"
    path.write_bytes(notebook(peers.without_mnist(filled())))
    return path

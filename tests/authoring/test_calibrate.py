"""A threshold is certified by counted runs, written into the configuration where it belongs, and refused once it is stale."""

from __future__ import annotations

import csv
import json
import math
import random
import shutil
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
import yaml

from autograder.assignment import Assignment
from autograder.authoring.calibrate import (
    Plan,
    Progress,
    calibrate,
    code_digest,
    read_subjects,
    sentences,
    write_config,
    write_reports,
)
from autograder.authoring.calibrate.bounds import (
    interval,
    looks,
    lower_limit,
    normal_lowest,
    normal_tail,
    pareto_tail,
    pareto_tails,
    runs_needed,
    upper_bound,
)
from autograder.authoring.calibrate.certify import _rounded_up
from autograder.authoring.calibrate.edit import Value, edited
from autograder.authoring.calibrate.implementations import Subjects
from autograder.authoring.crosscheck import mismatches
from autograder.certificate import require_certificate, settings_digest
from autograder.config import Config
from autograder.config_file import read_config
from autograder.errors import ConfigError, UsageError
from tests.commands import autograder
from tests.samples import ROOT

SHIPPED = ROOT / "grading_config.yaml"
RUN = ("training", "run")
CERTIFICATE: dict[str, Value] = {
    "settings": "0" * 16, "code": "12345e1234567890", "runs": 757, "failures": 0, "bound": 9.9e-07, "confidence": 0.999,
    "method": "m: x", "seed": 7, "torch": "2.14.1+cpu", "date": "2026-01-02",
}  # fmt: skip
QUICK = Plan(target=0.2, confidence=0.6, most_attempts=2, most_runs=40, pilot=6, wrong_runs=3, curves=1, seed=11)


# What a number of runs says


def test_the_bound_without_failures_is_that_of_the_textbook() -> None:
    """No failure in n runs: with 99.9 % confidence the probability is at most 1 - 0.001^(1/n)."""
    for runs in (1, 10, 700, 7598):
        assert upper_bound(0, runs, 0.001) == pytest.approx(1 - 0.001 ** (1 / runs), rel=1e-9)
    assert upper_bound(0, 700, 0.001) ** 3 < 1e-6 < upper_bound(0, 650, 0.001) ** 3


@pytest.mark.parametrize(
    ("hits", "runs", "low", "high"),
    [(0, 10, 0.0, 0.3085), (5, 100, 0.016432, 0.112835), (50, 100, 0.39832, 0.60168), (10, 10, 0.6915, 1.0)],
)
def test_limits_are_those_of_clopper_and_pearson(hits: int, runs: int, low: float, high: float) -> None:
    """Exact 95 % limits, as R's binom.test gives them."""
    assert interval(hits, runs, 0.95) == pytest.approx((low, high), rel=1e-3)


def test_looks_share_the_doubt_and_each_meets_the_target_just_so() -> None:
    """Stopping at the first look that is good enough is honest: the doubts add up to no more than was allowed."""
    schedule = looks(1e-6, 3, 0.999, 1500)
    assert [(look.runs, look.failures) for look in schedule] == [(757, 0), (1071, 1), (1362, 2)]
    assert schedule[0].runs == runs_needed(1e-6, 3, 0.999)
    assert sum(look.doubt for look in schedule) < 0.001
    for look in schedule:
        assert upper_bound(look.failures, look.runs, look.doubt) ** 3 <= 1e-6
        assert upper_bound(look.failures, look.runs - 1, look.doubt) ** 3 > 1e-6
    assert looks(1e-6, 3, 0.999, 756) == ()


def test_a_bad_threshold_is_hardly_ever_certified() -> None:
    """With a true probability just above the target, the looks together are wrong no more often than the confidence says."""
    draw, wrong, campaigns = random.Random(5), 0, 2000
    schedule = looks(0.05, 1, 0.9, 300)
    assert len(schedule) > 3
    for _ in range(campaigns):
        fell_short = [draw.random() < 0.0501 for _ in range(schedule[-1].runs)]
        wrong += any(sum(fell_short[: look.runs]) <= look.failures for look in schedule)
    assert upper_bound(wrong, campaigns, 0.5) < 0.1


def test_the_limit_of_a_normal_distribution_is_the_handbooks() -> None:
    """43 values, 90 % of all, 99 % sure: k = 1.8752 (NIST/SEMATECH e-Handbook, 7.2.6.3)."""
    values = [0.0, 1.0] * 21 + [0.0]
    mean = sum(values) / 43
    spread = math.sqrt(sum((value - mean) ** 2 for value in values) / 42)
    assert (mean - lower_limit(values, 0.1, 0.99)) / spread == pytest.approx(1.8752, abs=1e-4)
    with pytest.raises(ValueError, match="too few"):
        lower_limit(values[:3], 1e-6, 0.999)


def test_fits_to_a_tail_find_the_tail_that_is_there() -> None:
    """Both fits give a known probability within a factor where their shape is right, and nothing where there are no data."""
    draw = random.Random(3)
    normal = [draw.gauss(80, 2) for _ in range(4000)]
    assert normal_tail(normal, 74) == pytest.approx(0.00135, rel=0.15)
    steep = [90 - draw.expovariate(1.0) for _ in range(4000)]
    assert pareto_tail(steep, 82, 0.15) == pytest.approx(math.exp(-8), rel=0.8)
    assert pareto_tail(normal[:50], 74, 0.15) is None
    assert pareto_tail(normal, 85, 0.15) is None
    least, most = pareto_tails(steep, 82) or (1.0, 0.0)
    assert least <= (pareto_tail(steep, 82, 0.15) or 0.0) <= most < 0.001


def test_a_tail_that_is_not_normal_is_told() -> None:
    """The lowest value of a normal sample is nothing special; that of one with a heavy tail is."""
    draw = random.Random(4)
    normal = [draw.gauss(80, 2) for _ in range(900)]
    assert normal_lowest(normal) > 0.01
    assert normal_lowest([*normal, 68.0]) < 1e-4


def test_the_bound_in_a_certificate_is_never_rounded_down() -> None:
    """Three digits are kept, and the last one is rounded up."""
    assert [_rounded_up(value) for value in (9.9718e-07, 9.97e-07, 0.99999, 0.123, 0.12301)] == [
        9.98e-07, 9.97e-07, 1.0, 0.123, 0.124,
    ]  # fmt: skip


# The configuration


def test_only_the_lines_concerned_are_changed() -> None:
    """Every comment, and every line that is not about the run, is as it was; the new values are read back."""
    before = SHIPPED.read_text(encoding="utf-8")
    after = edited(before, RUN, {"threshold": 71.5, "seconds": 45}, CERTIFICATE)
    run = yaml.safe_load(after)["training"]["run"]
    assert (run["threshold"], run["seconds"], run["certificate"]) == (71.5, 45, CERTIFICATE)
    again = edited(after, RUN, {"threshold": 75.25, "seconds": 60}, {**CERTIFICATE, "runs": 1, "failures": 0})
    for old, new in ((before, after), (after, again)):
        kept = iter(line.partition("#")[2] for line in new.splitlines())
        assert all(comment in kept for comment in (line.partition("#")[2] for line in old.splitlines()))  # in their order
    assert len(again.splitlines()) == len(after.splitlines())
    changed = {line.split(":")[0].strip() for line in after.splitlines() if line not in before.splitlines()}
    assert changed <= {"threshold", "seconds", "certificate", *CERTIFICATE}
    assert edited(after, RUN, {"threshold": 71.5, "seconds": 45}, CERTIFICATE) == after


@pytest.mark.parametrize("given", ["    certificate: none  # not yet\n", ""])
def test_a_first_certificate_explains_itself(given: str) -> None:
    """Where there was none, every line of the new one says what it is, and what stands around it stays."""
    head = "training:\n  question: q\n  run:\n    threshold: 75.0   # in %,\n                      # of images\n"
    text = f"{head}{given}\n# end\nscoring: {{}}\n"
    after = edited(text, RUN, {"threshold": 8.25, "attempts": 2}, CERTIFICATE)
    assert "    threshold: 8.25   # in %,\n                      # of images\n" in after
    assert after.endswith("\n\n# end\nscoring: {}\n")
    assert ("# not yet" in after) == bool(given)
    assert all("  # " in line for line in after.splitlines() if line.startswith("      ") and ":" in line)
    assert yaml.safe_load(after)["training"]["run"] == {"threshold": 8.25, "attempts": 2, "certificate": CERTIFICATE}


@pytest.mark.parametrize(
    "text",
    ["training: {question: q}\n", "training:\n  run: {threshold: 1.0}\n", "a: &r\n  threshold: 1.0\ntraining:\n  run: *r\n"],
)
def test_what_cannot_be_edited_by_lines_is_refused(text: str) -> None:
    """Rather than written anew without your comments, or changed elsewhere as well."""
    with pytest.raises(ConfigError, match="block style"):
        edited(text, RUN, {"threshold": 2.0}, CERTIFICATE)


# The certificate


def _config(folder: Path, run: str) -> Config:
    """A configuration beside a copy of the shipped solution, with these lines in `training.run`."""
    (folder / "solutions").mkdir(exist_ok=True)
    shutil.copy(ROOT / "solutions" / "neural_networks.ipynb", folder / "solutions")
    lines = "".join(f"    {line}\n" for line in run.splitlines())
    text = (
        "# Ours.\nassignment:\n  name: nets\n  title: Nets <1>\n  solution: solutions/neural_networks.ipynb\n"
        f"training:\n  question: mnist\n  run:   # all of it\n{lines}scoring:\n  decimals: 1  # one\n"
    )
    (folder / "grading_config.yaml").write_text(text)
    return read_config(folder / "grading_config.yaml")


def _certified(config: Config, **changes: object) -> str:
    assert config.training is not None
    made = {**CERTIFICATE, "settings": settings_digest(config.training.run), "code": code_digest(config), **changes}
    return "certificate:\n" + "\n".join(f"  {name}: {json.dumps(value)}" for name, value in made.items())


def test_a_threshold_needs_a_certificate_or_an_explicit_none(tmp_path: Path) -> None:
    """No certificate is a mistake, `none` is a decision, and without training there is nothing to decide."""
    with pytest.raises(ConfigError, match=r"line 8: `training\.run\.certificate` is missing.*`autograder calibrate`"):
        require_certificate(_config(tmp_path, "threshold: 75.0"))
    require_certificate(_config(tmp_path, "threshold: 75.0\ncertificate: none"))
    path = tmp_path / "grading_config.yaml"
    path.write_text(path.read_text().split("training:")[0])
    require_certificate(read_config(path))


@pytest.mark.parametrize("stale", ["threshold: 70.0", "steps: 900", "attempts: 3", "learning_rate: 0.1", "hidden: 20"])
def test_a_certificate_holds_for_its_settings_alone(tmp_path: Path, stale: str) -> None:
    """Change what the run depends on, and the threshold is refused; more time for slow machines changes nothing."""
    good = _certified(_config(tmp_path, "threshold: 75.0"))
    require_certificate(_config(tmp_path, f"threshold: 75.0\nseconds: 90\n{good}"))
    lines = stale if stale.startswith("threshold") else f"threshold: 75.0\n{stale}"
    with pytest.raises(ConfigError, match=r"line \d+: `training\.run\.certificate` was made for other settings"):
        require_certificate(_config(tmp_path, f"{lines}\n{good}"))


def test_generate_refuses_a_certificate_of_another_solution(tmp_path: Path) -> None:
    """It is about the solution's classes: other comments do not matter, other code does."""
    assignment = Assignment(
        name="n", title="t", questions=(), outline=(), complete=(), template=(), solution_digest="", versions={}
    )

    def told(config: Config) -> list[str]:
        return [problem for problem in mismatches(config, assignment) if "certificate" in problem]

    good = _certified(_config(tmp_path, "threshold: 75.0"))
    config = _config(tmp_path, f"threshold: 75.0\n{good}")
    assert told(config) == []
    solution = tmp_path / "solutions" / "neural_networks.ipynb"
    text = solution.read_text()
    solution.write_text(text.replace("The forward pass leaves here", "Here stays"))
    assert told(config) == []
    solution.write_text(text.replace("self.cache = y  # SOLUTION", "self.cache = y + 0  # SOLUTION"))
    assert [problem for problem in told(config) if "other code" in problem] != []


@pytest.mark.parametrize("replay", [(), ("--replay",)])
def test_grade_refuses_a_stale_certificate_before_it_does_anything(replay: tuple[str, ...], tmp_path: Path) -> None:
    """Exit code 2, with the file, the key and the command that mends it; also where earlier results are graded again."""
    config = _config(tmp_path, f"threshold: 75.0\n{_certified(_config(tmp_path, 'threshold: 75.0'), settings='0' * 16)}")
    run = autograder("grade", *replay, tmp_path / "solutions", "--config", config.path, "--out", tmp_path / "out")
    assert run.returncode == 2
    assert f"{config.path}, line 10: `training.run.certificate`" in run.stderr
    assert "`autograder calibrate`" in run.stderr
    assert not (tmp_path / "out").exists()


# What is trained


@pytest.fixture(scope="module")
def subjects() -> Subjects:
    """Of the shipped assignment."""
    return read_subjects(read_config(SHIPPED))


def test_the_solution_is_trained_without_running_its_notebook(subjects: Subjects) -> None:
    """Only the classes and what they need are taken: no data loaded, no training loop, no variable of another question."""
    assert subjects.parameters == ("Linear", "Sigmoid", "Net", "CrossEntropyLoss")
    source = subjects.reference.source
    assert all(name in source for name in ("class Linear", "class Sigmoid", "class Net", "def CrossEntropyLoss", "def Softmax"))
    assert not any(name in source for name in ("DataLoader", "class ReLU", "TorchNet", "train_losses", "layer = "))


def test_every_wrong_implementation_differs_from_the_solution(subjects: Subjects) -> None:
    """Each changes the code that is trained, and no two of them are the same."""
    sources = {subjects.reference.source, *(one.source for one in subjects.wrong)}
    assert len(sources) == 1 + len(subjects.wrong) > 8


def test_an_assignment_without_a_capped_run_has_nothing_to_calibrate(tmp_path: Path) -> None:
    """You are told so, as a wrong call."""
    config = _config(tmp_path, "threshold: 75.0")
    with pytest.raises(UsageError, match="no section `training`"):
        read_subjects(config.model_copy(update={"training": None}))
    solution = tmp_path / "solutions" / "neural_networks.ipynb"
    solution.write_text(solution.read_text().replace("checks.capped_run", "print"))
    with pytest.raises(UsageError, match=r"no test calls `checks\.capped_run`"):
        read_subjects(config)


# The whole of it


def _two(subjects: Subjects) -> Subjects:
    wanted = {"bias_never_updated", "uphill"}
    return replace(subjects, wrong=tuple(one for one in subjects.wrong if one.name in wanted))


def test_a_small_calibration_certifies_and_writes_what_it_found(tmp_path: Path, subjects: Subjects) -> None:
    """Threshold, attempts and caps are in the configuration with a certificate that holds; the same seed gives the same."""
    config = _config(tmp_path, "steps: 40       # few\nthreshold: 90.0 # too much\n")
    assert config.training is not None
    told: list[Progress] = []
    made = calibrate(_two(subjects), config.training.run, QUICK, say=told.append, most_seconds=60)
    assert made.met
    assert made.bound <= 0.2
    assert (made.run.steps, made.failures) == (40, 0)
    assert [sample.passed for sample in made.wrong] == [3, 0]
    assert [sample.implementation.name for sample in made.missed] == ["bias_never_updated"]
    assert told[-1].done == told[-1].planned == 6 + 2 * 3 + len(made.proof)
    assert all(run.accuracy == run.curve[-1] for run in made.pilot if run.curve)

    written = write_config(config, made)
    require_certificate(written)
    assert written.training is not None
    assert written.training.run.threshold == made.run.threshold < 90
    text = config.path.read_text()
    assert all(comment in text for comment in ("# Ours.", "# all of it", "# few", "# too much", "# one"))

    markdown = tmp_path / "docs" / "run.md"
    paths = write_reports(made, config, tmp_path / "out", markdown)
    assert {path.name for path in paths} == {"calibration.html", "calibration.png", "runs.csv", "run.md", "run.png"}
    page = (tmp_path / "out" / "calibration.html").read_text()
    assert "Nets &lt;1&gt;" in page
    assert "Nets <1>" not in page
    assert "http" not in page.split("</style>")[1].split("<img")[0]
    assert sentences(made)[0] in markdown.read_text()
    rows = list(csv.DictReader((tmp_path / "out" / "runs.csv").open()))
    assert len(rows) == told[-1].done
    again = calibrate(replace(_two(subjects), wrong=()), config.training.run, QUICK, most_seconds=60)
    assert [run.accuracy for run in again.pilot] == [run.accuracy for run in made.pilot]


def test_a_threshold_that_correct_work_misses_is_not_certified(subjects: Subjects) -> None:
    """It stops as soon as no look can be met any more, and says why."""
    config = read_config(SHIPPED)
    assert config.training is not None
    run = config.training.run.model_copy(update={"steps": 5})
    made = calibrate(replace(subjects, wrong=()), run, replace(QUICK, threshold=99.0), most_seconds=60)
    assert not made.met
    assert made.failures == len(made.proof) == made.looks[-1].failures + 1
    assert "fell short of 99 %" in sentences(made)[0]
    with pytest.raises(UsageError, match="it takes 757"):
        calibrate(subjects, run, replace(Plan(), most_runs=700))


@pytest.fixture(scope="module")
def called(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Path, str, str]]:
    """The command itself, as a dry run on two processes: its folder, and what it printed on both streams."""
    folder = tmp_path_factory.mktemp("called")
    config = _config(folder, "steps: 10\ncertificate: none")
    wrong = folder / "solutions" / "wrong_training"
    wrong.mkdir()
    (wrong / "tenth.py").write_text("# title: <a tenth>\n\n# %% edit\ndupstream.sum(dim=0)\n# ->\ndupstream.sum(dim=0) / 10\n")
    run = autograder(
        "calibrate", "--config", config.path, "--out", folder / "out", "--dry-run", "--target", "0.2", "--confidence", "0.6",
        "--max-attempts", "2", "--pilot", "6", "--max-runs", "40", "--seed", "3", "-j", "2", "--threshold", "5",
        "--wrong-runs", "1",
    )  # fmt: skip
    assert run.returncode == 0, run.stdout + run.stderr
    yield folder, run.stdout, run.stderr


def test_a_dry_run_reports_and_leaves_the_configuration_alone(called: tuple[Path, str, str]) -> None:
    """You see the table and where the report is; nothing else is written."""
    folder, printed, errors = called
    assert "certificate: none" in (folder / "grading_config.yaml").read_text()
    assert "solution" in printed
    assert "certified" in printed
    assert "tenth" in printed
    assert "calibration.html" in printed
    assert "grading_config.yaml" not in printed
    assert "now: proof" in errors
    assert sorted(path.name for path in (folder / "out").iterdir()) == ["calibration.html", "calibration.png", "runs.csv"]

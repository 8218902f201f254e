"""The generate command on a small assignment: what is right is written, always the same; what is not is refused, and why."""

from __future__ import annotations

import hashlib
import zipfile
from pathlib import Path

import pytest

from autograder.authoring.audit.record import require_audit
from autograder.config_file import read_config
from tests.commands import autograder
from tests.notebooks import solution_notebook
from tests.samples import ROOT

CONFIG = """
assignment:
  name: doubling
  title: Doubling
  solution: solutions/doubling.ipynb
"""

SOLUTION = "def double(x):\n    return x + x + 0.0 * len('doubled')  # SOLUTION"
PUBLIC = (
    '""" # BEGIN TEST CONFIG\npoints: 1\nsuccess_message: Right.\nfailure_message: Wrong.\n""" # END TEST CONFIG\n'
    "def test_small(double):\n"
    '    """Three becomes six"""\n'
    "    assert double(3) == 6\n"
)
HIDDEN = (
    '""" # BEGIN TEST CONFIG\npoints: 2\nhidden: true\nsuccess_message: Right.\nfailure_message: Wrong.\n""" # END TEST CONFIG\n'
    "def test_large(double):\n"
    '    """Large numbers are doubled, too"""\n'
    "    assert double(987654321) == 1975308642\n"
)


def write(folder: Path, *, solution: str = SOLUTION, public: str = PUBLIC, hidden: str = HIDDEN, extra: str = "x = 1") -> Path:
    """An assignment of one question below `folder`."""
    raw = (
        "# ASSIGNMENT CONFIG\nname: doubling\nexport_cell: false\ntests:\n  files: true\n  ok_format: false\n"
        "run_tests: false\ngenerate: true"
    )
    cells = [
        ("raw", raw), ("markdown", "# Doubling"), ("code", extra),
        ("raw", "# BEGIN QUESTION\nname: double"), ("markdown", "Write a function that doubles."),
        ("raw", "# BEGIN SOLUTION"), ("code", solution), ("raw", "# END SOLUTION"),
        ("raw", "# BEGIN TESTS"), ("code", public), ("code", hidden), ("raw", "# END TESTS"), ("raw", "# END QUESTION"),
    ]  # fmt: skip
    (folder / "solutions").mkdir(parents=True, exist_ok=True)
    (folder / "solutions" / "doubling.ipynb").write_text(solution_notebook(cells))
    config = folder / "grading_config.yaml"
    config.write_text(CONFIG)
    return config


def _digests(folder: Path) -> dict[str, str]:
    return {
        str(path.relative_to(folder)): hashlib.sha256(path.read_bytes()).hexdigest()
        for part in ("student_template", "dist")
        for path in sorted((folder / part).rglob("*"))
        if path.is_file()
    }


def test_what_is_shipped_is_what_its_sources_say(generated: str) -> None:
    """Whoever changes the notebook, a test or a setting is told to commit the template and the audit that belong to it."""
    assert "files were current" in generated
    assert "student_template/" not in generated, f"commit what `autograder generate` wrote:\n{generated}"
    require_audit(read_config(ROOT / "grading_config.yaml"))


def test_the_same_notebook_gives_the_same_bytes(tmp_path: Path) -> None:
    """Whoever generates gets the same template and the same zips, to the byte, and the bundle is executable as it must be."""
    for name in ("one", "two"):
        run = autograder("generate", "--without-audit", "--config", write(tmp_path / name), cold=True)  # each hashes differently
        assert run.returncode == 0, run.stderr
        assert "double" in run.stdout and "3" in run.stdout
    assert _digests(tmp_path / "one") == _digests(tmp_path / "two")
    names = set(_digests(tmp_path / "one"))
    assert {"student_template/doubling.ipynb", "student_template/tests/double.py", "dist/doubling-bundle.zip"} <= names
    with zipfile.ZipFile(tmp_path / "one" / "dist" / "doubling-bundle.zip") as bundle:
        assert bundle.getinfo("run_autograder").external_attr >> 16 & 0o111
        assert {"setup.sh", "manifest.json", "grading_config.yaml", "requirements.txt"} <= set(bundle.namelist())
        assert any(name.endswith(".whl") for name in bundle.namelist())


def test_the_template_has_no_solution_and_no_hidden_test(tmp_path: Path) -> None:
    """Students get the public test and a blank, nothing else."""
    assert autograder("generate", "--without-audit", "--config", write(tmp_path)).returncode == 0
    given = "".join(path.read_text() for path in (tmp_path / "student_template").rglob("*") if path.is_file())
    assert "test_small" in given and "..." in given
    assert "test_large" not in given and "1975308642" not in given and "x + x" not in given


def test_a_stale_template_is_noticed(tmp_path: Path) -> None:
    """`generate --check` writes nothing, and exits with 1 once notebook and template have parted."""
    config = write(tmp_path)
    assert autograder("generate", "--without-audit", "--config", config).returncode == 0
    assert autograder("generate", "--without-audit", "--check", "--config", config).returncode == 0
    before = _digests(tmp_path)
    write(tmp_path, extra="x = 2")
    run = autograder("generate", "--without-audit", "--check", "--config", config)
    assert run.returncode == 1 and "student_template/doubling.ipynb" in run.stdout and "autograder generate" in run.stderr
    assert _digests(tmp_path) == before


@pytest.mark.parametrize(
    ("changes", "says"),
    [
        (
            {"solution": "def double(x):\n    return 3 * x + 0.0  # SOLUTION"},
            "the solution does not pass `test_small` of `double`",
        ),
        (
            {"hidden": HIDDEN.replace("== 1975308642", "in (None, 1975308642)")},
            "the untouched template passes `test_large` of `double`",
        ),
        ({"public": PUBLIC + "    def again(x):\n        return x + x + 0.0 * len('doubled')\n"}, "is in the student's files"),
        ({"extra": "raise ValueError('no')"}, "code cell 2 raised: ValueError: no"),
        ({"public": PUBLIC.replace("def test_small", "import os\ndef test_small")}, "cell 10"),
        ({"hidden": HIDDEN.replace("points: 2\n", "")}, "points"),
    ],
    ids=["solution fails", "template passes", "solution leaks", "cell raises", "two statements in a test", "no points"],
)
def test_what_is_not_fit_to_be_handed_out_is_refused(tmp_path: Path, changes: dict[str, str], says: str) -> None:
    """The reason is told with cell, question or test; nothing is written; the exit code is 2."""
    run = autograder("generate", "--without-audit", "--config", write(tmp_path, **changes))
    assert run.returncode == 2, run.stdout
    assert says in run.stderr
    assert "Traceback" not in run.stderr
    assert not (tmp_path / "student_template").exists() and not (tmp_path / "dist").exists()


def test_grading_with_a_bundle_older_than_its_sources_is_refused(tmp_path: Path) -> None:
    """No submission is graded with tests or settings that are no longer those of the notebook and the configuration."""
    config = write(tmp_path)
    submission = tmp_path / "work.ipynb"
    submission.write_bytes((tmp_path / "solutions" / "doubling.ipynb").read_bytes())
    run = autograder("grade", submission, "--config", config, "--out", tmp_path / "out")
    assert run.returncode == 2 and "no grading bundle yet" in run.stderr
    assert autograder("generate", "--without-audit", "--config", config).returncode == 0
    assert autograder("grade", submission, "--config", config, "--out", tmp_path / "out").returncode == 0
    config.write_text(CONFIG + "scoring:\n  decimals: 1\n")
    run = autograder("grade", submission, "--config", config, "--out", tmp_path / "out")
    assert run.returncode == 2 and "has changed since this bundle was built" in run.stderr


@pytest.mark.parametrize(
    ("settings", "says"),
    [
        ("  template: solutions\n", "assignment.template is solutions, which holds doubling.ipynb"),
        ("rules:\n- name: r\n  title: t\n  applies: {duoble: [double]}\n  forbidden: [torch.nn]\n", "did you mean `double`"),
        ("rules:\n- name: r\n  title: t\n  applies: {double: [duble]}\n  forbidden: [torch.nn]\n", "defines no `duble`"),
        ("rules:\n- name: r\n  title: t\n  applies: {double: [double]}\n  forbidden: [torch.reluu]\n", "no `torch.reluu`"),
        ("training:\n  question: doulbe\n", "there is no question `doulbe`"),
        ("execution:\n  submission_seconds: 700\n", "must be less than gradescope.seconds"),
    ],
    ids=["template over solution", "question", "definition", "forbidden name", "training question", "time limits"],
)
def test_a_configuration_that_does_not_fit_the_notebook_is_refused(tmp_path: Path, settings: str, says: str) -> None:
    """A name that stands for nothing would silently cost or give marks; nothing is written, and the sources stay."""
    config = write(tmp_path)
    config.write_text(CONFIG + settings)
    before = (tmp_path / "solutions" / "doubling.ipynb").read_bytes()
    run = autograder("generate", "--without-audit", "--config", config)
    assert run.returncode == 2 and says in run.stderr, run.stderr
    assert (tmp_path / "solutions" / "doubling.ipynb").read_bytes() == before
    assert not (tmp_path / "student_template").exists()


def test_other_peoples_files_in_the_template_stay(tmp_path: Path) -> None:
    """Only tests of questions that are gone are removed; whatever somebody else put there is left alone."""
    config = write(tmp_path)
    assert autograder("generate", "--without-audit", "--config", config).returncode == 0
    tests = tmp_path / "student_template" / "tests"
    (tests / "old.py").write_bytes((tests / "double.py").read_bytes())
    (tests / "mine.py").write_text("print('mine')")
    (tmp_path / "student_template" / "notes.txt").write_text("mine")
    run = autograder("generate", "--without-audit", "--config", config)
    assert run.returncode == 0 and "removed" in run.stdout
    assert not (tests / "old.py").exists()
    assert (tests / "mine.py").exists() and (tmp_path / "student_template" / "notes.txt").exists()

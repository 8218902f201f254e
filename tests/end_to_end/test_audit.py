"""The audit command on a small assignment and on one question of the shipped one: holes in the tests are found and told."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.commands import autograder
from tests.end_to_end.test_generate import HIDDEN, PUBLIC, write

SOLUTION = "def double(x):\n    return x + x  # SOLUTION"
WEAK_PUBLIC = PUBLIC.replace("double(3) == 6", "double(2) == 4")
WEAK_HIDDEN = HIDDEN.replace("double(987654321) == 1975308642", "double(0) == 0")


def _assignment(folder: Path, public: str = PUBLIC, hidden: str = HIDDEN) -> Path:
    return write(folder, solution=SOLUTION, public=public, hidden=hidden)


def test_generate_refuses_without_a_current_audit(tmp_path: Path) -> None:
    """No bundle is made of tests that nobody has audited as they are; afterwards it is, and the audit needed no bundle."""
    config = _assignment(tmp_path)
    run = autograder("generate", "--config", config)
    assert run.returncode == 2 and "run `autograder audit`" in run.stderr and not (tmp_path / "dist").exists()
    run = autograder("audit", "--config", config, "--markdown", tmp_path / "docs" / "matrix.md")
    assert run.returncode == 0, run.stdout + run.stderr
    assert not list((tmp_path / "dist").glob("*.zip")) and not (tmp_path / "student_template").exists()
    assert b"audit of the tests" in (tmp_path / "dist" / "audit.html").read_bytes()
    assert "## double" in (tmp_path / "docs" / "matrix.md").read_text()
    assert autograder("generate", "--config", config).returncode == 0
    _assignment(tmp_path, public=PUBLIC.replace("becomes six", "becomes 6"))
    run = autograder("generate", "--check", "--config", config)
    assert run.returncode == 2 and "since the solution notebook changed" in run.stderr
    assert autograder("generate", "--config", config, "--without-audit").returncode == 0


def test_what_is_known_before_anything_is_graded_is_told_first(tmp_path: Path) -> None:
    """That there is no audit, or no such question, takes seconds to tell; that the solution fails takes a grading."""
    config = write(tmp_path, solution="def double(x):\n    return 3 * x  # SOLUTION")
    for arguments, says in ((["generate"], "run `autograder audit`"), (["audit", "duoble"], "did you mean `double`")):
        run = autograder(*arguments, "--config", config)
        assert run.returncode == 2 and says in run.stderr and "does not pass" not in run.stderr, run.stderr
    run = autograder("audit", "--config", config)
    assert run.returncode == 2 and "the solution does not pass" in run.stderr


def test_a_weakened_test_lets_a_mutant_survive(tmp_path: Path) -> None:
    """Two is no good number to double: the square passes, and the audit shows it, exits with 1, and keeps generate from going on.

    With a reason, it is content; and when the test is strong again, it says that the reason no longer holds.
    """
    config = _assignment(tmp_path, WEAK_PUBLIC, WEAK_HIDDEN)
    run = autograder("audit", "--config", config)
    assert run.returncode == 1, run.stderr
    assert "survived: double/operator/2:11#" in run.stdout and "+    return x * x" in run.stdout
    refused = autograder("generate", "--config", config)
    assert refused.returncode == 2 and "double/operator/2:11#" in refused.stderr and not list((tmp_path / "dist").glob("*.zip"))
    record = json.loads((tmp_path / "solutions" / "audit.json").read_text())
    marks = "".join(f"    - {line.split()[0]}\n" for line in record["open"])
    (tmp_path / "solutions" / "equivalent.yaml").write_text(f"- reason: It is only ever asked for two.\n  mutants:\n{marks}")
    run = autograder("audit", "--config", config)
    assert run.returncode == 0, run.stdout + run.stderr
    _assignment(tmp_path)
    run = autograder("audit", "--config", config)
    assert run.returncode == 1 and "is marked as equivalent, but it loses marks" in run.stdout


def test_variants_are_audited_too(tmp_path: Path) -> None:
    """A correct notebook that loses marks is told, with what takes them; a known mistake that loses some is as it should be."""
    config = _assignment(tmp_path)
    texts = {
        "accept/shift": "# title: shift\n\n# %% instead of double\ndef double(x):\n    return x << 1\n",
        "accept/strict": "# title: strict\n\n# %% instead of double\ndef double(x):\n    return x + x if x < 10 else None\n",
        "misconceptions/square": (
            "# title: squared\n# question: double\n# hint: That is the square.\n\n# %% edit\nreturn x + x\n# ->\nreturn x * x\n"
        ),
    }
    for name, text in texts.items():
        path = tmp_path / "solutions" / f"{name}.py"
        path.parent.mkdir(exist_ok=True)
        path.write_text(text)
    run = autograder("audit", "--config", config)
    assert run.returncode == 1, run.stdout + run.stderr
    assert "accept/strict is correct and fails double/test_large" in run.stdout
    assert "2 of 3 variants fare as they should" in run.stdout


def test_one_question_of_the_shipped_assignment(tmp_path: Path) -> None:
    """While working on a question one audits it alone: no mutant of it survives, and nothing is recorded."""
    run = autograder("audit", "relu", "--out", tmp_path / "audit.html")
    assert run.returncode == 0, run.stdout + run.stderr
    assert "relu" in run.stdout and "audit.json" not in run.stdout
    page = (tmp_path / "audit.html").read_text()
    assert "counts for nothing" in page and "test_leaves_its_arguments_alone" in page


@pytest.mark.parametrize(("arguments", "says"), [(["rleu"], "did you mean `relu`"), (["--seed", "-1"], "--seed")])
def test_a_wrong_call_is_refused(arguments: list[str], says: str, tmp_path: Path) -> None:
    """A question that does not exist is named, with the likely one."""
    run = autograder("audit", *arguments, "--out", tmp_path / "audit.html")
    assert run.returncode == 2 and says in run.stderr

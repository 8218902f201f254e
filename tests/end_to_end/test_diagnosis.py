"""Through the real command line: the mistakes of the sample submissions are named, and students read so as configured."""

from __future__ import annotations

import html
from pathlib import Path
from typing import Any

import pytest

from tests.commands import autograder
from tests.end_to_end.test_generate import write

NAMED = {
    "mistake_bias_grad_averaged": ("linear", "linear_bias_grad_averaged"),
    "mistake_weight_grad_transposed": ("linear", "linear_weight_grad_transposed"),
    "mistake_relu_passes_every_gradient": ("relu", "relu_passes_every_gradient"),
    "mistake_sigmoid_without_derivative": ("sigmoid", "sigmoid_without_slope"),
    "mistake_torchnet_without_relu": ("torchnet", "torchnet_without_relu"),
    "mistake_torch_upstream_gradient_forgotten": ("linear_torch", "linear_torch_upstream_gradient_forgotten"),
    "mistake_training_without_step": ("mnist", "mnist_training_without_step"),
}


@pytest.mark.parametrize("sample", NAMED)
def test_the_mistake_of_a_sample_is_named(graded: dict[str, dict[str, Any]], sample: str) -> None:
    """In the question where it is, by the right known mistake and no other; the student reads its hint."""
    question, name = NAMED[sample]
    (found,) = [one for one in graded[sample]["questions"] if one["name"] == question]
    hinted = [test for test in found["tests"] if test.get("hint")]
    assert hinted and all(test["detail"].endswith(f"misconception `{name}`") for test in hinted)
    page = html.unescape((graded[""]["out"] / sample / "feedback.html").read_text(encoding="utf-8"))
    assert hinted[0]["hint"] in page
    assert "misconception" not in page


def test_what_is_right_gets_no_hint(graded: dict[str, dict[str, Any]]) -> None:
    """Neither a complete submission nor an untouched template, which is not wrong but missing."""
    for sample in ("complete", "complete_from_the_original_text", "untouched_template"):
        assert not [test for one in graded[sample]["questions"] for test in one["tests"] if test.get("hint")]


def test_a_known_mistake_that_loses_no_marks_is_refused(tmp_path: Path) -> None:
    """By `generate`, with the file's name; and a change of the catalogue makes the bundle out of date."""
    config = write(tmp_path)
    folder = tmp_path / "solutions" / "misconceptions"
    folder.mkdir()
    text = "# title: {0}\n# question: double\n# hint: {0}.\n\n# %% edit\nx + x\n# ->\n{1}\n"
    (folder / "tripled.py").write_text(text.format("tripled", "3 * x"))
    (folder / "written_otherwise.py").write_text(text.format("twice", "x * 2"))
    run = autograder("generate", "--config", config, "--without-audit")
    assert run.returncode == 2
    assert "written_otherwise.py: loses no marks in `double`" in run.stderr and "tripled" not in run.stderr
    (folder / "written_otherwise.py").unlink()
    assert autograder("generate", "--config", config, "--without-audit").returncode == 0
    (folder / "tripled.py").write_text(text.format("tripled", "x + 4 * x"))
    late = autograder("grade", tmp_path / "student_template", "--config", config, "--out", tmp_path / "results")
    assert late.returncode == 2 and "misconceptions has changed since this bundle was built" in late.stderr

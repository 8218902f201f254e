"""The sample submissions get the marks that they deserve, graded together by the real command."""

from __future__ import annotations

import csv
import json
from pathlib import Path
from typing import Any

import pytest

from autograder.reports.gradescope import GradescopeResults
from tests.samples import ALL, FOLDER, SAMPLES, Sample, build

Graded = dict[str, dict[str, Any]]


def _scores(result: dict[str, Any]) -> dict[str, tuple[float, float]]:
    return {question["name"]: (question["score"], question["max_score"]) for question in result["questions"]}


def test_the_sample_notebooks_are_current() -> None:
    """Whoever changes the solution notebook is told to write the samples again: `python -m tests.samples`."""
    assert {path.name for path in FOLDER.iterdir()} == {f"{sample.name}.ipynb" for sample in SAMPLES}
    for name, content in build():
        assert (FOLDER / f"{name}.ipynb").read_bytes() == content, name


@pytest.mark.parametrize("sample", SAMPLES, ids=lambda sample: sample.name)
def test_a_sample_loses_marks_where_it_is_wrong_and_nowhere_else(graded: Graded, sample: Sample) -> None:
    """A mistake costs marks in its own question; other questions keep theirs, apart from those that build on it."""
    result = graded[sample.name]
    assert result["status"] == ("untouched" if sample.name == "untouched_template" else "graded"), result["detail"]
    for name, (score, most) in _scores(result).items():
        if name in sample.zero:
            assert score == 0, name
        elif name in sample.loses:
            assert score < most, name
        elif name not in sample.may_lose:
            assert score == most, (name, [test for q in result["questions"] if q["name"] == name for test in q["tests"]])
    assert result["score"] == pytest.approx(sum(score for score, _ in _scores(result).values()))


def test_complete_work_earns_everything_with_or_without_otters_cells(graded: Graded) -> None:
    """A complete notebook has 100.00 points, also one that was made from the course's first text, without Otter cells,
    and one that came from Colab with all that people do there."""
    for name in ("complete", "complete_from_the_original_text", "complete_in_colab_style"):
        assert graded[name]["score"] == graded[name]["max_score"] == 100.0
        assert set(_scores(graded[name])) == ALL


def test_what_was_not_done_is_told_and_costs_nothing(graded: Graded) -> None:
    """Installs, commands, Colab, a GPU, missing modules around complete work: a sentence each; an ordinary notebook has none."""
    notes = graded["complete_in_colab_style"]["notes"]
    for said in ("install packages", "run commands", "ask for a GPU", "modules of Colab", "`seaborn`, `torchsummary`"):
        assert sum(said in note for note in notes) == 1, (said, notes)
    ended = {cell["number"]: cell["error"] for cell in graded["complete_in_colab_style"]["cells"] if cell["status"] != "ok"}
    assert [error.partition(":")[0] for error in ended.values()] == ["EOFError", "SystemExit"], ended
    assert graded["complete"]["notes"] == []


@pytest.mark.parametrize("name", ["untouched_template", "patches_torch_allclose"])
def test_computing_nothing_earns_nothing(graded: Graded, name: str) -> None:
    """A template, untouched or with torch's comparisons patched to agree, has 0.00 points."""
    assert graded[name]["score"] == 0.0
    assert all(test["points"] == 0 for question in graded[name]["questions"] for test in question["tests"])


def test_every_mistake_that_accuracy_cannot_see_is_caught(graded: Graded) -> None:
    """A network that trains as well as a correct one still loses the marks of its wrong part."""
    for name in ("mistake_bias_grad_averaged", "mistake_step_forgets_bias", "mistake_sigmoid_without_derivative"):
        scores = _scores(graded[name])
        assert scores["mnist"] == (12.0, 12.0), name
        assert graded[name]["score"] < 100.0, name


def test_the_timed_run_reports_accuracy_steps_and_seconds(graded: Graded) -> None:
    """Both caps can be checked afterwards: the run says how many steps it made and how long it took."""
    case = next(t for q in graded["complete"]["questions"] for t in q["tests"] if t["case"] == "test_capped_run")
    assert case["metrics"]["steps"] == 938
    assert 75 < case["metrics"]["accuracy"] < 95
    assert 0 < case["metrics"]["seconds"] < 60


def test_forbidden_operations_are_named_with_their_line(graded: Graded) -> None:
    """A broken rule names the thing and its line, also where its name is put together from strings."""
    found = {q["name"]: q["violations"] for q in graded["uses_torch_nn"]["questions"] if q["violations"]}
    assert set(found) == {"linear", "relu"}
    assert found["linear"][0]["thing"].startswith("torch.nn") and found["linear"][0]["line"]
    assert "linear(x, self.weight" in _line(FOLDER / "uses_torch_nn.ipynb", found["linear"][0])
    assert found["relu"][0]["thing"] == "torch.relu" and found["relu"][0]["line"]


def _line(notebook: Path, violation: dict[str, Any]) -> str:
    cell = json.loads(notebook.read_text(encoding="utf-8"))["cells"][violation["cell"] - 1]
    return str("".join(cell["source"]).splitlines()[violation["line"] - 1])


def test_a_class_that_does_not_parse_leaves_a_share_to_what_uses_it(graded: Graded) -> None:
    """Half of the points of the question that uses it rightly, as the configuration says; the class itself earns nothing."""
    scores = _scores(graded["syntax_error_in_one_class"])
    assert scores["torchnet"] == (0.0, 6.0) and scores["torchnet_use"] == (2.0, 4.0)


def test_a_cell_that_ends_the_program_costs_its_own_question_only(graded: Graded) -> None:
    """After `os._exit`, a hang or a syntax error the later cells still run and earn their marks."""
    for name in ("os_exit", "endless_loop_in_one_method", "syntax_error_in_one_class"):
        assert _scores(graded[name])["mnist"] == (12.0, 12.0), name
        assert any(question["notes"] for question in graded[name]["questions"]), name


def test_the_files_of_the_contract_are_there(graded: Graded) -> None:
    """Scripts of the staff find grades.csv, report.html, and three files for each submission."""
    out: Path = graded[""]["out"]
    rows = list(csv.DictReader((out / "grades.csv").open(encoding="utf-8")))
    assert [row["submission"] for row in rows] == sorted(sample.name for sample in SAMPLES)
    assert list(rows[0])[:3] == ["submission", "status", "total"] and set(list(rows[0])[3:]) == ALL
    assert next(row for row in rows if row["submission"] == "complete")["total"] == "100.00"
    assert (out / "report.html").read_text(encoding="utf-8").startswith("<!DOCTYPE html>")
    for sample in SAMPLES:
        folder = out / sample.name
        assert {path.name for path in folder.iterdir()} == {"result.json", "results.json", "feedback.html"}
        GradescopeResults.model_validate_json((folder / "results.json").read_bytes())


def test_nothing_hidden_is_in_what_a_student_sees(graded: Graded) -> None:
    """Of a hidden test the student's pages show the configured message; never its name, its title or its trace."""
    out: Path = graded[""]["out"]
    for name, result in graded.items():
        if not name:
            continue
        seen = (out / name / "feedback.html").read_text(encoding="utf-8") + (out / name / "results.json").read_text(
            encoding="utf-8"
        )
        work = (FOLDER / f"{name}.ipynb").read_text(encoding="utf-8")  # the student's own lines are quoted
        shown = [test for q in result["questions"] for test in q["tests"] if not test["hidden"]]
        told = json.dumps(shown, ensure_ascii=False)
        public = {test[key] for test in shown for key in ("case", "title")}
        for question in result["questions"]:
            for test in question["tests"]:
                if test["hidden"]:
                    assert test["case"] in public or test["case"] in work or test["case"] not in seen, (name, test["case"])
                    assert test["title"] in public or test["title"] not in seen, (name, test["title"])
                last = (test["detail"] or "").strip().rpartition("\n")[2]
                if test["hidden"] and last.startswith("autograder."):  # what Python says itself may come from a cell as well
                    said = last.partition(": ")[2]
                    assert said in told or said not in seen, (name, test["case"])
        assert "<tests of" not in seen and "Traceback (most recent" not in seen, name


def test_the_printed_table_has_every_submission_with_its_total(graded: Graded) -> None:
    """Whoever runs the command sees the totals without opening a file."""
    printed = graded[""]["printed"]
    for sample in SAMPLES:
        line = next(line for line in printed.splitlines() if line.startswith(sample.name[:30]))
        assert f"{graded[sample.name]['score']:g}" in line

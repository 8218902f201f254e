"""What an audit says and keeps: marks of equivalence, the record that generate asks for, and its three forms."""

from __future__ import annotations

import json
from pathlib import Path

import msgspec
import pytest
from rich.console import Console

from autograder.authoring.audit.marks import read_marks
from autograder.authoring.audit.matrix import kill_matrix
from autograder.authoring.audit.mutate import Mutant
from autograder.authoring.audit.page import audit_page
from autograder.authoring.audit.record import record_path, require_audit, sources, write_record
from autograder.authoring.audit.table import audit_table, findings
from autograder.authoring.audit.verdicts import Audit, Fate, Kill, Tally, VariantVerdict, Verdict, kills_of, trouble
from autograder.config import AssignmentSection, Config, ScoringSection, Tolerance
from autograder.errors import AuthoringError
from autograder.results import Outcome, QuestionResult, Status, SubmissionResult, TestResult, Violation

DIFF = "@@ -1 +1 @@\n-y = a < b\n+y = a > b"


def _mutant(number: int, *, written: bool = True) -> Mutant:
    return Mutant(
        f"q/sign/{number}:4#{number:08x}", "q", "sign", 0, f"y = {number}", "`<` becomes `>`", DIFF, written, "y = a < b"
    )


def _verdict(number: int, fate: Fate, *kills: Kill, reason: str = "", detail: str = "") -> Verdict:
    own = tuple(kill for kill in kills if kill.question == "q")
    other = tuple(kill for kill in kills if kill.question != "q")
    return Verdict(_mutant(number), fate, own, other, reason, detail)


PUBLIC, HIDDEN, OTHER = Kill("q", "test_small", False, 1.0), Kill("q", "test_large", True, 2.0), Kill("r", "test_all", True, 1.0)
ALL = (
    _verdict(1, Fate.KILLED, PUBLIC, HIDDEN),
    _verdict(2, Fate.KILLED, HIDDEN),
    _verdict(3, Fate.ELSEWHERE, OTHER),
    _verdict(4, Fate.EQUIVALENT, reason="The order of a sum's terms is free."),
    _verdict(5, Fate.SURVIVED),
    _verdict(6, Fate.ERRORED, detail="NameError: no"),
)


def _audit(
    *verdicts: Verdict, stale: tuple[str, ...] = (), variants: tuple[VariantVerdict, ...] = (), whole: bool = True
) -> Audit:
    cases = (Tally("q", "test_small", False, 1.0, 1, 0), Tally("q", "test_idle", True, 1.0, 0, 0))
    return Audit("Nets <b>", ("q",), verdicts, variants, stale, cases, whole, 0, 1.5)


def _config(folder: Path, text: str = "x = 1") -> Config:
    folder.mkdir(parents=True, exist_ok=True)
    cells = [{"cell_type": "code", "source": [text], "outputs": [], "metadata": {}}]
    (folder / "work.ipynb").write_text(json.dumps({"cells": cells, "metadata": {}, "nbformat": 4, "nbformat_minor": 5}))
    section = AssignmentSection(name="work", title="Work", solution=Path("work.ipynb"))
    return Config(assignment=section, path=folder / "grading_config.yaml")


def _printed(audit: Audit) -> str:
    console = Console(width=120, record=True, file=Path("/dev/null").open("w"))  # noqa: SIM115  # for the whole test
    console.print(audit_table(audit))
    for text in findings(audit):
        console.print(text)
    return console.export_text()


def test_each_question_has_its_sums() -> None:
    """A mutant counts once: by a public case, by hidden ones only, elsewhere only, as equivalent, as survivor, as error."""
    (row,) = _audit(*ALL).rows
    assert (row.mutants, row.public, row.hidden_only, row.elsewhere) == (6, 1, 1, 1)
    assert (row.equivalent, row.survived, row.errored) == (1, 1, 1)


def test_a_terminal_shows_survivors_with_their_diffs() -> None:
    """What has to be looked at comes with the line that was changed; cases that killed nothing are named."""
    said = _printed(_audit(*ALL, stale=("equivalent.yaml: gone",)))
    assert "survived: q/sign/5:4#00000005" in said and "+y = a > b" in said and "a line that students write" in said
    assert "errored: q/sign/6:4#00000006" in said and "NameError: no" in said
    assert "stale mark: equivalent.yaml: gone" in said
    assert "only noticed elsewhere: q/sign/3:4#00000003" in said and "kills no mutant: q/test_idle" in said


def test_the_page_and_the_matrix_escape_what_they_show() -> None:
    """Code and titles are text: the page has none of it as markup, and both name every mutant with what killed it."""
    audit = _audit(*ALL, variants=(VariantVerdict("accept", "a", "<i>one</i>", ()),))
    page = audit_page(audit, 2).decode()
    assert "y = a &lt; b" in page and "y = a < b" not in page and "Nets &lt;b&gt;" in page and "&lt;i&gt;one" in page
    assert "http" not in page.replace("http-equiv", "") and "<script" not in page
    matrix = kill_matrix(audit, 2)
    for verdict in ALL:
        assert verdict.mutant.id.partition("/")[2] in page and verdict.mutant.id.partition("/")[2] in matrix
    assert "| `sign/1:4#00000001` | `<` becomes `>` | 3 | test_small, *test_large* |" in matrix
    assert "elsewhere: r/*test_all*" in matrix and "The order of a sum's terms is free." in matrix


def test_the_verdict_on_a_mutant_follows_from_its_result() -> None:
    """Marks lost to a failed case or to a broken rule are kills; a case that the grader failed on is not."""

    def test(case: str, outcome: Outcome, points: float) -> TestResult:
        return TestResult(case=case, title=case, outcome=outcome, points=points, max_points=2, hidden=True, message="no")

    def question(*tests: TestResult, violations: tuple[Violation, ...] = ()) -> QuestionResult:
        return QuestionResult(name="q", score=0, max_score=2, outcome=Outcome.FAILED, tests=tests, violations=violations)

    failed, passed, errored = test("a", Outcome.FAILED, 0), test("b", Outcome.PASSED, 2), test("c", Outcome.ERRORED, 0)
    assert kills_of(question(failed, passed)) == (Kill("q", "a", True, 2),)
    rule = Violation(rule="basic", thing="torch.nn", found="source")
    assert kills_of(question(test("b", Outcome.PASSED, 0), violations=(rule,))) == (Kill("q", "rule basic", False, 2),)
    assert kills_of(question(errored, passed)) == ()
    result = SubmissionResult(name="m", source="m", status=Status.GRADED, score=0, max_score=2, questions=(question(errored),))
    assert trouble(result) == "q/c: no"
    assert trouble(msgspec.structs.replace(result, questions=(question(failed),))) == ""


def test_variants_must_do_as_they_promise() -> None:
    """A correct notebook that loses marks and a wrong one that loses none are both told; the others are not."""
    kinds = [("accept", ()), ("accept", (PUBLIC,)), ("misconceptions", (PUBLIC,)), ("misconceptions", ())]
    wrong = [VariantVerdict(kind, str(number), "", kills).wrong for number, (kind, kills) in enumerate(kinds)]
    assert [bool(said) for said in wrong] == [False, True, False, True]
    assert "q/test_small" in wrong[1]
    audit = _audit(variants=tuple(VariantVerdict(kind, str(n), "", kills) for n, (kind, kills) in enumerate(kinds)))
    assert len(audit.open) == 2 and "2 of 4 variants fare as they should" in _printed(audit)


def test_marks_are_read_with_their_reasons(tmp_path: Path) -> None:
    """One reason may stand for several mutants; without a file there are no marks."""
    assert read_marks(tmp_path / "equivalent.yaml").reasons == {}
    path = tmp_path / "equivalent.yaml"
    path.write_text("- reason: |\n    It is\n    the same.\n  mutants: [q/sign/1:2#ab, 'q/term/3:4#cd']\n")
    assert read_marks(path).reasons == {"q/sign#ab": "It is the same.", "q/term#cd": "It is the same."}


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("- mutants: [q/sign/1:2#ab]\n", "missing required field `reason`"),
        ("- reason: r\n", "entry 1 marks nothing"),
        ("- reason: r\n  given: {q: [a, a]}\n", "is marked twice"),
        ("- reason: ' '\n  mutants: [q/sign/1:2#ab]\n", "gives no reason"),
        ("- reason: r\n  mutants: [q/sign]\n", "is no id of a mutant"),
        ("- reason: r\n  mutants: [q/sign/1:2#ab, q/sign/7:7#ab]\n", "is marked twice"),
        ("- reason: r\n  mutant: q/sign/1:2#ab\n", "unknown field `mutant`"),
        ("- reason: [\n", "is not a list of marks"),
    ],
)
def test_a_wrong_file_of_marks_is_refused(tmp_path: Path, text: str, says: str) -> None:
    """The file and what is wrong with it are told."""
    path = tmp_path / "equivalent.yaml"
    path.write_text(text)
    with pytest.raises(AuthoringError) as told:
        read_marks(path)
    assert says in str(told.value) and str(path) in str(told.value)


def test_a_stale_mark_is_reported(tmp_path: Path) -> None:
    """A mark on a mutant that is gone or loses marks by now is told, and so is one on a line or a question that is gone."""
    gone, killed, fine, old = "q/sign/9:2#ffffffff", _mutant(1).id, _mutant(2).id, "old/sign/1:2#0000000d"
    path = tmp_path / "equivalent.yaml"
    path.write_text(
        f"- reason: r\n  mutants: [{gone}, {killed}, {fine}, {old}]\n  given:\n    q: [y = a < b, y = 5]\n    older: [z]\n"
    )
    marks = read_marks(path)
    given, written = _mutant(3, written=False), _mutant(4)
    assert marks.reason(given) == marks.reason(_mutant(2)) == "r" and marks.reason(written) == ""
    said = marks.stale({_mutant(1): False, _mutant(2): True, given: True, written: True}, ("q",))
    assert [name in line for name, line in zip((gone, killed, "`y = 5`"), said, strict=True)] == [True] * 3
    assert "no such mutant" in said[0] and "loses marks" in said[1] and "nothing survives" in said[2]
    assert marks.stale({}, ("r",)) == ()
    assert [name in line for name, line in zip(("old", "older"), marks.strangers(("q",)), strict=True)] == [True, True]
    assert _audit(ALL[0], stale=said).open == said


def test_a_current_record_is_enough(tmp_path: Path) -> None:
    """Whoever clones the sources with their record need not audit: same content, same bytes, no times in it."""
    for name in ("one", "two"):
        config = _config(tmp_path / name)
        write_record(_audit(*ALL[:4]), config, sources(config))
        require_audit(config)
    one, two = (record_path(_config(tmp_path / name)).read_bytes() for name in ("one", "two"))
    assert one == two
    notebook = json.loads((tmp_path / "one" / "work.ipynb").read_text())
    notebook["cells"][0]["outputs"] = [{"output_type": "stream", "name": "stdout", "text": "1"}]
    (tmp_path / "one" / "work.ipynb").write_text(json.dumps(notebook))
    require_audit(_config(tmp_path / "two"))


def test_a_missing_stale_or_open_record_is_refused(tmp_path: Path) -> None:
    """The message says what changed since the audit, or what it left open, and names the command."""
    config = _config(tmp_path)
    with pytest.raises(AuthoringError, match="have not been audited; run `autograder audit`"):
        require_audit(config)
    write_record(_audit(*ALL[:4]), config, sources(config))
    with pytest.raises(AuthoringError, match="since the solution notebook changed; run `autograder audit`"):
        require_audit(_config(tmp_path, "x = 2"))
    config = _config(tmp_path)
    tighter = Tolerance(rtol=0.5, atol=0.5)
    loose = config.model_copy(update={"tolerances": {"float32": tighter, "float64": tighter}})
    with pytest.raises(AuthoringError, match=r"configuration .tolerances, rules, training. changed"):
        require_audit(loose)
    require_audit(config.model_copy(update={"scoring": ScoringSection(decimals=1)}))
    (tmp_path / "accept").mkdir()
    (tmp_path / "accept" / "other.py").write_text("# title: other\n")
    (tmp_path / "equivalent.yaml").write_text("[]")
    with pytest.raises(AuthoringError, match=r"since equivalent.yaml and the folder accept changed"):
        require_audit(config)
    write_record(_audit(*ALL), config, sources(config))
    with pytest.raises(AuthoringError, match=r"left 2 open(.|\n)*q/sign/5:4#00000005 survived"):
        require_audit(config)
    record_path(config).write_text("{")
    with pytest.raises(AuthoringError, match="cannot be read"):
        require_audit(config)

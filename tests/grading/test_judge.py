"""Three outcomes, never mixed: passed, failed through the student's fault, errored through ours."""

from __future__ import annotations

from typing import Any

import pytest

from autograder.errors import SandboxError
from autograder.results import Outcome
from autograder.sandbox import connection, protocol, remote
from autograder.sandbox.lanes import Lane
from tests.grading.judging import config, judge, question, verdict

FUNCTIONS = """
import torch
def double(x): return x * 2
def triple(x): return x * 3
def fail(x): raise ValueError('not today')
def lacking(x): return torch.zeros(1).nothing
def hang(x):
    while True: pass
def stubborn(x):
    while True:
        try:
            for _ in range(10**12): pass
        except BaseException: pass
def leave(x):
    import os
    os._exit(0)
def greedy(x): return torch.zeros(10 << 30)
def text(x): return 'text'
class Box: pass
"""
CLOSE = "def test_it({name}):\n    x = checks.normal(3)\n    checks.close({name}(x), 2 * x, 'The output', help='Twice.')\n"
FAILED = [
    ("triple", "The output has wrong values"),
    ("fail", "Your code raised ValueError: not today (code cell 1, line 5)"),
    ("lacking", "'Tensor' object has no attribute 'nothing'"),
    ("hang", "Your code did not finish within 0.3 s"),
    ("stubborn", "Your code did not finish in time"),
    ("leave", "The process that ran your code ended"),
    ("greedy", "Your code raised RuntimeError"),
    ("text", "The output is not a tensor"),
    ("Box", "Your code raised TypeError"),
    ("nowhere", "`nowhere` is not defined"),
]


@pytest.fixture(autouse=True)
def short_grace(monkeypatch: pytest.MonkeyPatch) -> None:
    """What overruns its limit is given up soon."""
    monkeypatch.setattr(connection, "GRACE", 0.3)


def test_a_right_answer_passes(lane: Lane) -> None:
    """With its points, and the author's words if there are any."""
    result = verdict(lane, FUNCTIONS, CLOSE.format(name="double"))
    assert (result.outcome, result.points, result.message, result.detail) == (Outcome.PASSED, 2.0, "Passed.", None)
    assert verdict(lane, FUNCTIONS, CLOSE.format(name="double"), success_message="Well done.").message == "Well done."


@pytest.mark.parametrize(("name", "message"), FAILED)
def test_what_the_student_s_code_does_wrong_has_failed(lane: Lane, name: str, message: str) -> None:
    """Whatever it is; a public test says what, and staff have the trace."""
    result = verdict(lane, FUNCTIONS, CLOSE.format(name=name), settings=config(case_seconds=0.3))
    assert (result.outcome, result.points) == (Outcome.FAILED, 0.0)
    assert message in result.message and result.message.startswith("Failed. ")
    assert "Traceback" in (result.detail or "") and "Traceback" not in result.message


def test_a_public_failure_says_what_was_expected(lane: Lane) -> None:
    """Expected, actual and help, as data."""
    result = verdict(lane, FUNCTIONS, CLOSE.format(name="text"), failure_message="Not twice.")
    assert result.message == "Not twice. The output is not a tensor"
    assert (result.expected, result.actual, result.help) == ("a torch.Tensor", "a value of type str", None)
    assert verdict(lane, FUNCTIONS, CLOSE.format(name="triple")).help == "Twice."


@pytest.mark.parametrize("name", [name for name, _ in FAILED])
def test_a_hidden_failure_says_only_what_its_author_wrote(lane: Lane, name: str) -> None:
    """No expected, no actual, no help, no exception: any of them could tell the input."""
    for words in ("Look at the bias.", ""):
        source = CLOSE.format(name=name)
        result = verdict(lane, FUNCTIONS, source, hidden=True, failure_message=words, settings=config(case_seconds=0.3))
        assert (result.outcome, result.message) == (Outcome.FAILED, words or "Failed.")
        assert (result.expected, result.actual, result.help) == (None, None, None)


def test_an_exception_that_shows_a_hidden_input_is_not_shown(lane: Lane) -> None:
    """Student code that raises its argument learns nothing from a hidden test."""
    leak = "def answer(x):\n    raise ValueError(f'the input is {x}')"
    result = verdict(lane, leak, "def test_it(answer):\n    answer(4321)", hidden=True)
    assert "4321" not in result.message and "4321" in (result.detail or "")


def test_an_assertion_is_shown_as_it_was_written(lane: Lane) -> None:
    """A plain assert works as under Otter."""
    result = verdict(lane, "n = 3", "def test_it(n):\n    assert n == 4, f'{n} is not 4'")
    assert (result.outcome, result.message) == (Outcome.FAILED, "Failed. 3 is not 4")


@pytest.mark.parametrize("wrong", ["'text'", "None", "[]", "torch.zeros(2, 2)", "...", "lambda: 1", "object()", "float('nan')"])
def test_an_unexpected_value_is_the_student_s_fault(lane: Lane, wrong: str) -> None:
    """Also where the test does arithmetic with it before it looks at it."""
    source = "def test_it(answer):\n    checks.close((answer + torch.ones(3)).t() @ torch.ones(3), torch.tensor(6.0), 'It')\n"
    result = verdict(lane, f"import torch\nanswer = {wrong}", source)
    assert result.outcome is Outcome.FAILED


def broken_ask(*args: Any, **kwargs: Any) -> Any:
    """A helper process that is gone."""
    raise SandboxError("the helper is gone")


BREAKAGES = [
    pytest.param(lambda patch: patch.setattr(remote.Namespace, "_note", None), "TypeError", id="a TypeError of the engine"),
    pytest.param(lambda patch: patch.delattr(protocol, "unpack"), "AttributeError", id="an AttributeError of the engine"),
    pytest.param(lambda patch: patch.setattr(remote.Namespace, "ask", broken_ask), "SandboxError", id="a helper that is gone"),
]


@pytest.mark.parametrize(("breakage", "kind"), BREAKAGES)
@pytest.mark.parametrize("hidden", [False, True])
def test_a_bug_of_the_grader_is_never_a_zero(
    lane: Lane, monkeypatch: pytest.MonkeyPatch, breakage: Any, kind: str, hidden: bool
) -> None:
    """Errored: staff get the trace, the student a sentence that says nothing of the test or of the bug."""
    lookup = remote.Namespace.lookup
    with monkeypatch.context() as patch:

        def broken_lookup(space: Any, names: Any) -> Any:
            breakage(patch)
            return lookup(space, names)

        patch.setattr(remote.Namespace, "lookup", broken_lookup)  # only judging calls it
        result = verdict(lane, FUNCTIONS, CLOSE.format(name="double"), hidden=hidden, failure_message="Wrong.")
    assert result.outcome is Outcome.ERRORED and result.points == 0
    assert kind in (result.detail or "") and "Traceback" in (result.detail or "")
    assert result.message == "The grader failed on this test through no fault of yours; the course staff has been told."
    assert (result.expected, result.actual, result.help) == (None, None, None)


SLIPS = ["nothing_of_the_sort", "import nothing_of_the_sort", "y = checks.normal(z); z = 1", "open('/gone')"]


@pytest.mark.parametrize("slip", SLIPS)
def test_a_test_with_a_slip_is_never_a_zero(lane: Lane, slip: str) -> None:
    """A name that the test file itself does not have cannot be the student's fault, nor can a file that the grader lacks."""
    result = verdict(lane, FUNCTIONS, f"def test_it(double):\n    {slip}")
    assert result.outcome is Outcome.ERRORED


def test_a_test_that_uses_isinstance_on_an_object_says_what_to_write(lane: Lane) -> None:
    """The same for `is`, which would be silently false; with a constant it is as at home."""
    for expression in ("isinstance(box, int)", "box is other", "box is not other"):
        result = verdict(lane, FUNCTIONS + "box = other = Box()", f"def test_it(box, other):\n    assert {expression}")
        assert result.outcome is Outcome.FAILED and "of type Box" in result.message and "compare values" in result.message
    constants = "none is None and box is not None and None is not box"
    source = f"def test_it(box, none):\n    assert {constants} and checks is checks and not (checks is torch)"
    assert verdict(lane, FUNCTIONS + "box, none = Box(), None", source).outcome is Outcome.PASSED


HANGS = "def test_a({0}):\n    {0}(1)\ndef test_b(double):\n    assert double(2) == 4\n"


@pytest.mark.parametrize("name", ["hang", "stubborn", "leave"])
def test_a_question_that_hangs_costs_itself_only(lane: Lane, name: str) -> None:
    """Other cases of the question, and other questions, are judged on the same state."""
    settings = config(case_seconds=0.3)
    first = question(HANGS.format(name), name="first")
    second = question("def test_c(double):\n    assert double(2) == 4\n", name="second")
    judged = judge(lane, FUNCTIONS, first, second, settings=settings)
    outcomes = [[result.outcome.value for result in one.results] for one in judged]
    assert outcomes == [["failed", "passed"], ["passed"]]


def test_a_question_has_a_budget(lane: Lane) -> None:
    """What is not begun by then is not judged, and says so; the next question has a budget of its own."""
    source = "".join(f"def test_{n}(hang):\n    hang(1)\n" for n in range(9))
    after = question("def test_it(double):\n    assert double(2) == 4\n", name="after")
    first, second = judge(lane, FUNCTIONS, question(source), after, settings=config(case_seconds=0.3, question_seconds=0.7))
    assert {one.outcome for one in first.results} == {Outcome.FAILED}
    said = "Not judged: the time for this question was used up before this test could run."
    assert [one.message for one in first.results].count(said) >= 6 and first.results[-1].message == said
    assert second.results[0].outcome is Outcome.PASSED


def test_a_case_is_judged_on_what_the_notebook_left(lane: Lane) -> None:
    """A cell that ended its process is left out, those around it count; a notebook without an answer says so."""
    submission = (FUNCTIONS, "import os\nos._exit(0)", "late = 5")
    source = "def test_a(double, late):\n    assert double(late) == 10\n"
    assert verdict(lane, submission, source).outcome is Outcome.PASSED
    result = verdict(lane, FUNCTIONS, "def test_a(one, double, two):\n    pass\n")
    assert result.message == "Failed. `one` and `two` are not defined"


def test_inputs_come_from_a_seed_that_differs_by_case_and_run(lane: Lane) -> None:
    """The same seed repeats a run; the notebook's own draws are none of the test's, nor can it set them."""
    submission = "import torch\nx = torch.randn(3)\ntorch.manual_seed(5)\ny = torch.randn(3)"
    source = "".join(
        f"def test_{n}(x, y):\n    a, b = checks.normal(3), torch.randn(3)\n"
        "    checks.report(a=a[0], b=b[0], x=x[0], y=y[0], nan=float('nan'))\n"
        for n in range(2)
    )
    runs = [judge(lane, submission, question(source), seed=seed)[0].results for seed in (1, 1, 2)]
    first, again, other = ([one.metrics for one in results] for results in runs)
    assert first == again and "nan" not in first[0]
    drawn = [case[name] for results in (first, other) for case in results for name in ("a", "b")]
    assert len(set(drawn)) == len(drawn)
    assert not {first[0]["x"], first[0]["y"], other[0]["x"], other[0]["y"]} & set(drawn)
    assert first[0]["x"] != other[0]["x"] and first[0]["y"] == other[0]["y"]


def test_notes_cost_nothing(lane: Lane) -> None:
    """And are kept once."""
    source = "".join(f"def test_{n}(double):\n    checks.note('A remark.')\n" for n in range(2))
    (judged,) = judge(lane, FUNCTIONS, question(source))
    assert judged.notes == ("A remark.",)
    assert all(one.outcome is Outcome.PASSED for one in judged.results)

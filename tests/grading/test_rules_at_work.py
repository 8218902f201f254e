"""What the assignment forbids is found, in the source where it can be, at work where it is hidden; and costs what it should."""

from __future__ import annotations

from typing import Any

import msgspec
import pytest

from autograder.config import Rule
from autograder.grading.judge import Judged, not_judged
from autograder.grading.scoring import score_question, total
from autograder.results import CellResult, Outcome, QuestionResult, Violation
from autograder.sandbox.lanes import Lane
from autograder.submissions import check_rules
from tests.grading.judging import cells, config, judge, question, rule

FIRST = (
    "import torch\nimport torch.nn as nn\nfrom torch.nn import functional as F\n"
    "r = torch.relu\nlayer = nn.ReLU()\nkept = [torch]\n"
)
CLASS = "class ReLU:\n    def forward(self, x):\n        self.note = 1\n        return {}\n"
TEST = "def test_it(ReLU):\n    x = checks.normal(4)\n    checks.close(ReLU().forward(x), x.clamp(min=0), 'The output')\n"
HIDDEN = {
    "getattr(kept[0], 're' + 'lu')(x)": "torch.relu",
    "getattr(kept[0], 'relu' + '_')(x.clone())": "torch.nn.functional.relu_",  # one function under two names
    "kept[0].__dict__['re' + 'lu'](x)": "torch.relu",
    "vars(kept[0])['uler'[::-1]](x)": "torch.relu",
    "getattr(x, 're' + 'lu')()": "torch.Tensor.relu",
    "eval('torch.re' + 'lu')(x)": "torch.relu",
    "globals()['r'](x)": "torch.relu",
    "globals()['layer'](x)": "torch.nn.functional.relu",
    "torch._C._VariableFunctions.relu(x)": "torch.relu",
    "vars(kept[0])['ops'].aten.relu(x)": "torch.ops.aten.relu",
    "vars(kept[0])['ops'].aten.relu.default(x)": "torch.ops.aten.relu.default",
}
PLAIN = {
    "torch.relu(x)": "torch.relu",
    "r(x)": "torch.relu",
    "F.relu(x)": "torch.nn.functional.relu",
    "nn.ReLU()(x)": "torch.nn.ReLU",
    "getattr(torch, 'relu')(x)": "torch.relu",
    "x.relu()": "torch.Tensor.relu",
}
ALLOWED = ("x.clamp(min=0)", "x * (x > 0)", "torch.where(x > 0, x, 0.0)", "torch.maximum(x, torch.zeros(1))", "(x + x.abs()) / 2")


def graded(lane: Lane, *sources: str, share: float = 0.0, test: str = TEST) -> QuestionResult:
    """The question's result, from source and run together, as grading puts them together."""
    settings = config(rule("ReLU", share=share))
    asked, notebook = question(test), cells(*sources)
    (judged,) = judge(lane, sources, asked, settings=settings)
    violations = check_rules(settings.rules, notebook).get("q", ())
    return score_question(asked, judged, violations, settings, (len(sources),), ())


@pytest.mark.parametrize(("body", "thing"), HIDDEN.items())
def test_what_no_source_shows_is_seen_at_work(lane: Lane, body: str, thing: str) -> None:
    """Names put together from strings, dictionaries, objects made in earlier cells, the raw operators."""
    result = graded(lane, FIRST, CLASS.format(body))
    assert [(one.thing, one.found) for one in result.violations] == [(thing, "run time")]
    assert result.tests[0].outcome is Outcome.PASSED and result.score == 0 and result.outcome is Outcome.FAILED
    assert "only basic operations" in result.violations[0].message


@pytest.mark.parametrize(("body", "thing"), PLAIN.items())
def test_what_the_source_shows_is_named_with_its_line(lane: Lane, body: str, thing: str) -> None:
    """Once, although it was seen at work as well."""
    result = graded(lane, FIRST, CLASS.format(body))
    assert [(one.thing, one.found, one.cell, one.line) for one in result.violations] == [(thing, "source", 2, 4)]
    assert result.score == 0


@pytest.mark.parametrize("body", ALLOWED)
def test_basic_operations_break_no_rule(lane: Lane, body: str) -> None:
    """Whoever keeps to them has all points; that other cells use layers does not matter."""
    result = graded(lane, FIRST + "\nlayer(torch.ones(2)); r(torch.ones(2))", CLASS.format(body))
    assert (result.outcome, result.score, result.violations) == (Outcome.PASSED, 2.0, ())


def test_the_test_s_own_use_breaks_no_rule(lane: Lane) -> None:
    """References run in the grader, where nobody watches."""
    test = TEST.replace("x.clamp(min=0)", "torch.nn.functional.relu(x)")
    assert graded(lane, FIRST, CLASS.format(ALLOWED[0]), test=test).violations == ()


def test_a_call_that_raises_afterwards_is_seen_too(lane: Lane) -> None:
    """The violation is told, whatever the verdict."""
    result = graded(lane, FIRST, CLASS.format("vars(kept[0])['re' + 'lu'](x) and 1 / 0"))
    assert [one.thing for one in result.violations] == ["torch.relu"] and result.tests[0].outcome is Outcome.FAILED


def test_a_question_without_the_rule_is_not_watched(lane: Lane) -> None:
    """What the rule does not apply to may use what it likes."""
    settings = config(Rule(name="basic", title="t", applies={"other": ("ReLU",)}, forbidden=("torch.relu",)))
    (judged,) = judge(lane, (FIRST, CLASS.format("torch.relu(x)")), question(TEST), settings=settings)
    assert judged.seen == () and judged.results[0].outcome is Outcome.PASSED


@pytest.mark.parametrize(("share", "score"), [(0.0, 0.0), (0.25, 0.5), (1.0, 2.0)])
def test_a_broken_rule_leaves_its_share(lane: Lane, share: float, score: float) -> None:
    """Of each case's points; the cases keep their outcomes, and the question has failed."""
    result = graded(lane, FIRST, CLASS.format("torch.relu(x)"), share=share)
    assert (result.score, result.tests[0].points, result.max_score) == (score, score, 2.0)
    assert result.outcome is Outcome.FAILED and result.tests[0].outcome is Outcome.PASSED


def scored(*outcomes: Outcome, rules: tuple[Rule, ...] = (), **more: Any) -> QuestionResult:
    """A question whose cases ended so."""
    asked = question("".join(f"def test_{n}():\n    pass\n" for n in range(len(outcomes))))
    results = tuple(
        msgspec.structs.replace(not_judged(case, "no reason", outcome), points=2.0 if outcome is Outcome.PASSED else 0.0)
        for case, outcome in zip(asked.cases, outcomes, strict=True)
    )
    judged = Judged(results, more.get("seen", ()))
    return score_question(asked, judged, more.get("violations", ()), config(*rules), (1,), more.get("ran", ()))


def test_one_errored_case_makes_the_question_errored() -> None:
    """Failed or passed ones beside it do not hide it from the staff."""
    assert scored(Outcome.PASSED, Outcome.FAILED, Outcome.ERRORED).outcome is Outcome.ERRORED
    assert scored(Outcome.PASSED, Outcome.FAILED).outcome is Outcome.FAILED
    both = scored(Outcome.PASSED, Outcome.PASSED)
    assert (both.outcome, both.score) == (Outcome.PASSED, 4.0)
    assert total([both, scored(Outcome.PASSED)], config()) == 6.0


def test_the_lowest_share_counts_when_two_rules_are_broken() -> None:
    """Shares are not multiplied."""
    rules = tuple(
        Rule(name=name, title=name, applies={"q": ("A",)}, forbidden=(f"torch.{name}",), share=share)
        for name, share in (("a", 0.5), ("b", 0.75))
    )
    broken = tuple(Violation(rule=one.name, thing="t", found="source") for one in rules)
    assert scored(Outcome.PASSED, violations=broken, rules=rules).score == 1.0
    assert scored(Outcome.PASSED, violations=broken[1:], rules=rules).score == 1.5
    assert scored(Outcome.PASSED, seen=("torch.b.c",), rules=rules).score == 1.5
    assert scored(Outcome.PASSED, seen=("torch.bc",), rules=rules).score == 2.0


def test_cells_that_did_not_run_through_are_noted() -> None:
    """Only those that answer the question."""
    ran = [CellResult(number=n, status="raised", seconds=0.0, error=f"E{n}") for n in (1, 2)]
    assert scored(Outcome.PASSED, ran=ran).notes == ("Code cell 1 raised E1",)

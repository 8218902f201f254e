"""A test file that Otter would run is compiled here, and each part of it runs on the side where it belongs."""

from __future__ import annotations

import pytest

from autograder.results import Outcome
from autograder.sandbox.lanes import Lane
from tests.grading.judging import judge, question, verdict

STUDENT = """
import os
class Net:
    def __init__(self, layers): self.layers = layers
    def forward(self, x):
        for layer in self.layers: x = layer.forward(x)
        return x
def pid(): return os.getpid()
"""


def test_a_class_defined_inside_a_test_runs_on_the_student_s_side(lane: Lane) -> None:
    """A layer to put into a student's network: its methods are called over there, its state is read from here."""
    source = '''
def test_it(Net, pid):
    import os
    class Stub:
        """Adds one."""
        def __init__(self, step): self.step, self.seen = step, []
        def forward(self, x):
            import os
            self.seen.append(os.getpid())
            return x + self.step
    first, second = Stub(1), Stub(10)
    x = checks.normal(3)
    checks.close(Net([first, second]).forward(x), x + 11, "The output")
    checks.require(first.seen == second.seen == [pid()] and pid() != os.getpid(), "The stub ran in the grader")
'''
    result = verdict(lane, STUDENT, source)
    assert result.outcome is Outcome.PASSED, result.detail


def test_a_marked_function_runs_on_the_student_s_side(lane: Lane) -> None:
    """At the top of the file or inside a test, and as an argument too."""
    source = """
@checks.student_side
def where():
    import os
    return os.getpid()

def test_it(pid):
    @checks.student_side
    def call(function):
        return function()
    checks.require(where() == pid() == call(where) == call(pid), "It ran in the grader")
"""
    # `where` is at the top level, so only `test_it` is a case
    asked = question(source)
    asked = type(asked)(name="q", points=2.0, cases=asked.cases[1:], source=asked.source)
    (judged,) = judge(lane, STUDENT, asked)
    assert judged.results[0].outcome is Outcome.PASSED, judged.results[0].detail


def test_an_exception_in_student_side_code_is_the_student_s(lane: Lane) -> None:
    """It met the student's objects; the cell it names is theirs."""
    source = "def test_it(Net):\n    class Stub:\n        def forward(self, x): return x.nothing\n    Net([Stub()]).forward(1)"
    result = verdict(lane, STUDENT, source)
    assert result.outcome is Outcome.FAILED and "no attribute 'nothing'" in result.message


@pytest.mark.parametrize("decorator", ["@test_case(points=1, hidden=True)", "@test_case(points=None)", ""])
def test_otter_s_decorator_is_stood_in_for(lane: Lane, decorator: str) -> None:
    """The file imports otter, which is not there while grading."""
    assert verdict(lane, STUDENT, f"{decorator}\ndef test_it(pid):\n    pid()\n").outcome is Outcome.PASSED


def test_what_a_test_holds_does_not_travel(lane: Lane) -> None:
    """Only the text of student-side code does: a student's process that looks for the rest finds nothing."""
    spy = """
import gc
def spy():
    holders = [holder for holder in gc.get_objects() if type(holder) in (dict, list, tuple)]
    return any(type(item) is str and item == ' '.join(['the', 'hidden', 'word']) for holder in holders for item in
               (list(holder.values()) if type(holder) is dict else list(holder)))
"""
    source = "WORD = 'the hidden ' 'word'\ndef test_it(spy):\n    assert WORD and spy() == {}"
    assert verdict(lane, spy, source.format(False)).outcome is Outcome.PASSED
    assert verdict(lane, spy + "kept = ['the hidden word']", source.format(True)).outcome is Outcome.PASSED


@pytest.mark.parametrize("run", ["eval(text)", "exec(text)", "compile(text, '', 'eval')"])
def test_a_text_of_the_student_s_is_run_by_no_test_of_the_grader(lane: Lane, run: str) -> None:
    """What Otter would evaluate where the student's code is anyway would be evaluated in the grader here; a message says so."""
    refused = verdict(lane, "text = '2 + 2'", f"def test_it(text):\n    {run}\n")
    assert refused.outcome is Outcome.FAILED and "would run a text of the student's" in refused.message
    inner = f"    @checks.student_side\n    def ran(text):\n        {run}\n    ran(text)\n"
    over_there = f"def test_it(text):\n{inner}"
    assert verdict(lane, "text = '2 + 2'", over_there).outcome is Outcome.PASSED

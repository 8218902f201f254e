"""The campaign with a thousand submissions hands in what it says, and sees what is not as it should be."""

from __future__ import annotations

from pathlib import Path

import msgspec

from autograder.results import Outcome, QuestionResult, Status, SubmissionResult
from autograder.submissions import digest_of, find_submissions
from tests.soak.thousand import GROWTH, MIX, Memory, Ran, hand_in, odd_copies, problems, report

OF = {"student_0": "complete", "student_1": "complete", "student_2": "complete", "student_3": "os_exit"}


def graded(name: str, score: float) -> SubmissionResult:
    """A result with one question."""
    question = QuestionResult(name="linear", score=score, max_score=18.0, outcome=Outcome.PASSED, tests=())
    return SubmissionResult(
        name=name, source=name, status=Status.GRADED, score=score, max_score=18.0, questions=(question,), seed=1, bundle="",
        versions={}, graded_at="",
    )  # fmt: skip


RESULTS = {name: graded(name, 18.0 if sample == "complete" else 3.0) for name, sample in OF.items()}


def test_copies_of_a_sample_are_different_submissions(tmp_path: Path) -> None:
    """Nothing that was graded before stands for a copy of it: each has a digest of its own."""
    of = hand_in(tmp_path / "in", 2 * len(MIX))
    found = find_submissions([tmp_path / "in"])
    assert len({digest_of(one) for one in found}) == len(of) == 2 * len(MIX)
    assert set(of.values()) == set(MIX)


def test_equal_marks_for_copies_of_a_sample_are_no_problem() -> None:
    """Samples may earn what they like, as long as all copies earn the same."""
    assert odd_copies(OF, RESULTS) == {} and problems(OF, RESULTS, {}, "") == []


def test_lost_results_errors_and_odd_marks_are_problems() -> None:
    """A submission without a result, one that errored, and a copy of a right sample that lost marks are each named."""
    odd = RESULTS | {"student_1": graded("student_1", 17.0)}
    odd["student_3"] = msgspec.structs.replace(odd["student_3"], status=Status.ERRORED)
    del odd["student_0"]
    odd["student_4"] = graded("student_4", 18.0)
    of = OF | {"student_4": "complete"}
    found = problems(of, odd, odd_copies(of, odd), "student_1: the same marks, 17")
    assert found == [
        "student_0 has no result",
        "student_3 (os_exit) errored",
        "student_1 (complete) has other marks than student_2, which has all of them",
    ]


def test_a_mistake_that_shows_for_some_numbers_must_show_again() -> None:
    """A wrong sample's copy may have other marks than most, if it has them again when it is graded by itself."""
    of = {f"student_{number}": "wrong" for number in range(4)}
    results = {name: graded(name, 3.0) for name in of} | {"student_1": graded("student_1", 4.0)}
    odd = odd_copies(of, results)
    assert odd == {"student_1": "student_0"}
    assert problems(of, results, odd, "student_1: the same marks, 4") == []
    again = "has other marks than student_0, and others again when it is graded by itself"
    assert problems(of, results, odd, "student_1: linear: 3 instead of 4") == [f"student_1 (wrong) {again}"]
    assert "1 copies have other marks than most of their sample, with numbers of their own: `wrong`." in report(
        of, results, Ran(1.0, 2.0, Memory(1, 2, [1.0], [1.0]), Memory(3, 4, [1.0], [1.0])), odd, 0
    )


def test_growth_is_told_of_all_processes_together() -> None:
    """Memory at the end is held against memory around the first tenth of the results."""
    early, late = Memory(1, 2, [1000.0, 1100.0], [300.0, 300.0]), Memory(3, 4, [1155.0], [310.0])
    ran = Ran(120.0, 300.0, early, late)
    assert abs(ran.growth - 0.1) < 1e-9 and ran.growth > GROWTH
    text = report(OF, RESULTS, ran, {}, 1)
    assert "memory changed by\n+10.0 %. 1 problems" in text
    assert "| 1 to 2 | 1,050 MiB (1,000 to 1,100) | 300 MiB (300 to 300) | 2 |" in text

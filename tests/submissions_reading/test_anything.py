"""Whatever bytes are handed in, a notebook or one clear line comes of it: the short form of `tests.soak.files`."""

from __future__ import annotations

import random
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from autograder.errors import SubmissionError
from autograder.submissions.outline import outline_cell
from autograder.submissions.source import plain
from tests.submissions_reading.mutating import submission
from tests.submissions_reading.reading_through import read_through

LENIENT = settings(max_examples=300, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])


def _ends_well(path: Path) -> None:
    try:
        read_through(path)
    except SubmissionError as error:
        assert "\n" not in str(error) and len(str(error)) < 2000


@LENIENT
@given(number=st.integers(0, 1 << 32))
def test_changed_submissions_are_read_or_refused_in_one_line(number: int, tmp_path: Path) -> None:
    """Sample notebooks, scripts and archives with bytes and structure changed; no other exception gets through."""
    name, content = submission(random.Random(number))
    (tmp_path / name).write_bytes(content)
    _ends_well(tmp_path / name)


@settings(LENIENT, max_examples=150)
@given(
    name=st.sampled_from(("a.ipynb", "a.py", "a.zip", "a")),
    start=st.sampled_from((b"", b"{", b'{"cells": [', b"PK\3\4", b"\x1f\x8b\x08", b"\xff\xfe", b"# %%\n", bytes(257) + b"ustar")),
    content=st.binary(max_size=2000),
)
def test_any_bytes_are_read_or_refused_in_one_line(name: str, start: bytes, content: bytes, tmp_path: Path) -> None:
    """With the beginnings of what can be read."""
    (tmp_path / name).write_bytes(start + content)
    _ends_well(tmp_path / name)


SPACES = " " * 1900
LONG = (
    f"a{SPACES}b", f"a,{SPACES}(b", f"for a{SPACES}b", f"(a{SPACES},{SPACES}= (", f"?a{SPACES * 200}b", f"%{SPACES}a?",
)  # fmt: skip


@pytest.mark.parametrize("line", LONG)
def test_a_long_run_of_spaces_is_read_once(line: str) -> None:
    """In lines that do not parse, which are told by their looks: each of these took minutes or longer when it was not so."""
    outline_cell(f"class (:\n{line}")
    plain(line)

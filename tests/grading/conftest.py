"""One real sandbox for all tests of this folder."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from autograder.sandbox.lanes import Lane
from tests.grading.judging import FORBIDDEN
from tests.sandbox.launching import launched


@pytest.fixture(scope="package")
def lane() -> Iterator[Lane]:
    """The only lane of a sandbox that is launched once: it takes seconds."""
    with launched(FORBIDDEN) as sandbox:
        yield sandbox.lanes[0]

"""One real sandbox for all tests of this folder, and fresh sessions and workers in it."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from autograder.sandbox import connection
from autograder.sandbox.lanes import Sandbox
from autograder.sandbox.session import Session, Worker
from tests.sandbox.launching import OUTPUT, launched


@pytest.fixture(scope="package")
def sandbox() -> Iterator[Sandbox]:
    """A sandbox with one lane, launched once: it takes seconds."""
    with launched() as sandbox:
        yield sandbox


@pytest.fixture(autouse=True)
def short_grace(monkeypatch: pytest.MonkeyPatch) -> None:
    """What overruns its limit is given up soon."""
    monkeypatch.setattr(connection, "GRACE", 0.4)


@pytest.fixture
def session(sandbox: Sandbox) -> Iterator[Session]:
    """A session of the test's own."""
    with Session(sandbox.lanes[0], OUTPUT) as session:
        yield session


@pytest.fixture
def worker(session: Session) -> Worker:
    """A worker in which nothing has run yet."""
    return session.spawn()

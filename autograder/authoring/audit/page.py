"""Renders an audit as one page for staff, `audit.html`: findings in, UTF-8 out."""

from __future__ import annotations

from autograder.authoring.audit.verdicts import Audit, Fate
from autograder.reports.pages import render


def audit_page(audit: Audit, decimals: int) -> bytes:
    """The page; it names hidden tests and shows the solution, so it is not for students."""
    return render(
        "audit.html.j2",
        audit=audit,
        open=audit.of(Fate.SURVIVED, Fate.ERRORED),
        equivalent=audit.of(Fate.EQUIVALENT),
        elsewhere=audit.of(Fate.ELSEWHERE),
        wrong=[variant for variant in audit.variants if variant.wrong],
        decimals=decimals,
    )

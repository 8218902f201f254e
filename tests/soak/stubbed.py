"""Runs a command of `autograder` in which grading is replaced: `python -m tests.soak.stubbed FIGURES TEMPLATES grade ...`.

Finding submissions, resuming, the judges' processes and the pipes to them, writing and reports are the real ones; what a judge
does with a submission is to take a ready result, kept in the folder TEMPLATES under the digest of the file. FIGURES gets what
the main process took: `cpu` in seconds, `rss` in MiB at its peak.
"""

from __future__ import annotations

import datetime
import json
import resource
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import msgspec

import autograder.cli  # noqa: F401  # registers the commands
from autograder.cli.shared import app
from autograder.reports.store import RESULT, read_result
from autograder.results import SubmissionResult
from autograder.submissions import Found, digest_of


def install(templates: dict[str, SubmissionResult]) -> None:
    """Replace grading by looking a result up, and the sandbox by nothing, in this process from now on."""
    from autograder.grading import judges, launch  # they import torch, which reports do without

    def look_up(grader: Any, found: Found, lane: Any, seed: int) -> SubmissionResult:
        digest = digest_of(found) or ""
        now = datetime.datetime.now(datetime.UTC).isoformat(timespec="seconds")
        return msgspec.structs.replace(
            templates[digest], name=found.name, source=found.path, seed=seed, digest=digest, bundle=grader.key, graded_at=now
        )

    @contextmanager
    def nothing(config: Any, lanes: int, **options: Any) -> Iterator[Any]:
        yield SimpleNamespace(lanes=[SimpleNamespace(uid=None) for _ in range(lanes)])

    for module, name, stub in ((judges, "grade_submission", look_up), (launch, "sandbox_for", nothing)):
        getattr(module, name)  # what is not called from there any more cannot be replaced there
        setattr(module, name, stub)


def main() -> None:
    """Run, and write the figures whatever the exit code is."""
    figures, folder, *arguments = sys.argv[1:]
    if arguments[0] == "grade":
        install({result.digest: result for result in map(read_result, Path(folder).glob(f"*/{RESULT}"))})
    try:
        app(arguments)
    finally:
        peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
        took = {"cpu": time.process_time(), "rss": peak}
        Path(figures).write_text(json.dumps(took), encoding="utf-8")


if __name__ == "__main__":
    main()

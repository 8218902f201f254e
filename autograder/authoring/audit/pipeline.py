"""From one solution notebook to an audit of its tests, without a bundle or a template on disk: the pipeline on one screen."""

from __future__ import annotations

import tempfile
from collections.abc import Callable, Sequence
from pathlib import Path

from autograder.authoring.audit.campaign import Say, chosen_questions, run_audit
from autograder.authoring.audit.marks import marks_path, read_marks
from autograder.authoring.audit.variants import read_variants
from autograder.authoring.audit.verdicts import Audit
from autograder.authoring.generate import assembled, verify
from autograder.bundles import encode_manifest, installed_versions
from autograder.config import Config
from autograder.grading.grade import Grader
from autograder.sandbox.lanes import Sandbox
from autograder.variants import Bases


def audit_assignment(
    config: Config,
    sandbox: Sandbox,
    questions: Sequence[str] = (),
    *,
    seed: int = 0,
    say: Callable[[str], None] = lambda step: None,
    progress: Say = lambda done, total, what: None,
) -> Audit:
    """Assemble and verify the assignment, then grade its mutants, and its variants if no question is named.

    Raises AuthoringError if notebook, marks or variants are not as they should be; UsageError if there is no such question.
    """
    marks, variants = read_marks(marks_path(config)), read_variants(config)
    with tempfile.TemporaryDirectory(prefix="autograder-audit-") as folder:
        work = Path(folder)
        draft = assembled(config, work, say=say)
        made = draft.made
        chosen_questions(made.assignment, questions)  # a name that was mistyped is told before anything is graded
        verify(config, draft, sandbox, work, say=say)
        bases = Bases.of(made.assignment)
        grader = Grader.load(made.assignment, config, str(hash(encode_manifest(made.assignment))), installed_versions())
        notebooks = work / "notebooks"
        notebooks.mkdir()
        return run_audit(grader, sandbox, bases, marks, variants, notebooks, questions=questions, seed=seed, say=progress)

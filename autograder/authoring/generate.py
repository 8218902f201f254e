"""From one solution notebook to template and bundle, verified before anything is written: the pipeline on one screen."""

from __future__ import annotations

import ast
import json
import tempfile
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from autograder.assignment import Assignment
from autograder.authoring.assemble import Assembled, assemble, source_of
from autograder.authoring.audit.record import require_audit
from autograder.authoring.catalogue import harmless, with_catalogue
from autograder.authoring.companions import assignment_config, read_companions, read_master
from autograder.authoring.crosscheck import mismatches
from autograder.authoring.elsewhere import unfit_to_run
from autograder.authoring.leaks import find_leaks
from autograder.authoring.lint import Finding, lint
from autograder.bundles import Bundle, build_bundle, bundle_path, catalogue_folder, encode_manifest, installed_versions
from autograder.config import Config
from autograder.errors import AuthoringError
from autograder.grading.batch import grade_notebooks
from autograder.grading.grade import Grader
from autograder.results import Outcome, SubmissionResult
from autograder.sandbox.lanes import Sandbox
from autograder.submissions.source import plain


@dataclass(frozen=True)
class Generated:
    """What `generate` made.

    Attributes:
        written: files that are new or have other content than before.
        current: files that were as they should be.
        removed: files of an earlier template that this one does not have.
        warnings: of the linter.
    """

    assignment: Assignment
    written: tuple[Path, ...]
    current: tuple[Path, ...]
    removed: tuple[Path, ...]
    warnings: tuple[Finding, ...]

    @property
    def stale(self) -> bool:
        """Whether anything on disk was not what the sources say."""
        return bool(self.written or self.removed)


@dataclass(frozen=True)
class Draft:
    """An assignment that is assembled and not yet verified.

    Attributes:
        master: the solution notebook that it was made from.
        warnings: of the linter.
    """

    made: Assembled
    master: Mapping[str, Any]
    warnings: tuple[Finding, ...]


def generate(
    config: Config,
    sandbox: Sandbox | None,
    *,
    say: Callable[[str], None] = lambda step: None,
    check: bool = False,
    audited: bool = True,
) -> Generated:
    """Make template and bundle; with `check`, only compare the template on disk with what would be made.

    `sandbox`: where solution and template are graded; None where there is none to be had, see `verify`.

    Raises AuthoringError, and writes nothing, if the notebook is not fit to be handed out, or if its tests must be `audited` and
    the record of that is missing, out of date, or leaves something open.
    """
    _keep_apart(config, config.resolve(config.assignment.solution))
    with tempfile.TemporaryDirectory(prefix="autograder-generate-") as work:
        draft = assembled(config, Path(work), say=say)
        if audited:
            require_audit(config)
        verify(config, draft, sandbox, Path(work), say=say)
    made = draft.made
    say("writing")
    template, bundle = config.resolve(config.assignment.template), bundle_path(config)
    files = {template / name: content for name, content in made.student.items()}
    gone = tuple(path for path in sorted(template.glob("tests/*.py")) if path not in files and _is_otters(path))
    if not check:
        files[bundle] = build_bundle(made.assignment, config.path.read_bytes())
        if made.otter_zip is not None:
            files[bundle.with_name(f"{config.assignment.name}-otter.zip")] = made.otter_zip
    stale = [path for path, content in files.items() if not path.exists() or path.read_bytes() != content]
    if not check:
        for path in stale:
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(files[path])
        for path in gone:
            path.unlink()
    return Generated(made.assignment, tuple(stale), tuple(path for path in files if path not in stale), gone, draft.warnings)


def assembled(config: Config, work: Path, *, say: Callable[[str], None] = lambda step: None) -> Draft:
    """The assignment, linted and assembled below the folder `work`; takes seconds, and nothing of it is run.

    Raises AuthoringError if the notebook is not fit to be handed out, or the configuration does not fit it.
    """
    solution = config.resolve(config.assignment.solution)
    say("reading and linting the solution notebook")
    master = read_master(solution)
    warnings = _lint(master, solution)
    say("assembling with otter assign")
    made = assemble(config, installed_versions(), work, read_companions(master, solution))
    problems = list(mismatches(config, made.assignment))
    if problems:  # what else would be found would follow from these
        raise AuthoringError("configuration and notebook do not fit:\n" + "\n".join(f"  {problem}" for problem in problems))
    return Draft(replace(made, assignment=with_catalogue(made.assignment, config)), master, warnings)


def _keep_apart(config: Config, solution: Path) -> None:
    """Raise AuthoringError if what is generated would be written over, or among, what it is generated from."""
    for key, path in (("template", config.assignment.template), ("dist", config.assignment.dist)):
        folder = config.resolve(path).resolve()
        for source in (solution.resolve(), config.path.resolve()):
            if folder == source.parent or folder in source.parents:
                raise AuthoringError(
                    f"{config.path}: assignment.{key} is {path}, which holds {source.name}: "
                    "name a folder of its own for what is generated"
                )


def _is_otters(path: Path) -> bool:
    """Whether a file in the template's tests was written by an earlier run, and not by somebody."""
    return path.read_bytes().startswith(b"from otter.test_files import test_case")


def _lint(master: Any, solution: Path) -> tuple[Finding, ...]:
    findings = lint(master, assignment_config(master, solution))
    errors = [finding for finding in findings if finding.severity == "error"]
    if errors:
        lines = "\n".join(f"  {describe(finding)}" for finding in errors)
        raise AuthoringError(f"{solution} is not fit to be handed out:\n{lines}")
    return tuple(finding for finding in findings if finding.severity != "error")


def describe(finding: Finding) -> str:
    """One line on a finding."""
    where = f"cell {finding.cell}" + (f", line {finding.line}" if finding.line else "")
    return f"{where}: {finding.message} [{finding.code}]"


def verify(
    config: Config, draft: Draft, sandbox: Sandbox | None, work: Path, *, say: Callable[[str], None] = lambda step: None
) -> None:
    """Raise AuthoringError, with all that was found, unless template and tests are right.

    Without a sandbox nothing is graded: that the solution runs must do.
    """
    if sandbox is None:
        say("verifying: the solution runs, and nothing leaks")
    else:
        say("verifying: the solution earns everything, the template nothing, and nothing leaks")
    made = draft.made
    problems = [*_broken_cells(made), *find_leaks(draft.master, made.assignment, made.student)]
    if sandbox is None:
        problems += unfit_to_run(config, made.solution, made.student, work)
    else:
        problems += _misjudged(config, made, sandbox, work)
    if problems:
        raise AuthoringError("the assignment is not fit to be handed out:\n" + "\n".join(f"  {problem}" for problem in problems))


def _misjudged(config: Config, made: Assembled, sandbox: Sandbox, work: Path) -> Iterator[str]:
    """What the grader makes of solution, template and known mistakes, where that is not what it must be."""
    manifest = encode_manifest(made.assignment)
    bundle = Bundle(made.assignment, str(hash(manifest)), manifest)
    grader = Grader.load(bundle.assignment, config, bundle.digest, installed_versions())
    notebooks = {"solution": made.solution, "template": made.student[config.assignment.solution.name]}
    graded = grade_notebooks(grader, sandbox, notebooks, work)
    solution, untouched = graded["solution"], graded["template"]
    yield from (f"the solution's code cell {cell.number} {cell.status}: {cell.error}" for cell in solution.cells if cell.error)
    yield from _unearned(solution)
    yield from _earned(untouched)
    yield from harmless(grader, sandbox, catalogue_folder(config))


def _unearned(result: SubmissionResult) -> list[str]:
    if result.detail:  # then no test was judged, and each would say so
        return [f"the solution could not be graded: {result.detail}"]
    problems = [
        f"the solution breaks the rule `{violation.rule}` of the configuration in `{question.name}`: {violation.message}"
        for question in result.questions
        for violation in question.violations
    ]
    for question in result.questions:
        for test in question.tests:
            if test.outcome is not Outcome.PASSED:
                last = (test.detail or test.message).strip().splitlines()[-1]
                problems.append(f"the solution does not pass `{test.case}` of `{question.name}`: {last}")
    return problems


def _earned(result: SubmissionResult) -> list[str]:
    """What an untouched template must not have."""
    if result.detail:
        return [f"the untouched template could not be graded: {result.detail}"]
    problems = []
    for question in result.questions:
        for test in question.tests:
            if test.outcome is Outcome.PASSED:
                problems.append(
                    f"the untouched template passes `{test.case}` of `{question.name}`: "
                    f"a student would have its {test.max_points:g} points for nothing"
                )
            elif test.outcome is Outcome.ERRORED:
                last = (test.detail or test.message).strip().splitlines()[-1]
                problems.append(f"the grader failed on `{test.case}` of `{question.name}` with the untouched template: {last}")
    return problems


def _broken_cells(made: Assembled) -> list[str]:
    """Code cells of the template that do not compile: a student could not run them even before starting."""
    problems = []
    for name, content in made.student.items():
        if name.endswith(".ipynb"):
            for number, cell in enumerate(json.loads(content)["cells"], 1):
                if cell["cell_type"] == "code":
                    try:
                        ast.parse(plain(source_of(cell)))
                    except SyntaxError as error:
                        problems.append(
                            f"{name}: cell {number} of the template does not compile: {error.msg}, line {error.lineno}"
                        )
    return problems

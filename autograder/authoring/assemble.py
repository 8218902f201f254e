"""Has Otter turn the solution notebook into its two views: path in, the files of the student's and the grader's side out.

Otter runs in a process of its own: importing it takes seconds, and it changes the working directory.
"""

from __future__ import annotations

import ast
import hashlib
import io
import json
import re
import shutil
import subprocess
import sys
import zipfile
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from autograder.assignment import Assignment, CellOutline
from autograder.authoring.desk import furnish, handout_of
from autograder.authoring.testfiles import read_question
from autograder.config import Config
from autograder.errors import AuthoringError
from autograder.submissions.outline import outline_cell
from autograder.submissions.source import plain
from autograder.variants.bases import filled_template, template_cells

_OTTER = "import sys, otter.assign; otter.assign.main(sys.argv[1], sys.argv[2], no_pdfs=True, no_run_tests=True)"
_CHECK = re.compile(r'^\s*grader\.(?:check\("(?P<question>\w+)"\)|check_all\(|export\()', re.MULTILINE)
_OTTER_SECONDS = 600


@dataclass(frozen=True)
class Assembled:
    """What came out of one solution notebook.

    Attributes:
        assignment: questions, hidden tests included, and the outline of the solution's cells.
        student: path within the template folder -> content; nothing hidden.
        solution: the notebook as it is graded: complete, without tests.
        otter_zip: Otter's own grading zip, for holding both graders against each other; None if the notebook asks for none.
    """

    assignment: Assignment
    student: dict[str, bytes]
    solution: bytes
    otter_zip: bytes | None


def assemble(config: Config, versions: dict[str, str], work: Path) -> Assembled:
    """Run Otter on the solution notebook below the folder `work`. Raises AuthoringError with Otter's last words if it fails."""
    solution = config.resolve(config.assignment.solution)
    master, out = work / solution.name, work / "assigned"
    shutil.copyfile(solution, master)
    try:
        run = subprocess.run(
            [sys.executable, "-c", _OTTER, str(master), str(out)],
            capture_output=True, text=True, cwd=work, timeout=_OTTER_SECONDS, stdin=subprocess.DEVNULL,
        )  # fmt: skip
    except subprocess.TimeoutExpired:
        raise AuthoringError(f"{solution}: `otter assign` did not finish within {_OTTER_SECONDS} s") from None
    if run.returncode != 0:
        last = "\n  ".join(run.stderr.strip().splitlines()[-6:])
        raise AuthoringError(f"{solution}: `otter assign` failed:\n  {last}")
    complete = _canonical(json.loads((out / "autograder" / solution.name).read_bytes()))
    template = _canonical(json.loads((out / "student" / solution.name).read_bytes()))
    tests = {path.stem: path.read_text(encoding="utf-8") for path in (out / "autograder" / "tests").glob("*.py")}
    order = _question_order(complete, set(tests))
    questions = tuple(read_question(question, tests[question]) for question in order)
    outline = _outline(complete)
    if config.assignment.desk:
        given = [source for source in template_cells(template) if "grader" not in source]
        furnish(template, handout_of(config, questions, list(zip((cell.question for cell in outline), given, strict=False))))
    assignment = Assignment(
        name=config.assignment.name,
        title=config.assignment.title,
        questions=questions,
        outline=outline,
        complete=tuple(filled_template(json.loads(solution.read_bytes()), template)),
        template=tuple(template_cells(template)),
        solution_digest=hashlib.sha256(solution.read_bytes()).hexdigest(),
        versions=versions,
    )
    if len(assignment.cells) != len(assignment.outline):
        raise AuthoringError(f"{solution}: its cells cannot be told from Otter's own: keep the word `grader` out of them")
    student = {solution.name: _encode(template)}
    for path in sorted((out / "student").rglob("*")):
        relative = path.relative_to(out / "student")
        if path.is_file() and str(relative) != solution.name:
            student[str(relative)] = _tidy(path)
    zips = sorted((out / "autograder").glob("*.zip"))
    return Assembled(assignment, student, _encode(complete), repacked(zips[0].read_bytes()) if zips else None)


def repacked(archive: bytes) -> bytes:
    """The same files in a zip that has the same bytes whenever it is made: Otter's carries the time."""
    target = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(archive)) as old, zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as new:
        for entry in sorted(old.infolist(), key=lambda entry: entry.filename):
            plain_entry = zipfile.ZipInfo(entry.filename, (1980, 1, 1, 0, 0, 0))
            plain_entry.external_attr, plain_entry.compress_type = entry.external_attr, zipfile.ZIP_DEFLATED
            new.writestr(plain_entry, old.read(entry))
    return target.getvalue()


def _tidy(path: Path) -> bytes:
    """A file of Otter's without the trailing blanks that its templates leave."""
    content = path.read_bytes()
    if path.suffix != ".py":
        return content
    return ("\n".join(line.rstrip() for line in content.decode().splitlines()).strip() + "\n").encode()


def _canonical(notebook: dict[str, Any]) -> dict[str, Any]:
    """The same notebook for the same content: ids that Otter draws at random become those of their place."""
    for index, cell in enumerate(notebook["cells"]):
        cell["id"] = hashlib.sha256(f"{index}\0{cell['cell_type']}".encode()).hexdigest()[:8]
        if cell["cell_type"] == "code":
            cell["outputs"], cell["execution_count"] = [], None
    return notebook


def _encode(notebook: dict[str, Any]) -> bytes:
    return (json.dumps(notebook, indent=1, ensure_ascii=False, sort_keys=True) + "\n").encode()


def source_of(cell: dict[str, Any]) -> str:
    """Text of a notebook cell."""
    source = cell["source"]
    return "".join(source) if isinstance(source, list) else str(source)


def _question_order(notebook: dict[str, Any], questions: set[str]) -> list[str]:
    """Questions in the order of their check cells; those that have only hidden tests, and so none, come last by name."""
    seen: dict[str, None] = {}
    for cell in notebook["cells"]:
        found = _CHECK.search(source_of(cell)) if cell["cell_type"] == "code" else None
        if found and found["question"] in questions:
            seen[found["question"]] = None
    return [*seen, *sorted(questions - seen.keys())]


def _outline(notebook: dict[str, Any]) -> tuple[CellOutline, ...]:
    """Names of every code cell that students have; Otter's own cells, which its checks start, are left out.

    A question's answer stands before its check cell, so the cells since the last check that Otter marked as answers are its.
    """
    outline: list[CellOutline] = []
    pending: list[int] = []
    for cell in notebook["cells"]:
        if cell["cell_type"] != "code":
            continue
        source = source_of(cell)
        found = _CHECK.search(source)
        if found:
            for index in pending if found["question"] else ():
                old = outline[index]
                outline[index] = CellOutline(
                    question=found["question"], binds=old.binds, definitions=old.definitions, uses=old.uses
                )
            pending = []
            continue
        if _is_otters_own(source):
            continue
        if "otter_assign_solution_cell" in cell["metadata"].get("tags", []):
            pending.append(len(outline))
        binds, definitions, uses = outline_cell(source)
        outline.append(CellOutline(question=None, binds=binds, definitions=definitions, uses=uses))
    return tuple(outline)


def _is_otters_own(source: str) -> bool:
    try:
        tree = ast.parse(plain(source))
    except SyntaxError:
        return False
    return any(isinstance(node, ast.Import) and any(alias.name == "otter" for alias in node.names) for node in tree.body)

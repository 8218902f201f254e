"""Has Otter turn the solution notebook into its two views: path in, the files of the student's and the grader's side out.

Otter runs in a process of its own: importing it takes seconds, and it changes the working directory.
"""

from __future__ import annotations

import hashlib
import io
import json
import re
import shutil
import subprocess
import sys
import zipfile
from collections.abc import Collection
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import msgspec

from autograder.assignment import Assignment, CellOutline, ManualQuestion, Question, is_otters
from autograder.authoring.companions import Companions, own_modules
from autograder.authoring.desk import furnish, handout_of
from autograder.authoring.lint_blocks import is_ignored, read_blocks, read_parts, read_yaml
from autograder.authoring.notebook_imports import import_statements
from autograder.authoring.testfiles import Otters, collect_tests, read_question
from autograder.config import Config
from autograder.errors import AuthoringError
from autograder.submissions.outline import outline_cell
from autograder.variants.bases import code_cells, completed_cells

_OTTER = (
    "import sys; sys.modules['rfc3987_syntax'] = None\n"  # checks addresses that no notebook has; its import takes two seconds
    "import otter.assign; otter.assign.main(sys.argv[1], sys.argv[2], no_pdfs=True, no_run_tests=True)"
)
_CHECK = re.compile(r'^\s*grader\.(?:check\("(?P<question>\w+)"\)|check_all\(|export\()', re.MULTILINE)
MANUAL = re.compile(r"<!-- (?:BEGIN|END) QUESTION -->")
_ANSWERS = {"otter_assign_solution_cell", "otter_answer_cell"}
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


def assemble(config: Config, versions: dict[str, str], work: Path, companions: Companions | None = None) -> Assembled:
    """Run Otter on the solution notebook and its companions below the folder `work`.

    Raises AuthoringError with Otter's last words if it fails, and if its output cannot be graded.
    """
    companions, solution = companions or Companions(), config.resolve(config.assignment.solution)
    out = _assigned(solution, companions, work)
    complete = _canonical(json.loads((out / "autograder" / solution.name).read_bytes()))
    template = _canonical(json.loads((out / "student" / solution.name).read_bytes()))
    tests = collect_tests(out / "autograder", complete)
    outline = _without_others(_outline(complete), solution, set(tests))
    questions = _questions(complete, tests, outline, companions)
    if config.assignment.desk and all(isinstance(one, str) for one in tests.values()):  # the desk does not run doctests
        given = [source for source in code_cells(template) if not is_otters(source)]
        furnish(template, handout_of(config, questions, list(zip((cell.question for cell in outline), given, strict=False))))
    assignment = Assignment(
        name=config.assignment.name,
        title=config.assignment.title,
        questions=questions,
        outline=outline,
        complete=tuple(completed_cells(complete)),
        template=tuple(code_cells(template)),
        solution_digest=hashlib.sha256(solution.read_bytes()).hexdigest(),
        versions=versions,
        by_hand=_by_hand(solution, tests),
        files=companions.given,
        requirements=companions.requirements,
        reseed=companions.reseed,
    )
    if len(assignment.cells) != len(assignment.outline):
        raise AuthoringError(f"{solution}: its cells cannot be told from Otter's own: let no line begin with `grader.check`")
    student = {solution.name: _encode(template)}
    for path in sorted((out / "student").rglob("*")):
        relative = path.relative_to(out / "student")
        if path.is_file() and relative.as_posix() != solution.name:
            student[relative.as_posix()] = _tidy(path) if relative.parts[0] == "tests" else path.read_bytes()
    zips = sorted((out / "autograder").glob("*.zip"))
    complete["metadata"].get("otter", {}).pop("tests", None)  # what is graded as the solution is a submission like any other
    return Assembled(assignment, student, _encode(complete), repacked(zips[0].read_bytes()) if zips else None)


def _assigned(solution: Path, companions: Companions, work: Path) -> Path:
    """The folder of Otter's output."""
    master, out = work / "master" / solution.name, work / "assigned"
    master.parent.mkdir()
    companions.write(master.parent)
    shutil.copyfile(solution, master)
    try:
        run = subprocess.run(
            [sys.executable, "-c", _OTTER, str(master), str(out)],
            capture_output=True, text=True, cwd=master.parent, timeout=_OTTER_SECONDS, stdin=subprocess.DEVNULL,
        )  # fmt: skip
    except subprocess.TimeoutExpired:
        raise AuthoringError(f"{solution}: `otter assign` did not finish within {_OTTER_SECONDS} s") from None
    if run.returncode != 0:
        last = "\n  ".join(run.stderr.strip().splitlines()[-6:])
        raise AuthoringError(f"{solution}: `otter assign` failed:\n  {last}")
    return out


def _questions(
    complete: dict[str, Any], tests: dict[str, Otters], outline: tuple[CellOutline, ...], companions: Companions
) -> tuple[Question, ...]:
    """All questions with tests, in the order of the notebook."""
    own = own_modules(companions.given)
    imports = import_statements([source for source in code_cells(complete) if not is_otters(source)], own)
    bound = {name for cell in outline for name in cell.binds}
    order = _question_order(complete, set(tests))
    return tuple(read_question(name, tests[name], imports=imports, bound=bound) for name in order)


def _by_hand(solution: Path, tests: Collection[str]) -> tuple[ManualQuestion, ...]:
    """The manual questions of a solution notebook that have no tests."""
    import nbformat

    found = []
    for question in read_blocks(read_parts(nbformat.read(solution, as_version=4), []), []).questions:
        config = question.config or {}
        points = config.get("points", 1)
        if config.get("manual") and question.name not in tests:
            worth = float(points) if isinstance(points, (int, float)) else 1.0  # as Otter has it
            found.append(ManualQuestion(name=question.name, points=worth))
    return tuple(found)


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
    """Questions in the order of their check cells; those that have none, and no mark in a cell either, come last by name."""
    seen = dict.fromkeys(name for cell in notebook["cells"] for name in _ends(cell) if name in questions)
    return [*seen, *sorted(questions - seen.keys())]


def _without_others(outline: tuple[CellOutline, ...], solution: Path, tested: set[str]) -> tuple[CellOutline, ...]:
    """The outline without answers that, by the blocks of the solution notebook, are to a question that has no tests."""
    import nbformat

    owners: list[str | None] = []
    question, in_tests = None, False
    for part in read_parts(nbformat.read(solution, as_version=4), []):
        if part.marker is not None:
            edge, kind = part.marker
            in_tests = edge == "begin" if kind == "tests" else in_tests
            if kind == "question":
                config = read_yaml(part, part.lines, 0, "the question", []) if edge == "begin" else None
                question = str((config or {}).get("name")) if edge == "begin" else None
        elif part.kind == "code" and not in_tests and not is_ignored(part):
            owners.append(question)
    if len(owners) != len(outline):
        return outline
    return tuple(
        msgspec.structs.replace(cell, question=None) if owner is not None and owner not in tested else cell
        for cell, owner in zip(outline, owners, strict=True)
    )


def _ends(cell: dict[str, Any]) -> list[str]:
    """Questions that end with this cell: its check, or the last cell of one that is checked nowhere."""
    found = _CHECK.search(source_of(cell)) if cell["cell_type"] == "code" else None
    if found:
        return [found["question"]] if found["question"] else []
    return list(cell["metadata"].get("otter", {}).get("tests", []))


def _outline(notebook: dict[str, Any]) -> tuple[CellOutline, ...]:
    """Names of every code cell that students have; Otter's own cells are left out.

    A question's answer stands before its end, so the cells since the last end that Otter marked as answers are its. If there
    is none, it is the last cell before it.
    """
    outline: list[CellOutline] = []
    pending: list[int] = []
    for cell in notebook["cells"]:
        source = source_of(cell)
        if cell["cell_type"] == "code" and not is_otters(source):
            if _ANSWERS & set(cell["metadata"].get("tags", [])):
                pending.append(len(outline))
            outline.append(outlined(None, source))
        for question in _ends(cell):
            for index in pending or range(len(outline) - 1, len(outline)):
                if outline[index].question is None:
                    outline[index] = msgspec.structs.replace(outline[index], question=question)
        if _ends(cell) or MANUAL.search(source):
            pending = []
    return tuple(outline)


def outlined(question: str | None, source: str) -> CellOutline:
    """The outline of one code cell, which answers this question or none."""
    binds, definitions, uses = outline_cell(source)
    return CellOutline(question=question, binds=binds, definitions=definitions, uses=uses)

"""Reads one submission, whatever it was handed in as: the notebook that is graded, or one line on why there is none."""

from __future__ import annotations

import ast
import hashlib
import re
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from autograder.assignment import CellOutline
from autograder.errors import SubmissionError
from autograder.submissions.align import share
from autograder.submissions.found import Found, as_text, shown
from autograder.submissions.notebook import Cell, Module, Notebook
from autograder.submissions.reading.archives import open_archive
from autograder.submissions.reading.candidates import ARCHIVE, Opened, Search, Tier, measured
from autograder.submissions.reading.content import read_content
from autograder.submissions.reading.limits import CHUNK, MAX_MODULES, OF_CLASS, OF_ONE, Budget
from autograder.submissions.reading.parcel import open_parcel
from autograder.submissions.reading.sources import Folder, Single, open_file
from autograder.submissions.reading.text import normal_lines, to_text
from autograder.submissions.source import PARSE_ERRORS, plain

_MODULE = re.compile(r"(?:\.\./(?!(?:data|tmp|work)/))?(?:[^\W\d]\w*/)*[^\W\d]\w*\.py")

SHOWN = 5
"""Files that one note names."""
CLOSE = 0.05
"""Shares of the assignment that differ by less, of the larger one, say nothing of which notebook is the work."""


@dataclass(frozen=True)
class _Read:
    """A candidate that could be read."""

    path: str
    cells: tuple[Cell, ...]
    notes: tuple[str, ...]


def read_file(path: str | Path) -> Notebook:
    """The notebook in a file or folder. Raises SubmissionError, and nothing else, if there is none to be had."""
    return read_submission(Found(Path(path).stem, as_text(Path(path))))


def read_submission(found: Found, outline: Sequence[CellOutline] = ()) -> Notebook:
    """The notebook of a submission; of several the one that has most of the assignment's outline.

    Raises SubmissionError, and nothing else, if there is none to be had.
    """
    with open_submission(found) as opened:
        chosen, notes = _choose(opened, outline)
        modules = _modules(opened, chosen)
        used = [module.path for module in modules if _imports(chosen, module.top)]
        if used:
            notes = (*notes, f"Handed in with the notebook, for it to import: {_names(used)}.")
        return Notebook(cells=chosen.cells, notes=(*chosen.notes, *notes), digest=digest_of_opened(opened), modules=modules)


@contextmanager
def open_submission(found: Found) -> Iterator[Opened]:
    """What a submission was handed in as, open. Raises SubmissionError if it cannot be opened."""
    path = found.location
    if found.parcel:
        yield open_parcel(path)
        return
    name = shown(path.name)
    if path.is_dir():
        yield Opened(Folder(path), name, members=found.members)
        return
    with open_file(path) as file:
        try:
            # Only exports of whole classes are taken apart by their members.
            archive = open_archive(file, name, OF_CLASS if found.members else OF_ONE)
            size = file.seek(0, 2)
        except OSError as error:
            raise SubmissionError(f"{name}: cannot be read: {error.strerror or error}") from error
        if archive is None:
            yield Opened(Single(file, name), name, lone=True, file=file)
        else:
            yield Opened(archive, name, size, found.members, file=file)


def digest_of(found: Found) -> str | None:
    """SHA-256 of what may be graded in a submission, hexadecimal; None if it cannot be read.

    That of a file is that of its bytes; that of several files comes from their paths and digests.
    """
    try:
        with open_submission(found) as opened:
            return digest_of_opened(opened)
    except SubmissionError:
        return None


def digest_of_opened(opened: Opened) -> str:
    """As `digest_of`."""
    if opened.digest:
        return opened.digest
    if opened.file is not None and not opened.members:
        whole = hashlib.sha256()
        opened.file.seek(0)
        while piece := opened.file.read(CHUNK):
            whole.update(piece)
        return whole.hexdigest()
    digests = {}
    for entry in measured(opened, Budget()):
        if not entry.refused and (ARCHIVE.search(entry.path) or any(tier.value.search(entry.path) for tier in Tier)):
            try:
                digests[entry.path] = hashlib.sha256(opened.source.read(entry)).hexdigest()
            except SubmissionError as error:
                digests[entry.path] = str(error)
    if len(digests) == 1:
        return next(iter(digests.values()))
    return hashlib.sha256(repr(sorted(digests.items())).encode(errors="replace")).hexdigest()


def _choose(opened: Opened, outline: Sequence[CellOutline]) -> tuple[_Read, tuple[str, ...]]:
    """The notebook that is graded, and notes on the choice."""
    search, failed = Search(), dict[str, str]()
    for tier in Tier:
        best: _Read | None = None
        ranks: dict[str, tuple[float, ...]] = {}
        for path, content in search.candidates(opened, tier):
            try:
                one = _Read(path, *read_content(content, path))
            except SubmissionError as error:
                failed[path] = str(error)
                continue
            if best is None:
                best = one
                continue
            for each in (best, one):
                ranks[each.path] = ranks.get(each.path) or _rank(each, outline)
            if _is_better(ranks[one.path], ranks[best.path]):
                best = one
        if best is not None:
            return best, (*_on_choice(best, ranks, failed), *_some(list(search.aside)))
        if opened.lone:
            break
    raise SubmissionError(_nothing(opened, search, failed))


def _modules(opened: Opened, chosen: _Read) -> tuple[Module, ...]:
    """The modules in the folder of a notebook and in the one above, and below these: what it may import where it was written."""
    if opened.lone or not Tier.NOTEBOOKS.value.search(chosen.path):
        return ()
    folder, found, size = chosen.path.rpartition("/")[0], list[Module](), 0
    above = folder.rpartition("/")[0]
    for path, content in Search().candidates(opened, Tier.SCRIPTS):
        if not folder or path.startswith(f"{folder}/"):
            inner = path.removeprefix(f"{folder}/")
        elif not above or path.startswith(f"{above}/"):
            inner = f"../{path.removeprefix(f'{above}/')}"
        else:
            continue
        size += len(content)
        if not _MODULE.fullmatch(inner):
            continue
        if size > MAX_MODULES:
            break
        found.append(Module(path=inner, source=normal_lines(to_text(content)).replace("\x00", "")))
    return tuple(found)


def _imports(read: _Read, top: str) -> bool:
    """Whether a cell names this module in an import, or runs its file."""
    named = re.compile(rf"^\s*(?:from|import|%run)\s[^\n]*\b{re.escape(top)}\b", re.MULTILINE)
    return any(named.search(cell.source) for cell in read.cells)


def _rank(read: _Read, outline: Sequence[CellOutline]) -> tuple[float, ...]:
    """Share of the assignment; then how few blanks are left, and how many cells have been run."""
    blanks = 0
    for cell in read.cells:
        try:
            blanks += sum(isinstance(n, ast.Constant) and n.value is ... for n in ast.walk(ast.parse(plain(cell.source))))
        except PARSE_ERRORS:
            continue
    return share(outline, read.cells), -blanks, sum(cell.execution_count is not None for cell in read.cells)


def _is_better(one: tuple[float, ...], best: tuple[float, ...]) -> bool:
    return one[1:] > best[1:] if abs(one[0] - best[0]) < CLOSE * max(one[0], best[0]) else one[0] > best[0]


def _on_choice(best: _Read, ranks: dict[str, tuple[float, ...]], failed: dict[str, str]) -> tuple[str, ...]:
    others = [path for path in ranks if path != best.path]
    if not others and not failed:
        return ()
    reason = f", which has most of the assignment in it ({ranks[best.path][0]:.0%})" if others else ""
    asides = [*others, *(f"{path} (it cannot be read)" for path in failed)]
    return (f"Several notebooks were handed in; {best.path} was graded{reason}; not graded: {_names(asides)}.",)


def _nothing(opened: Opened, search: Search, failed: dict[str, str]) -> str:
    lines = list(dict.fromkeys([*failed.values(), *search.aside]))
    if opened.lone and lines:
        return lines[0]
    if len(lines) == 1:
        return f"{opened.name}: {lines[0]}"
    if lines:
        return f"{opened.name}: holds no notebook that can be read: {'; '.join(line.rstrip('.') for line in _some(lines))}"
    held = f"; it holds {_names(search.other)}" if search.other else ": nothing was handed in"
    return f"{opened.name}: holds no notebook (*.ipynb) and no script (*.py){held}"


def _names(paths: Sequence[str]) -> str:
    return ", ".join(_some(paths))


def _some(texts: Sequence[str]) -> list[str]:
    more = len(texts) - SHOWN
    return [*texts[:SHOWN], *([f"{more} more"] if more > 0 else [])]

"""Keeps results on disk: a result in, the three files of its folder out, and results read back from a folder of them."""

from __future__ import annotations

import math
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Final

import msgspec

from autograder.config import Config
from autograder.errors import AutograderError
from autograder.reports.atomic import force_folder, write_atomically
from autograder.reports.dashboard import REPORT, SIMILARITY
from autograder.reports.exports import FILES
from autograder.reports.feedback import FEEDBACK, render_feedback
from autograder.reports.final import FinalMark
from autograder.reports.gradebook import GRADES
from autograder.reports.gradescope import to_gradescope
from autograder.reports.overrides import OVERRIDES
from autograder.reports.text import encodable, encodable_name
from autograder.results import Status, SubmissionResult

RESULT: Final = "result.json"
GRADESCOPE: Final = "results.json"
CHANGES: Final = "changes.csv"
HIDDEN: Final = ".autograder"
"""The folder beside those of submissions that is nobody's business: an index, a lock, and results that wait."""
RESERVED: Final = frozenset({GRADES, REPORT, CHANGES, SIMILARITY, OVERRIDES, HIDDEN, *FILES.values()})
"""Names that no submission may have: its folder would take the place of something about the whole class."""


def write_submission(result: SubmissionResult, out: Path, config: Config) -> Path:
    """Write the files of one submission into its folder under `out`, and return that folder.

    All three are made before the first is written, and `result.json` is written last: where it is, the others are. It alone is
    forced to the disk, as the others can be made from it again.
    """
    return write_storable(storable(result), out, config)


def write_storable(result: SubmissionResult, out: Path, config: Config, final: FinalMark | None = None) -> Path:
    """`write_submission` of a result that `storable` has made; `final` is its mark if something is set by hand."""
    folder = out / folder_name(result.name)
    views, content = _views(result, config, final), encode_result(result)
    if not folder.is_dir():
        folder.mkdir(parents=True, exist_ok=True)
        force_folder(out)
    for name, view in views.items():
        write_atomically(folder / name, view)
    write_atomically(folder / RESULT, content, lasting=True)
    return folder


def rewrite_views(result: SubmissionResult, out: Path, config: Config, final: FinalMark | None = None) -> tuple[Path, ...]:
    """Write again what is made from a stored `result`, and leave `result.json` alone."""
    folder = out / folder_name(result.name)
    return tuple(write_atomically(folder / name, content) for name, content in _views(result, config, final).items())


def _views(result: SubmissionResult, config: Config, final: FinalMark | None) -> dict[str, bytes]:
    return {FEEDBACK: render_feedback(result, config, final), GRADESCOPE: to_gradescope(result, config, final).to_json()}


def encode_result(result: SubmissionResult) -> bytes:
    """`result` as the content of `result.json`: the same result gives the same bytes."""
    return msgspec.json.format(msgspec.json.encode(result, order="deterministic"), indent=2) + b"\n"


def storable(result: SubmissionResult) -> SubmissionResult:
    """`result` as JSON can hold it: lone surrogates are replaced, and figures that are not finite are left out.

    JSON has no NaN. A training run that diverged may report one; a score never is, and would be refused here.
    """
    plain = _plain({**msgspec.to_builtins(result), "name": encodable_name(result.name)})
    return msgspec.convert(plain, SubmissionResult)


def _plain(value: Any) -> Any:
    if isinstance(value, str):
        return encodable(value)
    if isinstance(value, dict):
        return {encodable(key): _plain(item) for key, item in value.items() if not _is_infinite(item)}
    if isinstance(value, (list, tuple)):
        return [_plain(item) for item in value]
    return value


def _is_infinite(value: object) -> bool:
    return isinstance(value, float) and not math.isfinite(value)


def folder_name(name: str) -> str:
    """`name`, which may come from a student's file, once it is sure to stay inside the results."""
    if name.lower() in RESERVED:
        raise AutograderError(
            f"{name!r} cannot be a submission's name: a file about the whole class has it; rename the submission"
        )
    if name in {"", ".", ".."} or "/" in name or "\\" in name or "\0" in name:
        raise AutograderError(f"{name!r} cannot be a submission's name: its results would lie outside of their folder")
    return name


def read_result(path: Path, name: str | None = None) -> SubmissionResult:
    """The result in `path`, a `result.json`. An `AutograderError` says what is wrong with the file.

    `name`: of the submission, if that is not the name of the folder.
    """
    try:
        result = msgspec.json.decode(path.read_bytes(), type=SubmissionResult)
    except OSError as error:
        raise AutograderError(f"{path}: cannot be read: {error.strerror or error}") from error
    except (msgspec.DecodeError, UnicodeDecodeError) as error:
        raise AutograderError(f"{path}: damaged, grade this submission again: {error}") from error
    if result.name != (path.parent.name if name is None else name):
        raise AutograderError(f"{path}: is the result of {result.name!r}, so it is in the wrong folder")
    return result


def read_results(out: Path) -> Iterator[SubmissionResult]:
    """The results in the folders under `out`, sorted by name.

    A result that cannot be read, or that is missing beside files which are written before it, does not end the reading. It
    is reported as what it is: an errored submission with no questions and the reason as its note, for staff to look at.
    """
    for folder in sorted(path for path in out.iterdir() if path.is_dir()):
        if not any((folder / name).exists() for name in (RESULT, GRADESCOPE, FEEDBACK)):
            continue
        try:
            yield read_result(folder / RESULT)
        except AutograderError as error:
            yield damaged_result(folder.name, str(error))


def damaged_result(name: str, reason: str) -> SubmissionResult:
    """What stands in the overviews for a submission whose result cannot be read."""
    return SubmissionResult(
        name=encodable_name(name),
        source="",
        status=Status.ERRORED,
        score=0.0,
        max_score=0.0,
        questions=(),
        notes=(encodable(reason),),
    )

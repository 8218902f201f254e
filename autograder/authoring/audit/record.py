"""Keeps what an audit found beside the solution notebook, with the content that it was made from, so that no clone audits anew.

The same audit writes the same bytes. Whether a record is current is told by content alone, not by times.
"""

from __future__ import annotations

import hashlib
import json
from importlib import resources
from importlib.resources.abc import Traversable
from pathlib import Path

import msgspec

from autograder.authoring.audit.marks import marks_path
from autograder.authoring.audit.variants import KINDS, variant_folder
from autograder.authoring.audit.verdicts import Audit
from autograder.authoring.companions import read_companions, read_master
from autograder.config import Config
from autograder.errors import AuthoringError

NAME = "audit.json"
_ABOUT = "Written by `autograder audit`. `autograder generate` refuses to work when this is not current."


class Record(msgspec.Struct, frozen=True, kw_only=True):
    """What is kept of an audit.

    Attributes:
        sources: what it was made from -> SHA-256 of its content.
        open: what somebody still has to look at, one line each.
    """

    about: str = _ABOUT
    sources: dict[str, str]
    mutants: int
    killed_by_public: int
    killed_by_hidden_only: int
    killed_elsewhere: int
    equivalent: int
    open: tuple[str, ...]


def record_path(config: Config) -> Path:
    """Where the record of an assignment is."""
    return config.resolve(config.assignment.solution).parent / NAME


def write_record(audit: Audit, config: Config, made_from: dict[str, str]) -> Path:
    """Keep what an audit of all questions found. `made_from` are the `sources` as they were when it began."""
    path, total = record_path(config), audit.total
    record = Record(
        sources=made_from,
        mutants=total.mutants,
        killed_by_public=total.public,
        killed_by_hidden_only=total.hidden_only,
        killed_elsewhere=total.elsewhere,
        equivalent=total.equivalent,
        open=audit.open,
    )
    content = msgspec.json.format(msgspec.json.encode(record), indent=1) + b"\n"
    if not path.exists() or path.read_bytes() != content:
        path.write_bytes(content)
    return path


def require_audit(config: Config) -> None:
    """Raise AuthoringError unless there is a current record of an audit that left nothing open."""
    path = record_path(config)
    again = "run `autograder audit` and commit what it writes (or use --without-audit)"
    try:
        record = msgspec.json.decode(path.read_bytes(), type=Record)
    except FileNotFoundError:
        raise AuthoringError(f"{path}: the tests of this assignment have not been audited; {again}") from None
    except (OSError, msgspec.DecodeError) as error:
        raise AuthoringError(f"{path}: the record of the last audit cannot be read ({error}); {again}") from error
    now = sources(config)
    changed = sorted(name for name in {*now, *record.sources} if now.get(name) != record.sources.get(name))
    if changed:
        raise AuthoringError(f"{path}: the last audit is out of date, since {_listed(changed)} changed; {again}")
    if record.open:
        shown = "\n".join(f"  {line}" for line in record.open[:10])
        more = f"\n  and {len(record.open) - 10} more" if len(record.open) > 10 else ""
        raise AuthoringError(
            f"{path}: the last audit left {len(record.open)} open; strengthen the tests, or say in {marks_path(config).name} "
            f"why a survivor is right, and run `autograder audit` again (or use --without-audit):\n{shown}{more}"
        )


def sources(config: Config) -> dict[str, str]:
    """What an audit depends on, by name, with the hash of its content."""
    settings = config.model_dump(mode="json", include={"tolerances", "rules", "training"})
    solution = config.resolve(config.assignment.solution)
    found = {
        "the solution notebook": _notebook(solution),
        "the configuration (tolerances, rules, training)": _digest(json.dumps(settings, sort_keys=True).encode()),
        "the operators that make mutants": _digest(*_package("authoring/audit/mutate")),
        "the checks that tests are written with": _digest(*_package("checks")),
    }
    given = read_companions(read_master(solution), solution).given
    if given:
        parts = [part for name, content in sorted(given.items()) for part in (name.encode(), content)]
        found["the files that come with the notebook"] = _digest(*parts)
    marks = marks_path(config)
    if marks.exists():
        found[marks.name] = _digest(marks.read_bytes())
    for kind in KINDS:
        files = sorted(variant_folder(config, kind).glob("*.py"))
        if files:
            found[f"the folder {kind}"] = _digest(*(part for file in files for part in (file.name.encode(), file.read_bytes())))
    return found


def _notebook(path: Path) -> str:
    """Of the cells' kinds and texts alone: running the notebook changes nothing here."""
    try:
        cells = json.loads(path.read_text(encoding="utf-8"))["cells"]
        texts = [part for cell in cells for part in (cell["cell_type"], "".join(cell["source"]))]
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise AuthoringError(f"{path}: cannot be read as a notebook: {error}") from error
    return _digest(*(text.encode() for text in texts))


def _package(name: str) -> list[bytes]:
    """Names and contents of a package's modules."""
    folder: Traversable = resources.files("autograder")
    for part in name.split("/"):
        folder = folder / part
    files = sorted((entry for entry in folder.iterdir() if entry.name.endswith(".py")), key=lambda entry: entry.name)
    return [part for entry in files for part in (entry.name.encode(), entry.read_bytes())]


def _digest(*parts: bytes) -> str:
    total = hashlib.sha256()
    for part in parts:
        total.update(len(part).to_bytes(8, "big"))
        total.update(part)
    return total.hexdigest()


def _listed(names: list[str]) -> str:
    return names[0] if len(names) == 1 else f"{', '.join(names[:-1])} and {names[-1]}"

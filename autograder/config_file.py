"""Reads `grading_config.yaml` into a `Config`; every mistake in it is told with file, line, key, what was expected and found."""

from __future__ import annotations

import hashlib
from pathlib import Path
from typing import Final

from autograder.config import DIGEST, DOTTED, IDENTIFIER, NAME, Config, Settings
from autograder.errors import ConfigError
from autograder.strict_yaml import Document, listed, read_strictly

_PATTERNS: Final = {
    NAME: "must be a name of letters, digits and `_.-` that begins with a letter or digit",
    IDENTIFIER: "must be a Python name",
    DOTTED: "must be a dotted name such as `torch.nn`",
    DIGEST: "must be 16 hexadecimal digits",
}
_HOLDS: Final = f"the sections {listed(Settings.model_fields)}"


def read_config(path: Path, *, check_files: bool = True) -> Config:
    """The configuration at `path`. Raises ConfigError with one line for every mistake in it.

    Without `check_files` the solution notebook need not exist, as on a machine that only grades.
    """
    try:
        raw = path.read_bytes()
    except OSError as error:
        if isinstance(error, FileNotFoundError):
            raise ConfigError(
                f"{path}: there is no such file; go to the folder of an assignment, name its configuration with --config, or "
                "start an assignment with `autograder new NAME`"
            ) from error
        raise ConfigError(f"{path}: cannot be read: {error.strerror or error}") from error
    return config_of(raw, path, check_files=check_files)


def config_of(raw: bytes, path: Path, *, check_files: bool = True) -> Config:
    """As `read_config`, from the file's bytes."""
    document = read_strictly(path, raw, Settings, patterns=_PATTERNS, holds=_HOLDS)
    if check_files:
        _require_solution(path, document)
    return Config(**dict(document.validated()), path=path, digest=hashlib.sha256(raw).hexdigest())


def _require_solution(path: Path, document: Document[Settings]) -> None:
    key = ("assignment", "solution")
    name = document.text(key)
    if name is None:
        return
    notebook = path.parent / name
    try:
        if notebook.is_file():
            return
        found = "no such file"
    except OSError as error:  # a name that is too long, a folder that may not be entered
        found = str(error.strerror)
    document.refuse(key, f"must be the solution notebook, found for `{notebook}`: {found}")

"""Finds what a solution notebook's assignment configuration wants beside it: data files, helper modules, requirements."""

from __future__ import annotations

import re
import sys
import tomllib
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from importlib import metadata
from pathlib import Path
from typing import Any

import yaml

from autograder.authoring.lint_blocks import read_blocks, read_parts, reseed_of
from autograder.authoring.notebook_imports import imported_modules
from autograder.bundles import GRADING_PACKAGES
from autograder.errors import AuthoringError

_OTTERS = frozenset({"otter-grader", "autograder"})
MOST_MIB = 64
"""Of all files together: every bundle and every submission's folder holds them."""


@dataclass(frozen=True)
class Companions:
    """What belongs to a solution notebook.

    Attributes:
        named: path from the notebook's folder, with `/` -> content, of every file that the configuration names.
        given: the same of those that students get and submissions find beside them, where Otter puts them.
        requirements: packages that student code needs, as `name==version` with the versions that are installed here.
        reseed: as in `Assignment`.
    """

    named: dict[str, bytes] = field(default_factory=dict)
    given: dict[str, bytes] = field(default_factory=dict)
    requirements: tuple[str, ...] = ()
    reseed: int | None = None

    def write(self, folder: Path) -> None:
        """Put every file where the notebook would find it if it stood in `folder`."""
        for name, content in self.named.items():
            (folder / name).parent.mkdir(parents=True, exist_ok=True)
            (folder / name).write_bytes(content)


def read_master(solution: Path) -> dict[str, Any]:
    """The solution notebook. Raises AuthoringError if it cannot be read as one."""
    import nbformat

    try:
        notebook: dict[str, Any] = nbformat.read(solution, as_version=4)
    except OSError as error:
        raise AuthoringError(f"{solution}: cannot be read: {error.strerror or error}") from error
    except Exception as error:  # nbformat raises whatever its readers and validators raise
        raise AuthoringError(f"{solution}: is not a notebook: {str(error).splitlines()[0]}") from error
    return notebook


def read_companions(notebook: Any, solution: Path) -> Companions:
    """What the configuration of `notebook`, read from `solution`, names, and the packages that its cells import.

    Raises AuthoringError if something is missing.
    """
    config = assignment_config(notebook, solution)
    named: dict[str, bytes] = {}
    for key in ("config_file", "files", "autograder_files", "student_files", "environment"):
        named |= {name: content for name, _, content in _files(solution, config.get(key), key)}
    given = {place: content for _, place, content in _files(solution, config.get("files"), "files")}
    wanted = config.get("requirements") or []
    if isinstance(wanted, str):
        files = list(_files(solution, wanted, "requirements"))
        named |= {name: content for name, _, content in files}
        wanted = [line for _, _, content in files for line in content.decode("utf-8", "replace").splitlines()]
    size = sum(map(len, given.values()))
    if size > MOST_MIB << 20:
        raise AuthoringError(
            f"{solution}: the `files` of the assignment configuration have {size / (1 << 20):.0f} MiB, and {MOST_MIB} are "
            "allowed; hand out an excerpt of the data"
        )
    declared = {_package(line): _pinned(solution, line) for line in wanted if _package(line)}
    packages = {*declared.values(), *_imported(notebook, own_modules(given))}
    return Companions(named, given, tuple(sorted(packages)), reseed_of(config))


def own_modules(places: Iterable[str]) -> set[str]:
    """Names of the modules that files at these places, from the notebook's folder, may be imported as."""
    return {place.partition("/")[0].removesuffix(".py") for place in places}


def assignment_config(notebook: Any, solution: Path) -> dict[str, Any]:
    """The assignment configuration, with what its `config_file` says. Raises AuthoringError if that cannot be read."""
    config = dict(read_blocks(read_parts(notebook, []), []).config or {})
    if config.get("config_file"):
        for name, _, content in _files(solution, config["config_file"], "config_file"):
            config = {**_settings(content, solution, name), **config}
    return config


def _settings(content: bytes, solution: Path, name: str) -> Mapping[str, Any]:
    try:
        read = tomllib.loads(content.decode()) if name.endswith(".toml") else yaml.safe_load(content)
    except (ValueError, yaml.YAMLError) as error:
        raise AuthoringError(f"{solution.parent / name}: cannot be read: {error}") from error
    return read if isinstance(read, dict) else {}


def _files(solution: Path, named: Any, key: str) -> Iterator[tuple[str, str, bytes]]:
    """Path, place at the student's, and content of the files of one key; a folder stands for all that is in it."""
    here = solution.parent.resolve()
    for name in [named] if isinstance(named, str) else named or []:
        path = (solution.parent / str(name)).resolve()
        if here not in path.parents:
            raise AuthoringError(f"{solution}: `{key}` names {name}, which must lie in the notebook's folder or below it")
        if not path.exists():
            raise AuthoringError(f"{solution}: `{key}` names {name}, and there is no {path}; put it there, or take its name out")
        for file in sorted(_below(path)):
            relative = file.relative_to(here).as_posix()
            # Otter puts a folder under its last name, whatever folders it was in.
            place = file.relative_to(path.parent).as_posix() if path.is_dir() else relative
            yield relative, place, file.read_bytes()


def _below(path: Path) -> Iterator[Path]:
    if path.is_dir():
        yield from (file for file in path.rglob("*") if file.is_file() and "__pycache__" not in file.parts)
    else:
        yield path


def _imported(notebook: Any, own: set[str]) -> Iterator[str]:
    """Packages that the notebook's cells import, but for the grader's own and for modules that come with the notebook."""
    standard = {name.lower() for name in GRADING_PACKAGES}
    roots = dict.fromkeys(module.partition(".")[0] for module in imported_modules(notebook))
    further = [root for root in roots if root not in own | sys.stdlib_module_names | standard]
    providers = metadata.packages_distributions() if further else {}  # reads what every package has: a second
    for root in further:
        for package in providers.get(root, ()):
            if package.lower() not in standard | _OTTERS:
                yield f"{package}=={metadata.version(package).partition('+')[0]}"


def _package(line: Any) -> str:
    """The package that a line of requirements asks for; empty for comments and options."""
    found = re.match(r"\s*([A-Za-z0-9][A-Za-z0-9._-]*)", str(line))
    return found[1] if found else ""


def _pinned(solution: Path, line: Any) -> str:
    name = _package(line)
    try:
        return f"{name}=={metadata.version(name).partition('+')[0]}"
    except metadata.PackageNotFoundError:
        raise AuthoringError(
            f"{solution}: `requirements` names {name}, which is not installed here, so that nothing can be verified with it; "
            f"`pip install {name}` into the grader's environment first"
        ) from None

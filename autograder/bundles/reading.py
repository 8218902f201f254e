"""Reads grading bundles, and says where those of a configuration are."""

from __future__ import annotations

import hashlib
import zipfile
from dataclasses import dataclass, field
from pathlib import Path

import msgspec

from autograder.assignment import Assignment
from autograder.config import Config
from autograder.errors import BundleError

MANIFEST = "manifest.json"
CONFIG = "grading_config.yaml"


@dataclass(frozen=True)
class Bundle:
    """A bundle that was read.

    Attributes:
        digest: SHA-256 of the manifest, hexadecimal.
        manifest: what it was read from.
    """

    assignment: Assignment
    digest: str
    manifest: bytes = field(repr=False)


def bundle_path(config: Config) -> Path:
    """Where `generate` puts the bundle of a configuration."""
    return config.resolve(config.assignment.dist) / f"{config.assignment.name}-bundle.zip"


def catalogue_folder(config: Config) -> Path:
    """Where the known mistakes of an assignment are: `misconceptions/` beside its solution notebook."""
    return config.resolve(config.assignment.solution).parent / "misconceptions"


def catalogue_digest(folder: Path) -> str:
    """SHA-256 of the files of a catalogue, hexadecimal; empty if there is none."""
    if not folder.is_dir():
        return ""
    content = repr([(path.name, path.read_bytes()) for path in sorted(folder.glob("*.py"))])
    return hashlib.sha256(content.encode()).hexdigest()


def require_bundle(config: Config) -> None:
    """Raise BundleError if there is no bundle at all, without reading it: before the workers' memory is set apart."""
    if not (config.path.parent / MANIFEST).exists() and not bundle_path(config).exists():
        raise BundleError(f"{bundle_path(config)}: there is no grading bundle yet; run `autograder generate` first")


def load_bundle(config: Config) -> Bundle:
    """The bundle that belongs to a configuration: unpacked beside it, as on Gradescope, or built by `generate`.

    Raises BundleError if there is none, if it is damaged, or if notebook or configuration have changed since it was built.
    """
    unpacked = config.path.parent / MANIFEST
    if unpacked.exists():
        return bundle_of(unpacked.read_bytes(), unpacked)
    require_bundle(config)
    path = bundle_path(config)
    try:
        with zipfile.ZipFile(path) as archive:
            manifest, settings = archive.read(MANIFEST), archive.read(CONFIG)
    except (OSError, KeyError, zipfile.BadZipFile) as error:
        raise BundleError(f"{path}: the grading bundle is damaged ({error}); run `autograder generate` again") from error
    bundle = bundle_of(manifest, path)
    solution = config.resolve(config.assignment.solution)
    if hashlib.sha256(settings).hexdigest() != config.digest:
        raise BundleError(f"{path}: {config.path} has changed since this bundle was built; run `autograder generate` again")
    if solution.exists() and hashlib.sha256(solution.read_bytes()).hexdigest() != bundle.assignment.solution_digest:
        raise BundleError(f"{path}: {solution} has changed since this bundle was built; run `autograder generate` again")
    for name, content in bundle.assignment.files.items() if solution.exists() else ():
        beside = solution.parent / name
        if beside.is_file() and beside.read_bytes() != content:
            raise BundleError(f"{path}: {beside} has changed since this bundle was built; run `autograder generate` again")
    folder = catalogue_folder(config)
    if solution.exists() and catalogue_digest(folder) != bundle.assignment.catalogue_digest:
        raise BundleError(f"{path}: {folder} has changed since this bundle was built; run `autograder generate` again")
    return bundle


def unpack_settings(path: Path, folder: Path) -> Path:
    """Put a bundle's configuration and manifest into `folder`, as they lie beside each other on Gradescope.

    Returns the configuration's path. Raises BundleError if the file is not there or is no bundle.
    """
    try:
        with zipfile.ZipFile(path) as archive:
            for name in (MANIFEST, CONFIG):
                (folder / name).write_bytes(archive.read(name))
    except FileNotFoundError as error:
        raise BundleError(f"{path}: there is no such file; `autograder generate` writes the bundle") from error
    except (OSError, KeyError, zipfile.BadZipFile) as error:
        raise BundleError(f"{path}: is not a grading bundle ({error})") from error
    return folder / CONFIG


def bundle_of(manifest: bytes, where: Path) -> Bundle:
    """The bundle whose `manifest.json` holds these bytes. Raises BundleError, with `where` they are from, if it is damaged."""
    try:
        assignment = msgspec.json.decode(manifest, type=Assignment)
    except msgspec.DecodeError as error:
        raise BundleError(f"{where}: the manifest is damaged ({error}); run `autograder generate` again") from error
    return Bundle(assignment, hashlib.sha256(manifest).hexdigest(), manifest)

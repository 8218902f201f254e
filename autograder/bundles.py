"""Writes and reads grading bundles: an assignment and its configuration in, one zip for Gradescope out, and back.

The zip holds at its root what Gradescope runs (`setup.sh`, `run_autograder`), `manifest.json` (the assignment with all its
tests), `grading_config.yaml`, `requirements.txt` and the grader itself with its data under `autograder/`. The same input
gives the same bytes.
"""

from __future__ import annotations

import hashlib
import io
import zipfile
from collections.abc import Collection
from dataclasses import dataclass, field
from importlib import metadata, resources
from importlib.resources.abc import Traversable
from pathlib import Path

import msgspec

from autograder import __version__
from autograder.assignment import Assignment
from autograder.config import Config
from autograder.errors import BundleError

MANIFEST = "manifest.json"
CONFIG = "grading_config.yaml"
_EPOCH = (1980, 1, 1, 0, 0, 0)
_EXECUTABLE = {"setup.sh", "run_autograder"}
GRADING_PACKAGES = (
    "torch", "torchvision", "numpy", "matplotlib", "ipython", "jupytext", "msgspec", "pydantic", "PyYAML", "Jinja2", "rich",
    "typer",
)  # fmt: skip
"""What the grading path imports; `setup.sh` installs these, at the versions that the bundle was verified with."""


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


def installed_versions() -> dict[str, str]:
    """Versions of what judges a submission, by package name."""
    return {"autograder": __version__, **{name: metadata.version(name) for name in GRADING_PACKAGES}}


def build_bundle(assignment: Assignment, config: bytes) -> bytes:
    """The zip, as bytes."""
    templates = resources.files("autograder") / "authoring" / "templates"
    entries = {
        MANIFEST: encode_manifest(assignment),
        CONFIG: config,
        "requirements.txt": _requirements(assignment),
        **{name: (templates / name).read_bytes() for name in sorted(_EXECUTABLE)},
        **{f"autograder/{name}": content for name, content in package_files().items()},
    }
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w") as archive:
        for name, content in sorted(entries.items()):
            entry = zipfile.ZipInfo(name, _EPOCH)
            entry.external_attr = (0o100755 if name in _EXECUTABLE else 0o100644) << 16
            entry.create_system = 3  # Unix, so that the modes above are heeded
            packed = name.endswith(".gz")
            entry.compress_type = zipfile.ZIP_STORED if packed else zipfile.ZIP_DEFLATED
            archive.writestr(entry, content)
    return target.getvalue()


def encode_manifest(assignment: Assignment) -> bytes:
    """`manifest.json` of an assignment."""
    return msgspec.json.format(msgspec.json.encode(assignment, order="deterministic"), indent=1) + b"\n"


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


def _requirements(assignment: Assignment) -> bytes:
    """Without local labels such as `+cpu`: the index that `setup.sh` names decides on the build."""
    own = sorted((name, version) for name, version in assignment.versions.items() if name != "autograder")
    lines = [f"{name}=={version.partition('+')[0]}" for name, version in own]
    return ("\n".join([*lines, *assignment.requirements]) + "\n").encode()


def package_files(*, without: Collection[str] = ()) -> dict[str, bytes]:
    """Every file of the installed package, by its path in it, but for those of the folders `without`."""
    return _package(resources.files("autograder"), "", without)


def _package(folder: Traversable, prefix: str, without: Collection[str]) -> dict[str, bytes]:
    files: dict[str, bytes] = {}
    for entry in folder.iterdir():
        if entry.is_dir():
            if entry.name != "__pycache__" and f"{prefix}{entry.name}" not in without:
                files.update(_package(entry, f"{prefix}{entry.name}/", without))
        elif not entry.name.endswith((".pyc", ".pyo")):
            files[f"{prefix}{entry.name}"] = entry.read_bytes()
    return files

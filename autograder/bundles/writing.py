"""Writes grading bundles: an assignment and the bytes of its configuration in, a zip out."""

from __future__ import annotations

from importlib import resources

import msgspec

from autograder.assignment import Assignment
from autograder.bundles import wheel
from autograder.bundles.reading import CONFIG, MANIFEST
from autograder.bundles.requirements import requirements

EXECUTABLE = frozenset({"setup.sh", "run_autograder"})
_PLATFORM = (*sorted(EXECUTABLE), "Dockerfile")


def build_bundle(assignment: Assignment, config: bytes) -> bytes:
    """The zip, as bytes."""
    templates = resources.files("autograder") / "authoring" / "templates"
    needs = requirements(assignment.versions, assignment.requirements)
    files = {
        MANIFEST: encode_manifest(assignment),
        CONFIG: config,
        "requirements.txt": needs,
        wheel.NAME: wheel.build_wheel(needs.decode().splitlines()),
        **{name: (templates / name).read_bytes() for name in _PLATFORM},
    }
    return wheel.packed(files, EXECUTABLE)


def encode_manifest(assignment: Assignment) -> bytes:
    """`manifest.json` of an assignment."""
    return msgspec.json.format(msgspec.json.encode(assignment, order="deterministic"), indent=1) + b"\n"

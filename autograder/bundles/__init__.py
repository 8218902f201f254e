"""Writes and reads grading bundles: an assignment and its configuration in, one zip for Gradescope out, and back.

The zip holds at its root what Gradescope runs (`setup.sh`, `run_autograder`), a `Dockerfile` for who builds the image
elsewhere, `manifest.json` (the assignment with all its tests), `grading_config.yaml`, `requirements.txt` and the grader itself
with its data as a wheel. The same input gives the same bytes.
"""

from autograder.bundles.reading import (
    CONFIG,
    MANIFEST,
    Bundle,
    bundle_of,
    bundle_path,
    catalogue_digest,
    catalogue_folder,
    load_bundle,
    require_bundle,
    unpack_settings,
)
from autograder.bundles.requirements import GRADING_PACKAGES, installed_versions
from autograder.bundles.wheel import package_files
from autograder.bundles.writing import build_bundle, encode_manifest

__all__ = [
    "CONFIG",
    "GRADING_PACKAGES",
    "MANIFEST",
    "Bundle",
    "build_bundle",
    "bundle_of",
    "bundle_path",
    "catalogue_digest",
    "catalogue_folder",
    "encode_manifest",
    "installed_versions",
    "load_bundle",
    "package_files",
    "require_bundle",
    "unpack_settings",
]

"""Exports of a class as platforms write them, by path: three submissions each, of which one has two files."""

from __future__ import annotations

from collections.abc import Mapping

GRADESCOPE_TABLE = """---
submission_1001:
  :submitters:
  - :name: Ada Lovelace
    :sid: '3031'
    :email: ada@example.edu
  - :name: Grace Hopper
    :sid: '3032'
    :email: grace@example.edu
  :created_at: 2024-02-01 12:34:56.123456000 Z
  :score: 12.0
  :status: :processed
  :results: !ruby/hash:ActiveSupport::HashWithIndifferentAccess
    tests: []
  :history: []
submission_1002:
  :submitters:
  - :name: "Émile / Borel"
    :sid:
    :email: emile@example.edu
  :created_at: 2024-02-02 08:00:00.000000000 -08:00
submission_1003:
  :submitters:
  - :name: No Files
    :sid: '3034'
"""


def gradescope(work: bytes, other: bytes) -> dict[str, bytes]:
    """A group of two, one student, and one of whom there is a row and no folder."""
    return {
        "assignment_77_export/submission_metadata.yml": GRADESCOPE_TABLE.encode(),
        "assignment_77_export/submission_1001/hw/work.ipynb": work,
        "assignment_77_export/submission_1001/notes.ipynb": other,
        "assignment_77_export/submission_1002/work.ipynb": work,
    }


def canvas(work: bytes, other: bytes) -> dict[str, bytes]:
    """One who handed in late, one with two files, two of the same name."""
    return {
        "lovelaceada_LATE_12345_67890_work-1.ipynb": work,
        "hoppergrace_12346_67891_work.ipynb": work,
        "hoppergrace_12346_67892_notes.ipynb": other,
        "hoppergrace_12399_67893_work.ipynb": work,
    }


def moodle(work: bytes, other: bytes) -> dict[str, bytes]:
    """A folder each; one entered a text too."""
    return {
        "Ada Lovelace_1234567_assignsubmission_file_/work.ipynb": work,
        "Grace Hopper_1234568_assignsubmission_file_/sub/work.ipynb": work,
        "Grace Hopper_1234568_assignsubmission_file_/notes.ipynb": other,
        "Grace Hopper_1234568_assignsubmission_onlinetext_/onlinetext.html": b"<p>hello</p>",
        "Émile van der Borel_1234569_assignsubmission_file_/work.ipynb": work,
    }


def moodle_flat(work: bytes, other: bytes) -> dict[str, bytes]:
    """The same in one folder."""
    return {path.replace("_/sub/", "_").replace("_/", "_"): content for path, content in moodle(work, other).items()}


def nbgrader(work: bytes, other: bytes) -> dict[str, bytes]:
    """A course directory."""
    return {
        "source/hw1/work.ipynb": other, "release/hw1/work.ipynb": other, "gradebook.db": b"SQLite format 3\0",
        "submitted/ada/hw1/work.ipynb": work, "submitted/ada/hw1/timestamp.txt": b"2024-02-02 15:58:23.948203 UTC\n",
        "submitted/grace/hw1/work.ipynb": work, "submitted/grace/hw1/notes.ipynb": other,
        "submitted/emile/hw1/work.ipynb": work,
    }  # fmt: skip


EXPORTS = {f.__name__: f for f in (gradescope, canvas, moodle, moodle_flat, nbgrader)}

NAMES: Mapping[str, set[str]] = {
    "gradescope": {"Ada Lovelace + Grace Hopper", "Émile _ Borel", "No Files"},
    "canvas": {"lovelaceada", "12346_hoppergrace", "12399_hoppergrace"},
    "moodle": {"Ada Lovelace", "Grace Hopper", "Émile van der Borel"},
    "moodle_flat": {"Ada Lovelace", "Grace Hopper", "Émile van der Borel"},
    "nbgrader": {"ada", "grace", "emile"},
}

"""Reads fenced blocks of Markdown files, and runs those that are sessions at a shell."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from markdown_it import MarkdownIt

from tests.samples import ROOT

DOCS = ROOT / "docs"


def blocks(path: Path, kind: str) -> list[str]:
    """The contents of the fenced blocks of a Markdown file that are marked as `kind`."""
    return [
        token.content
        for token in MarkdownIt().parse(path.read_text(encoding="utf-8"))
        if token.type == "fence" and token.info == kind
    ]


def cells(path: Path) -> list[tuple[str, str]]:
    """Type and source of the notebook cells that a page writes out, in order."""
    tokens = MarkdownIt().parse(path.read_text(encoding="utf-8"))
    kinds = ("raw", "markdown", "code")
    return [(token.info, token.content.rstrip("\n")) for token in tokens if token.type == "fence" and token.info in kinds]


@dataclass(frozen=True)
class Command:
    """A command of a session, and what it prints; `...` stands for any lines, and for the rest of one."""

    text: str
    prints: str

    def shown_in(self, output: str) -> bool:
        """Whether the output is what the session shows; blank lines and the width of blanks do not count."""
        parts = [r"(?:.*\n)*?" if line == "..." else _pattern(line) for line in _bare(self.prints)]
        return re.fullmatch("".join(parts), "".join(f"{line}\n" for line in _bare(output))) is not None


def _bare(text: str) -> list[str]:
    return [" ".join(line.split()) for line in text.splitlines() if line.strip()]


def _pattern(line: str) -> str:
    start, dots, _ = line.partition("...")
    return (re.escape(start) + ".*" if dots else re.escape(line)) + r"\n"


def session(content: str) -> Iterator[Command]:
    """The commands of a block: lines that begin with a prompt, each with what stands below it."""
    for part in re.split(r"^\$ ", content, flags=re.MULTILINE)[1:]:
        text, _, prints = part.partition("\n")
        yield Command(text.split("  #")[0].strip(), prints)


class Shell:
    """Runs commands one after the other, in a folder that `cd` changes, with this environment's `autograder` first."""

    def __init__(self, folder: Path):
        self.folder = folder
        path = os.pathsep.join([str(Path(sys.executable).parent), os.environ["PATH"]])
        self._environment = {**os.environ, "PATH": path, "COLUMNS": "160", "NO_COLOR": "1"}

    def run(self, command: str) -> subprocess.CompletedProcess[str]:
        """How it ended, and what it printed to standard output."""
        if command.startswith("cd "):
            self.folder = (self.folder / command.removeprefix("cd ").strip()).resolve()
            assert self.folder.is_dir(), command
            return subprocess.CompletedProcess(command, 0, "", "")
        return subprocess.run(
            ["bash", "-c", command],
            cwd=self.folder,
            env=self._environment,
            capture_output=True,
            text=True,
            timeout=600,
            check=False,
        )

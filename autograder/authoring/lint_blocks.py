"""Takes a solution notebook and gives its parts: configuration, questions with their test cells, and all other cells.

Blocks are read as Otter Assign 7 reads them: a marker is the first line of a raw cell, or of a fenced block that is marked
`otter` in a Markdown cell.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

import msgspec
import yaml

Severity = Literal["error", "warning"]

_MARKER = re.compile(r"#\s+(begin|end)\s+(question|prompt|solution|tests)\s*", re.IGNORECASE)
_CONFIG = re.compile(r"#\s+assignment\s+config\s*", re.IGNORECASE)
_IGNORED = re.compile(r"(##\s*ignore\s*##\s*|#\s*ignore\s*)", re.IGNORECASE)
_MEANT_TO_BE_IGNORED = re.compile(r"#\s*IGNORE\s*|##\s*IGNORE\s*##\s*")
_LOOKS_LIKE_MARKER = re.compile(
    r"\s*(#*)\s*(?:(?:begin|end)\s+(question|prompt|solution|test)s?|assignment\s+config)\s*", re.IGNORECASE
)


class Finding(msgspec.Struct, frozen=True, kw_only=True):
    """Something in a solution notebook that its author should change.

    Attributes:
        cell: 1-based number among all cells of the notebook; 1 for what concerns the notebook as a whole.
        line: 1-based line in that cell, or None if it concerns the whole cell.
        severity: "error" if the notebook must not be handed out like this, otherwise "warning".
        code: short name of the kind of finding.
        message: what is wrong, and the fix.
    """

    cell: int
    line: int | None
    severity: Severity
    code: str
    message: str


@dataclass(frozen=True)
class Part:
    """A cell, or one of the pieces that Otter cuts a Markdown cell into.

    Attributes:
        cell: 1-based number of the cell.
        kind: "code", "markdown" or "raw".
        lines: its text.
        first: 1-based number, in the cell, of the first of `lines`.
    """

    cell: int
    kind: str
    lines: tuple[str, ...]
    first: int = 1

    def finding(self, code: str, message: str, index: int | None = None, severity: Severity = "error") -> Finding:
        """A finding about this part, or about the line at `index` of it."""
        line = None if index is None else self.first + index
        return Finding(cell=self.cell, line=line, severity=severity, code=code, message=message)

    @property
    def text(self) -> str:
        """All lines as one text."""
        return "\n".join(self.lines)

    @property
    def marker(self) -> tuple[str, str] | None:
        """("begin" or "end", kind of block) if Otter takes this part for the edge of a block."""
        found = _MARKER.match(self.lines[0]) if self.kind == "raw" else None
        return (found[1].lower(), found[2].lower()) if found else None


@dataclass
class Question:
    """A question: its `# BEGIN QUESTION` part, its configuration (None if it cannot be read), and its test cells in order."""

    begin: Part
    config: dict[str, Any] | None
    tests: list[Part] = field(default_factory=list)

    @property
    def name(self) -> str:
        """What to call it in messages."""
        return str((self.config or {}).get("name", "without a name"))


@dataclass
class Blocks:
    """All parts of a notebook.

    Attributes:
        config: what the assignment configuration says, or None if there is none.
        config_part: where it stands.
        solutions: parts in a solution block.
        others: parts outside solution and test blocks.
    """

    config: dict[str, Any] | None = None
    config_part: Part | None = None
    questions: list[Question] = field(default_factory=list)
    solutions: list[Part] = field(default_factory=list)
    others: list[Part] = field(default_factory=list)


def read_yaml(part: Part, lines: tuple[str, ...], offset: int, what: str, found: list[Finding]) -> dict[str, Any] | None:
    """The configuration in `lines`, which start at index `offset` of `part`; None, with a finding, if it cannot be read."""
    try:
        config = yaml.safe_load("\n".join(lines))
    except (yaml.YAMLError, ValueError, RecursionError) as error:  # ValueError: a date that is none
        mark = getattr(error, "problem_mark", None)
        index = offset + min(mark.line, len(lines) - 1) if mark is not None else None
        problem = getattr(error, "problem", None) or "it cannot be read"
        text = (
            f"The configuration of {what} is no valid YAML ({problem}); put texts that contain a colon or `#` in "
            "single quotes."
        )
        found.append(part.finding("bad-config", text, index))
        return None
    if config is None or isinstance(config, dict):
        return config or {}
    text = f"The configuration of {what} is no mapping; write lines of the form `key: value`."
    found.append(part.finding("bad-config", text, offset))
    return None


def reseed_of(config: Mapping[str, Any]) -> int | None:
    """The seed that an assignment configuration wants set before every cell while a notebook is graded; None for none."""
    places = [(config.get("seed"), "autograder_value"), (config.get("generate"), "seed")]
    found = [place.get(key) for place, key in places if isinstance(place, dict)]
    return next((seed for seed in found if type(seed) is int), None)


def is_ignored(part: Part) -> bool:
    """Whether Otter leaves a part out of every notebook."""
    return _IGNORED.match(part.lines[0]) is not None


def line_of(part: Part, key: str) -> int:
    """Index of the line that gives `key` in a configuration; 0 if there is none."""
    return next((index for index, line in enumerate(part.lines) if re.match(rf"\s*{key}\s*:", line)), 0)


def read_parts(notebook: Any, found: list[Finding]) -> list[Part]:
    """The cells of a notebook, Markdown cells cut at their `otter` fences as Otter cuts them."""
    parts: list[Part] = []
    for number, cell in enumerate(notebook.cells, 1):
        source = cell.source if isinstance(cell.source, str) else "".join(cell.source)
        whole = Part(number, cell.cell_type, tuple(re.split("\r?\n", source)))
        parts.extend(_pieces(whole, found) if whole.kind == "markdown" else (whole,))
    return parts


def _pieces(whole: Part, found: list[Finding]) -> Iterator[Part]:
    start, fence = 0, None
    for index, line in enumerate(whole.lines):
        if fence is None and line.strip() == "```otter":
            yield from _piece(whole, "markdown", start, index)
            fence = index
        elif fence is not None and line.strip() == "```":
            yield from _piece(whole, "raw", fence + 1, index)
            start, fence = index + 1, None
    if fence is not None:
        found.append(whole.finding("unclosed-fence", "A block marked `otter` is not closed; end it with a line ```.", fence))
    else:
        yield from _piece(whole, "markdown", start, len(whole.lines))


def _piece(whole: Part, kind: str, start: int, stop: int) -> Iterator[Part]:
    lines = whole.lines[start:stop]
    if any(line.strip() for line in lines):
        yield Part(whole.cell, kind, lines, start + 1)


def read_blocks(parts: list[Part], found: list[Finding]) -> Blocks:
    """Sort parts into blocks; what does not nest as Otter demands is a finding, and reading goes on as if it did."""
    blocks = Blocks()
    stack: list[tuple[str, Part]] = []
    for part in parts:
        if is_ignored(part):
            found.extend(_check_ignored(part))
            continue
        found.extend(_check_markers(part))
        if part.kind == "raw" and _CONFIG.match(part.lines[0]):
            _read_assignment(part, blocks, found)
        elif part.marker is None:
            _read_content(part, [kind for kind, _ in stack], blocks, found)
        elif part.marker[0] == "begin":
            _begin(part, part.marker[1], stack, blocks, found)
        else:
            _end(part, part.marker[1], stack, found)
    found.extend(_unclosed(*block) for block in stack)
    return blocks


def _read_assignment(part: Part, blocks: Blocks, found: list[Finding]) -> None:
    config = read_yaml(part, part.lines, 0, "the assignment", found) or {}
    before = blocks.config or {}
    blocks.config = {**before, **config}
    if isinstance(before.get("tests"), dict) and isinstance(config.get("tests"), dict):
        blocks.config["tests"] = {**before["tests"], **config["tests"]}
    blocks.config_part = blocks.config_part or part
    if any(question.tests for question in blocks.questions):
        text = (
            "The assignment configuration comes after a test cell, which Otter then reads with other settings; "
            "move it to the top."
        )
        found.append(part.finding("config-late", text))


def _read_content(part: Part, inside: list[str], blocks: Blocks, found: list[Finding]) -> None:
    if inside[-1:] == ["solution"]:
        blocks.solutions.append(part)
    elif inside[-1:] != ["tests"]:
        blocks.others.append(part)
    elif part.kind != "code":
        text = f"A {part.kind} cell stands in a tests block; only code cells may, so move it out."
        found.append(part.finding("test-cell", text))
    elif "question" in inside:
        blocks.questions[-1].tests.append(part)


def _begin(part: Part, kind: str, stack: list[tuple[str, Part]], blocks: Blocks, found: list[Finding]) -> None:
    while len(stack) > (0 if kind == "question" else 1):
        found.append(_unclosed(*stack.pop()))
    if kind == "question":
        config = read_yaml(part, part.lines, 0, "the question", found)
        blocks.questions.append(Question(part, config))
    elif not stack:
        text = f"`# BEGIN {kind.upper()}` stands outside a question; put it between `# BEGIN QUESTION` and `# END QUESTION`."
        found.append(part.finding("outside-question", text))
    stack.append((kind, part))


def _end(part: Part, kind: str, stack: list[tuple[str, Part]], found: list[Finding]) -> None:
    if kind not in [open_kind for open_kind, _ in stack]:
        text = f"`# END {kind.upper()}` ends nothing; remove it, or add the missing `# BEGIN {kind.upper()}` before it."
        found.append(part.finding("unopened-block", text))
        return
    while stack[-1][0] != kind:
        found.append(_unclosed(*stack.pop()))
    stack.pop()


def _unclosed(kind: str, part: Part) -> Finding:
    text = f"This `# BEGIN {kind.upper()}` has no `# END {kind.upper()}`; add a raw cell with it."
    return part.finding("unclosed-block", text, 0)


def _check_ignored(part: Part) -> Iterator[Finding]:
    if not _MEANT_TO_BE_IGNORED.fullmatch(part.lines[0]):
        text = (
            f"Otter leaves this cell out of every notebook, because its first line begins with `{part.lines[0].strip()[:40]}`; "
            "word that line differently, or write `# IGNORE` alone if it is meant."
        )
        yield part.finding("ignored-cell", text, 0)


def _check_markers(part: Part) -> Iterator[Finding]:
    """Lines that look like the edge of a block and are none."""
    known = part.kind == "raw" and (part.marker is not None or _CONFIG.match(part.lines[0]))
    for index, line in enumerate(part.lines):
        looks = _LOOKS_LIKE_MARKER.fullmatch(line)
        if not looks or (known and index == 0):
            continue
        kind = (looks[2] or "").lower()
        if part.kind == "raw":
            text = (
                f"Otter does not see `{line.strip()}`; make it the first line of a raw cell of its own, written like "
                "`# BEGIN TESTS`."
            )
            yield part.finding("marker-typo", text, index)
        elif looks[1] and line.strip().isupper() and (part.kind == "markdown" or kind not in ("solution", "prompt")):
            text = f"Otter does not see `{line.strip()}` in a {part.kind} cell; change the type of the cell to raw."
            yield part.finding("marker-cell-type", text, index)

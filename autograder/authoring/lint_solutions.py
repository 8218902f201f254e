"""Takes cells of a solution notebook and finds what would go wrong when Otter turns them into the students' cells."""

from __future__ import annotations

import ast
import difflib
import re
from collections.abc import Iterator

from autograder.authoring.lint_blocks import Finding, Part
from autograder.submissions.source import PARSE_ERRORS, plain

# The expressions of otter.assign.solutions, version 7; a test holds `strip` against the original.
_ASSIGNMENT = re.compile(r"(\s*(?:[\w.]+(?=[^\w.])(?:\[['\"]?.*['\"]?\])*(?:,\s*)?)+\s*=).* ?# ?SOLUTION")
_LINE = re.compile(r"(\s*).* ?# ?SOLUTION")
_BEGIN = re.compile(r"(\s*)# BEGIN SOLUTION( NO PROMPT)?")
_BEGIN_IGNORE = re.compile(r"\s*#\s*BEGIN\s*IGNORE\s*", re.IGNORECASE)
_DROPPED = ("# SOLUTION NO PROMPT", "# BEGIN PROMPT", "# END PROMPT", "# SEED")

_HEADER = re.compile(r"\s*(?:async\s+)?(?:for|if|elif|else|while|with|def|class|try|except|finally|match|case)\b.*:\s*")
_MARKS = (
    "SOLUTION", "SOLUTION NO PROMPT", "BEGIN SOLUTION", "BEGIN SOLUTION NO PROMPT", "END SOLUTION", "BEGIN PROMPT", "END PROMPT",
)  # fmt: skip
_MENTIONS = re.compile(r"(?:BEGIN |END )?SOLUTIONS?\b")

Kept = list[tuple[int, str]]
"""Lines that students see, each with its index in the cell."""


def check_solution(part: Part, *, must_be_marked: bool = True) -> Iterator[Finding]:
    """A code cell from which Otter strips the solution, in a solution block or, if the author asked for it, anywhere."""
    found: list[Finding] = []
    kept = strip(part, found)
    if must_be_marked and kept == list(enumerate(part.lines)) and part.text.strip() and not found:
        text = (
            "Nothing in this cell of a solution block is marked, so students would get all of it; "
            "end its lines with `# SOLUTION`, put it between `# BEGIN SOLUTION` and `# END SOLUTION`, or move it "
            "out of the block."
        )
        found.append(part.finding("solution-not-stripped", text))
    orphans = list(_orphans(part, kept))
    yield from found
    yield from orphans
    yield from _check_syntax(part, [] if found or orphans else kept)
    yield from _check_typos(part, kept)


def check_given(part: Part) -> Iterator[Finding]:
    """A cell that students get as it is: nothing in it is stripped, so nothing in it may be marked."""
    if part.kind == "code":
        marked = [index for index, line in enumerate(part.lines) if _is_marked(line)]
        if marked:
            text = (
                "Otter strips solutions only between the raw cells `# BEGIN SOLUTION` and `# END SOLUTION`, so "
                "students would see this; "
                "put the cell there, or set `strip_solutions_from_all_cells: true` in the assignment configuration."
            )
            yield part.finding("solution-outside-block", text, marked[0])
            return
        yield from _check_syntax(part, list(enumerate(part.lines)))
    yield from _check_typos(part, list(enumerate(part.lines)))


def strip(part: Part, found: list[Finding]) -> Kept:
    """What Otter leaves of a solution cell for students; marks that do not balance are findings."""
    kept: Kept = []
    opened: dict[str, int] = {}
    for index, line in _without_ignored(part, found):
        text = line.rstrip()
        if text.endswith("# BEGIN PROMPT"):
            _open("PROMPT", index, opened, part, found)
        elif text.endswith("# END PROMPT"):
            _close("PROMPT", index, opened, part, found)
        if text.endswith(_DROPPED):
            continue
        if text.endswith("# END SOLUTION"):
            _close("SOLUTION", index, opened, part, found)
            continue
        if begin := _BEGIN.match(line):
            _open("SOLUTION", index, opened, part, found)
            if not begin[2]:
                kept.append((index, f"{begin[1]}..."))
        elif "SOLUTION" in opened:
            continue
        elif assignment := _ASSIGNMENT.match(line):
            kept.append((index, f"{assignment[1]} ..."))
        elif marked := _LINE.match(line):
            kept.append((index, f"{marked[1]}..."))
        else:
            kept.append((index, line))
    found.extend(_unbalanced(part, index, f"# BEGIN {kind}", f"# END {kind}") for kind, index in opened.items())
    return kept


def _without_ignored(part: Part, found: list[Finding]) -> Kept:
    kept: Kept = []
    opened: dict[str, int] = {}
    for index, line in enumerate(part.lines):
        if line.rstrip().endswith("# END IGNORE"):
            _close("IGNORE", index, opened, part, found)
        elif line.rstrip().endswith("# IGNORE"):
            continue
        elif _BEGIN_IGNORE.match(line):
            _open("IGNORE", index, opened, part, found)
        elif "IGNORE" not in opened:
            kept.append((index, line))
    found.extend(_unbalanced(part, index, "# BEGIN IGNORE", "# END IGNORE") for index in opened.values())
    return kept


def _open(kind: str, index: int, opened: dict[str, int], part: Part, found: list[Finding]) -> None:
    if kind in opened:
        found.append(_unbalanced(part, opened[kind], f"# BEGIN {kind}", f"# END {kind}"))
    opened[kind] = index


def _close(kind: str, index: int, opened: dict[str, int], part: Part, found: list[Finding]) -> None:
    if opened.pop(kind, None) is None:
        found.append(_unbalanced(part, index, f"# END {kind}", f"# BEGIN {kind}"))


def _unbalanced(part: Part, index: int, there: str, missing: str) -> Finding:
    code = f"unbalanced-{missing.rpartition(' ')[2].lower()}"
    return part.finding(code, f"`{there}` has no `{missing}` of its own in this cell; add it, or remove the mark.", index)


def _orphans(part: Part, kept: Kept) -> Iterator[Finding]:
    """Headers of compound statements that become a blank while their bodies stay."""
    for index, line in enumerate(part.lines):
        mark = re.search(r"# ?SOLUTION", line)
        if not mark or not _HEADER.fullmatch(line[: mark.start()]):
            continue
        after = next((text for other, text in kept if other > index and text.strip()), "")
        if _indent(after) > _indent(line):
            text = (
                f"Students lose the line `{line[: mark.start()].strip()}` but keep what is indented below it, "
                "which is a syntax error; "
                "put the whole statement between `# BEGIN SOLUTION` and `# END SOLUTION`."
            )
            yield part.finding("orphaned-body", text, index)


def _indent(line: str) -> int:
    return len(line) - len(line.lstrip())


def _check_syntax(part: Part, kept: Kept) -> Iterator[Finding]:
    """Whether the cell runs as Python (IPython's own lines aside), and still does once it is stripped."""
    error = syntax_error(part.text)
    if error is not None:
        text = f"This cell is no valid Python ({error.msg}); correct it."
        yield part.finding("syntax-error", text, _index(error, len(part.lines)))
        return
    error = syntax_error("\n".join(line for _, line in kept))
    if error is not None:
        index = kept[_index(error, len(kept))][0]
        text = (
            f"What is left of this cell for students is no valid Python ({error.msg}); "
            "mark whole statements, with `# BEGIN SOLUTION` and `# END SOLUTION` if they have several lines."
        )
        yield part.finding("template-syntax", text, index)


def syntax_error(text: str) -> SyntaxError | None:
    """Why a cell cannot run, or None; lines that only IPython understands are let be."""
    try:
        compile(plain(text), "<cell>", "exec", flags=ast.PyCF_ONLY_AST | ast.PyCF_ALLOW_TOP_LEVEL_AWAIT, dont_inherit=True)
    except SyntaxError as error:
        return error
    except PARSE_ERRORS as error:
        return SyntaxError(str(error))
    return None


def _index(error: SyntaxError, lines: int) -> int:
    return min(max((error.lineno or 1) - 1, 0), lines - 1)


def _is_marked(line: str) -> bool:
    return bool(_LINE.match(line) or _BEGIN.match(line)) or line.rstrip().endswith(("# END SOLUTION", *_DROPPED[:3]))


def _check_typos(part: Part, kept: Kept) -> Iterator[Finding]:
    """Marks that Otter does not know and students would read."""
    for index, text in kept:
        line = part.lines[index]
        if part.kind == "markdown" and not text.lstrip().startswith("#"):
            continue
        comment = " ".join(line.rpartition("#")[2].split()) if "#" in line else ""
        if text != line:
            if re.search(r"#SOLUTION NO PROMPT\s*$", line):
                message = "`#SOLUTION NO PROMPT` leaves a `...` behind; write `# SOLUTION NO PROMPT`, with one space after `#`."
                yield part.finding("marker-typo", message, index)
        elif comment.upper() in _MARKS or (comment.isupper() and difflib.get_close_matches(comment, _MARKS, 1, 0.85)):
            message = (
                f"Otter does not know the mark `#{line.rpartition('#')[2]}`, so students would see it and what it marks; write "
                "`# SOLUTION` or `# SOLUTION NO PROMPT` at the end of a line, `# BEGIN SOLUTION` and `# END "
                "SOLUTION` on lines of their own."
            )
            yield part.finding("marker-typo", message, index, "error" if part.kind == "code" else "warning")
        elif _MENTIONS.match(comment.upper()):
            message = (
                f"Students would read `#{line.rpartition('#')[2]}`; word it differently, or mark it as part of the "
                "solution."
            )
            yield part.finding("marker-typo", message, index, "warning")

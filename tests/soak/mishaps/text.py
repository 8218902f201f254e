"""Mishaps with the text of cells: whitespace, comments, layout, annotations, and what only IPython understands."""

from __future__ import annotations

import ast
import re
import subprocess
import sys
from collections.abc import Callable
from functools import lru_cache

from tests.soak.mishaps.catalogue import Pick, Unfit, mishap
from tests.soak.mishaps.work import Piece, Work, statements

SENTENCES = (
    "# 前向传播：计算输出",
    "# Прямой проход: считаем выход слоя",
    "# الانتشار الأمامي",
    "# Vorwärtsdurchlauf – „Ausgabe“ berechnen, s. o. ½ ≠ 0",
    "# ここで勾配を計算する 🎉🔥",
    "# TODO: ask the tutor!!! (see \"lecture 3\" & 'slides') # # ##",
    "# y = 0; dx = None",
)


def _each(work: Work, pick: Pick, change: Callable[[str], str], cells: list[Piece] | None = None) -> None:
    """Change one plain cell or all; a change that makes no difference, or no Python, is not one."""
    changed = False
    for cell in pick.some(work.plain() if cells is None else cells):
        text = change(cell.text)
        changed |= text != cell.text
        cell.text = text
    if not changed:
        raise Unfit


def _code_lines(text: str) -> list[bool]:
    """For each line, whether it begins outside of strings and brackets, so that its margin is the cell's own."""
    result = [True] * (text.count("\n") + 1)
    for node in ast.walk(ast.parse(text)):
        if isinstance(node, (ast.Constant, ast.JoinedStr)):
            for number in range(node.lineno, node.end_lineno or node.lineno):
                result[number] = False
    return result


@mishap("text")
def unparsed(work: Work, pick: Pick) -> None:
    """A cell is as a program writes it: no comments, other quotes."""
    _each(work, pick, lambda text: ast.unparse(ast.parse(text)))


@lru_cache(maxsize=4096)
def _formatted(text: str, length: int) -> str:
    command = [sys.executable, "-m", "ruff", "format", "--isolated", "--line-length", str(length), "-"]
    run = subprocess.run(command, input=text, capture_output=True, text=True, check=False)
    return run.stdout.rstrip("\n") if run.returncode == 0 else text


@mishap("text")
def formatted(work: Work, pick: Pick) -> None:
    """A cell is laid out by a formatter, in long lines or short ones."""
    length = pick.of((88, 40))
    _each(work, pick, lambda text: _formatted(text, length))


@mishap("text")
def annotated(work: Work, pick: Pick) -> None:
    """Methods have type hints."""

    def hints(text: str) -> str:
        heads = re.sub(r"(def \w+\(self, (?:x|dupstream))\):", r"\1: torch.Tensor) -> torch.Tensor:", text)
        return re.sub(r"(def \w+\()z\):", r"\1z: 'torch.Tensor') -> 'torch.Tensor':", heads)

    _each(work, pick, hints, [cell for cell in work.defining() if cell.tree() is not None])


@mishap("text")
def docstrings_added(work: Work, pick: Pick) -> None:
    """Methods have more docstrings, with code in them."""

    def documented(text: str) -> str:
        return re.sub(
            r"^( *)(def \w+\(self[^)]*\):)\n",
            r"\1\2\n\1    '''Mine. Example:\n\n    >>> y = layer.forward(x)\n    class Linear: ...\n\1    '''\n",
            text,
            flags=re.MULTILINE,
        )

    _each(work, pick, documented, [cell for cell in work.defining() if cell.tree() is not None])


@mishap("text")
def comments_added(work: Work, pick: Pick) -> None:
    """Comments in another language stand between the lines."""
    sentence = pick.of(SENTENCES)

    def commented(text: str) -> str:
        lines, own = text.split("\n"), _code_lines(text)
        result = []
        for line, plain in zip(lines, own, strict=True):
            if plain and re.match(r"\s*(?:def|for|if|return|self|\w+ =)\b", line):
                result.append(re.match(r"\s*", line)[0] + sentence)  # type: ignore[index]  # it always matches
            result.append(line)
        return "\n".join(result)

    _each(work, pick, commented)


@mishap("text")
def commented_code(work: Work, pick: Pick) -> None:
    """An earlier try stands as comments above and below the code."""
    old = "\n".join(f"# {line}" for line in work.given["linear"].split("\n"))
    _each(work, pick, lambda text: f"{old}\n{text}\n{old}")


@mishap("text")
def lines_between(work: Work, pick: Pick) -> None:
    """Prints and asserts stand between the statements of cells."""
    line = pick.of(("print('here', 1 + 1)", "assert 1 == 1, 'cannot be'", "print(); print('-' * 40)", "pass;"))

    def between(text: str) -> str:
        return f"\n{line}\n".join([*statements(Piece(text)), ""])

    _each(work, pick, between)


@mishap("text")
def under_main(work: Work, pick: Pick) -> None:
    """A cell's statements stand under `if __name__ == "__main__":`."""

    def under(text: str) -> str:
        own = _code_lines(text)
        lines = [f"    {line}" if plain and line else line for line, plain in zip(text.split("\n"), own, strict=True)]
        return "\n".join(['if __name__ == "__main__":', *lines])

    _each(work, pick, under, work.using())


@mishap("text")
def semicolons(work: Work, pick: Pick) -> None:
    """Statements end with semicolons."""

    def ended(text: str) -> str:
        lines = text.split("\n")
        for node in ast.walk(ast.parse(text)):
            simple = isinstance(node, (ast.Assign, ast.Expr, ast.AugAssign, ast.Return, ast.Import))
            end = getattr(node, "end_lineno", 0) - 1
            if simple and not lines[end].rstrip().endswith(";") and len(lines[end].encode()) == node.end_col_offset:  # type: ignore[attr-defined]
                lines[end] += ";"
        return "\n".join(lines)

    _each(work, pick, ended)


@mishap("text")
def backslashes(work: Work, pick: Pick) -> None:
    """Assignments go on in the next line behind a backslash."""

    def continued(text: str) -> str:
        lines, own = text.split("\n"), _code_lines(text)
        for number, line in enumerate(lines):
            if own[number] and re.match(r"\s*[\w.]+ = [^=]", line):
                lines[number] = line.replace(" = ", " = \\\n        ", 1)
        return "\n".join(lines)

    _each(work, pick, continued)


@mishap("text")
def long_lines(work: Work, pick: Pick) -> None:
    """A cell has very long lines."""
    long = f"# {'very ' * 2000}long\n_ = [{', '.join(map(str, range(3000)))}]\n"
    _each(work, pick, lambda text: long + text)


@mishap("text")
def trailing_spaces(work: Work, pick: Pick) -> None:
    """Lines end with blanks, and empty lines hold some."""
    _each(work, pick, lambda text: re.sub(r"(?<!\\)$", "  \t ", text, flags=re.MULTILINE) + "\n   \n\n")


@mishap("text", alone="margin")
def tabs(work: Work, pick: Pick) -> None:
    """Cells are indented with tabs."""

    def tabbed(text: str) -> str:
        return re.sub(r"^(?: {4})+", lambda match: "\t" * (len(match[0]) // 4), text, flags=re.MULTILINE)

    _each(work, pick, tabbed, [cell for cell in work.plain() if not re.search(r"^ +\t|^\t", cell.text, re.MULTILINE)])


@mishap("text", alone="margin")
def whole_cell_indented(work: Work, pick: Pick) -> None:
    """A whole cell stands some blanks to the right."""
    margin = " " * pick.of((4, 1, 2, 8))
    _each(work, pick, lambda text: "\n".join(margin + line if line.strip() else line for line in text.split("\n")))


@mishap("text", alone="margin")
def first_line_indented(work: Work, pick: Pick) -> None:
    """The first line of a cell begins with a blank, as when it was pasted, and the others do not."""
    _each(work, pick, lambda text: " " + text, work.defining())


@mishap("text", alone="ends")
def crlf(work: Work, pick: Pick) -> None:
    """Lines end as on Windows."""
    _each(work, pick, lambda text: text.replace("\n", "\r\n"))


@mishap("text", alone="margin")
def byte_order_mark(work: Work, pick: Pick) -> None:
    """A cell begins with a byte order mark, as one that was pasted from a file."""
    _each(work, pick, lambda text: "\ufeff" + text)

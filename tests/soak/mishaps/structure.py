"""Mishaps with the notebook's structure: cells that are missing, doubled, cut, joined or moved."""

from __future__ import annotations

import ast
from dataclasses import replace

from tests.soak.mishaps.catalogue import Pick, Unfit, mishap
from tests.soak.mishaps.work import LIBRARIES, Piece, Work, statements


@mishap("structure")
def prose_deleted(work: Work, pick: Pick) -> None:
    """All cells of prose are deleted."""
    if not any(cell.kind == "markdown" for cell in work.cells):
        raise Unfit
    work.cells = [cell for cell in work.cells if cell.kind != "markdown"]


@mishap("structure", alone="otter")
def otter_deleted(work: Work, pick: Pick) -> None:
    """Otter's cells are deleted."""
    if not any(cell.otter for cell in work.cells):
        raise Unfit
    work.cells = [cell for cell in work.cells if not cell.otter]


@mishap("structure", alone="otter")
def otter_start_deleted(work: Work, pick: Pick) -> None:
    """Only the first of Otter's cells is deleted, so that all the others raise."""
    work.cells.remove(pick.of([cell for cell in work.cells if cell.otter][:1]))


@mishap("structure", alone="otter")
def otter_doubled(work: Work, pick: Pick) -> None:
    """Otter's cells are there several times."""
    times = pick.number(2, 4)
    if not any(cell.otter for cell in work.cells):
        raise Unfit
    work.cells = [replace(cell) for cell in work.cells for _ in range(times if cell.otter else 1)]


@mishap("structure")
def empty_cells(work: Work, pick: Pick) -> None:
    """Empty cells, or cells of blanks or comments, stand between the others."""
    text = pick.of(("", "\n\n", "   ", "# nothing here"))
    work.cells = [new for cell in work.cells for new in (Piece(text), cell)] + [Piece(text)]


@mishap("structure", alone="cut")
def cell_cut(work: Work, pick: Pick) -> None:
    """A cell, or every one, is cut between its statements."""
    changed = False
    for cell in pick.some([cell for cell in work.plain() if len(cell.tree().body) > 1]):  # type: ignore[union-attr]  # plain
        parts = list(statements(cell))
        if len(parts) < 2:
            continue
        at, one = work.at(cell), pick.flag()
        cut = pick.number(1, len(parts) - 1)
        pieces = ["\n".join(parts[:cut]), "\n".join(parts[cut:])] if one else parts
        work.cells[at : at + 1] = [replace(cell, text=text) for text in pieces]
        changed = True
    if not changed:
        raise Unfit


def _may_join(work: Work, first: Piece, second: Piece) -> bool:
    """Whether nothing that the first answers is bound anew in the second."""
    asked = frozenset[str]().union(*(work.protected[question] for question in first.questions))
    return first.kind == second.kind == "code" and not first.otter and not second.otter and not asked & second.names[0]


def _join(first: Piece, second: Piece) -> Piece:
    return replace(first, text=f"{first.text.rstrip()}\n\n{second.text}", questions=first.questions | second.questions)


@mishap("structure", alone="cut")
def cells_joined(work: Work, pick: Pick) -> None:
    """Two neighbours are one cell, where the second does not undo what the first is asked for."""
    work.cells = [cell for cell in work.cells if not cell.otter] if pick.flag() else work.cells
    pairs = [at for at in range(len(work.cells) - 1) if _may_join(work, work.cells[at], work.cells[at + 1])]
    at = pick.of([at for at in pairs if work.cells[at].tree() and work.cells[at + 1].tree()])
    work.cells[at : at + 2] = [_join(work.cells[at], work.cells[at + 1])]


@mishap("structure", alone="cut")
def one_cell_a_question(work: Work, pick: Pick) -> None:
    """Every question is one cell, with the cells that lead to it."""
    result: list[Piece] = []
    for cell in work.cells:
        before = result[-1] if result else None
        if (
            before is not None
            and _may_join(work, before, cell)
            and before.tree()
            and cell.tree()
            and (not before.questions or cell.questions <= before.questions)
        ):
            result[-1] = _join(before, cell)
        else:
            result.append(cell)
    if len(result) == len(work.cells):
        raise Unfit
    work.cells = result


@mishap("structure", alone="cut")
def all_in_one_cell(work: Work, pick: Pick) -> None:
    """All code, or the lower half of it, is in one cell, where names are bound anew for the next question."""
    code = [cell for cell in work.cells if cell.kind == "code" and not cell.otter]
    start = 0 if pick.flag() else len(code) // 2
    chosen = code[start:]
    if len(chosen) < 2 or any(cell.tree() is None or cell.last for cell in chosen):
        raise Unfit
    whole = chosen[0]
    for cell in chosen[1:]:
        whole = _join(whole, cell)
    work.cells = [cell for cell in work.cells if not cell.otter and (cell.kind != "code" or cell in code[:start])] + [whole]


@mishap("structure")
def bound_below(work: Work, pick: Pick) -> None:
    """A method uses a global name that the cell below binds."""
    cell = pick.of([cell for cell in work.defining() if not _calls(cell.tree())])
    lines = cell.text.split("\n")
    functions = [node for part in _body(cell.tree()) for node in ast.walk(part) if isinstance(node, ast.FunctionDef)]
    ends = {node.body[-1].lineno: node.body[-1].col_offset for node in functions if node.body[-1].lineno > node.lineno}
    if not ends:
        raise Unfit
    for line, indent in sorted(ends.items(), reverse=True):
        lines.insert(line - 1, " " * indent + "SETTINGS")
    cell.text = "\n".join(lines)
    work.cells.insert(work.at(cell) + 1, Piece("SETTINGS = {}"))


def _body(tree: ast.Module | None) -> list[ast.stmt]:
    return tree.body if tree is not None else []


def _calls(tree: ast.Module | None) -> bool:
    """Whether a cell does more than to define and to import."""
    quiet = (ast.ClassDef, ast.FunctionDef, ast.Import, ast.ImportFrom)
    return not tree or not all(isinstance(part, quiet) for part in tree.body)


@mishap("structure")
def cells_swapped(work: Work, pick: Pick) -> None:
    """Cells that have nothing to do with each other stand in another order."""
    swapped = False
    for _ in range(pick.number(1, 6)):
        places = [at for at in range(len(work.cells) - 1) if _independent(work.cells[at], work.cells[at + 1])]
        if not places:
            break
        at = pick.of(places)
        work.cells[at : at + 2] = reversed(work.cells[at : at + 2])
        swapped = True
    if not swapped:
        raise Unfit


def _independent(first: Piece, second: Piece) -> bool:
    if first.kind != "code" or second.kind != "code" or first.otter or second.otter:
        return False
    if not first.text.strip() or not second.text.strip() or first.tree() is None or second.tree() is None:
        return False
    if any(isinstance(node, (ast.Import, ast.ImportFrom)) for cell in (first, second) for node in cell.tree().body):  # type: ignore[union-attr]
        return False
    names = [cell.names[0] | cell.names[2] for cell in (first, second)]
    return not names[0] & names[1] - LIBRARIES


@mishap("structure")
def cell_copied(work: Work, pick: Pick) -> None:
    """A cell that defines something is there twice, one right below the other."""
    cell = pick.of(work.defining())
    work.cells.insert(work.at(cell) + 1, replace(cell))


@mishap("structure")
def raw_cells(work: Work, pick: Pick) -> None:
    """Raw cells stand between the others, one of them with an old try in it."""
    for _ in range(pick.number(1, 3)):
        at = pick.number(0, len(work.cells))
        work.insert(at, pick.of(("some notes", work.given["linear"], "# BEGIN SOLUTION", "---\ntitle: x\n---")), "raw")


@mishap("structure")
def tagged(work: Work, pick: Pick) -> None:
    """Cells carry tags, of nbgrader, papermill or the student's own."""
    tags = pick.of((("hide-input",), ("parameters",), ("raises-exception", "skip"), ("remove_cell", "solution")))
    for cell in work.cells:
        cell.tags = tags


@mishap("structure")
def prose_as_code(work: Work, pick: Pick) -> None:
    """A cell of prose was made a code cell, and does not parse."""
    prose = (
        "## 1. The linear layer\nYour layer computes y = x W + b, where W is [in, out].",
        "**Question `relu`** (8 points). Complete the class. Neither method may change x.",
        "The gradient is $dx = dy W^T$, so:\n- weight_grad = x^T dy\n- bias_grad = sum of dy\n\nDon't forget the bias!",
        "In PyTorch the net is a class derived from nn.Module: the constructor makes the layers (layer1, relu, layer2).",
        "def of Softmax: p_k = exp(z_k) / sum exp(z_j)",
    )
    for _ in range(pick.number(1, 2)):
        work.insert(pick.number(0, len(work.cells)), pick.of(prose))


@mishap("structure")
def code_as_prose(work: Work, pick: Pick) -> None:
    """Code that is not needed stands in a cell of prose: the template's, in fences."""
    question = pick.of(sorted(work.given))
    work.insert(pick.number(0, len(work.cells)), f"```python\n{work.given[question]}\n```", "markdown")


@mishap("structure", alone="touches")
def question_deleted(work: Work, pick: Pick) -> None:
    """The cells of a question are deleted: it may lose marks, and what needs it."""
    question = pick.of(sorted({question for cell in work.answers() for question in cell.questions}))
    gone = [cell for cell in work.cells if question in cell.questions]
    start = work.at(gone[0])
    names = frozenset[str]().union(*(cell.names[0] for cell in gone))
    work.may_lose |= frozenset[str]().union(*(cell.questions for cell in gone))
    work.cells = [cell for cell in work.cells if not any(cell is one for one in gone)]
    work.may_lose |= work.spread(names, start)


@mishap("structure", alone="touches")
def method_does_not_parse(work: Work, pick: Pick) -> None:
    """A line of a definition lacks its last character or a bracket: its question may lose marks, and what needs it."""
    cell = pick.of([cell for cell in work.defining() if cell.tree() is not None])
    lines = cell.text.split("\n")
    heads = [number for number, line in enumerate(lines) if line.strip().startswith(("def ", "return ", "for "))]
    number = pick.of(heads)
    lines[number] = lines[number].rstrip(":") + pick.of((" (", " ]", " = =", " '"))
    work.may_lose |= cell.questions | work.spread(cell.names[0], work.at(cell) + 1)
    cell.text = "\n".join(lines)

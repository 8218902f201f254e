"""Cells that hold several questions, and questions that need what a later cell binds, are judged where their state is."""

from __future__ import annotations

import pytest

from autograder.submissions import Cell, align
from autograder.submissions.joined import take_apart
from autograder.submissions.later import wait_for_names
from tests.submissions_reading.test_align import OUTLINE, TEXTS


def cells(*sources: str) -> tuple[Cell, ...]:
    """Cells of these sources, numbered from 1."""
    return tuple(Cell(number=n, index=n, source=source) for n, source in enumerate(sources, 1))


def apart(*sources: str) -> tuple[tuple[Cell, ...], dict[str, int | None]]:
    """The cells, taken apart where they have to be, and each question's boundary."""
    whole = cells(*sources)
    pieces, alignment = take_apart(OUTLINE, whole, align(OUTLINE, whole))
    return pieces, alignment.boundaries


def test_questions_in_one_cell_are_judged_after_their_own_statements() -> None:
    """What the first use leaves behind is bound anew by the second; each boundary is the statement before that."""
    pieces, found = apart("\n".join(TEXTS))
    last = {question: next(cell for cell in pieces if cell.number == number) for question, number in found.items()}
    assert last["linear"].source.endswith("dx = layer.backward(dy)") and last["linear"] is last["linear_use"]
    assert last["net"].source.endswith(TEXTS[3]) and last["net_use"].source.endswith("\ndx = net.backward(dy)")
    assert {cell.whole for cell in pieces} == {1} and {cell.shown for cell in pieces} == {1}
    assert min(cell.number for cell in pieces) > 1


def test_pieces_keep_every_line_on_its_number() -> None:
    """So that an error is told by the line of the cell; IPython drops empty lines at the start, and keeps comments."""
    more = "@staticmethod\ndef f(): pass\na = 1; b = (\n2)\n# end\na = 2; b = [\n3]\na = 3; a = 4; a = (\n5)"
    source = "\n\n".join([*TEXTS[:2], more, *TEXTS[2:]])
    pieces, _ = apart(source)
    assert len(pieces) > 4
    last = 0
    for piece in pieces:
        lines = piece.source.split("\n")
        first = next(at for at, line in enumerate(lines) if line != "#")
        assert lines[first:] == source.split("\n")[first : len(lines)] and first == last
        last = len(lines)
    assert last == len(source.split("\n"))
    assert any("a = 1; b = (\n2)" in piece.source for piece in pieces)
    assert any("a = 3; a = 4; a = (\n5)" in piece.source for piece in pieces)


def test_what_stands_in_other_cells_has_no_part_in_it() -> None:
    """A wrong attempt at class and use above, which is like the pieces one by one, is not taken for the answer."""
    wrong = TEXTS[3] + "\nx = torch.randn(2, 3)\nlayers = [Linear(3, 5)]\nnet = Net(layers)"
    pieces, found = apart(TEXTS[0], TEXTS[1], wrong, TEXTS[2], f"{TEXTS[3]}\n{TEXTS[4]}")
    last = {question: next((cell for cell in pieces if cell.number == number), None) for question, number in found.items()}
    assert last["net_use"] is pieces[-1] and last["net"] is not None and last["net"].whole == 5


@pytest.mark.parametrize(
    "sources",
    [
        TEXTS,
        ["\n".join([TEXTS[1], TEXTS[3]]), TEXTS[2]],
        ["%%time\n" + "\n".join(TEXTS)],
        ["\n".join([*TEXTS, "x = ("])],
        ["print(1)\nprint(2)", "x = 1\nx = 2"],
    ],
)
def test_what_need_not_or_cannot_be_taken_apart_stays_whole(sources: list[str]) -> None:
    """One question to a cell, nothing bound twice, a magic for the whole cell, and what does not parse."""
    assert apart(*sources) == (cells(*sources), align(OUTLINE, cells(*sources)).boundaries)


def waiting(*sources: str) -> tuple[dict[str, int | None], tuple[str, ...]]:
    """Boundaries and notes."""
    given = cells(*sources)
    alignment, notes = wait_for_names(OUTLINE, align(OUTLINE, given), given)
    return alignment.boundaries, notes


USING = "class Linear:\n    def forward(self, x):\n        return helped(x).to(device)"


def test_a_class_is_judged_where_the_names_that_it_uses_are_bound() -> None:
    """Also names that what is bound later uses in turn; the note tells cell and names."""
    given = [TEXTS[0], USING, TEXTS[3], "def helped(x):\n    return x * factor", "device = 'cpu'", "factor = 1", TEXTS[2]]
    boundaries, notes = waiting(*given)
    assert (boundaries["linear"], boundaries["net"]) == (6, 3)
    (note,) = notes
    assert note.startswith("Question linear was judged as it is after code cell 6") and "`helped` and `device` and" in note


@pytest.mark.parametrize(
    "given",
    [
        [TEXTS[0], "device = 'cpu'\ndef helped(x): return x", USING, *TEXTS[2:]],
        [TEXTS[0], USING, *TEXTS[2:]],
        [TEXTS[0], USING, "class Linear: pass\ndevice, helped = 'cpu', abs", *TEXTS[2:]],
    ],
)
def test_other_boundaries_stay(given: list[str]) -> None:
    """Names bound before, names bound nowhere, and a cell that defines the class anew: it is judged there already."""
    aligned = align(OUTLINE, cells(*given))
    assert waiting(*given) == (aligned.boundaries, ())

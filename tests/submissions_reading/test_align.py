"""Questions are found by what cells do with names, wherever those cells are."""

from __future__ import annotations

from autograder.assignment import CellOutline
from autograder.submissions import Cell, align
from autograder.submissions.outline import outline_cell
from autograder.submissions.renamed import renamed_definitions

SOLUTION = [
    (None, "import torch\nimport matplotlib.pyplot as plt"),
    ("linear", "class Linear:\n    def forward(self, x):\n        return x"),
    (
        "linear_use",
        "x = torch.randn(2, 3)\ndy = torch.randn(2, 4)\nlayer = Linear(3, 4)\ny = layer.forward(x)\ndx = layer.backward(dy)",
    ),
    ("net", "class Net:\n    pass"),
    (
        "net_use",
        "x = torch.randn(2, 3)\nlayers = [Linear(3, 5)]\nnet = Net(layers)\ny = net.forward(x)\ndy = 1\ndx = net.backward(dy)",
    ),
]
OUTLINE = [
    CellOutline(question=question, binds=names[0], definitions=names[1], uses=names[2])
    for question, names in ((question, outline_cell(source)) for question, source in SOLUTION)
]
TEXTS = [source for _, source in SOLUTION]


def boundaries(*sources: str) -> list[int | None]:
    """Boundary of each question, in order."""
    cells = [Cell(number=n, index=n, source=source) for n, source in enumerate(sources, 1)]
    return list(align(OUTLINE, cells).boundaries.values())


def test_the_solution_itself_is_matched_cell_by_cell() -> None:
    """Each question's state is the one right after its own cell."""
    assert boundaries(*TEXTS) == [2, 3, 4, 5]


def test_inserted_and_deleted_cells_shift_nothing() -> None:
    """Numbers follow the cells, not the template."""
    assert boundaries("print(1)", "a = 3", *TEXTS[1:]) == [3, 4, 5, 6]


def test_one_cell_may_answer_everything() -> None:
    """A notebook merged into one cell is judged after that cell."""
    assert boundaries("\n".join(TEXTS)) == [1, 1, 1, 1]


def test_the_last_definition_wins() -> None:
    """A class that was mended further down is judged there; what used the first one keeps its place."""
    assert boundaries(*TEXTS, TEXTS[1]) == [6, 3, 4, 5]


def test_what_is_missing_has_no_boundary() -> None:
    """A question that no cell answers is told apart from one that is wrong."""
    assert boundaries(*TEXTS[:2]) == [2, None, None, None]


def test_a_cell_that_does_not_parse_is_recognised() -> None:
    """A syntax error in a class does not make its question disappear."""
    assert boundaries(TEXTS[0], "class Linear:\n    def forward(self, x:\n        return x", *TEXTS[2:]) == [2, 3, 4, 5]


def test_a_cell_cut_into_small_pieces_is_judged_after_the_last_of_them() -> None:
    """Pieces too small to be recognised one by one count by what they bind; cells of the student's own between them do not."""
    pieces = [line for line in TEXTS[2].splitlines() if line]
    assert boundaries(*TEXTS[:2], *pieces, "print(y)", *TEXTS[3:]) == [2, 2 + len(pieces), 4 + len(pieces), 5 + len(pieces)]


def test_a_blank_cell_that_was_left_above_is_no_answer() -> None:
    """What it leaves as the template has it is bound by the small pieces below."""
    names = "abcdef"
    given = [f"{name} = torch.randn(2)" for name in names]
    whole = "\n".join([*given, "layer = Linear(a, b, c, d, e, f)", "y = layer.forward(a)"])
    blank = "\n".join([*given, "layer = ...", "y = ..."])
    solution = [*SOLUTION[:2], ("use", whole), *SOLUTION[3:]]
    outline = [
        CellOutline(question=question, binds=found[0], definitions=found[1], uses=found[2])
        for question, found in ((question, outline_cell(source)) for question, source in solution)
    ]
    sources = [*TEXTS[:2], blank, *whole.splitlines(), *TEXTS[3:]]
    found = align(outline, [Cell(number=n, index=n, source=source) for n, source in enumerate(sources, 1)])
    assert found.boundaries["use"] == 11


def test_what_is_cut_into_small_pieces_is_not_drawn_to_a_whole_cell_of_its_kind() -> None:
    """The whole cell fits another question better; taken for both, it would hold away all that stands between the two."""
    between = "a = torch.clone(x)\nb = torch.relu(a)\nc = b.sum()\nd = torch.exp(c)\ne = d.mean()\nf = torch.log(e)"
    solution = [*SOLUTION[:3], ("between", between), ("net_use", SOLUTION[4][1])]
    outline = [
        CellOutline(question=question, binds=names[0], definitions=names[1], uses=names[2])
        for question, names in ((question, outline_cell(source)) for question, source in solution)
    ]
    sources = [*TEXTS[:3], *between.splitlines(), *TEXTS[4].splitlines()]
    found = align(outline, [Cell(number=n, index=n, source=source) for n, source in enumerate(sources, 1)])
    assert list(found.boundaries.values()) == [2, 3, 9, 15]


def test_an_experiment_behind_an_answer_does_not_move_it() -> None:
    """A cell that uses a name of a complete answer again, for something else, is not taken for a part of it."""
    assert boundaries(*TEXTS[:3], "y = 3\nprint(y)", *TEXTS[3:]) == [2, 3, 5, 6]


def test_a_class_is_judged_after_the_last_method_that_is_assigned_to_it() -> None:
    """Methods may come in cells of their own, as functions that are put into the class."""
    attached = "def backward(self, dupstream):\n    return dupstream\n\nLinear.backward = backward"
    assert boundaries(*TEXTS[:2], attached, *TEXTS[2:]) == [3, 4, 5, 6]


def test_statements_in_a_function_that_is_called_at_once_answer_like_statements() -> None:
    """`def main(): ...` and `main()`, under `__main__` or not; one that nobody calls answers nothing."""
    body = "def main():\n    global x, layer, y, dx\n" + "\n".join(f"    {line}" for line in TEXTS[2].split("\n"))
    for call in ("main()", "dx = main()", 'if __name__ == "__main__":\n    main()'):
        assert boundaries(TEXTS[0], TEXTS[1], f"{body}\n{call}")[1] == 3
    assert boundaries(TEXTS[0], TEXTS[1], body)[1] is None


def test_a_definition_with_a_longer_name_is_taken_for_the_one_that_is_asked_for() -> None:
    """If it has all its methods, or takes as many arguments, and no other does."""
    asked = ("class Linear:\n    def forward(self, x): ...\n    def backward(self, d): ...", "def Softmax(z): ...")
    outline = [CellOutline(question=None, binds=b, definitions=d, uses=u) for b, d, u in map(outline_cell, asked)]

    def found(*sources: str) -> dict[str, str]:
        cells = [Cell(number=n, index=n, source=source) for n, source in enumerate(sources, 1)]
        return renamed_definitions(outline, cells, asked)

    mine = asked[0].replace("Linear", "MyLinear")
    assert found(mine, "def softmax_fn(logits): ...") == {"MyLinear": "Linear", "softmax_fn": "Softmax"}
    assert found(mine, asked[0].replace("Linear", "Linear2")) == {}, "either may be meant"
    assert found("class MyLinear:\n    def forward(self, x): ...", "def softmax_fn(a, b): ...") == {}, "neither fits"
    assert found(mine, *asked) == {}, "both are there"


def test_a_small_piece_that_binds_another_name_belongs_to_what_lacks_one() -> None:
    """`d_x` for `dx`, in a cell of its own: renamed variables are looked for in it. Not where nothing is missing."""
    pieces = TEXTS[2].split("\n")
    renamed = [line.replace("dx =", "d_x =") for line in pieces]
    assert boundaries(*TEXTS[:2], *renamed, *TEXTS[3:])[1] == 2 + len(pieces)
    assert boundaries(*TEXTS[:2], *pieces, "d_x = layer.backward(dy)", *TEXTS[3:])[1] == 2 + len(pieces)

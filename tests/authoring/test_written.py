"""Variants of a notebook are read from small files, and nothing is made by guess."""

from __future__ import annotations

import pytest

from autograder.errors import AutograderError
from autograder.variants import Bases, Change, read_written

HEAD = "# title: a\n#   longer one\n\n"


def _read(text: str) -> tuple[Change, ...]:
    return read_written("x", text, required=frozenset({"title"})).changes


def test_keys_and_changes_are_read_in_order() -> None:
    """A value goes on over the next comment lines; a new cell and an edit come out as they were written."""
    written = read_written(
        "x", HEAD + "# %% before relu\na = 1\n\n# %% edit\nold\n# ->\nnew\n", required=frozenset({"title"})
    )
    assert written.keys == {"title": "a longer one"}
    assert written.changes == (Change("before", "relu", "a = 1"), Change("edit", None, "new", "old"))


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("# %% first\npass\n", "`title` is missing"),
        ("# title: t\n# tilte: x\n\n# %% first\npass\n", "`tilte` is no key"),
        ("# title: t\n# title: t\n\n# %% first\npass\n", "twice"),
        ("# title: t\n", "nothing is changed"),
        ("# title: t\n\n# %% after\npass\n", "needs the name of a question"),
        ("# title: t\n\n# %% first relu\npass\n", "takes no question"),
        ("# title: t\n\n# %% edit\nold\n", "a line `# ->`"),
    ],
)
def test_a_file_that_is_not_as_it_should_be_is_refused(text: str, said: str) -> None:
    """With the file's name and what is wrong."""
    with pytest.raises(AutograderError, match=said) as caught:
        _read(text)
    assert str(caught.value).startswith("x: ")


@pytest.mark.parametrize("old", ["c = 3", "a = 1", "b"])
def test_an_edit_whose_text_is_not_there_exactly_once_is_refused(old: str) -> None:
    """Neither nowhere, nor in two cells, nor twice in one."""
    bases = Bases({"complete": ("a = 1", "a = 1\nb = b")}, {"complete": {"q": 0}})
    with pytest.raises(AutograderError, match="exactly one cell"):
        bases.cells("x", "complete", [Change("edit", None, "new", old)])


def test_cells_are_placed_where_the_change_says() -> None:
    """First, last, beside and instead of a question's cell."""
    bases = Bases({"complete": ("one", "two", "three")}, {"complete": {"q": 1}})
    places = [("first", None), ("last", None), ("before", "q"), ("after", "q"), ("instead of", "q")]
    changes = [Change(place, question, place) for place, question in places]
    expected = ["first", "one", "before", "instead of", "after", "three", "last"]
    assert bases.cells("x", "complete", changes) == expected

"""Notes about a notebook's surroundings speak of what was answered for, with cell numbers, and of nothing else."""

from __future__ import annotations

import pytest

from autograder.submissions import Cell, read_file, surroundings
from tests.samples import FOLDER


def notes(*sources: str) -> tuple[str, ...]:
    """The notes on a notebook of these code cells."""
    return surroundings([Cell(number=number, index=number, source=source) for number, source in enumerate(sources, 1)])


@pytest.mark.parametrize(
    ("cells", "expected"),
    [
        (["!pip install torch"], "Code cell 1 installs packages (`!pip install torch`): nothing is installed while grading."),
        (
            ["%pip install torch", "x = 1", "import os\nos.system('pip3 install y')"],
            "Code cells 1 and 3 install packages (`%pip install torch`, `os.system('pip3 install y')`): "
            "nothing is installed while grading.",
        ),
        (["%%capture\n!apt-get install -y x"],
         "Code cell 1 installs packages (`!apt-get install -y x`): nothing is installed while grading."),
        (["", "x = !ls"], "Code cell 2 runs commands (`!ls`): no other program is run while grading."),
        (["%%bash\necho hi"], "Code cell 1 runs commands (`%%bash echo hi`): no other program is run while grading."),
        (["x = y.to('cuda')", "net.cuda()"],
         "Code cells 1 and 2 ask for a GPU (`to('cuda')`, `.cuda()`): everything ran on the processor."),
        (["device = 'cuda:0'"], "Code cell 1 asks for a GPU (`device = 'cuda:0'`): everything ran on the processor."),
        (["from google.colab import drive"],
         "Code cell 1 uses modules of Colab or Kaggle (`google.colab`): what they are asked for is not done while grading."),
        (["import torch, no_such_module.x as y\nfrom no_such_other import z"],
         "Code cell 1 imports what is not installed here (`no_such_module`, `no_such_other`): what it is asked for is not done."),
    ],
)  # fmt: skip
def test_each_kind_is_told_once_with_its_cells(cells: list[str], expected: str) -> None:
    """One sentence, with an example of what was found."""
    assert notes(*cells) == (expected,)


@pytest.mark.parametrize(
    "source",
    [
        "device = torch.device('cuda' if torch.cuda.is_available() else 'cpu')\nx = x.to(device)",
        "if torch.cuda.is_available():\n    net.cuda()",
        "if device.type == 'cuda':\n    print('cuda')",
        "try:\n    import google.colab, no_such_module\n    there = True\nexcept ImportError:\n    there = False",
        "text = '''\n!ls\n%pip install x\n'''",
        "# !pip install torch\nfrom tqdm.auto import tqdm\nimport otter, numpy as np, os.path",
        "%matplotlib inline\nimport matplotlib.pyplot as plt",
        "%%writefile run.sh\n!ls",
        "from .nothing import x",
        "class Net: pass\nx = 3 != 4",
        "x = (",
        "\x00\ud800 %$",
    ],
)
def test_what_is_done_as_written_is_not_mentioned(source: str) -> None:
    """A notebook that asks first, tries, or only looks like it, has no note; nor has what cannot be read."""
    assert notes(source) == ()


def test_the_notebook_s_own_names_and_files_are_not_missing_modules() -> None:
    """A module that an earlier cell writes is there; one that shares its name with a class is an error, told as such."""
    assert notes("%%writefile -a no_such_helper.py\nx = 1", "class no_such_net: pass", "import no_such_helper, no_such_net") == ()


def test_ordinary_notebooks_have_no_notes() -> None:
    """Of the sample submissions only the one that came from Colab needs anything that is not there."""
    noted = [path.stem for path in FOLDER.glob("*.ipynb") if surroundings(read_file(path).cells)]
    assert noted == ["complete_in_colab_style"]


def test_a_note_stays_short_whatever_a_notebook_holds() -> None:
    """Long commands, many cells and odd characters are cut down to one line."""
    (note,) = notes(*[f"!ls {number} `\x1b[31m \u202e {'x' * 1000}" for number in range(100)])
    assert len(note) < 600 and note.isprintable() and "and 92 more" in note and note.count("`") == 8

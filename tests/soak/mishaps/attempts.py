"""Mishaps with what is left behind: earlier attempts, scratch cells that raise, print without end or never end."""

from __future__ import annotations

import re

from tests.soak.mishaps.catalogue import Pick, Unfit, mishap
from tests.soak.mishaps.work import Piece, Work

RAISING = (
    "1 / 0",
    "raise ValueError('stop here')",
    "print(name_that_is_nowhere)",
    "torch.randn(2, 3) @ torch.randn(2, 3)",
    "assert False, 'to do'",
    "import sys\nsys.exit()",
    "raise KeyboardInterrupt",
    "exit()",
    "quit()",
    "raise SystemExit(0)",
    "torch.ones(2).backward()",
    "from somewhere import something",
    "open('/content/drive/MyDrive/x.txt')",
    "raise Exception('\\ud800')",
    "class Broken(Missing):\n    pass",
    "this is not python at all",
    "print('unfinished",
    "for i in range(3):\nprint(i)",
    "def f(:",
    "))",
    "x = = 3",
    "'''",
    "return 3",
)
PRINTING = (
    "for k in range(20000):\n    print('line', k)",
    "print('x' * 3_000_000)",
    "torch.set_printoptions(profile='full')\nprint(torch.randn(200, 200))",
    "for k in range(300000):\n    print(k, end=' ')",
    "import sys\nfor k in range(5000):\n    print('warning', k, file=sys.stderr)",
    "list(range(100000))",
    "print('\\r'.join(f'{k} %' for k in range(10000)), '\\x1b[31mred\\x1b[0m\\x00\\ud800'.encode(errors='replace'))",
    "for k in range(60):\n    plt.figure()\n    plt.plot([k])",
)
ENDLESS = (
    "while True:\n    pass",
    "import time\nwhile True:\n    time.sleep(1)",
    "while True:\n    print('still running', flush=True)",
    "import itertools\nfor k in itertools.count():\n    try:\n        print(k)\n    except Exception:\n        pass",
    "acc = 0\nwhile acc < 1:\n    acc = 0.9",
)


@mishap("attempts")
def blank_above(work: Work, pick: Pick) -> None:
    """The template's cell of a question, with its blanks, stands above the answer."""
    cell = pick.of([cell for cell in work.answers() if any(question in work.given for question in cell.questions)])
    question = sorted(cell.questions & work.given.keys())[0]
    first = next(one for one in work.cells if question in one.questions)
    work.insert(work.at(first), work.given[question])


def _wrong(text: str) -> str:
    """The same definitions with wrong results."""
    return re.sub(r"^( +)return (\w+)$", r"\1return \2 * 0 - 7", text, flags=re.MULTILINE)


@mishap("attempts")
def wrong_above(work: Work, pick: Pick) -> None:
    """A wrong attempt at a definition stands above the right one."""
    cell = pick.of([cell for cell in work.defining() if _wrong(cell.text) != cell.text])
    work.cells.insert(work.at(cell), Piece(_wrong(cell.text)))


@mishap("attempts")
def wrong_far_above(work: Work, pick: Pick) -> None:
    """A wrong attempt at a definition stands far above the right one, with a use of it that raises."""
    cell = pick.of([cell for cell in work.defining() if cell.tree() is not None and _wrong(cell.text) != cell.text])
    at = next((at for at, one in enumerate(work.cells) if one.kind == "code" and "torch" in one.names[0]), None)
    if at is None or at + 1 > work.at(cell):
        raise Unfit
    old = Piece(_wrong(cell.text))
    name = sorted(cell.names[1] & frozenset().union(*(work.protected[question] for question in cell.questions)))[0]
    work.cells[at + 1 : at + 1] = [old, Piece(f"test = {name}(2, 3, 4, 5, 6)\ntest.forward(torch.ones(1, 2))")]


@mishap("attempts")
def broken_above(work: Work, pick: Pick) -> None:
    """An attempt at a definition that does not parse stands above the right one."""
    cell = pick.of([cell for cell in work.defining() if re.search(r"def \w+\(.*\):", cell.text)])
    where = pick.of((r"(def \w+\(.*\)):", r"(class \w+\(\w+)\)", r"(return )", r"(self\.\w+ =) "))
    broken = re.sub(where, r"\1 (", cell.text)
    if broken == cell.text:
        raise Unfit
    work.cells.insert(work.at(cell), Piece(broken))


@mishap("attempts")
def twice_in_one_cell(work: Work, pick: Pick) -> None:
    """A cell defines its class or function twice: the first one is wrong, the last one right."""
    cell = pick.of([cell for cell in work.defining() if cell.tree() is not None and _wrong(cell.text) != cell.text])
    cell.text = f"{_wrong(cell.text)}\n\n{cell.text}"


@mishap("attempts")
def old_names_below(work: Work, pick: Pick) -> None:
    """An attempt under another name stands below the right one, and at the end."""
    cell = pick.of([cell for cell in work.defining() if _wrong(cell.text) != cell.text])
    text = re.sub(r"\b(class|def) (Linear|ReLU|Sigmoid|Net|TorchNet|Softmax|CrossEntropyLoss)\b", r"\1 \2Old", _wrong(cell.text))
    text = re.sub(r"super\((\w+), ", r"super(\1Old, ", text)
    for at in {work.at(cell) + 1, len(work.cells)} if pick.flag() else {work.at(cell) + 1}:
        if "Old" in text and not re.search(r"^(?!class|def|\s|#|@|$)", text, re.MULTILINE):
            work.cells.insert(at, Piece(text))


@mishap("attempts")
def commented_out_cell(work: Work, pick: Pick) -> None:
    """An attempt is commented out, or is a string, in a cell of its own."""
    text = work.given[pick.of(sorted(work.given))]
    if pick.flag():
        text = "\n".join(f"# {line}" for line in text.split("\n"))
    else:
        text = f"old = r'''\n{text.replace(chr(39) * 3, '')}\n'''"
    work.insert(pick.number(0, len(work.cells)), text)


@mishap("attempts")
def scratch_raises(work: Work, pick: Pick) -> None:
    """Scratch cells that raise or do not parse stand between the others, or at the end."""
    for _ in range(pick.number(1, 3)):
        work.insert(len(work.cells) if pick.flag() else pick.number(0, len(work.cells)), pick.of(RAISING))


@mishap("attempts")
def answer_raises_at_its_end(work: Work, pick: Pick) -> None:
    """The last line of an answer raises, after the work is done."""
    cell = pick.of([cell for cell in work.answers() if cell.tree() is not None and not cell.text.startswith("%%")])
    cell.text += f"\n{pick.of(('1 / 0', 'print(undefined_name)', 'assert False', 'raise RuntimeError'))}"


@mishap("attempts")
def prints_a_lot(work: Work, pick: Pick) -> None:
    """A scratch cell prints a lot."""
    work.insert(pick.number(0, len(work.cells)), pick.of(PRINTING))


@mishap("attempts", rare=True)
def never_ends(work: Work, pick: Pick) -> None:
    """A scratch cell never ends, between the others or after the work."""
    at = len(work.cells) if pick.flag() else pick.number(0, len(work.cells))
    work.insert(at, pick.of(ENDLESS))

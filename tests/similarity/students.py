"""Makes up students' notebooks: the same task, solved by chance in many ways, and copies that hide where they come from."""

from __future__ import annotations

import json
import random
import re
from pathlib import Path

TEMPLATE = (
    "import torch\nimport otter\ngrader = otter.Notebook('nn.ipynb')",
    "class Linear:\n    def __init__(self, inputs, outputs):\n        ...\n\n    def forward(self, x):\n        ...",
    "class Relu:\n    def forward(self, x):\n        ...\n\n    def backward(self, upstream):\n        ...",
    "def load_data(folder, train=True):\n    images = torch.load(f'{folder}/images-{train}.pt')\n    return images / 255",
)
_NAMES = ("x", "out", "tmp", "res", "w", "grad", "batch", "acc", "value", "loss", "total", "step")
_STATEMENTS = (
    "{a} = {b} @ self.{c} + {d}", "if {a} > {n}:\n            {b} = {c}[{n}:]",
    "for {a} in range({n}):\n            {b} += {a} * {c}",
    "{a} = torch.zeros({n}, {m})", "self.{a} = {b}.clone()", "{a} = {b}.sum(dim={n})", "{a} = torch.where({b} > {n}, {c}, {d})",
    "{a}, {b} = {b}, {a}", "return {a} - {b} / {n}", "{a} = [{b} for {b} in {c} if {b} != {n}]", "print('{a}', {b})",
    "{a} = {b}.reshape(-1, {n}).t()", "while {a} < {n}:\n            {a} = {a} * {m} + {b}", "{a} = ({b} - {c}).abs().max()",
    "assert {a}.shape == ({n}, {m})", "{a} = torch.cat([{b}, {c}], dim={n})",
    "with torch.no_grad():\n            {a} -= {n} * {b}",
)  # fmt: skip


def answers(seed: int, methods: int = 24) -> list[str]:
    """Cells of a student who works alone: classes whose methods hold statements by chance."""
    rng = random.Random(seed)

    def statement() -> str:
        names = {key: rng.choice(_NAMES) for key in "abcd"}
        return rng.choice(_STATEMENTS).format(**names, n=rng.randrange(9), m=rng.randrange(99))

    def method(number: int) -> str:
        statements = "\n".join(f"        {statement()}" for _ in range(rng.randrange(3, 9)))
        return f"    def {rng.choice(_NAMES)}{number}(self, x):\n{statements}"

    return [f"class Part{part}:\n" + "\n".join(method(number) for number in range(4)) for part in range(methods // 4)]


def disguised(cells: list[str], seed: int = 0) -> list[str]:
    """The same work under other names, with other comments and spaces, its cells in another order."""
    rng = random.Random(seed)
    names = {name: f"my_{name}" for name in _NAMES}

    def other(cell: str) -> str:
        lines = re.sub(r"\b[a-z]+\b", lambda word: names.get(word[0], word[0]), cell).splitlines()
        return "\n".join(f"{line}   # I wrote this" if line.strip() and rng.random() < 0.3 else line for line in lines)

    return rng.sample([other(cell) for cell in cells], len(cells))


def write_notebook(path: Path, cells: list[str]) -> Path:
    """A notebook with the template's cells that are not to be changed, and these."""
    sources = [TEMPLATE[0], *cells, TEMPLATE[3]]
    made: list[dict[str, object]] = [
        {"cell_type": "code", "metadata": {}, "source": source, "outputs": [], "execution_count": None, "id": f"c{at}"}
        for at, source in enumerate(sources)
    ]
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(json.dumps({"cells": made, "metadata": {}, "nbformat": 4, "nbformat_minor": 5}))
    return path

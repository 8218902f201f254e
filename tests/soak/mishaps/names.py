"""Mishaps with names: the same work, called something else."""

from __future__ import annotations

import io
import re
import tokenize
from collections.abc import Mapping

from tests.soak.mishaps.catalogue import Pick, Unfit, mishap
from tests.soak.mishaps.work import Piece, Work, is_dead, reads_first

OBVIOUS = {
    "layer": ("linear", "linear_layer", "lin", "my_layer", "Layer"),
    "torch_layer": ("torch_linear", "linear_torch", "nn_layer", "layer_torch"),
    "torch_y": ("y_torch", "torch_out", "y_pt"),
    "dx": ("grad_x", "d_x", "dX"),
    "net": ("network", "model", "my_net"),
    "relu": ("relu_layer", "my_relu", "ReLu"),
    "sigmoid": ("sigm", "sigmoid_layer", "my_sigmoid"),
    "y_relu": ("relu_y", "out_relu"),
    "dx_relu": ("relu_dx", "d_relu"),
    "y_sigmoid": ("sigmoid_y", "out_sigmoid"),
    "dx_sigmoid": ("sigmoid_dx", "d_sigmoid"),
    "torch_relu": ("relu_torch", "nn_relu"),
    "torch_y_relu": ("y_relu_torch", "torch_relu_y"),
    "torch_sigmoid": ("sigmoid_torch", "nn_sigmoid"),
    "torch_y_sigmoid": ("y_sigmoid_torch", "torch_sigmoid_y"),
}
"""Names that tests ask for, and what students call the same thing."""
TRAINING = {
    "train_losses": ("losses", "train_loss_history", "training_losses"),
    "hidden_dim": ("hidden", "n_hidden", "hidden_size"),
    "learning_rate": ("lr", "alpha"),
}
"""The same in the training cell, where names are given numbers and lists, so that nothing but their use tells what they are."""
UNASKED = {
    "train_loader": ("trainloader", "train_dl"),
    "test_loader": ("testloader", "val_loader"),
    "transform": ("tfm", "mnist_transform"),
    "train_data": ("trainset", "mnist_train"),
    "test_data": ("testset", "mnist_test"),
    "train_accs": ("accs", "accuracies"),
    "test_acc": ("accuracy", "val_acc"),
    "test_loss": ("val_loss", "total_loss"),
    "x_batch": ("images", "inputs"),
    "y_batch": ("labels", "targets"),
    "y_pred": ("logits", "outputs"),
    "grad": ("dloss", "gradient"),
    "log_likelihood": ("nll", "logp"),
}
"""Names that no test asks for."""


def renamed(text: str, names: Mapping[str, str]) -> str:
    """Python with names replaced where they stand for variables: not as attributes, nor as keywords of a call."""
    if not any(name in text for name in names):
        return text
    tokens = list(tokenize.generate_tokens(io.StringIO(text).readline))
    lines = text.split("\n")
    depth, spots = 0, list[tuple[int, int, str]]()
    for number, token in enumerate(tokens):
        depth += {"(": 1, "[": 1, "{": 1, ")": -1, "]": -1, "}": -1}.get(token.string, 0) if token.type == tokenize.OP else 0
        if token.type != tokenize.NAME or token.string not in names:
            continue
        attribute = number > 0 and tokens[number - 1].string == "."
        keyword = depth > 0 and tokens[number + 1].string == "="
        if not attribute and not keyword:
            spots.append((token.start[0] - 1, token.start[1], token.string))
    for row, column, name in reversed(spots):
        lines[row] = lines[row][:column] + names[name] + lines[row][column + len(name) :]
    return "\n".join(lines)


def _rename(cell: Piece, names: Mapping[str, str]) -> None:
    if cell.tree() is None:
        raise Unfit
    cell.text = renamed(cell.text, names)


def _free(work: Work, old: str, new: str) -> bool:
    """Whether a new name is not in use anywhere; the course's own functions take names of their own too."""
    return not any(re.search(rf"\b{re.escape(new)}\b", cell.text) for cell in work.code())


@mishap("names", alone="renamed")
def answer_renamed(work: Work, pick: Pick) -> None:
    """A variable that tests ask for has an obvious other name, from its cell on until it is bound again."""
    answers = [(cell, name) for cell in work.using() for name in sorted(cell.names[0] & OBVIOUS.keys())]
    cell, old = pick.of([(cell, name) for cell, name in answers if any(name in work.protected[q] for q in cell.questions)])
    new = pick.of([name for name in OBVIOUS[old] if _free(work, old, name)])
    at = work.at(cell)
    for later in work.cells[at:]:
        if later.kind != "code" or later.otter:
            continue
        if later is not cell and reads_first(later, old) is False:
            break
        if later is not cell and old in later.names[0]:
            raise Unfit
        if old in later.names[0] | later.names[2]:
            _rename(later, {old: new})


@mishap("names", alone="renamed")
def answer_renamed_in_its_cell_alone(work: Work, pick: Pick) -> None:
    """A variable that no later cell reads has an obvious other name."""
    answers = [(cell, name) for cell in work.using() for name in sorted(cell.names[0] & OBVIOUS.keys())]
    cell, old = pick.of(
        [
            (cell, name)
            for cell, name in answers
            if any(name in work.protected[q] for q in cell.questions) and is_dead(work, work.at(cell) + 1, name)
        ]
    )
    _rename(cell, {old: pick.of([name for name in OBVIOUS[old] if _free(work, old, name)])})


@mishap("names", alone="renamed")
def training_names_renamed(work: Work, pick: Pick) -> None:
    """A setting or a list of the training cell has an obvious other name."""
    cell = pick.of([cell for cell in work.using() if "mnist" in cell.questions and "enumerate(train_loader)" in cell.text])
    old = pick.of([name for name in TRAINING if name in cell.names[0] and is_dead(work, work.at(cell) + 1, name)])
    _rename(cell, {old: pick.of([name for name in TRAINING[old] if _free(work, old, name)])})


@mishap("names")
def others_renamed(work: Work, pick: Pick) -> None:
    """A name that no test asks for is another one in the whole notebook."""
    cells = work.plain()
    if len(cells) < len(work.code()):
        raise Unfit
    old = pick.of([name for name in UNASKED if any(name in cell.names[0] for cell in cells)])
    new = pick.of([name for name in UNASKED[old] if _free(work, old, name)])
    for cell in cells:
        _rename(cell, {old: new})


@mishap("names")
def helpers_renamed(work: Work, pick: Pick) -> None:
    """A function or class of the student's own has another name in the whole notebook."""
    cells = work.plain()
    asked = frozenset().union(*work.protected.values())
    own = sorted({name for cell in cells for name in cell.names[1]} - asked)
    if len(cells) < len(work.code()):
        raise Unfit
    old = pick.of(own)
    new = pick.of([f"{old}_", f"my_{old}", f"{old}2"])
    for cell in cells:
        _rename(cell, {old: new})


@mishap("names")
def loop_variables_shadow(work: Work, pick: Pick) -> None:
    """A scratch loop takes a name of the work for its variable, where that name is not read any more."""
    names = ("layer", "x", "y", "i", "relu", "dx", "torch_y", "dy", "loss")
    places = [
        (index, name)
        for index, cell in enumerate(work.cells, 1)
        if cell.questions and cell.kind == "code"
        for name in names
        if is_dead(work, index, name)
    ]
    at, name = pick.of(places)
    work.insert(at, f"for {name} in range(3):\n    print({name})")


@mishap("names")
def local_names_not_ascii(work: Work, pick: Pick) -> None:
    """Variables within methods are Greek, Cyrillic or accented."""
    local = {"log_likelihood": "логарифм", "grad": "градиент", "dx": "δx", "n": "anzahl_ä", "e": "ε", "p": "π", "correct": "正确"}
    cell = pick.of([cell for cell in work.defining() if cell.tree() is not None])
    used = {old: new for old, new in local.items() if re.search(rf"\b{old}\b", cell.text) and old not in cell.names[0]}
    own = {old: new for old, new in used.items() if re.search(rf"^\s+{old} = ", cell.text, re.MULTILINE)}
    free = {old: new for old, new in own.items() if not re.search(rf"[(,]\s*{old}\s*[,)=]", _heads(cell.text))}
    if not free:
        raise Unfit
    _rename(cell, free)


def _heads(text: str) -> str:
    return "\n".join(line for line in text.split("\n") if line.lstrip().startswith("def "))

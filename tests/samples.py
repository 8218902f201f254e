"""The sample submissions: what each of them is, how it differs from a complete one, and which questions may lose marks.

`python -m tests.samples` writes them to `tests/submissions/` again, from the solution notebook and the student template.
"""

from __future__ import annotations

import ast
import json
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from autograder.submissions.source import without_docstrings
from autograder.variants.bases import code_cells, filled_template, notebook, solved_cells
from tests.colab import METADATA, colab_style

ROOT = Path(__file__).resolve().parent.parent
FOLDER = ROOT / "tests" / "submissions"
SOLUTION = ROOT / "solutions" / "neural_networks.ipynb"
TEMPLATE = ROOT / "student_template" / "neural_networks.ipynb"

ALL = frozenset({
    "linear", "linear_use", "linear_torch", "relu", "sigmoid", "activations_use", "activations_torch", "net", "net_use",
    "torchnet", "torchnet_use", "softmax", "mnist",
})  # fmt: skip


@dataclass(frozen=True)
class Sample:
    """One sample submission.

    Attributes:
        name: file name without `.ipynb`.
        edits: text in a complete notebook, and what stands there instead; each text occurs in exactly one cell.
        loses: questions that must lose marks.
        may_lose: questions that may lose marks because they build on those.
        zero: questions that must earn nothing.
    """

    name: str
    edits: tuple[tuple[str, str], ...] = ()
    loses: frozenset[str] = frozenset()
    may_lose: frozenset[str] = frozenset()
    zero: frozenset[str] = frozenset()


def _mistake(name: str, old: str, new: str, *loses: str, hurts_training: bool = False) -> Sample:
    return Sample(f"mistake_{name}", ((old, new),), frozenset(loses), frozenset({"mnist"} if hurts_training else ()))


SAMPLES = (
    Sample("complete"),
    Sample("complete_from_the_original_text"),
    Sample("complete_in_colab_style"),
    _mistake("forward_without_bias", "y = x @ self.weight + self.bias", "y = x @ self.weight", "linear"),
    _mistake("weight_grad_transposed", "self.weight_grad = x.T @ dupstream", "self.weight_grad = dupstream.T @ x", "linear",
             hurts_training=True),
    _mistake("bias_grad_averaged", "self.bias_grad = dupstream.sum(dim=0)", "self.bias_grad = dupstream.mean(dim=0)", "linear"),
    _mistake("bias_grad_not_summed", "self.bias_grad = dupstream.sum(dim=0)", "self.bias_grad = dupstream", "linear",
             hurts_training=True),
    _mistake("relu_passes_every_gradient", "dx[y == 0] = 0", "dx[y == 0] = dx[y == 0]", "relu"),
    _mistake("relu_changes_its_input", "y = torch.clamp(x, min=0)", "y = x.clamp_(min=0)", "relu"),
    _mistake("sigmoid_without_upstream_gradient", "dx = dupstream * y * (1 - y)", "dx = y * (1 - y)", "sigmoid",
             hurts_training=True),
    _mistake("sigmoid_without_derivative", "dx = dupstream * y * (1 - y)", "dx = dupstream", "sigmoid"),
    _mistake("step_uphill", "layer.weight = layer.weight - lr", "layer.weight = layer.weight + lr", "net", hurts_training=True),
    _mistake("step_forgets_bias", "layer.bias = layer.bias - lr * layer.bias_grad", "pass", "net"),
    _mistake("step_on_global_layers", "for layer in self.layers:\n            if hasattr(layer, 'weight')",
             "for layer in layers:\n            if hasattr(layer, 'weight')", "net", hurts_training=True),
    _mistake("net_forgets_first_layer_on_the_way_back", "for layer in reversed(self.layers):",
             "for layer in reversed(self.layers[1:]):", "net", hurts_training=True),
    _mistake("torch_weight_not_transposed", "nn.Parameter(layer.weight.t())", "nn.Parameter(layer.weight)", "linear_torch"),
    _mistake("torch_upstream_gradient_forgotten", "torch_y = torch_layer(x_lin)\n\n# Backward pass\ntorch_y.backward(dy)",
             "torch_y = torch_layer(x_lin)\n\n# Backward pass\ntorch_y.sum().backward()", "linear_torch"),
    _mistake("random_upstream_gradient", "dy = torch.ones_like(y)", "dy = torch.randn_like(y)", "net_use"),
    _mistake("torchnet_without_relu", "x = self.layer2(self.relu(self.layer1(x)))", "x = self.layer2(self.layer1(x))",
             "torchnet"),
    _mistake("softmax_over_the_batch", "e / e.sum(dim=1, keepdim=True)", "e / e.sum(dim=0, keepdim=True)", "softmax",
             hurts_training=True),
    _mistake("loss_with_arguments_swapped",
             "y_pred = net.forward(x_batch)\n        loss, grad = CrossEntropyLoss(y_batch, y_pred)",
             "y_pred = net.forward(x_batch)\n        loss, grad = CrossEntropyLoss(y_pred, y_batch)", "mnist"),
    _mistake("training_without_step", "        net.optimizer_step(learning_rate)\n", "", "mnist"),
    Sample("syntax_error_in_one_class", (("super(TorchNet, self).__init__()", "super(TorchNet, self.__init__()"),),
           frozenset({"torchnet", "torchnet_use"}), zero=frozenset({"torchnet"})),
    Sample("endless_loop_in_one_method",
           (("x = self.layer2(self.relu(self.layer1(x)))", "while True:\n            pass"),),
           frozenset({"torchnet", "torchnet_use"})),
    Sample("os_exit", (("torch_y = torch_layer(x_lin)", "import os\nos._exit(0)"),), frozenset({"linear_torch"})),
    Sample("uses_torch_nn",
           (("y = x @ self.weight + self.bias", "y = nn.functional.linear(x, self.weight.T, self.bias)"),
            ("y = torch.clamp(x, min=0)", "y = getattr(torch, 're' + 'lu')(x)")),
           frozenset({"linear", "relu"}), zero=frozenset({"linear", "relu"})),
    Sample("half_done", loses=ALL - {"linear", "linear_use", "linear_torch", "relu", "sigmoid", "activations_use"}),
    Sample("patches_torch_allclose", loses=ALL, zero=ALL),
    Sample("untouched_template", loses=ALL, zero=ALL),
)  # fmt: skip


def build() -> Iterator[tuple[str, bytes]]:
    """Name and content of every sample."""
    complete, template = solved_cells(_read(SOLUTION)), code_cells(_read(TEMPLATE))
    for sample in SAMPLES:
        metadata: dict[str, Any] = {}
        match sample.name:
            case "complete_in_colab_style":
                sources, metadata = colab_style(complete), METADATA
            case "untouched_template":
                sources = template
            case "patches_torch_allclose":
                patch = (
                    "import torch\nfor name in ('allclose', 'equal', 'isclose'):\n    setattr(torch, name, lambda *a, **k: True)"
                )
                sources = [patch, *template]
            case "half_done":
                half = next(i for i, source in enumerate(template) if "torch_relu = " in source)
                sources = filled()[:half] + template[half:]
            case "complete_from_the_original_text":
                sources = original_layout(complete)
            case _:
                sources = _edited(complete, sample)
        yield sample.name, notebook(sources, **metadata)


def filled() -> list[str]:
    """The code cells of the template, Otter's included, with the solution's work in them."""
    return filled_template(_read(SOLUTION), _read(TEMPLATE))


def original_layout(complete: list[str]) -> list[str]:
    """The same work in the cells of the course's first notebook: both activations in one cell, no comments, no docstrings."""
    bare = [ast.unparse(without_docstrings(source)) for source in complete]
    relu = next(i for i, source in enumerate(bare) if source.startswith("class ReLU"))
    return [*bare[:relu], f"{bare[relu]}\n\n{bare[relu + 1]}", *bare[relu + 2 :]]


def _edited(sources: list[str], sample: Sample) -> list[str]:
    result = list(sources)
    for old, new in sample.edits:
        hits = [index for index, source in enumerate(result) if old in source]
        if len(hits) != 1:
            raise ValueError(f"{sample.name}: {old!r} is in {len(hits)} cells of the solution, not in one")
        result[hits[0]] = result[hits[0]].replace(old, new, 1)
    return result


def _read(path: Path) -> dict[str, Any]:
    content: dict[str, Any] = json.loads(path.read_bytes())
    return content


def main() -> None:
    """Write what is not current."""
    FOLDER.mkdir(exist_ok=True)
    names = set()
    for name, content in build():
        path = FOLDER / f"{name}.ipynb"
        names.add(path.name)
        if not path.exists() or path.read_bytes() != content:
            path.write_bytes(content)
            print(f"wrote {path.relative_to(ROOT)}", file=sys.stderr)
    for path in FOLDER.glob("*.ipynb"):
        if path.name not in names:
            path.unlink()


if __name__ == "__main__":
    main()

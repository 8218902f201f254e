"""What hidden tests are written with: fresh inputs, comparisons that explain themselves, student-side layers, training runs.

    from autograder import checks

    for batch, rows, columns, dtype in checks.layer_shapes():
        x = checks.normal(batch, rows, dtype=dtype)
        ...
        checks.close(layer.forward(x), torch.nn.functional.linear(x, weight.T, bias), "The output of forward")
"""

from autograder.checks import replay
from autograder.checks.compare import close, is_close, require, tensor, unchanged
from autograder.checks.context import current, note, report, rng, student_side, training_record
from autograder.checks.inputs import batch_shapes, layer_shapes, normal, one_hot
from autograder.checks.layers import (
    PlainLinear,
    PlainTanh,
    StubLayer,
    forward_and_gradients,
    linear,
    network,
    parameters,
    stub_layers,
    torch_backward,
)
from autograder.checks.training import capped_run

__all__ = [
    "PlainLinear", "PlainTanh", "StubLayer", "batch_shapes", "capped_run", "close", "current", "forward_and_gradients",
    "is_close", "layer_shapes", "linear", "network", "normal", "note", "one_hot", "parameters", "replay", "report",
    "require", "rng", "stub_layers", "student_side", "tensor", "torch_backward", "training_record", "unchanged",
]  # fmt: skip

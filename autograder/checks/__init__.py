"""What hidden tests are written with: fresh inputs, comparisons that explain themselves, student-side layers, training runs.

    from autograder import checks

    for batch, rows, columns in checks.layer_shapes():
        x = checks.normal(batch, rows)
        ...
        checks.close(layer.forward(x), torch.nn.functional.linear(x, weight.T, bias), "The output of forward")
"""

from autograder.checks import replay
from autograder.checks.arrays import array, numpy_rng
from autograder.checks.compare import close, gradient_kept_or_cleared, is_close, left_in, matches, require, tensor, unchanged
from autograder.checks.context import (
    Tolerance,
    counts_with,
    current,
    note,
    report,
    report_series,
    rng,
    student_side,
    training_record,
)
from autograder.checks.display import displayed, imported
from autograder.checks.inputs import batch_shapes, layer_shapes, normal, one_hot, precision
from autograder.checks.layers import (
    PlainLinear,
    PlainTanh,
    StubLayer,
    attributes,
    called,
    forward_and_gradients,
    fresh_passes,
    linear,
    made,
    network,
    parameters,
    passes,
    steppable,
    stepped,
    stub_layers,
    stubs_stepped_each,
    through_stubs,
    through_stubs_each,
    torch_backward,
)
from autograder.checks.training import capped_run

__all__ = [
    "PlainLinear", "PlainTanh", "StubLayer", "Tolerance", "array", "attributes", "batch_shapes", "called", "capped_run",
    "close", "counts_with", "current", "displayed", "forward_and_gradients", "fresh_passes", "gradient_kept_or_cleared",
    "imported", "is_close", "layer_shapes", "left_in", "linear", "made", "matches", "network", "normal", "note", "numpy_rng",
    "one_hot", "parameters", "passes", "precision", "replay", "report", "report_series", "require", "rng", "steppable",
    "stepped", "stub_layers", "stubs_stepped_each", "student_side", "tensor", "through_stubs", "through_stubs_each",
    "torch_backward", "training_record", "unchanged",
]  # fmt: skip

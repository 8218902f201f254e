"""What a student's process calls a function by is believed only if torch knows it by that name."""

from __future__ import annotations

import pytest

from autograder.grading.names import exists


@pytest.mark.parametrize(
    "name",
    [
        "torch.relu", "torch.nn.functional.relu_", "torch.Tensor.sigmoid", "torch.ops.aten.relu.default",
        "torch.Tensor.grad_fn.__get__",
    ],
)  # fmt: skip
def test_names_of_torch_s_own_are_known(name: str) -> None:
    """As the watch says them."""
    assert exists(name)


@pytest.mark.parametrize(
    "name",
    [
        "torch.nn.LEAK_0_894", "torch.ops.LEAK_3", "torch.ops.aten.LEAK", "torch.relu [0.1, 0.2]", "torch", "numpy.exp", "",
        "torch.relu.\u0661", "torch" + ".nn" * 40,
    ],
)  # fmt: skip
def test_other_names_are_not(name: str) -> None:
    """They could hold anything that the student's code was given."""
    assert not exists(name)

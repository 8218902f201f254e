"""What an assignment asks for: one call of that has no more time in a cell than in a test."""

from __future__ import annotations

from pathlib import Path

import msgspec

from autograder.assignment import CellOutline
from autograder.bundles import load_bundle
from autograder.config_file import read_config
from autograder.grading.asked import functions_asked

ROOT = Path(__file__).parents[2]


def test_functions_and_methods_of_the_template_are_asked_for() -> None:
    """By the names that a stack shows."""
    config = read_config(ROOT / "grading_config.yaml")
    found = functions_asked(load_bundle(config).assignment, config)
    assert {"Linear.forward", "Linear.backward", "Sigmoid.backward", "Net.forward", "TorchNet.forward"} <= set(found)
    assert "Softmax" in found


def test_what_trains_has_the_time_of_its_cell() -> None:
    """A class that the training question's own cell defines may train in a method."""
    config = read_config(ROOT / "grading_config.yaml")
    assert config.training is not None
    assignment = load_bundle(config).assignment
    fits = CellOutline(question=config.training.question, binds=("Fit",), definitions=("Fit",), uses=())
    added = [f"class {name}:\n    def run(self):\n        ...\n" for name in ("Fit", "Other")]
    outline = (*assignment.outline, fits)
    wider = msgspec.structs.replace(assignment, template=(*assignment.template, *added), outline=outline)
    found = functions_asked(wider, config)
    assert "Other.run" in found and "Fit.run" not in found

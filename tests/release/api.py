"""Writes down the public interface, one line a name: commands and their options, keys of the configuration, `checks`.

python -m tests.release.api > tests/release/api.txt
"""

from __future__ import annotations

import inspect
import typing
from collections.abc import Iterator
from typing import Any

import typer
from pydantic import BaseModel

from autograder import checks
from autograder.cli import app
from autograder.cli.shared import DONE, INTERRUPTED, LOOK, WRONG
from autograder.config import Settings
from autograder.results import QuestionResult, SubmissionResult, TestResult
from tests.docs.reference import signature


def interface() -> Iterator[str]:
    """One line for everything that users may rely on."""
    yield f"exit codes {DONE} {LOOK} {WRONG} {INTERRUPTED}"
    group: Any = typer.main.get_command(app)
    for name, command in sorted(group.commands.items()):
        for parameter in command.params:
            yield f"command {name} {'/'.join(parameter.opts)}"
    yield from (f"key {key}" for key in _keys(Settings, ""))
    for name in checks.__all__:
        thing = getattr(checks, name)
        yield f"checks.{name}" if inspect.ismodule(thing) else f"checks.{signature(name, thing)}"
    for kind in (SubmissionResult, QuestionResult, TestResult):
        yield from (f"result {kind.__name__}.{name}" for name in kind.__struct_fields__)


def _keys(model: type[BaseModel], prefix: str) -> Iterator[str]:
    for name, field in model.model_fields.items():
        yield prefix + name
        for inner in _models(field.annotation):
            yield from _keys(inner, f"{prefix}{name}.")


def _models(annotation: Any) -> Iterator[type[BaseModel]]:
    if inspect.isclass(annotation) and issubclass(annotation, BaseModel):
        yield annotation
    for inner in typing.get_args(annotation):
        yield from _models(inner)


if __name__ == "__main__":
    print("\n".join(interface()))

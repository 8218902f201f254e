"""Writes docs/reference/ from the code: every command with its options, every key of the configuration, every name of `checks`.

python -m tests.docs.reference
"""

from __future__ import annotations

import inspect
import re
import typing
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import typer
from pydantic import BaseModel
from pydantic_core import PydanticUndefined

from autograder import checks
from autograder.cli import app
from autograder.config import Settings
from tests.docs.blocks import DOCS

FOLDER = DOCS / "reference"
NOTE = "<!-- Written by `python -m tests.docs.reference` from the code: change it there. -->\n"


def pages() -> dict[Path, str]:
    """Path -> content of every page."""
    made = {"commands.md": commands(), "configuration.md": configuration(), "checks.md": names_of_checks()}
    return {FOLDER / name: content for name, content in made.items()}


def commands() -> str:
    """The command line."""
    group: Any = typer.main.get_command(app)
    parts = [NOTE, "# Commands\n", f"{_paragraphs(group.help)}\n", f"{_paragraphs(group.epilog or '')}\n"]
    for name, command in sorted(group.commands.items()):
        if command.hidden:
            continue
        rows = [row for parameter in command.params if not parameter.hidden for row in _parameter(parameter)]
        parts += [f"## autograder {name}\n", f"{_paragraphs(command.help)}\n", f"{_paragraphs(command.epilog or '')}\n"]
        parts += ["| | | default |\n| --- | --- | --- |\n" + "\n".join(rows) + "\n"] if rows else []
    return "\n".join(part for part in parts if part.strip()).rstrip("\n") + "\n"


def _paragraphs(text: str) -> str:
    return "\n\n".join(" ".join(paragraph.split()) for paragraph in inspect.cleandoc(text).split("\n\n"))


def _parameter(parameter: Any) -> Iterator[str]:
    options = [option for option in parameter.opts if option.startswith("-")]
    metavar = parameter.metavar or ("" if getattr(parameter, "is_flag", False) else _type(parameter.type_descriptor.annotation))
    shown = f"`{', '.join(options)}{' ' + metavar if metavar else ''}`" if options else f"`{metavar}`"
    default = parameter.default
    said = "" if default is None or default is False or default == "" else f"`{default}`"
    yield f"| {_cell(shown)} | {_cell(parameter.help or '')} | {_cell('must be given' if parameter.required else said)} |"


def _type(annotation: Any) -> str:
    if typing.get_origin(annotation) is list:
        return _type(typing.get_args(annotation)[0])
    values = [str(member.value) for member in annotation] if hasattr(annotation, "__members__") else []
    return "|".join(values) if values else getattr(annotation, "__name__", str(annotation)).upper()


def configuration() -> str:
    """The keys of `grading_config.yaml`."""
    head = (
        "# Configuration\n\n"
        "Every key of `grading_config.yaml`. One with a default may be left out. A mistake stops every command with its line,\n"
        "its key and what was expected. Paths start at the file. The shipped `grading_config.yaml` explains the keys in place.\n"
    )
    return re.sub(r"\n{3,}", "\n\n", "\n".join([NOTE, head, *_section(Settings, "")])).rstrip("\n") + "\n"


def _section(model: type[BaseModel], prefix: str) -> Iterator[str]:
    about = _attributes(model)
    if prefix:
        yield f"## {prefix}\n"
        yield f"{_paragraphs((model.__doc__ or '').split('Attributes:')[0])}\n"
    rows, below = [], []
    for name, field in model.model_fields.items():
        inner = _model(field.annotation)
        many = {tuple: "[]", dict: ".*"}.get(typing.get_origin(_bare(field.annotation)), "")
        if inner is not None:
            below.append((inner, f"{prefix}.{name}".lstrip(".") + many))
        if inner is not None and not prefix:
            continue
        rows.append(f"| `{name}` | {_cell(_allowed(field))} | {_cell(_default(field))} | {_cell(about.get(name, 'see below'))} |")
    if rows and prefix:
        yield "| key | value | default | |\n| --- | --- | --- | --- |\n" + "\n".join(rows) + "\n"
    for inner, place in below:
        yield from _section(inner, place)


def _bare(annotation: Any) -> Any:
    """Without `| None` and `Annotated`."""
    if typing.get_origin(annotation) is typing.Annotated:
        return _bare(typing.get_args(annotation)[0])
    inner = [one for one in typing.get_args(annotation) if one is not type(None)]
    return _bare(inner[0]) if type(None) in typing.get_args(annotation) and len(inner) == 1 else annotation


def _model(annotation: Any) -> type[BaseModel] | None:
    """The section that a value of this type is made of, if it is."""
    bare = _bare(annotation)
    if inspect.isclass(bare) and issubclass(bare, BaseModel):
        return bare
    return next((found for one in typing.get_args(bare) if (found := _model(one)) is not None), None)


def _attributes(model: type[BaseModel]) -> dict[str, str]:
    """What a section's docstring says of its keys."""
    text = inspect.cleandoc(model.__doc__ or "").partition("Attributes:\n")[2]
    found: dict[str, str] = {}
    for names, said in re.findall(r"^    ([\w, ]+): (.*(?:\n     +.*)*)", text, re.MULTILINE):
        for name in names.split(", "):
            found[name] = " ".join(said.split())
    return found


def _allowed(field: Any) -> str:
    words = {"ge": "at least", "gt": "more than", "le": "at most", "lt": "less than"}
    bounds = [(word, getattr(rule, kind, None)) for rule in field.metadata for kind, word in words.items()]
    return ", ".join([_kind(field.annotation), *(f"{word} {bound:,}" for word, bound in bounds if bound is not None)])


def _kind(annotation: Any) -> str:
    bare = _bare(annotation)
    origin, inside = typing.get_origin(bare), typing.get_args(bare)
    if origin is typing.Literal:
        return " or ".join(f"`{value}`" for value in inside)
    if _model(bare) is not None:
        return "keys" if origin is None else "list"
    if origin is tuple:
        return "list" if Ellipsis in inside else f"list of {len(inside)}"
    if origin is dict:
        return "mapping"
    if bare == int | float:
        return "number"
    return {int: "whole number", float: "number", str: "text", bool: "true or false", Path: "path"}.get(bare, str(bare))


def _default(field: Any) -> str:
    if field.default is PydanticUndefined:
        return "must be given"
    default = field.default
    if isinstance(default, BaseModel) or default is None or default == ():
        return "" if isinstance(default, BaseModel) else "none"
    if isinstance(default, bool):
        return f"`{str(default).lower()}`"
    return f'`"{default}"`' if default == "" else f"`{list(default) if isinstance(default, tuple) else default}`"


def names_of_checks() -> str:
    """What hidden tests are written with."""
    parts = [NOTE, "# Checks\n", "What hidden tests are written with: `from autograder import checks`.\n"]
    for name in checks.__all__:
        thing = getattr(checks, name)
        if inspect.ismodule(thing):
            continue
        parts.append(f"## {name}\n\n```python\n{signature(name, thing)}\n```\n\n{_paragraphs(inspect.getdoc(thing) or '')}\n")
    return "\n".join(parts).rstrip("\n") + "\n"


def signature(name: str, thing: Any) -> str:
    """How a name of `checks` is called."""
    said = str(inspect.signature(getattr(thing, "definition", thing)))
    return name + re.sub(r"(?<=: )'([^']+)'|(?<=-> )'([^']+)'", lambda found: found[1] or found[2], said)


def _cell(text: str) -> str:
    return " ".join(text.split()).replace("|", "\\|")


if __name__ == "__main__":
    FOLDER.mkdir(exist_ok=True)
    for path, content in pages().items():
        path.write_text(content, encoding="utf-8")
        print(f"wrote {path}")

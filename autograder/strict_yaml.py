"""Reads a YAML file into a strict pydantic model; each mistake is told with file, line, key, what was expected and found."""

from __future__ import annotations

import difflib
import json
import re
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any, Final, Generic, NamedTuple, TypeVar, get_args

import yaml
from pydantic import BaseModel, RootModel, ValidationError
from pydantic_core import ErrorDetails
from yaml.nodes import MappingNode, Node, ScalarNode

from autograder.errors import ConfigError

Key = tuple[str | int, ...]
"""Where a value is: the keys and list positions that lead to it."""

Model = TypeVar("Model", bound=BaseModel)

_TAGS: Final = {f"tag:yaml.org,2002:{kind}" for kind in ("str", "int", "float", "bool", "null", "map", "seq")}
_STR, _MERGE = "tag:yaml.org,2002:str", "tag:yaml.org,2002:merge"

_EXPECTED: Final = {
    "int_type": "must be a whole number",
    "float_type": "must be a number",
    "finite_number": "must be a finite number",
    "string_type": "must be text",
    "bool_type": "must be true or false",
    "tuple_type": "must be a list",
    "dict_type": "must be a mapping of keys to values",
    "model_type": "must be a mapping of keys to values",
    "literal_error": "must be {expected}",
    "greater_than": "must be more than {gt}",
    "greater_than_equal": "must be at least {ge}",
    "less_than": "must be less than {lt}",
    "less_than_equal": "must be at most {le}",
    "string_too_short": "must not be empty",
    "too_short": "must hold at least {min_length} entry",
    "too_long": "must hold {max_length} entries",
    "value_error": "{error}",
}


class _Mistake(NamedTuple):
    line: int
    text: str


def read_strictly(path: Path, raw: bytes, model: type[Model], *, patterns: Mapping[str, str], holds: str) -> Document[Model]:
    """The file's bytes as a document that must fit `model`. Raises ConfigError if they are no YAML mapping at all.

    `patterns`: in words what a text must be that must match one. `holds`: what the file is a mapping of.
    """
    return Document(path, _parse(path, raw, holds), model, patterns)


class Document(Generic[Model]):
    """The file as plain values, with what is needed to say where each came from.

    Attributes:
        data: the values; those that could not be read are None.
        nodes, lines: by key; the line is that of the key, or of the entry in a list.
        mistakes: what is wrong whatever the keys mean.
        unread: keys whose value is such a mistake.
    """

    def __init__(self, path: Path, root: MappingNode, model: type[Model], patterns: Mapping[str, str]):
        self._path, self._model, self._patterns = path, model, patterns
        self.nodes: dict[Key, Node] = {}
        self.lines: dict[Key, int] = {(): 1}
        self.mistakes: list[_Mistake] = []
        self.unread: set[Key] = set()
        self._loader = yaml.SafeLoader("")
        self._flat: set[int] = set()
        self._open: set[int] = set()
        self.data: Any = self._value(root, ())

    def text(self, key: Key) -> str | None:
        """What stands at `key`, if it is text."""
        node = self.nodes.get(key)
        return node.value if isinstance(node, ScalarNode) and node.tag == _STR else None

    def refuse(self, key: Key, text: str) -> None:
        """Add what is wrong with the value at `key`."""
        self.mistakes.append(_Mistake(self.lines[key], f"{_place(key)} {text}"))

    def validated(self) -> Model:
        """What the file holds. Raises ConfigError with one line for every mistake in it, those that were added too."""
        found = _fit(self, self._model, self._patterns)
        if found is None or self.mistakes:
            lines = (f"{self._path}, line {line}: {text}" for line, text in sorted(set(self.mistakes)))
            raise ConfigError("\n".join(lines))
        return found

    def _value(self, node: Node, key: Key) -> Any:
        self.nodes[key] = node
        if id(node) in self._open:
            return self._unreadable(key, "contains itself; an alias must not stand inside its own anchor")
        if node.tag not in _TAGS:
            found = "a date" if node.tag.endswith(":timestamp") else f"the YAML type {node.tag}"
            return self._unreadable(key, f"must be text, a number, a list or a mapping, found {found}; text needs quotes")
        if isinstance(node, ScalarNode):
            return self._scalar(node, key)
        self._open.add(id(node))
        value: Any
        if isinstance(node, MappingNode):
            value = {name: self._value(child, (*key, name)) for name, child in self._entries(node, key).items()}
        else:
            self.lines |= {(*key, at): child.start_mark.line + 1 for at, child in enumerate(node.value)}
            value = [self._value(child, (*key, at)) for at, child in enumerate(node.value)]
        self._open.remove(id(node))
        return value

    def _scalar(self, node: ScalarNode, key: Key) -> Any:
        numeric = node.tag.endswith((":int", ":float"))
        if numeric and re.search(r"^[-+]?0[\d_]|:", node.value):  # YAML 1.1 means octal and base 60 by these, people do not
            return self._unreadable(key, f"must be a plain decimal number, found {node.value}: no leading zero, no colon")
        try:
            return self._loader.construct_object(node)
        except (ValueError, LookupError):  # an explicit tag such as `!!int x` or `!!bool x`
            return self._unreadable(key, f"must be what its tag {node.tag} says, found {_quoted(node.value)}")

    def _entries(self, node: MappingNode, key: Key) -> dict[str, Node]:
        if id(node) not in self._flat:  # an alias leads here again, and what was merged in must not count as a duplicate
            self._flat.add(id(node))
            self._duplicates(node, key)
            try:
                self._loader.flatten_mapping(node)
            except yaml.constructor.ConstructorError as error:
                self._unreadable(key, f"must merge (`<<`) a mapping or a list of mappings: {error.problem}")
        entries = {}
        for name, child in node.value:
            line = name.start_mark.line + 1
            if isinstance(name, ScalarNode) and name.tag == _STR:
                entries[name.value] = child
                self.lines[*key, name.value] = line
            elif name.tag != _MERGE:
                self.mistakes.append(
                    _Mistake(line, f"{_place(key)}: a key must be text (put it in quotes), found {_found(name)}")
                )
        return entries

    def _duplicates(self, node: MappingNode, key: Key) -> None:
        first: dict[str, int] = {}
        for name, _ in node.value:
            line = name.start_mark.line + 1
            if not isinstance(name, ScalarNode):
                continue
            if name.value in first:
                text = f"{_place((*key, name.value))} must be given once, found here again after line {first[name.value]}"
                self.mistakes.append(_Mistake(line, text))
            first.setdefault(name.value, line)

    def _unreadable(self, key: Key, text: str) -> None:
        self.unread.add(key)
        self.refuse(key, text)


def _fit(source: Document[Model], model: type[Model], patterns: Mapping[str, str]) -> Model | None:
    """What the document holds, or None after adding what is wrong with it to its mistakes."""
    try:
        # As JSON, because pydantic's strict mode then takes a list for a tuple and text for a path, but "5" for no number.
        return model.model_validate_json(json.dumps(source.data), strict=True)
    except ValidationError as error:
        told: dict[tuple[Key, bool], _Mistake] = {}
        for detail in error.errors(include_url=False, include_input=False):
            key, of_key = detail["loc"], detail["loc"][-1:] == ("[key]",)
            while key not in source.nodes and detail["type"] != "missing":  # pydantic appends "[key]", "int", "float"
                key = key[:-1]
            if key not in source.unread and (text := _worded(detail, key, of_key, source.nodes, model, patterns)):
                line = source.lines.get(key) or source.lines[key[:-1]]
                told[key, of_key] = _Mistake(line, text)  # of "whole number" and "number" the last, wider one stays
        source.mistakes += told.values()
        return None


def _worded(
    detail: ErrorDetails, key: Key, of_key: bool, nodes: dict[Key, Node], model: type[BaseModel], patterns: Mapping[str, str]
) -> str | None:
    kind = detail["type"]
    context: dict[str, Any] = detail.get("ctx", {})
    context = {name: f"{value:.12g}" if isinstance(value, float) else value for name, value in context.items()}
    if kind == "missing":
        entry = f"entry {key[-1] + 1} of {_place(key[:-1])}" if isinstance(key[-1], int) else _place(key)
        return f"{entry} is missing; it has no default and must be given"
    if kind == "extra_forbidden":
        return _unknown(key, list(_section(model, key[:-1]).model_fields))
    if kind == "literal_error" and of_key:
        return _unknown(key, re.findall("'(.*?)'", context["expected"]))
    node = nodes[key]
    if kind == "too_short" and len(node.value) >= context["min_length"]:
        return None  # pydantic counts only the entries that are right, and has told of the others
    if kind == "string_pattern_mismatch":
        expected = patterns[context["pattern"]]
    else:
        expected = _EXPECTED[kind].format(**context) if kind in _EXPECTED else f"is wrong: {detail['msg']}"
    if of_key:
        return f"{_place(key)}: the key {expected}, found {_quoted(str(key[-1]))}"
    return f"{_place(key)} {expected}, found {_found(node, number=kind in ('int_type', 'float_type'))}"


def _unknown(key: Key, known: list[str]) -> str:
    close = difflib.get_close_matches(str(key[-1]), known, 1)
    advice = f"did you mean `{close[0]}`?" if close else f"expected one of {listed(known)}"
    return f"{_place(key)} is not a key of {_place(key[:-1])}; {advice}"


def _section(model: type[BaseModel], key: Key) -> type[BaseModel]:
    """The model that the mapping at `key` must fit."""
    for part in key:
        if issubclass(model, RootModel):
            model = _inside(model.model_fields["root"].annotation)
        elif isinstance(part, str) and part in model.model_fields:
            model = _inside(model.model_fields[part].annotation)
    return model


def _inside(kind: Any) -> type[BaseModel]:
    """The model of a field, or of what the field holds."""
    return next(arg for arg in (kind, *get_args(kind)) if isinstance(arg, type) and issubclass(arg, BaseModel))


def _parse(path: Path, raw: bytes, holds: str) -> MappingNode:
    try:
        text = raw.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = raw.count(b"\n", 0, error.start) + 1
        byte = f"0x{raw[error.start]:02x}"
        raise ConfigError(f"{path}, line {line}: is not UTF-8: found the byte {byte}; save the file as UTF-8") from error
    try:
        node = yaml.compose(text, Loader=yaml.SafeLoader)
    except yaml.reader.ReaderError as error:
        line = text.count("\n", 0, error.position) + 1
        character = f"U+{ord(text[error.position]):04X}"
        raise ConfigError(f"{path}, line {line}: is not valid YAML: found the control character {character}") from error
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        where = f", line {mark.line + 1}, column {mark.column + 1}" if mark else ""
        what = " ".join(part for part in (error.context, error.problem) if part)
        raise ConfigError(f"{path}{where}: is not valid YAML: {what}") from error
    except RecursionError as error:
        raise ConfigError(f"{path}: is not valid YAML: nested too deeply") from error
    if node is None:
        raise ConfigError(f"{path}, line 1: the file is empty; expected {holds}")
    if not isinstance(node, MappingNode):
        line = node.start_mark.line + 1
        raise ConfigError(f"{path}, line {line}: the file must be a mapping with {holds}, found {_found(node)}")
    return node


def _found(node: Node, *, number: bool = False) -> str:
    """What stands in the file, and if a number was expected, why it is none."""
    if isinstance(node, MappingNode):
        return "a mapping"
    if not isinstance(node, ScalarNode):
        return f"a list of {len(node.value)}"
    if node.tag.endswith(":null"):
        return "nothing"
    if node.tag != _STR:
        return f"{node.value} (true or false to YAML; text needs quotes)" if node.tag.endswith(":bool") else str(node.value)
    hint = ""
    if number and re.fullmatch(r"\s*[-+]?[\d.]+([eE][-+]?\d+)?\s*", node.value):
        hint = " (remove the quotes)" if node.style else " (YAML wants a point and a signed exponent: 1.0e-4)"
    return f"the text {_quoted(node.value)}{hint}"


def _place(key: Key) -> str:
    """`rules[0].applies`; the file itself for the empty key."""
    parts = [f"[{part}]" if isinstance(part, int) else f".{part}" if part.isprintable() else f".{part!r}" for part in key]
    return f"`{''.join(parts).removeprefix('.')}`" if parts else "the file"


def listed(names: Iterable[str]) -> str:
    """Keys, as a message names them."""
    return ", ".join(f"`{name}`" for name in names)


def _quoted(text: str) -> str:
    """On one line, and not too long."""
    return json.dumps(text if len(text) <= 60 else text[:57] + "...", ensure_ascii=False)

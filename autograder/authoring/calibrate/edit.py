"""Writes what was found into the configuration: text and values in, the same text with only the lines concerned changed.

Comments, order and layout stay. The result is read again, and is only given out if it differs from the old one in the values
that were to be changed, and in nothing else.
"""

from __future__ import annotations

import copy
import json
import re
from collections.abc import Mapping
from typing import Any

import yaml
from yaml.nodes import CollectionNode, MappingNode, Node, ScalarNode

from autograder.errors import ConfigError

Value = str | int | float
COLUMN = 42
"""Where comments of new lines begin, if the value leaves room for it."""

CERTIFICATE_COMMENTS = {
    "settings": "Digest of the run's settings that it was made for: all above but `seconds`.",
    "code": "Digest of the code that was run: the solution's classes and the loop.",
    "runs": "Runs of the solution against this threshold.",
    "failures": "How many of them fell short.",
    "bound": "A correct submission falls short with all its attempts at most this often,",
    "confidence": "with this confidence.",
    "method": "How the bound follows from the runs.",
    "seed": "All runs follow from it: `autograder calibrate --seed`.",
    "torch": "The version that they were made with.",
    "date": "When.",
}
"""What is written beside the keys of a new certificate."""


def edited(text: str, section: tuple[str, ...], values: Mapping[str, Value], certificate: Mapping[str, Value]) -> str:
    """`text` with these values in the section, and the certificate below it.

    Raises ConfigError if the section is written in a way that cannot be changed line by line: in braces, or through an alias.
    """
    expected = yaml.safe_load(text)
    _down(expected, section).update({**values, "certificate": dict(certificate)})
    try:
        changed = _with_values(text, section, values)
        if not isinstance(_find(changed, (*section, "certificate")), MappingNode):
            changed = _with_block(changed, section, certificate)
        changed = _with_values(changed, (*section, "certificate"), certificate)
        right = yaml.safe_load(changed) == expected
    except yaml.YAMLError:
        right = False
    if not right:
        raise ConfigError(f"`{'.'.join(section)}` cannot be changed line by line; write it in block style, without aliases")
    return changed


def _down(values: Any, section: tuple[str, ...]) -> Any:
    for key in section:
        if values.get(key) is None:
            values[key] = {}
        values[key] = copy.copy(values[key])  # an alias must not carry the change elsewhere
        values = values[key]
    return values


def _find(text: str, key: tuple[str, ...]) -> Node | None:
    node: Node | None = yaml.compose(text, Loader=yaml.SafeLoader)
    for part in key:
        entries = node.value if isinstance(node, MappingNode) else []
        node = next((child for name, child in entries if name.value == part), None)
    return node


def _with_values(text: str, section: tuple[str, ...], values: Mapping[str, Value]) -> str:
    """`text` with each value in its place, or on a new line at the end of the section."""
    for name, value in values.items():
        node = _find(text, (*section, name))
        if isinstance(node, ScalarNode):
            text = _replaced(text, node, _scalar(value))
        elif node is None:
            text = _appended(text, section, [f"{name}: {_scalar(value)}"])
    return text


def _replaced(text: str, node: Node, new: str) -> str:
    """The scalar's text replaced; a comment behind it stays in its column if there is room."""
    start, end = node.start_mark.index, node.end_mark.index
    rest = text[end:].split("\n", 1)[0]
    gap = len(rest) - len(rest.lstrip(" "))
    if rest[gap:].startswith("#"):
        grown = len(new) - (end - start)
        return text[:start] + new + " " * max(1, gap - grown) + text[end + gap :]
    return text[:start] + new + text[end:]


def _with_block(text: str, section: tuple[str, ...], certificate: Mapping[str, Value]) -> str:
    """`text` with a new certificate, explained line by line, in place of `certificate: none` or at the section's end."""
    body = [_commented(f"  {name}: {_scalar(value)}", CERTIFICATE_COMMENTS.get(name, "")) for name, value in certificate.items()]
    node = _find(text, (*section, "certificate"))
    if node is None:
        return _appended(text, section, ["certificate:", *body])
    end = _line_end(text, node.end_mark.index)
    indent = " " * _indent(text, section)
    head = text[: node.start_mark.index].rstrip(" ")
    behind = text[node.end_mark.index : end]
    return head + behind + "".join(f"\n{indent}{line}" for line in body) + text[end:]


def _appended(text: str, section: tuple[str, ...], lines: list[str]) -> str:
    """`text` with lines behind the last one of the section, which is made if it is not there."""
    node = _find(text, section)
    if not isinstance(node, MappingNode) or not node.value:
        return _appended(text, section[:-1], [f"{section[-1]}:", *(f"  {line}" for line in lines)])
    indent = " " * _indent(text, section)
    end = _line_end(text, max(_last(child) for _, child in node.value))
    while re.match(rf"\n{indent} +#", text[end:]):  # a comment further in goes on with what stands above it
        end = _line_end(text, end + 1)
    return text[:end] + "".join(f"\n{indent}{line}" for line in lines) + text[end:]


def _line_end(text: str, at: int) -> int:
    end = text.find("\n", at)
    return len(text) if end < 0 else end


def _indent(text: str, section: tuple[str, ...]) -> int:
    node = _find(text, section)
    assert isinstance(node, MappingNode)
    return int(node.value[0][0].start_mark.column)


def _last(node: Node) -> int:
    """Where the text of a node ends; a block's own end mark lies behind the comments that follow it."""
    if not isinstance(node, CollectionNode) or not node.value or node.flow_style:
        return int(node.end_mark.index)
    return max(_last(child[1] if isinstance(child, tuple) else child) for child in node.value)


def _commented(line: str, comment: str) -> str:
    return f"{line:<{COLUMN}}  # {comment}" if comment else line


def _scalar(value: Value) -> str:
    """As YAML 1.1 reads it back: a number with an exponent has a point, and text has quotes."""
    if isinstance(value, float):
        text = repr(value)
        mantissa, e, exponent = text.partition("e")
        return f"{mantissa}{'' if '.' in mantissa else '.0'}e{exponent}" if e else text
    if isinstance(value, int):
        return str(value)
    return json.dumps(value, ensure_ascii=False)

"""The form of `results.json`, apart from the product's own model of it."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import jsonschema

_SCHEMA = json.loads(Path(__file__).with_name("gradescope.schema.json").read_bytes())


def read(content: bytes) -> dict[str, Any]:
    """What a `results.json` says. Fails if it is not JSON, or not in Gradescope's form."""

    def refuse(constant: str) -> None:
        raise AssertionError(f"{constant} is not JSON")

    document: dict[str, Any] = json.loads(content, parse_constant=refuse)
    jsonschema.Draft202012Validator(_SCHEMA).validate(document)
    return document

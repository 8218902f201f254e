"""Renders the templates: a template's name and values in, a page out, with everything escaped that is not the template's own."""

from __future__ import annotations

import base64
import functools
import hashlib
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import TYPE_CHECKING, Final

from autograder.reports.text import number

if TYPE_CHECKING:
    from jinja2 import Environment
    from markupsafe import Markup

TEMPLATES: Final = Path(__file__).parent / "templates"


def render(template: str, **values: object) -> bytes:
    """The page that `template` makes of `values`, in UTF-8."""
    return _environment().get_template(template).render(values).encode()


def compile_ahead(*templates: str) -> None:
    """Compile these now, so that the first page of each takes no longer than the others."""
    for template in templates:
        _environment().get_template(template)


def macro(template: str, name: str) -> Callable[..., Markup]:
    """A macro of `template`: called, it gives a part of a page, escaped as a page is."""
    found: Callable[..., Markup] = getattr(_environment().get_template(template).module, name)
    return found


def template_text(name: str) -> str:
    """A file beside the templates, as it is."""
    return (TEMPLATES / name).read_text(encoding="utf-8")


def script_policy(scripts: Iterable[str]) -> str:
    """What the content security policy of a page says of scripts: these may run, as they are, and no other."""
    digests = (base64.b64encode(hashlib.sha256(script.encode()).digest()).decode() for script in scripts)
    return " ".join(f"'sha256-{digest}'" for digest in digests) or "'none'"


@functools.cache
def _environment() -> Environment:
    # Imported late: grading one submission should not pay for it before there is something to write.
    from jinja2 import Environment, FileSystemLoader, StrictUndefined

    environment = Environment(
        loader=FileSystemLoader(TEMPLATES),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
        auto_reload=False,
    )
    environment.filters["number"] = number
    return environment

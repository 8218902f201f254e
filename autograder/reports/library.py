"""Finds the table library that the class report bundles: nothing in, its script out, or nothing where it is not installed.

It is DataTables, with jQuery, as the package `itables` of the extra `report` carries them for notebooks without a network. Where
it is missing, the page has the same tables, which `report.js` sorts, searches and filters by itself.
"""

from __future__ import annotations

import functools
import re
from importlib.util import find_spec
from pathlib import Path
from typing import Final

_EXPORTS: Final = re.compile(r"export\{([^{}]*)\}\s*;?")
_JQUERY: Final = re.compile(r"(?:^|,)\s*([\w$]+) as jQuery\s*(?:,|$)")


@functools.cache
def table_library() -> str:
    """DataTables as a script that leaves `jQuery`, with `DataTable`, on the window; empty if `itables` is not installed."""
    package = find_spec("itables")  # found, not imported: of the package only a file is wanted
    if package is None or package.origin is None:
        return ""
    try:
        bundle = (Path(package.origin).parent / "html" / "dt_bundle.js").read_text(encoding="utf-8")
    except OSError:
        return ""
    exports = list(_EXPORTS.finditer(bundle))
    name = _JQUERY.search(exports[-1][1]) if exports else None
    if name is None:
        return ""  # another form of bundle than is known: better plain tables than none
    script = f"{bundle[: exports[-1].start()]}\nwindow.jQuery = {name[1]};\n{bundle[exports[-1].end() :]}"
    # Both are in strings and patterns only, where \x3C means the same; as they are, they could change where the element ends.
    script = script.replace("<!--", "\\x3C!--").replace("<script", "\\x3Cscript").replace("</script", "\\x3C/script")
    return f'(() => {{\n"use strict";\n{script}\n}})();'

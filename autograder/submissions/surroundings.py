"""Says what of a notebook's surroundings is not there while grading, from its source alone: code cells in, sentences out."""

from __future__ import annotations

import ast
import importlib.util
import re
import warnings
from collections.abc import Iterator, Sequence

from autograder.submissions.notebook import Cell, Module
from autograder.submissions.source import MAX_PARSED, PARSE_ERRORS, Parsed, parse

_MOST = 8
"""Cells that one sentence names."""
_EXAMPLES = 4
"""Things that it quotes."""
_LOOKED_AT = 400
"""Characters of a command that tell what it does."""

_COMMAND = re.compile(r"^[ \t]*(?:[A-Za-z_]\w*[ \t]*=[ \t]*)?(!|%(?:pip|conda|mamba|uv|sx|system)\b)[ \t]*(.*)$", re.M)
_CELL_COMMAND = re.compile(r"\s*(%%(?:bash|sh|shell|script|system|sx|!))\b[^\n]*\n?([^\n]*)")
_TEXT_CELLS = ("%%writefile", "%%file", "%%html", "%%javascript", "%%latex", "%%markdown", "%%svg")
_WRITTEN = re.compile(r"\s*%%(?:writefile|file)\s+(?:-a\s+)?(?:\./)?(\w+)\.py\b")
_INSTALL = re.compile(r"(?:(?:\S*python\S*\s+)?-m\s+)?(?:pip3?|conda|mamba|uv|apt|apt-get)\b.*\binstall\b")
_STARTERS = frozenset({
    "os.system", "os.popen", "subprocess.run", "subprocess.call", "subprocess.check_call", "subprocess.check_output",
    "subprocess.Popen", "subprocess.getoutput", "subprocess.getstatusoutput",
})  # fmt: skip
_DEVICE = re.compile(r"(?:cuda|mps)(?::\d+)?")
_TELLING = re.compile(r"import|cuda|mps|subprocess|\bos\b")
"""Without any of these in a cell, there is nothing in its statements to tell of."""
_PLATFORMS = {"google.colab": "Colab", "kaggle_secrets": "Kaggle", "kaggle_datasets": "Kaggle"}
_ANSWERED = frozenset({"otter", "tqdm"})

_SENTENCES = {
    "install": "{cells} {install|installs|install} packages ({what}): nothing is installed while grading.",
    "command": "{cells} {run|runs|run} commands ({what}): no other program is run while grading.",
    "gpu": "{cells} {ask|asks|ask} for a GPU ({what}): everything ran on the processor.",
    "platform": "{cells} {use|uses|use} modules of Colab or Kaggle ({what}): what they are asked for is not done while grading.",
    "missing": "{cells} {import|imports|import} what is not installed here ({what}): what it is asked for is not done.",
}

_Found = tuple[str, str]


def surroundings(cells: Sequence[Cell], modules: Sequence[Module] = ()) -> tuple[str, ...]:
    """One sentence for each kind of thing that was answered for instead of done; none for an ordinary notebook.

    Nothing is run or imported: whether a module is installed is looked up by its top name.
    """
    found: dict[str, list[tuple[int, str]]] = {}
    names: set[str] = {module.top for module in modules}
    for cell in cells:
        parsed = parse(cell.source)
        for kind, what in (*_commands(cell.source), *_in_statements(cell.source, parsed, names)):
            found.setdefault(kind, []).append((cell.number, what))
        names.update(_bound(parsed))
        if written := _WRITTEN.match(cell.source):
            names.add(written[1])
    return tuple(_sentence(template, found[kind]) for kind, template in _SENTENCES.items() if kind in found)


def _sentence(template: str, places: list[tuple[int, str]]) -> str:
    numbers = list(dict.fromkeys(str(number) for number, _ in places))
    if len(numbers) == 1:
        cells = f"Code cell {numbers[0]}"
    elif len(numbers) <= _MOST:
        cells = f"Code cells {', '.join(numbers[:-1])} and {numbers[-1]}"
    else:
        cells = f"Code cells {', '.join(numbers[:_MOST])} and {len(numbers) - _MOST} more"
    examples = list(dict.fromkeys(f"`{text}`" for _, text in places))
    what = ", ".join([*examples[:_EXAMPLES], *(["..."] if len(examples) > _EXAMPLES else [])])
    verb = re.compile(r"\{\w+\|(\w+)\|(\w+)\}")
    return verb.sub(r"\1" if len(numbers) == 1 else r"\2", template).format(cells=cells, what=what)


def _shown(text: str) -> str:
    plain = " ".join("".join(letter if letter.isprintable() else " " for letter in text).replace("`", "'").split())
    return plain if len(plain) <= 60 else f"{plain[:57]}..."


def _command(text: str, shown: str) -> _Found:
    return ("install" if _INSTALL.match(text.lstrip()[:_LOOKED_AT]) else "command"), _shown(shown)


def _commands(source: str) -> Iterator[_Found]:
    """Shell lines and magics, but not those inside of a cell that is written to a file or shown."""
    if cell := _CELL_COMMAND.match(source):
        yield _command(cell[2], f"{cell[1]} {cell[2]}")
        return
    if source.lstrip().startswith(_TEXT_CELLS) or _is_python(source):
        return
    for mark, text in _COMMAND.findall(source):
        if not mark.startswith("%") or mark in {"%sx", "%system"}:
            yield _command(text, f"{mark}{text}" if mark == "!" else f"{mark} {text}")
        elif text.split()[:1] == ["install"]:
            yield "install", _shown(f"{mark} {text}")


def _is_python(source: str) -> bool:
    """Whether it parses without IPython's help; what looks like a command in it is then part of a text."""
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            ast.parse(source[:MAX_PARSED])
    except PARSE_ERRORS:
        return False
    return True


def _in_statements(source: str, parsed: Parsed, names: set[str]) -> Iterator[_Found]:
    if not _TELLING.search(source):
        return  # nothing below could be found; walking the trees of all cells takes as long as aligning them five times
    pending: list[tuple[ast.AST, bool]] = [(statement, False) for statement in reversed(parsed.statements)]
    while pending:
        node, prepared = pending.pop()
        match node:
            case (ast.If() | ast.IfExp()) if "is_available" in ast.dump(node.test):
                continue  # it asks whether there is a GPU, and takes no for an answer
            case ast.Compare() | ast.MatchValue() | ast.Dict():
                continue
            case ast.Try(handlers=[_, *_]):
                prepared = True  # for an import that fails, so that none is answered
            case ast.Import(names=aliases) if not prepared:
                yield from (one for alias in aliases for one in _imported(alias.name, names))
            case ast.ImportFrom(module=str(module), level=0) if not prepared:
                yield from _imported(module, names)
            case ast.Assign(value=ast.Constant(value=str(value))) if _DEVICE.fullmatch(value):
                yield "gpu", _shown(ast.unparse(node))
            case ast.Call():
                yield from _called(node)
            case _:
                pass
        pending.extend((part, prepared) for part in reversed(list(ast.iter_child_nodes(node))))


def _called(node: ast.Call) -> Iterator[_Found]:
    name = ast.unparse(node.func) if isinstance(node.func, (ast.Name, ast.Attribute)) else ""
    method = name.rpartition(".")[2]
    if name in _STARTERS:
        parts = [part.value for part in ast.walk(node) if isinstance(part, ast.Constant) and isinstance(part.value, str)]
        yield _command(" ".join(parts), f"{name}({' '.join(parts)!r})")
    elif isinstance(node.func, ast.Attribute) and method == "cuda" and not node.keywords:
        yield "gpu", ".cuda()"
    elif method in {"to", "device", "set_default_device", "tensor", "zeros", "ones", "randn", "rand", "empty", "full"}:
        values = [*node.args, *(keyword.value for keyword in node.keywords)]
        for value in values:
            if isinstance(value, ast.Constant) and isinstance(value.value, str) and _DEVICE.fullmatch(value.value):
                yield "gpu", f"{method}({value.value!r})"


def _imported(module: str, names: set[str]) -> Iterator[_Found]:
    platform = next((name for name in _PLATFORMS if f"{module}.".startswith(f"{name}.")), None)
    top = module.partition(".")[0]
    if platform is not None:
        yield "platform", platform
    elif top not in _ANSWERED and top not in names and not _is_installed(top):
        yield "missing", _shown(top)


def _is_installed(top: str) -> bool:
    try:
        return importlib.util.find_spec(top) is not None
    except (ImportError, ValueError):
        return True


def _bound(parsed: Parsed) -> Iterator[str]:
    """Names that the statements bind at the top: an import of one of them is about the notebook, not about a package."""
    for statement in parsed.statements:
        match statement:
            case ast.ClassDef(name=name) | ast.FunctionDef(name=name):
                yield name
            case ast.Assign(targets=targets):
                yield from (target.id for target in targets if isinstance(target, ast.Name))

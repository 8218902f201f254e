"""Lets a cell go on where it imports a module that is not installed: its names are bound to an inert stand-in.

Only imports outside `try` are answered, since a notebook that tries is prepared for a refusal. A relative import, a name that a
module does not have, a submodule of an installed package and the notebook's own modules and names stay errors.
"""

from __future__ import annotations

import ast
import builtins
import importlib.util
import sys
import types
from collections.abc import Iterable, Iterator
from typing import Any

from autograder.sandbox.surroundings.notes import note
from autograder.sandbox.surroundings.paths import is_own

ANSWER = "__autograder_answer_import__"
_PLATFORMS = {"google.colab": "Colab", "kaggle_secrets": "Kaggle", "kaggle_datasets": "Kaggle"}
_ANSWERS: dict[str, Any] = {
    "google.colab.files.upload": dict,
    "google.colab.userdata.get": str,
    "kaggle_secrets.UserSecretsClient.get_secret": str,
}


class NotInstalled:
    """Stands for anything of a module that is not installed: can be called, indexed and entered; is empty, and no value.

    What comes of a call goes through what the call was given, if anything: most functions around a loop show how far it is.
    """

    def __init__(self, path: str, through: Any = ()):
        self._path, self._through = path, through

    def __getattr__(self, name: str) -> Any:
        if name.startswith("__"):
            raise AttributeError(name)
        return NotInstalled(f"{self._path}.{name}")

    def __call__(self, *args: Any, **kwargs: Any) -> Any:
        if len(args) == 1 and not kwargs and isinstance(args[0], (types.FunctionType, type)):
            return args[0]  # it is used as a decorator
        answer = _ANSWERS.get(self._path)
        if answer is not None:
            return answer()
        return NotInstalled(self._path, args[0] if args and isinstance(args[0], Iterable) else ())

    def __getitem__(self, key: Any) -> NotInstalled:
        return self

    def __setitem__(self, key: Any, value: Any) -> None:
        pass

    def __len__(self) -> int:
        return 0

    def __iter__(self) -> Iterator[Any]:
        return iter(self._through)

    def __contains__(self, item: Any) -> bool:
        return False

    def __enter__(self) -> NotInstalled:
        return self

    def __exit__(self, *error: object) -> None:
        pass

    def __mro_entries__(self, bases: Any) -> tuple[type, ...]:
        return ()

    def __instancecheck__(self, instance: Any) -> bool:
        return False

    def __repr__(self) -> str:
        return f"<{self._path}, which is not installed here>"


class ImportsAnswered(ast.NodeTransformer):
    """Puts imports of modules that are not loaded yet into a `try` whose other branch binds stand-ins."""

    def visit(self, node: ast.AST) -> Any:
        """Statements only: imports are nowhere else."""
        if isinstance(node, ast.Try) and node.handlers:
            return node
        for name in ("body", "orelse", "finalbody", "handlers", "cases"):
            inner = getattr(node, name, None)
            if isinstance(inner, list):
                setattr(node, name, [new for statement in inner for new in self._answered(statement)])
        return node

    def _answered(self, statement: Any) -> list[Any]:
        match statement:
            case ast.Import(names=names) if any(alias.name not in sys.modules for alias in names):
                return [self._one(ast.Import([alias]), alias.name, [alias], statement) for alias in names]
            case ast.ImportFrom(module=str(module), level=0) if module not in sys.modules and module != "__future__":
                return [self._one(statement, module, statement.names, statement)]
        return [self.visit(statement)]

    def _one(self, plain: ast.stmt, module: str, names: list[ast.alias], place: ast.stmt) -> ast.stmt:
        if module in sys.modules:
            return ast.copy_location(plain, place)
        bound: list[ast.stmt] = []
        for alias in names:
            attribute = ast.Constant(alias.name if isinstance(plain, ast.ImportFrom) else None)
            arguments: list[ast.expr] = [ast.Constant(module), attribute, ast.Constant(bool(alias.asname))]
            call = ast.Call(ast.Name(ANSWER, ast.Load()), arguments, [])
            name = alias.asname or (alias.name if isinstance(plain, ast.ImportFrom) else alias.name.partition(".")[0])
            bound.append(ast.Expr(call) if name == "*" else ast.Assign([ast.Name(name, ast.Store())], call))
        handler = ast.ExceptHandler(ast.Name("ModuleNotFoundError", ast.Load()), None, bound)
        wrapped = ast.Try([plain], [handler], [], [])
        for node in ast.walk(wrapped):
            if "lineno" in node._attributes:
                ast.copy_location(node, place)
        return wrapped


def answer_import(shell: Any, module: str, attribute: str | None, renamed: bool) -> Any:
    """What an import that failed binds; raises the error that it failed with where that is to stay one."""
    error = sys.exc_info()[1]
    platform = next((name for name in _PLATFORMS if f"{module}.".startswith(f"{name}.")), None)
    if isinstance(error, ModuleNotFoundError) and platform is None and not _is_missing(error, module, shell.user_ns):
        raise error
    if platform is not None:
        note(f"{platform} belongs to {_PLATFORMS[platform]}: what the notebook asks of it is not done")
    else:
        note(f"{module} is not installed here: what the notebook asks of it is not done")
    if attribute is not None or renamed:
        return NotInstalled(module if attribute is None else f"{module}.{attribute}")
    top, *rest = module.split(".")
    found = owner = sys.modules.get(top)
    if owner is None:
        return NotInstalled(top)
    for depth, part in enumerate(rest, 2):  # `import package.missing` binds the package
        if not hasattr(owner, part):
            setattr(owner, part, NotInstalled(".".join(module.split(".")[:depth])))
            break
        owner = getattr(owner, part)
    return found


def _is_missing(error: ModuleNotFoundError, module: str, space: dict[str, Any]) -> bool:
    """Whether the error is about a package that is not installed, and the module not one of the notebook's own."""
    missing, top = (error.name or "").partition(".")[0], module.partition(".")[0]
    if not missing or (missing in space and not isinstance(space[missing], NotInstalled)):
        return False
    try:
        if importlib.util.find_spec(missing) is not None:
            return False
        spec = importlib.util.find_spec(top)
    except (ImportError, ValueError):
        return False
    return spec is None or not is_own(spec.origin)


def install(shell: Any) -> None:
    """Answer for imports in the cells of this shell."""

    def answer(module: str, attribute: str | None, renamed: bool) -> Any:
        return answer_import(shell, module, attribute, renamed)

    setattr(builtins, ANSWER, answer)
    shell.ast_transformers.append(ImportsAnswered())

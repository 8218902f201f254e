"""Tells the special names that a student object may be asked for from those that libraries act on: a name in, yes or no out."""

from __future__ import annotations

import operator
import types

_KINDS = (
    object, type, int, float, complex, str, bytes, list, tuple, dict, set, range, slice, property, BaseException, operator,
    types.ModuleType, types.FunctionType, types.MethodType, types.CodeType, types.GeneratorType, types.CoroutineType,
)  # fmt: skip
_MORE = """
    abstractmethods aenter aexit all bytes class_getitem copy dataclass_fields dataclass_params deepcopy del enter exit getattr
    length_hint match_args missing orig_bases path post_init rmatmul set_name signature slots version wrapped
"""
ASKED_FOR = frozenset(
    {name for kind in _KINDS for name in dir(kind) if name.startswith("__")}
    | {f"__{name}__" for name in _MORE.split()}
    | {"__array__"}  # NumPy's for a copy of the values, which crosses as any other: `np.array_equal(column, [1, 2])`
)
"""Names with two underscores on either side that a handle asks the student's process for: Python's own, and one.

Libraries of the grader's look for others in whatever they are handed, and act on them: NumPy takes `__array_interface__` for
the address of memory to read, torch calls `__torch_function__` with what a tensor is compared with.
"""


def is_a_library_s(name: str) -> bool:
    """Whether a library asks for this name behind a test's back, so that no student object may answer."""
    return name == "_as_parameter_" or (name[:2] == name[-2:] == "__" and name not in ASKED_FOR)

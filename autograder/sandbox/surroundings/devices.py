"""Runs on the processor what a notebook sends to a GPU: device names in cells become "cpu", and torch.cuda answers without one.

Names are changed in a cell's syntax tree before it is compiled, so tensor operations cost nothing more and the watch over calls
sees what it always sees. Names that are compared, looked up or printed stay as they are.
"""

from __future__ import annotations

import ast
import contextlib
import re
import types
from typing import Any

import torch

DEVICE = re.compile(r"(?:cuda|mps)(?::\d+)?")
_TENSOR_TYPE = re.compile(r"torch\.cuda\.(\w+Tensor)")
_KEPT_IN_CALLS_OF = frozenset({
    "getattr", "hasattr", "setattr", "delattr", "import_module", "__import__", "find_spec", "autocast", "GradScaler", "print",
    "startswith", "endswith", "find", "index", "count", "replace", "split",
})  # fmt: skip


class OnTheProcessor(ast.NodeTransformer):
    """Turns the names of other devices, as constants in a cell, into that of the processor."""

    def __init__(self) -> None:
        self.wanted = True

    def look(self, lines: list[str]) -> list[str]:
        """Note whether the next cell names a device at all; gives the lines back as they are."""
        self.wanted = any("cuda" in line or "mps" in line for line in lines)
        return lines

    def visit(self, node: ast.AST) -> Any:
        """The tree with the names changed."""
        return super().visit(node) if self.wanted else node

    def visit_Constant(self, node: ast.Constant) -> ast.AST:
        """A device's name, or that of a tensor type."""
        if isinstance(node.value, str):
            if DEVICE.fullmatch(node.value):
                return ast.copy_location(ast.Constant("cpu"), node)
            if kind := _TENSOR_TYPE.fullmatch(node.value):
                return ast.copy_location(ast.Constant(f"torch.{kind[1]}"), node)
        return node

    def visit_JoinedStr(self, node: ast.JoinedStr) -> ast.AST:
        """`f"cuda:{number}"`; other texts are left alone."""
        match node.values:
            case [ast.Constant(value="cuda:" | "mps:"), ast.FormattedValue()]:
                return ast.copy_location(ast.Constant("cpu"), node)
        return node

    def visit_Compare(self, node: ast.Compare) -> ast.AST:
        """`device.type == "cuda"` is to be false."""
        node.left, *node.comparators = [self._unless_constant(part) for part in (node.left, *node.comparators)]
        return node

    def visit_Call(self, node: ast.Call) -> ast.AST:
        """`getattr(torch, "cuda")` is about the module."""
        name = getattr(node.func, "attr", getattr(node.func, "id", None))
        if name not in _KEPT_IN_CALLS_OF:
            return self.generic_visit(node)
        node.func = self.visit(node.func)
        node.args = [self._unless_constant(part) for part in node.args]
        for keyword in node.keywords:
            keyword.value = self._unless_constant(keyword.value)
        return node

    def visit_Dict(self, node: ast.Dict) -> ast.AST:
        """Keys are looked up by what the notebook calls them."""
        node.keys = [key and self._unless_constant(key) for key in node.keys]
        node.values = [self.visit(value) for value in node.values]
        return node

    def visit_Subscript(self, node: ast.Subscript) -> ast.AST:
        """As keys are."""
        node.value, node.slice = self.visit(node.value), self._unless_constant(node.slice)
        return node

    def visit_MatchValue(self, node: ast.MatchValue) -> ast.AST:
        """A comparison as well."""
        return node

    def _unless_constant(self, node: ast.expr) -> Any:
        parts = node.elts if isinstance(node, (ast.Tuple, ast.List, ast.Set)) else [node]
        return node if all(isinstance(part, ast.Constant) for part in parts) else self.visit(node)


class Event:
    """Stands for `torch.cuda.Event`; no time passes between two of them."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        pass

    def record(self, *args: Any) -> None:
        """Nothing is under way."""

    synchronize = wait = record

    def query(self) -> bool:
        """Everything is done."""
        return True

    def elapsed_time(self, other: Event) -> float:
        """Milliseconds."""
        return 0.0


def _itself(self: Any, *args: Any, **kwargs: Any) -> Any:
    return self


def _constant(value: Any) -> Any:
    return lambda *args, **kwargs: value


def _compile(model: Any = None, *args: Any, **kwargs: Any) -> Any:
    return model if model is not None else lambda function: function


_ANSWERS: dict[Any, tuple[Any, str]] = {
    torch.cuda: (
        None,
        "synchronize set_device empty_cache ipc_collect init reset_peak_memory_stats reset_max_memory_allocated "
        "reset_max_memory_cached reset_accumulated_memory_stats set_per_process_memory_fraction",
    ),
    torch.mps: (None, "synchronize manual_seed seed empty_cache set_per_process_memory_fraction"),
}
_ZEROS = {
    torch.cuda: "device_count current_device utilization memory_allocated max_memory_allocated memory_reserved "
    "max_memory_reserved memory_cached max_memory_cached",
    torch.mps: "current_allocated_memory driver_allocated_memory",
}


def install(shell: Any) -> None:
    """Change torch and the shell in this process."""
    cuda: Any = torch.cuda
    tensor: Any = torch.Tensor
    module: Any = torch.nn.Module
    top: Any = torch
    for place, (value, names) in (*_ANSWERS.items(), *((place, (0, names)) for place, names in _ZEROS.items())):
        for name in names.split():
            setattr(place, name, _constant(value))
    cuda.is_available = cuda.is_bf16_supported = _constant(False)
    cuda.get_device_name = _constant("CPU")
    cuda.get_device_capability = cuda.mem_get_info = _constant((0, 0))
    cuda.get_device_properties = _constant(
        types.SimpleNamespace(name="CPU", total_memory=0, major=0, minor=0, multi_processor_count=0)
    )
    cuda.memory_summary = _constant("")
    if hasattr(torch, "accelerator"):  # from torch 2.6 on; a build for a GPU would name it here, even where there is none
        accelerator: Any = torch.accelerator
        accelerator.is_available, accelerator.device_count = _constant(False), _constant(0)
        accelerator.current_accelerator = accelerator.synchronize = _constant(None)
    cuda.Event = Event
    cuda.stream = lambda stream=None: contextlib.nullcontext()
    for name in [name for name in dir(cuda) if name.endswith("Tensor") and hasattr(torch, name)]:
        setattr(cuda, name, getattr(torch, name))
    tensor.cuda = tensor.pin_memory = module.cuda = _itself
    top.compile = _compile
    # The processes that questions are judged in are forks, and a fork of one that used a second thread hangs for ever.
    top.set_num_threads = top.set_num_interop_threads = _constant(None)
    module.compile = _constant(None)
    set_default_device = torch.set_default_device

    def set_default(device: Any) -> None:
        if device is None or torch.device(device).type not in ("cpu", "cuda", "mps"):
            set_default_device(device)  # for the processor there is nothing to set, and a mode would slow down every call

    top.set_default_device = set_default
    transformer = OnTheProcessor()
    shell.input_transformers_cleanup.insert(0, transformer.look)
    shell.ast_transformers.append(transformer)

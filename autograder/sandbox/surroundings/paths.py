"""Leads paths of other machines into the worker's own folder, and torchvision's MNIST to the data that is there, from any root.

A path is of another machine if its top folder does not exist here (`/content`, `/kaggle`, `/Users`) or if it names a drive
(`C:`). What is written there can be read again; what is not there is missing as it would be anywhere. Paths that exist here
are left to the operating system.
"""

from __future__ import annotations

import builtins
import functools
import io
import os
import re
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import IPython.core.interactiveshell
import torch
from torchvision import datasets

from autograder.sandbox.surroundings.notes import note

_HOMES = frozenset({"home", "mnt", "media"})
"""Folders that exist here, and whose own folders are those of a machine."""

_DRIVE = re.compile(r"([A-Za-z]):[\\/]")

_scratch = ""
_top_folders: frozenset[str] = frozenset()
_stat, _makedirs, _open, _chdir = os.stat, os.makedirs, io.open, os.chdir


def begin(scratch: Path) -> None:
    """From here on, paths of other machines lead below this folder."""
    global _scratch  # patched functions have no other way to learn of it
    _scratch = str(scratch)
    sys.path.insert(0, "")  # modules that a notebook writes lie in its folder


def is_own(file: str | None) -> bool:
    """Whether a file lies in the worker's own folder."""
    return bool(_scratch and file) and os.path.abspath(str(file)).startswith(_scratch)  # noqa: PTH100  # a text, as imports give it


def elsewhere(path: Any) -> Any:
    """Where a path of another machine leads; any other is given back as it is."""
    if not _scratch or not isinstance(path, (str, os.PathLike)):
        return path
    text = os.fspath(path)
    if not isinstance(text, str):
        return path
    if text.startswith("/"):
        top, _, rest = text[1:].partition("/")
        if not top or top == ".." or (top in _top_folders and not (top in _HOMES and _is_absent(f"/{top}", rest))):
            return path
        return f"{_scratch}/tmp/elsewhere{os.path.normpath(text)}"
    if drive := _DRIVE.match(text):
        rest = text[drive.end() :].replace("\\", "/")
        return f"{_scratch}/tmp/elsewhere{os.path.normpath(f'/{drive[1]}/{rest}')}"
    return path


def _is_absent(folder: str, rest: str) -> bool:
    first = rest.partition("/")[0]
    if first in ("", ".", ".."):
        return False
    try:
        _stat(f"{folder}/{first}")
    except FileNotFoundError:
        return True
    except OSError:
        return False
    return False


def _make_parent(path: Any) -> None:
    parent = os.path.dirname(os.fspath(path))  # noqa: PTH120  # a text, as the callers' paths are
    if parent:
        _makedirs(parent, exist_ok=True)


def _led(function: Callable[..., Any], *, writes: bool = False) -> Callable[..., Any]:
    """The function, with the path that is its first argument led elsewhere; errors still name the path that was given."""

    @functools.wraps(function)
    def led(path: Any = ".", *args: Any, **kwargs: Any) -> Any:
        other = elsewhere(path)
        if other is path:
            return function(path, *args, **kwargs)
        try:
            if writes:
                _make_parent(other)
            return function(other, *args, **kwargs)
        except OSError as error:
            error.filename = path
            raise

    return led


def _led_open(file: Any, mode: str = "r", *args: Any, **kwargs: Any) -> Any:
    """`open`; the folder of a file that is to be written is made where it may be made."""
    other = elsewhere(file)
    try:
        return _open(other, mode, *args, **kwargs)
    except FileNotFoundError as error:
        if _scratch and set(mode) & set("wax"):
            try:
                _make_parent(other)
            except OSError:
                raise error from None
            return _open(other, mode, *args, **kwargs)
        error.filename = file
        raise


def _led_chdir(path: Any) -> None:
    """`os.chdir`; a folder that is not there leaves the notebook where it is."""
    if not _scratch:
        return _chdir(path)
    other = elsewhere(path)
    try:
        if other is not path:
            _makedirs(other, exist_ok=True)
        return _chdir(other)
    except OSError as error:
        note(f"the folder {path} cannot be entered here ({error.strerror}): the notebook stays where it is")


def _led_save(save: Callable[..., Any]) -> Callable[..., Any]:
    """`torch.save`; a place that cannot be written to costs the file only."""

    @functools.wraps(save)
    def led(obj: Any, f: Any, *args: Any, **kwargs: Any) -> Any:
        if not _scratch or not isinstance(f, (str, os.PathLike)):
            return save(obj, f, *args, **kwargs)
        other = elsewhere(f)
        try:
            _make_parent(other)
            return save(obj, other, *args, **kwargs)
        except (OSError, RuntimeError) as error:
            if isinstance(error, RuntimeError) and _can_be_written(other):
                raise
            note(f"{f} cannot be written here, and is not saved")

    return led


def _can_be_written(path: Any) -> bool:
    try:
        with _open(path, "ab"):
            return True
    except OSError:
        return False


def _led_load(load: Callable[..., Any]) -> Callable[..., Any]:
    @functools.wraps(load)
    def led(f: Any, *args: Any, **kwargs: Any) -> Any:
        return load(elsewhere(f), *args, **kwargs)

    return led


def _led_rename(function: Callable[..., Any]) -> Callable[..., Any]:
    @functools.wraps(function)
    def led(source: Any, target: Any, **kwargs: Any) -> Any:
        return function(elsewhere(source), elsewhere(target), **kwargs)

    return led


def _raw_folder(plain: property) -> property:
    """Where MNIST's files lie, whatever the root; other data sets that are made of its class keep theirs."""

    def raw_folder(self: Any) -> str:
        given = f"{_scratch}/data/MNIST/raw"
        if _scratch and _is_mnist(type(self)) and Path(given).is_dir():
            return given
        return str(plain.__get__(self))

    return property(raw_folder)


def _is_mnist(kind: type) -> bool:
    below = kind.__mro__[: kind.__mro__.index(datasets.MNIST)]
    return not any({"resources", "_check_exists", "download", "raw_folder"} & vars(one).keys() for one in below)


def install() -> None:
    """Change os, open, torch.save, torch.load and torchvision's MNIST in this process."""
    global _top_folders  # as above
    _top_folders = frozenset(os.listdir("/"))
    system: Any = os
    for name in ("open", "stat", "lstat", "listdir", "scandir", "access", "remove", "unlink", "rmdir"):
        _replace(system, name, _led(getattr(os, name)))
    _replace(system, "mkdir", _led(os.mkdir, writes=True))
    _replace(system, "chdir", _led_chdir)
    for name in ("rename", "replace"):
        _replace(system, name, _led_rename(getattr(os, name)))
    anything: Any = io
    anything.open = builtins.open = IPython.core.interactiveshell.io_open = _led_open
    library: Any = torch
    library.save, library.load = _led_save(torch.save), _led_load(torch.load)
    mnist: Any = datasets.MNIST
    mnist.raw_folder = _raw_folder(datasets.MNIST.raw_folder)


def _replace(module: Any, name: str, function: Any) -> None:
    plain = getattr(module, name)
    for group in (os.supports_fd, os.supports_dir_fd, os.supports_follow_symlinks, os.supports_effective_ids):
        if plain in group:
            group.add(function)  # so that others go on asking it for what it can
    setattr(module, name, function)

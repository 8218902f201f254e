"""Tells whether a name that a student's process says is one of torch's: anything else could carry what nobody may read."""

from __future__ import annotations

import re

import torch

_NAME = re.compile(r"torch(\.[A-Za-z_]\w*){1,8}", re.ASCII)


def exists(name: str) -> bool:
    """Whether this dotted name is that of something in torch as it is installed here."""
    if not _NAME.fullmatch(name):
        return False
    thing: object = torch
    for part in name.split(".")[1:]:
        try:
            thing = getattr(thing, part)
        except (AttributeError, RuntimeError):  # the latter from lazy modules
            return False
    # torch.ops has a namespace for whatever it is asked for.
    return not name.startswith("torch.ops.") or isinstance(thing, (torch._ops.OpOverload, torch._ops.OpOverloadPacket))

"""Turns NumPy arrays into frames and back, by the rules of tensors: what may cross, in whose bytes, and how large it may be.

An array always crosses as a copy, without a number: what student code writes into one that it was given stays over there.
"""

from __future__ import annotations

from typing import Any

import numpy
import torch

from autograder.errors import ProtocolError
from autograder.sandbox import protocol

_KINDS = frozenset(protocol.DTYPES) - {"bfloat16"}
"""Of numbers and truths that NumPy and torch both know, under the same names."""


def can_cross(value: Any) -> bool:
    """Whether it is an array of numbers or truths that fits into one frame; a larger one, or one of objects, is passed on by
    reference."""
    return (
        isinstance(value, numpy.ndarray)
        and value.dtype.name in _KINDS
        and value.ndim <= protocol.MAX_DIMENSIONS
        and value.nbytes <= protocol.MAX_PAYLOAD
    )


def pack_array(array: numpy.ndarray[Any, Any], payload: protocol.Payload) -> dict[str, Any]:
    """The map of an array, its bytes added to `payload`. Raises ProtocolError past the bound."""
    own = numpy.array(array, dtype=array.dtype.newbyteorder("="), order="C", copy=True, subok=False)
    return protocol.pack_tensor(torch.from_numpy(own), payload) | {"k": "A"}


def unpack_array(message: dict[str, Any], payload: protocol.Received) -> numpy.ndarray[Any, Any]:
    """An array of our own from its map. Raises ProtocolError as `protocol.unpack_tensor`."""
    kind = message.get("d")
    if type(kind) is not str or kind not in _KINDS:
        raise ProtocolError("an array of no known dtype")
    bare: dict[str, Any] = {key: message[key] for key in ("d", "s", "o") if key in message}
    array: numpy.ndarray[Any, Any] = protocol.unpack_tensor(bare, payload).numpy()
    return array

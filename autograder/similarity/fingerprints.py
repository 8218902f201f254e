"""Condenses code to what can be compared fast: code in, winnowing fingerprints out, without those of the template.

Names, strings, spaces and comments make no difference: copydetect replaces them by their kind. Fingerprints are chosen by
winnowing (Schleimer, Wilkerson and Aiken, SIGMOD 2003), so that whatever two codes share of `ENOUGH` characters or more is
noticed. The numbers that stand for pieces of code are made here: copydetect takes Python's `hash`, which is another one in each
process.
"""

from __future__ import annotations

import warnings
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from autograder.errors import UsageError

if TYPE_CHECKING:
    from collections.abc import Sequence

    import numpy as np
    from numpy.typing import NDArray

    Numbers = NDArray[np.int64]

NOISE: Final = 25
"""Characters of condensed code that are too few to mean anything: copydetect's own default, some two lines."""
ENOUGH: Final = 33
"""Characters of condensed code that are found wherever they are shared."""
_KEPT: Final = 0xF_FFFF_FFFF_FFFF
"""52 bits: winnowing compares numbers as double-precision ones."""


@dataclass(frozen=True)
class Print:
    """The fingerprints of one code.

    Attributes:
        places: fingerprint -> where it begins in the condensed code, without those that the template has too.
        length: of the code as it is.
        offsets: (position in the condensed code, characters left out before it), as copydetect keeps them.
    """

    places: dict[int, list[int]]
    length: int
    offsets: NDArray[np.int64]

    def passages(self, shared: Sequence[int]) -> list[tuple[int, int]]:
        """Where these fingerprints are in the code as it is: starts and ends, in order, apart from one another."""
        import numpy as np
        from copydetect.utils import get_copied_slices

        places = [place for one in shared for place in self.places[one]]
        if not places:
            return []
        slices = np.asarray(get_copied_slices(np.array(places), NOISE), dtype=np.int64)
        at = np.clip(np.searchsorted(self.offsets[:, 0], slices), 0, len(self.offsets) - 1)
        found: list[tuple[int, int]] = []
        for start, end in sorted(zip(*(slices + self.offsets[:, 1][at]).tolist(), strict=True)):
            start, end = max(start, found[-1][1] if found else 0), min(end, self.length)
            if start < end:
                found.append((start, end))
        return found


class Fingerprints:
    """Makes the fingerprints of codes that were written into one template. Raises UsageError if copydetect is not installed."""

    def __init__(self, template: Sequence[str]):
        try:
            import copydetect.utils as library
        except ImportError as error:
            raise UsageError("similarity needs the package copydetect: pip install 'autograder[report]'") from error
        self._library: Any = library
        # Each cell by itself, for students leave some out, and all of them in order, for what lies across two.
        given = (*template, "\n\n".join(template))
        self._given = frozenset(number for source in given for number in _numbers(self._condensed(source)[0]).tolist())

    def of(self, code: str) -> Print:
        """The fingerprints of `code`."""
        condensed, offsets = self._condensed(code)
        numbers = _numbers(condensed)
        places: dict[int, list[int]] = {}
        if len(numbers):
            chosen, at = self._library.winnow(numbers, ENOUGH - NOISE + 1, remove_duplicates=False)
            for number, place in zip(chosen.tolist(), at.tolist(), strict=True):
                if number not in self._given:
                    places.setdefault(number, []).append(place)
        return Print(places, len(code), offsets)

    def _condensed(self, code: str) -> tuple[str, NDArray[np.int64]]:
        import numpy as np

        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            condensed, offsets = self._library.filter_code(code, "", "python")
        return condensed, np.asarray(offsets, dtype=np.int64).reshape(-1, 2)


def _numbers(condensed: str) -> Numbers:
    """A number for each piece of `NOISE` characters: the same for the same piece, on every machine and in every process."""
    import numpy as np

    letters = np.frombuffer(condensed.encode("utf-32-le"), np.uint32).astype(np.uint64)
    count = len(letters) - NOISE + 1
    if count <= 0:
        return np.zeros(0, np.int64)
    factors = np.random.Generator(np.random.PCG64(0)).integers(1, 1 << 63, NOISE, dtype=np.uint64) | np.uint64(1)
    sums = np.zeros(count, np.uint64)
    for place, factor in enumerate(factors):
        sums += letters[place : place + count] * factor
    sums ^= sums >> np.uint64(31)
    sums *= np.uint64(0x9E3779B97F4A7C15)
    return ((sums >> np.uint64(7)) & np.uint64(_KEPT)).astype(np.int64)

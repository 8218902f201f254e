"""Ranks pairs of submissions: fingerprints in, the pairs that share most out, by an index and not by comparing all with all."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from autograder.similarity.fingerprints import Print

USUAL: Final = (10, 0.02)
"""A fingerprint in more submissions than the first number, and than that share of all, is how one writes it: `x @ self.weight` is
in almost all of them. It counts for nobody. Ten is what MOSS takes; the share keeps large classes from losing what few share."""
SHARED: Final = 6
"""Fingerprints that a pair has in common at least: some eight lines."""
LEAST: Final = 0.2
"""Similarity from which a pair is listed."""
ALIKE: Final = 40
"""Fingerprints of a code, the template's left out, from which it is no accident that another is the same throughout: some fifty
lines, in which names, strings and comments do not count."""
SAME: Final = 0.9
"""Share of all fingerprints of two such codes that both have, for the codes to be the same throughout."""
PAIRS: Final = 200
"""Pairs that are listed at most."""
_AT_ONCE: Final = 4_000_000
_BANDS: Final = (8, 4)
"""Sets that have nine tenths in common agree in all four of at least one of eight hashes but for one in five thousand."""


@dataclass(frozen=True)
class Pair:
    """Two submissions by their places, the first being the earlier one.

    Attributes:
        similarity: what they share, as a share of the mean of what each has: 0 to 1 (Dice's coefficient).
        shares: the same as a share of what the one and the other has.
        shared: the fingerprints.
    """

    one: int
    other: int
    similarity: float
    shares: tuple[float, float]
    shared: tuple[int, ...]


@dataclass(frozen=True)
class Ranking:
    """The pairs that share most, the most similar first.

    Attributes:
        found: pairs that would be listed, were there room for all.
        empty: places of those that hold nothing but what is usual.
        alike: groups of those whose codes are the same throughout, the largest first. What is usual counts here.
    """

    pairs: tuple[Pair, ...]
    found: int
    empty: tuple[int, ...]
    alike: tuple[tuple[int, ...], ...]


def rank(prints: Sequence[Print]) -> Ranking:
    """The pairs among these. Takes time by what is shared, not by the number of pairs."""
    import numpy as np

    holders: dict[int, list[int]] = {}
    for place, made in enumerate(prints):
        for number in made.places:
            holders.setdefault(number, []).append(place)
    usual = max(USUAL[0], USUAL[1] * len(prints))
    unusual = {number: who for number, who in holders.items() if len(who) <= usual}
    sizes = np.zeros(len(prints), np.int64)
    for who in unusual.values():
        sizes[who] += 1
    keys, counts = np.zeros(0, np.int64), np.zeros(0, np.int64)
    waiting: list[np.ndarray[tuple[int], np.dtype[np.int64]]] = []
    amount = 0
    for who in [*(who for who in unusual.values() if len(who) > 1), []]:
        if who:
            places = np.array(who, np.int64)
            first, second = np.triu_indices(len(places), 1)
            waiting.append(places[first] * len(prints) + places[second])
            amount += len(first)
        if waiting and (amount > _AT_ONCE or not who):
            new, times = np.unique(np.concatenate(waiting), return_counts=True)
            keys, back = np.unique(np.concatenate([keys, new]), return_inverse=True)
            counts = np.bincount(back, np.concatenate([counts, times]), len(keys)).astype(np.int64)
            waiting, amount = [], 0
    ones, others = np.divmod(keys, max(1, len(prints)))
    similarity = 2 * counts / np.maximum(1, sizes[ones] + sizes[others])
    listed = np.flatnonzero((counts >= SHARED) & (similarity >= LEAST))
    order = listed[np.lexsort((keys[listed], -counts[listed], -similarity[listed]))]
    pairs = []
    for at in order[:PAIRS].tolist():
        one, other, together = int(ones[at]), int(others[at]), int(counts[at])
        shared = tuple(number for number in prints[one].places if number in prints[other].places and number in unusual)
        pairs.append(Pair(one, other, float(similarity[at]), (together / int(sizes[one]), together / int(sizes[other])), shared))
    return Ranking(tuple(pairs), len(order), tuple(np.flatnonzero(sizes == 0).tolist()), _alike(prints))


def _alike(prints: Sequence[Print]) -> tuple[tuple[int, ...], ...]:
    """Groups of those that have nearly all in common with the first of them.

    Who that may be is told by hashes of the smallest members of each set (Broder, On the resemblance and containment of
    documents, 1997), so that not all are compared with all.
    """
    import numpy as np

    salts = np.random.Generator(np.random.PCG64(0)).integers(1, 1 << 63, (math.prod(_BANDS), 1), dtype=np.uint64) | np.uint64(1)
    groups: list[tuple[frozenset[int], list[int]]] = []
    known: dict[tuple[int, bytes], list[int]] = {}
    for place, made in enumerate(prints):
        if len(made.places) < ALIKE:
            continue
        mine = frozenset(made.places)
        least = (np.array(list(mine), np.uint64) * salts).min(axis=1).reshape(_BANDS)
        keys = [(band, least[band].tobytes()) for band in range(_BANDS[0])]
        for group in dict.fromkeys(group for key in keys for group in known.get(key, ())):
            first, who = groups[group]
            if len(first & mine) >= SAME * len(first | mine):
                who.append(place)
                break
        else:
            for key in keys:
                known.setdefault(key, []).append(len(groups))
            groups.append((mine, [place]))
    return tuple(sorted((tuple(who) for _, who in groups if len(who) > 1), key=lambda who: (-len(who), who)))

"""What a number of runs says about a probability: exact bounds for what was counted, and fits to a tail for information."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from statistics import NormalDist, fmean, stdev

_HALVINGS = 200
TAILS = (0.05, 0.1, 0.15, 0.2)
"""Shares of values that count as a tail. A fit that depends on the share is worth little, so all are told."""


def upper_bound(failures: int, runs: int, doubt: float) -> float:
    """The largest probability of failure under which so few failures are as likely as `doubt`: right with 1 - `doubt`.

    One-sided and free of assumptions about accuracies: C. J. Clopper, E. S. Pearson, The use of confidence or fiducial limits
    illustrated in the case of the binomial, Biometrika 26 (1934). For no failure it is 1 - doubt^(1/runs).
    """
    if failures >= runs:
        return 1.0
    low, high = 0.0, 1.0
    for _ in range(_HALVINGS):  # P(X <= failures) falls as p grows
        middle = (low + high) / 2
        if middle in (low, high):
            break
        low, high = (middle, high) if _at_most(failures, runs, middle) > doubt else (low, middle)
    return high


def interval(hits: int, runs: int, confidence: float) -> tuple[float, float]:
    """Both limits of a probability that was met in `hits` of `runs` (Clopper and Pearson, as above)."""
    doubt = (1 - confidence) / 2
    return 1 - upper_bound(runs - hits, runs, doubt), upper_bound(hits, runs, doubt)


def _at_most(hits: int, runs: int, p: float) -> float:
    """P(X <= hits) for X binomial, summed from logarithms so that nothing underflows on the way."""
    if p <= 0 or p >= 1:
        return 1.0 if p <= 0 else float(hits >= runs)
    log_p, log_q, whole = math.log(p), math.log1p(-p), math.lgamma(runs + 1)
    return math.fsum(
        math.exp(whole - math.lgamma(k + 1) - math.lgamma(runs - k + 1) + k * log_p + (runs - k) * log_q) for k in range(hits + 1)
    )


@dataclass(frozen=True)
class Look:
    """A moment at which the runs are counted: after `runs` of them, with at most `failures` the target is met.

    Attributes:
        doubt: the share of all doubt that is spent here.
    """

    runs: int
    failures: int
    doubt: float


def looks(target: float, attempts: int, confidence: float, most: int) -> tuple[Look, ...]:
    """When to count, up to `most` runs: after each look one failure more is allowed. Empty if `most` is too few for any.

    At look number k the bound is made with a doubt of (1 - confidence) / 2^k. These add up to less than 1 - confidence, so
    the chance that any look meets the target wrongly does, too (the union bound), and it does not matter at which one stops.
    """
    each, found = target ** (1 / attempts), list[Look]()
    while True:
        failures, doubt = len(found), (1 - confidence) / 2 ** (len(found) + 1)
        if upper_bound(failures, most, doubt) > each:
            return tuple(found)
        low, high = found[-1].runs if found else failures, most  # the bound falls as runs grow
        while high - low > 1:
            middle = (low + high) // 2
            low, high = (low, middle) if upper_bound(failures, middle, doubt) <= each else (middle, high)
        found.append(Look(high, failures, doubt))


def runs_needed(target: float, attempts: int, confidence: float) -> int:
    """Runs without a failure that meet the target at the first look."""
    return math.ceil(math.log((1 - confidence) / 2) / math.log1p(-(target ** (1 / attempts))))


def lower_limit(values: Sequence[float], share: float, confidence: float) -> float:
    """The value that, of a normal distribution, all but `share` lies above, with this confidence in it for so many values.

    The one-sided tolerance limit mean - k * s with Natrella's approximation to k: NIST/SEMATECH e-Handbook of Statistical
    Methods, section 7.2.6.3. Raises ValueError for fewer than two values, or too few for the confidence.
    """
    n, z, sure = len(values), -NormalDist().inv_cdf(share), NormalDist().inv_cdf(confidence)
    if n < 2:
        raise ValueError("a limit needs two values at least")
    a, b = 1 - sure**2 / (2 * (n - 1)), z**2 - sure**2 / n
    root = z**2 - a * b
    if a <= 0 or root < 0:
        raise ValueError(f"{n} values are too few for a limit of this confidence")
    return fmean(values) - (z + math.sqrt(root)) / a * stdev(values)


def normal_tail(values: Sequence[float], threshold: float) -> float:
    """P(value < threshold) under the normal distribution with mean and standard deviation of `values`. A fit, no bound."""
    spread = stdev(values)
    if spread == 0:
        return float(values[0] < threshold)
    return NormalDist(fmean(values), spread).cdf(threshold)


def normal_lowest(values: Sequence[float]) -> float:
    """How often so many values of that normal distribution have a lowest one as low as theirs: if seldom, it is not normal."""
    return -math.expm1(len(values) * math.log1p(-normal_tail(values, min(values)))) if stdev(values) > 0 else 1.0


def pareto_tails(values: Sequence[float], threshold: float) -> tuple[float, float] | None:
    """The smallest and the largest `pareto_tail` for the shares in `TAILS`; None where there is none for any."""
    fits = [fit for share in TAILS if (fit := pareto_tail(values, threshold, share)) is not None]
    return (min(fits), max(fits)) if fits else None


def pareto_tail(values: Sequence[float], threshold: float, share: float) -> float | None:
    """P(value < threshold) by a generalized Pareto distribution fitted to the lowest `share` of values. A fit, no bound.

    Peaks over a threshold, turned upside down; parameters by probability-weighted moments: J. R. M. Hosking, J. R. Wallis,
    Parameter and quantile estimation for the generalized Pareto distribution, Technometrics 29 (1987). None if there are too
    few values for it, or the threshold is not below the lowest `share` of them.
    """
    ordered = sorted(values)
    tail = int(len(ordered) * share)
    if tail < 20 or threshold >= ordered[tail]:
        return None
    depths = sorted(ordered[tail] - value for value in ordered[:tail])
    first = fmean(depths)
    second = fmean(depth * (1 - (place + 0.65) / tail) for place, depth in enumerate(depths))
    if first <= 2 * second:
        return None
    shape, scale = 2 - first / (first - 2 * second), 2 * first * second / (first - 2 * second)
    base = 1 + shape * (ordered[tail] - threshold) / scale
    if base <= 0:
        return 0.0  # below the lowest value that the fitted distribution has
    return share * (math.exp(-(ordered[tail] - threshold) / scale) if abs(shape) < 1e-9 else base ** (-1 / shape))

"""The containers that Gradescope offers, and when one of them is safe for what was measured."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

MEMORY_SHARE: Final = 0.8
"""Share of a container's memory that grading may take: the platform's harness is in there too, and students' work varies."""
TIME_SHARE: Final = 0.5
"""Share of the platform's time that a complete submission may take: a wrong one, with tests that hang, takes more."""


@dataclass(frozen=True)
class Tier:
    """One kind of container. `cores`: of a processor; `mib`: MiB of memory."""

    cores: float
    mib: int

    @property
    def name(self) -> str:
        """As Gradescope names it."""
        return f"{self.cores:g} CPU, {self.mib / 1024:g} GB"

    def shortfalls(self, seconds: float, memory: float, allowed: float) -> Iterator[str]:
        """Why it is not safe for a run of so many seconds and MiB where the platform allows so many seconds; nothing if it is."""
        if memory > MEMORY_SHARE * self.mib:
            room = MEMORY_SHARE * self.mib
            yield f"{memory:.0f} MiB is {memory - room:.0f} MiB more than {MEMORY_SHARE:.0%} of its {self.mib} MiB"
        if seconds > TIME_SHARE * allowed:
            yield f"{seconds:.0f} s is {seconds - TIME_SHARE * allowed:.0f} s more than {TIME_SHARE:.0%} of {allowed:g} s"


TIERS: Final = (Tier(0.5, 768), Tier(1, 1536), Tier(2, 3072), Tier(4, 6144))
"""From the cheapest on. Source: the platform's settings of an autograder; the first is what it gives by default."""

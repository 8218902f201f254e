"""Says what a rehearsal found, line by line, bad news included."""

from __future__ import annotations

from collections.abc import Iterator

from autograder.rehearsal.rehearse import Rehearsal, Trial
from autograder.rehearsal.stage import Ran
from autograder.rehearsal.tiers import MEMORY_SHARE, TIME_SHARE

_LARGEST = 4
"""So many files are named of what memory holds."""


def lines(found: Rehearsal) -> Iterator[str]:
    """The report."""
    yield from _where(found)
    for line, ran in found.setup:
        yield f"image: {line}: {ran.seconds:.1f} s"
        yield from (f"    {text}" for text in ran.printed.strip().splitlines())
    for trial in found.trials:
        yield from _trial(trial, found.seconds)
    yield from _verdict(found)
    if found.attacks is not None:
        yield from _attacks(found.attacks)


def _where(found: Rehearsal) -> Iterator[str]:
    if found.reason:
        yield f"NOT in a private root ({found.reason}): in a folder of this machine,"
        yield "    whose other files, processes and network are in sight"
    else:
        yield "in a private root: file system and processes of its own, no network, the capabilities of a default container"
    yield f"packages: not fetched, but those installed here, in {', '.join(map(str, found.packages))}"


def _trial(trial: Trial, allowed: float) -> Iterator[str]:
    ran, memory = trial.ran, trial.ran.memory
    score = "no results" if trial.results is None or trial.results.score is None else f"{trial.results.score:g} points"
    yield f"{trial.tier.name}: a complete submission, cold: {score}, {ran.seconds:.1f} s of {allowed:g} s, {memory.total:.0f} MiB"
    libraries = sum(memory.files.values())
    yield (
        f"    memory: {memory.own:.0f} MiB of its own, {memory.shared:.0f} MiB of shared tensors, {libraries:.0f} MiB of files, "
        f"in {memory.processes} processes"
    )
    yield f"    (PSS, which shares files with whatever else uses them on this machine: {memory.pss:.0f} MiB)"
    largest = sorted(memory.files.items(), key=lambda item: -item[1])[:_LARGEST]
    yield "    largest files: " + ", ".join(f"{path.rpartition('/')[2]} {size:.0f} MiB" for path, size in largest)
    if memory.cuda >= 1:
        yield f"    {memory.cuda:.0f} MiB of it is libraries for graphics cards, which the platform's builds of torch do not"
        yield f"    have: about {memory.total - memory.cuda:.0f} MiB there"
    yield from (f"    note: {text}" for text in ran.missing)
    yield from (f"    not safe: {text}" for text in trial.shortfalls)
    if trial.again is not None:
        yield "    graded again: the same marks" if trial.again else "    graded again: OTHER MARKS"


def _attacks(ran: Ran) -> Iterator[str]:
    verdict = "nothing got through" if ran.code == 0 else f"SOMETHING IS WRONG (exit code {ran.code})"
    killed = f", {ran.kills} processes ended by the kernel for memory" if ran.kills else ""
    yield f"attacks, in the same root: {verdict}; {ran.seconds:.0f} s, {ran.memory.total:.0f} MiB at most{killed}"
    yield from (f"    {text.rstrip()}" for text in ran.printed.strip().splitlines())


def _verdict(found: Rehearsal) -> Iterator[str]:
    rule = f"full marks, at most {MEMORY_SHARE:.0%} of the memory and {TIME_SHARE:.0%} of the time"
    if found.safe is None:
        yield f"no tier that was tried is safe ({rule})"
        return
    yield f"cheapest safe tier: {found.safe.name} ({rule})"
    smallest = found.trials[0]
    memory, seconds = smallest.ran.memory, smallest.ran.seconds
    least = memory.total - memory.cuda
    only_memory = smallest.shortfalls == tuple(smallest.tier.shortfalls(seconds, memory.total, found.seconds))
    if smallest.shortfalls and only_memory and not [*smallest.tier.shortfalls(seconds, least, found.seconds)]:
        yield f"with builds of torch for processors alone, {smallest.tier.name} would do: about {least:.0f} MiB"
        yield "    (such are the platform's; reckoned, not tried: rehearse in an environment with such a build)"

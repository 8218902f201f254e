"""One coverage-guided campaign in this process: libFuzzer chooses bytes, one target makes of them what a hostile process says.

`tests.soak.fuzz` runs it, once for each target: libFuzzer ends the process that it runs in.
"""

from __future__ import annotations

import argparse
import mmap
import random
import struct
import sys
from collections.abc import Callable
from pathlib import Path

import atheris

with atheris.instrument_imports(include=["autograder.errors", "autograder.sandbox"]):
    from autograder.sandbox import connection, protocol, remote, session  # noqa: F401

from tests.sandbox.conversing import Script, converse
from tests.sandbox.forging import Forger, Rolled
from tests.sandbox.receiving import USERS, receive

TALLY = struct.Struct("<QQQ")
"""Cases so far; the largest allocation, in bytes; the length of the input that caused it."""
SEEDS = 300


class Fuzzed:
    """Choices that libFuzzer makes."""

    def __init__(self, content: bytes):
        self._source = atheris.FuzzedDataProvider(content)

    def number(self, low: int, high: int) -> int:
        """An integer, both ends included."""
        return int(self._source.ConsumeIntInRange(low, high))

    def content(self, size: int) -> bytes:
        """At most so many bytes."""
        return bytes(self._source.ConsumeBytes(size))


def frame(content: bytes) -> int:
    """The bytes are a frame."""
    return receive(content)


def message(content: bytes) -> int:
    """The bytes decide what an almost valid frame holds."""
    choices = Fuzzed(content)
    return receive(bytes(Forger(choices).frame(choices.number(0, len(USERS) - 1))))


def line(content: bytes) -> int:
    """The bytes decide a conversation: frames, their order, the pieces in which they are said, and the hanging up."""
    return converse(Script.forged(Fuzzed(content)))


def frame_seeds() -> list[bytes]:
    """Frames of almost valid messages."""
    return [bytes(Forger(Rolled(seed)).frame(seed % len(USERS))) for seed in range(SEEDS)]


def choice_seeds() -> list[bytes]:
    """Bytes that decide for something: with none, every choice is the first."""
    source = random.Random(0)
    return [source.randbytes(source.randint(50, 600)) for _ in range(SEEDS)]


TARGETS: dict[str, tuple[Callable[[bytes], int], Callable[[], list[bytes]]]] = {
    "frame": (frame, frame_seeds),
    "message": (message, choice_seeds),
    "line": (line, choice_seeds),
}



def main() -> None:
    """Never returns: libFuzzer exits, with 0 when it has had its runs."""
    parser = argparse.ArgumentParser(description=__doc__, epilog="All other options are libFuzzer's own.")
    parser.add_argument("target", choices=TARGETS)
    parser.add_argument("inputs", type=Path, help="the folder of the corpus; or one file, to see again what it did")
    parser.add_argument("--tally", type=Path, help="a file that always holds the figures so far")
    arguments, options = parser.parse_known_args()
    target, seeds = TARGETS[arguments.target]
    options += ["-max_len=4096", "-len_control=0", "-reduce_inputs=0", str(arguments.inputs)]  # long ones decide more
    if not arguments.inputs.is_file():
        arguments.inputs.mkdir(parents=True, exist_ok=True)
        if not any(arguments.inputs.iterdir()):
            for number, seed in enumerate(seeds()):
                (arguments.inputs / f"seed-{number:03}").write_bytes(seed)
    tally: mmap.mmap | bytearray = bytearray(TALLY.size)
    if arguments.tally is not None:
        arguments.tally.write_bytes(tally)
        with arguments.tally.open("r+b") as file:
            tally = mmap.mmap(file.fileno(), TALLY.size)
    cases = largest = of = 0

    def one(content: bytes) -> None:
        nonlocal cases, largest, of
        cases += 1
        taken = target(content)
        if taken > largest:
            largest, of = taken, len(content)
        TALLY.pack_into(tally, 0, cases, largest, of)

    atheris.Setup([sys.argv[0], *options], one)
    atheris.Fuzz()


if __name__ == "__main__":
    main()

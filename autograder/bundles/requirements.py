"""Says which packages grading needs, at which versions: those that are installed, and all that these need in turn."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from importlib import metadata
from typing import Final

from autograder import __version__

GRADING_PACKAGES: Final = (
    "torch", "torchvision", "numpy", "matplotlib", "ipython", "jupytext", "msgspec", "pydantic", "PyYAML", "Jinja2", "rich",
    "typer",
)  # fmt: skip
"""What the grading path imports; `setup.sh` of a bundle installs these, at the versions that the bundle was verified with."""

PYTHON: Final = "3.11"
"""The Python of a bundle's environment, whatever made the bundle."""

_OF_CUDA = re.compile(r"(nvidia|cuda)-|triton$")
"""What builds of torch for graphics cards need and those for processors do not."""


def installed_versions() -> dict[str, str]:
    """Versions of what judges a submission, by package name."""
    return {"autograder": __version__, **{name: metadata.version(name) for name in GRADING_PACKAGES}}


def requirements(versions: Mapping[str, str], further: Sequence[str] = ()) -> bytes:
    """`requirements.txt`: these packages, and `further` ones as `name==version`, and all that they need, each at its version.

    Without local labels such as `+cpu`: `setup.sh` decides on the build. What is needed but not installed here, as it is when
    this is another Python, is left out, and then pip chooses.
    """
    named = dict(line.split("==", 1) for line in further)
    wanted = {**named, **{name: version for name, version in versions.items() if name != "autograder"}}
    found = {_key(name): f"{name}=={version.partition('+')[0]}" for name, version in wanted.items()}
    for name, version in _closure(tuple(wanted)).items():
        found.setdefault(name, f"{name}=={version.partition('+')[0]}")
    return "".join(f"{line}\n" for _, line in sorted(found.items())).encode()


def _closure(names: tuple[str, ...]) -> dict[str, str]:
    """Normalised names and installed versions of all that these packages need on the platform."""
    from packaging.requirements import InvalidRequirement, Requirement

    surroundings = {
        "python_version": PYTHON, "python_full_version": f"{PYTHON}.0", "implementation_name": "cpython",
        "platform_python_implementation": "CPython", "os_name": "posix", "sys_platform": "linux", "platform_system": "Linux",
        "platform_machine": "x86_64",
    }  # fmt: skip
    found: dict[str, str] = {}
    waiting: list[tuple[str, frozenset[str]]] = [(name, frozenset()) for name in names]
    seen = set(waiting)
    while waiting:
        name, extras = waiting.pop()
        try:
            distribution = metadata.distribution(name)
        except metadata.PackageNotFoundError:
            continue
        found[_key(name)] = distribution.version
        for text in distribution.requires or ():
            try:
                needed = Requirement(text)
            except InvalidRequirement:  # of a package from before the standard: pip will see to it
                continue
            asked = ({**surroundings, "extra": extra} for extra in ("", *extras))
            if _OF_CUDA.match(_key(needed.name)) or (needed.marker and not any(map(needed.marker.evaluate, asked))):
                continue
            one = (_key(needed.name), frozenset(needed.extras))
            if one not in seen:
                seen.add(one)
                waiting.append(one)
    return found


def _key(name: str) -> str:
    return re.sub(r"[-_.]+", "-", name).lower()

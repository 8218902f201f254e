"""Puts a calibration that met its target into the configuration: threshold, attempts, caps and certificate."""

from __future__ import annotations

import math

from autograder.authoring.calibrate.edit import Value, edited
from autograder.authoring.calibrate.found import Calibration
from autograder.certificate import require_certificate, settings_digest
from autograder.config import Certificate, Config
from autograder.config_file import read_config
from autograder.errors import ConfigError
from autograder.reports.atomic import write_atomically

SECTION = ("training", "run")


def certificate_of(made: Calibration) -> Certificate:
    """What the configuration is to say of a calibration."""
    return Certificate(
        settings=settings_digest(made.run),
        code=made.code,
        runs=len(made.proof),
        failures=made.failures,
        bound=_rounded_up(made.bound),
        confidence=made.plan.confidence,
        method=f"Clopper-Pearson for one run at look {made.look} of {len(made.looks)}, to the power of `attempts`",
        seed=made.plan.seed,
        torch=made.torch,
        date=made.date,
    )


def write_config(config: Config, made: Calibration) -> Config:
    """Change the lines concerned in the file of the configuration, and read it again.

    Raises ConfigError, and writes nothing, if the file cannot be changed line by line.
    """
    raw = config.path.read_bytes().decode("utf-8")
    text = raw.removeprefix("\ufeff")
    breaks = "\r\n" if "\r\n" in text else "\n"
    seconds = made.run.seconds
    values: dict[str, Value] = {
        "steps": made.run.steps,
        "seconds": int(seconds) if seconds == int(seconds) else seconds,
        "threshold": made.run.threshold,
        "attempts": made.run.attempts,
    }
    try:
        changed = edited(text.replace("\r\n", "\n"), SECTION, values, certificate_of(made).model_dump())
    except ConfigError as error:
        raise ConfigError(f"{config.path}: {error}") from error
    changed = raw[: len(raw) - len(text)] + changed.replace("\n", breaks)
    write_atomically(config.path, changed.encode())
    written = read_config(config.path, check_files=False)
    require_certificate(written)
    return written


def _rounded_up(bound: float) -> float:
    """To three digits, and never to a smaller number."""
    last = 10.0 ** (math.floor(math.log10(bound)) - 2) if bound > 0 else 1.0
    rounded = float(f"{bound:.2e}")
    return rounded if rounded >= bound else float(f"{rounded + last:.2e}")

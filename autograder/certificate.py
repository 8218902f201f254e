"""Whether the threshold of the training run is certified for the settings that it stands among: configuration in, a refusal or
nothing out.
"""

from __future__ import annotations

import hashlib
import json

import yaml

from autograder.config import Config, TrainingRun
from autograder.errors import ConfigError

COUNTED = ("epochs", "steps", "batch_size", "learning_rate", "hidden", "threshold", "attempts")
"""Settings that a certificate is made for. The cap on seconds is none of them: how much time a machine needs is its own."""

_PLACE = ("training", "run")


def settings_digest(run: TrainingRun) -> str:
    """What a certificate calls the settings of a run: the first 16 digits of the SHA-256 of their JSON."""
    values = {name: getattr(run, name) for name in COUNTED}
    return hashlib.sha256(json.dumps(values, sort_keys=True).encode()).hexdigest()[:16]


def require_certificate(config: Config) -> None:
    """Raise ConfigError if the threshold has no certificate, or one that was made for other settings.

    Without a section on training there is no threshold, and nothing to certify.
    """
    problem = settings_problem(config)
    if problem is not None:
        raise ConfigError(problem)


def settings_problem(config: Config) -> str | None:
    """What is wrong with the certificate as far as the configuration alone can tell, and what to do; None if it holds."""
    if config.training is None:
        return None
    run = config.training.run
    if "certificate" not in run.model_fields_set:
        return _told(config, f"is missing: nothing says how sure the threshold of {run.threshold:g} % is")
    if run.certificate is None or run.certificate.settings == settings_digest(run):
        return None
    return _told(config, f"was made for other settings: one of {', '.join(f'`{name}`' for name in COUNTED)} has changed since")


def code_problem(config: Config, digest: str | None) -> str | None:
    """As `settings_problem`, for the code that was run. `digest` is that of the code as it is now; None: no run is made."""
    certificate = config.training.run.certificate if config.training else None
    if certificate is None or digest is None or certificate.code == digest:
        return None
    return _told(config, "was made for other code: the solution's classes, or the loop that trains them, have changed since")


def _told(config: Config, what: str) -> str:
    return (
        f"{config.path}, line {_line(config)}: `training.run.certificate` {what}; run `autograder calibrate`, "
        "or write `certificate: none` there to grade by a threshold that is not certified"
    )


def _line(config: Config) -> int:
    """Of the certificate, or of the deepest section around it that the file holds."""
    node, line = yaml.compose(config.path.read_text(encoding="utf-8-sig"), Loader=yaml.SafeLoader), 1
    for key in (*_PLACE, "certificate"):
        entries = node.value if isinstance(node, yaml.MappingNode) else []
        found = next(((name, child) for name, child in entries if name.value == key), None)
        if found is None:
            break
        line, node = found[0].start_mark.line + 1, found[1]
    return line

"""The attack set that ships with the product, run against the bundle by the command that users have."""

from __future__ import annotations

from collections import Counter
from pathlib import Path

import pytest

from autograder.errors import AutograderError
from autograder.selftest import load_attacks
from autograder.selftest.attack import parse_attack
from tests.attacks.running import missing_layers, selftest
from tests.samples import ROOT

FAMILIES = {"forging", "reading", "breaking_out", "denial", "cheating_the_rule", "cheating_the_training"}

pytestmark = pytest.mark.usefixtures("bundle")


def test_no_attack_gets_anything() -> None:
    """No marks, nothing hidden, nothing left behind; a submission after each family fares as before; all layers are applied."""
    ended = selftest(seconds=1200)
    assert "left out" not in ended.stdout, "an attack does not fit the assignment that it was written for"
    assert ended.returncode == 0, ended.stdout + ended.stderr
    assert set(ended.stdout.split()) >= FAMILIES, ended.stdout
    assert missing_layers(ended) <= {"own namespaces"}  # which no container without CAP_SYS_ADMIN may make


def test_a_bundle_is_attacked_wherever_it_lies(tmp_path: Path) -> None:
    """It holds all that the attacks need: no solution notebook, no configuration beside it."""
    bundle = tmp_path / "handed-on.zip"
    bundle.write_bytes((ROOT / "dist" / "neural-networks-bundle.zip").read_bytes())
    ended = selftest(bundle, "forging/nan", cwd=tmp_path)
    assert ended.returncode == 0 and "forging" in ended.stdout, ended.stdout + ended.stderr


def test_what_is_no_bundle_is_refused(tmp_path: Path) -> None:
    """One line with its name, no traceback."""
    (tmp_path / "notes.zip").write_text("not a zip")
    ended = selftest(tmp_path / "notes.zip")
    assert ended.returncode != 0 and "is not a grading bundle" in ended.stderr and "Traceback" not in ended.stderr


def test_the_set_is_as_large_as_promised() -> None:
    """At least 60 attacks in six families, and none that is known to succeed."""
    attacks = load_attacks()
    assert len(attacks) >= 60 and Counter(attack.family for attack in attacks).keys() == FAMILIES
    assert not [attack.name for attack in attacks if attack.known_open]


@pytest.mark.parametrize(
    "text",
    [
        "# title: t\n# hopes: h\n\n# %% first\npass\n",
        "# title: t\n# hopes: h\n# base: template\n# bsae: x\n\n# %% first\npass\n",
        "# title: t\n# hopes: h\n# base: template\n",
        "# title: t\n# hopes: h\n# base: template\n\n# %% after\npass\n",
    ],
)
def test_an_attack_that_is_not_written_as_it_should_be_is_refused(text: str) -> None:
    """A missing key, an unknown one, no cells, a cell without a place: nothing is attacked by guess."""
    with pytest.raises(AutograderError, match="the attack x"):
        parse_attack("x", text)


def test_a_name_that_no_attack_has_is_refused() -> None:
    """Exit code 2 and one line."""
    ended = selftest("no-such-attack")
    assert ended.returncode == 2 and "no attack has no-such-attack" in ended.stderr and "Traceback" not in ended.stderr

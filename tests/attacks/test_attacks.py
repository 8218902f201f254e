"""The attack set that ships with the product, run against the bundle by the command that users have."""

from __future__ import annotations

import os
from collections import Counter
from pathlib import Path

import pytest

from autograder.errors import AutograderError
from autograder.selftest import load_attacks
from autograder.selftest.attack import parse_attack
from tests.commands import NOT_ROOT, Run, autograder
from tests.samples import ROOT

FAMILIES = {"forging", "reading", "breaking_out", "denial", "cheating_the_rule", "cheating_the_training"}

pytestmark = pytest.mark.usefixtures("bundle")

_KEPT = (
    "chown", "dac_override", "fowner", "fsetid", "kill", "setgid", "setuid", "setpcap", "net_bind_service", "net_raw",
    "sys_chroot", "mknod", "audit_write", "setfcap",
)  # fmt: skip
_CAPABILITIES = ",".join(["-all", *(f"+{name}" for name in _KEPT)])
DEFAULT_CONTAINER = ("setpriv", "--bounding-set", _CAPABILITIES, "--inh-caps", _CAPABILITIES)
"""Root with the capabilities that container engines leave it by default: no CAP_SYS_ADMIN, so no mount and no unshare."""


def selftest(*arguments: str | Path, cwd: Path = ROOT, through: tuple[str, ...] = ()) -> Run:
    """`autograder selftest`, on one core: the other has tests of its own. Cold: workers inherit nothing but what they should."""
    return autograder("selftest", "-j", "1", *arguments, cwd=cwd, through=through, cold=True)


def missing_layers(ended: Run) -> set[str]:
    """The first words of each layer that was not applied."""
    lines = [line.split() for line in ended.stdout.splitlines() if line.startswith("missing")]
    return {" ".join(words[1:3] if words[1] == "own" else words[1:4]) for words in lines}


@pytest.mark.parametrize("family", sorted(FAMILIES))
def test_no_attack_of_a_family_gets_anything(family: str) -> None:
    """No marks, nothing hidden, nothing left behind, and the next submission fares as before; all layers are applied."""
    ended = selftest(f"{family}/")
    assert "left out" not in ended.stdout, "an attack does not fit the assignment that it was written for"
    assert ended.returncode == 0, ended.stdout + ended.stderr
    assert missing_layers(ended) <= {"own namespaces"}  # which no container without CAP_SYS_ADMIN may make


@pytest.mark.parametrize("through", [NOT_ROOT, DEFAULT_CONTAINER], ids=["not root", "default container"])
def test_the_platform_s_narrow_forms_hold_as_well(through: tuple[str, ...]) -> None:
    """Without a user of its own, by Landlock and the filter alone; and as root of a container that may not do what root may."""
    if os.geteuid() != 0:
        pytest.skip("becoming another user needs root")
    ended = selftest("breaking_out/", "reading/", through=through)
    assert ended.returncode == 0, ended.stdout + ended.stderr
    assert missing_layers(ended) == {"own namespaces", *(["user of its"] if through is NOT_ROOT else [])}


def test_without_the_filter_an_attack_gets_through() -> None:
    """So the set can tell a layer that is there from one that is not; it is shown as missing."""
    ended = selftest("breaking_out/becomes_root", "--without", "seccomp")
    assert ended.returncode == 1 and "missing  system call filter" in ended.stdout, ended.stdout + ended.stderr


def test_without_landlock_and_a_user_an_attack_gets_through() -> None:
    """A grader that is not root, unconfined: files are left for the next submission, and the selftest says which."""
    if os.geteuid() != 0:
        pytest.skip("becoming another user needs root")
    ended = selftest("breaking_out/files_for_the_next", "--without", "landlock", "--unconfined", through=NOT_ROOT)
    assert ended.returncode == 1 and "files are left" in ended.stdout, ended.stdout + ended.stderr


def test_hostile_notebooks_never_get_root_s_own_hands() -> None:
    """The two layers that keep root's files from them cannot both be left out."""
    if os.geteuid() != 0:
        pytest.skip("it is about root")
    ended = selftest("forging/nan", "--without", "landlock", "--without", "user")
    assert ended.returncode == 2 and "as root" in ended.stderr and "Traceback" not in ended.stderr


def test_what_is_left_where_everybody_may_write_is_swept_up_without_landlock() -> None:
    """The change of user alone lets a submission write to /tmp; the next one finds nothing there all the same."""
    if os.geteuid() != 0:
        pytest.skip("becoming another user needs root")
    ended = selftest("breaking_out/files_for_the_next", "--without", "landlock")
    assert ended.returncode == 0 and missing_layers(ended) >= {"Landlock (left out"}, ended.stdout + ended.stderr


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


def test_a_layer_that_does_not_exist_cannot_be_left_out() -> None:
    """Exit code 2, with the names of those that do."""
    ended = selftest("forging/nan", "--without", "luck")
    assert ended.returncode == 2 and "landlock" in ended.stderr and "Traceback" not in ended.stderr


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

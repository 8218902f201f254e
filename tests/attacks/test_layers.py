"""The attack set where layers are missing: on narrow platforms it holds, and without what protects it an attack gets through."""

from __future__ import annotations

import os

import pytest

from tests.attacks.running import DEFAULT_CONTAINER, missing_layers, selftest
from tests.commands import NOT_ROOT

pytestmark = pytest.mark.usefixtures("bundle")

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


def test_a_layer_that_does_not_exist_cannot_be_left_out() -> None:
    """Exit code 2, with the names of those that do."""
    ended = selftest("forging/nan", "--without", "luck")
    assert ended.returncode == 2 and "landlock" in ended.stderr and "Traceback" not in ended.stderr

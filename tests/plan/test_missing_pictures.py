"""The letter about a picture that is not there names the one that was perhaps meant."""

from __future__ import annotations

from pathlib import Path

import pytest
from PIL import Image

from daemon.errors import NotYetError
from daemon.plan.prepare import Preparer
from daemon.root.layout import Layout
from daemon.settings import Settings


def said(root: Layout, image: str, *, folder: str = "") -> NotYetError:
    preparer = Preparer(root, Settings(), engine="dry-run", model=None)
    file = root.inbox / folder / "j.yaml"
    file.parent.mkdir(exist_ok=True)
    file.write_text(f"prompt: a\nimage: '{image}'\n")
    with pytest.raises(NotYetError) as caught:
        preparer.peek(file, project=folder)
    return caught.value


def picture(file: Path) -> None:
    file.parent.mkdir(parents=True, exist_ok=True)
    Image.new("RGB", (64, 64)).save(file)


@pytest.mark.parametrize("folder", ["", "ep01"])
@pytest.mark.parametrize(
    ("typed", "there"),
    [("anna.png", "Anna.PNG"), ("ana.png", "anna.png"), ("anna.jpg", "anna.png")],
)
def test_a_name_that_is_nearly_right_is_answered_with_the_right_one(
    root: Layout, typed: str, there: str, folder: str
) -> None:
    picture(root.inbox / folder / there)
    (root.inbox / folder / "anna.txt").write_text("a job, and no picture")

    assert f"Did you mean `{there}`?" in said(root, typed, folder=folder).why


def test_a_name_that_is_like_none_is_told_plainly(root: Layout) -> None:
    picture(root.inbox / "house.png")

    assert "Did you mean" not in said(root, "boat-at-sea.png").why


@pytest.mark.parametrize("typed", ["C:\\pictures\\anna.png", "sub\\anna.png"])
def test_windows_paths_are_told_how_to_be_written(root: Layout, typed: str) -> None:
    error = said(root, typed)

    assert f"'{typed}'" in error.what, "as it was typed, its signs not doubled"
    assert "Write / between folders" in error.remedy


def test_a_blank_before_a_name_is_seen(root: Layout) -> None:
    assert "' anna.png'" in said(root, " anna.png").what

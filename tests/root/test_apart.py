"""A root whose folders were linked into each other is told, and not served."""

from __future__ import annotations

from pathlib import Path

import pytest

from daemon.errors import SetupError
from daemon.root.create import prepare
from daemon.root.layout import Layout


@pytest.mark.parametrize("folder", ["outbox", "done", "failed", "boards"])
@pytest.mark.parametrize("inside", ["inbox", "inbox/made"])
def test_what_is_made_can_not_be_led_back_into_the_inbox(
    tmp_path: Path, folder: str, inside: str
) -> None:
    (tmp_path / inside).mkdir(parents=True)
    (tmp_path / folder).symlink_to(tmp_path / inside)

    with pytest.raises(SetupError, match=f"{folder}/ and inbox/ are one folder") as caught:
        prepare(Layout(tmp_path.resolve()))
    assert "two folders side by side" in str(caught.value)


def test_nor_can_the_inbox_lie_in_what_is_made(tmp_path: Path) -> None:
    (tmp_path / "outbox" / "inbox").mkdir(parents=True)
    (tmp_path / "inbox").symlink_to(tmp_path / "outbox" / "inbox")

    with pytest.raises(SetupError, match="outbox/ and inbox/"):
        prepare(Layout(tmp_path.resolve()))


def test_links_that_lead_elsewhere_are_served(tmp_path: Path) -> None:
    for name in ("inbox", "outbox", "done"):
        (tmp_path / "disk" / name).mkdir(parents=True)
        (tmp_path / "root").mkdir(exist_ok=True)
        (tmp_path / "root" / name).symlink_to(tmp_path / "disk" / name)

    assert prepare(Layout((tmp_path / "root").resolve())) == []

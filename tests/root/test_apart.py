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


@pytest.mark.parametrize("folder", [".hotfolder", ".hotfolder/spool", "cast"])
def test_nor_in_what_is_kept(tmp_path: Path, folder: str) -> None:
    layout = Layout(tmp_path.resolve())
    prepare(layout)
    for special in layout.special:
        special.rmdir()
    layout.inbox.rmdir()
    layout.inbox.symlink_to(layout.root / folder)

    with pytest.raises(SetupError, match="and inbox/ are one folder"):
        prepare(layout)


def test_a_cast_may_be_kept_in_the_inbox(tmp_path: Path) -> None:
    (tmp_path / "inbox" / "people").mkdir(parents=True)
    (tmp_path / "cast").symlink_to("inbox/people")

    assert prepare(Layout(tmp_path.resolve())) == []


@pytest.mark.parametrize(
    "target", ["outbox", "done", "failed", "boards", "cast", ".hotfolder", "."]
)
def test_an_inbox_that_is_led_into_what_is_made_while_it_is_served_takes_nothing_there(
    root, drop, daemon, wait, target
):
    root.settings_file.write_text("scan_interval: 0.2\n")
    root.boards.mkdir(exist_ok=True)
    (root.cast / "anna.yaml").write_text("prompt: a woman\n")
    child = daemon()
    drop.whole("first.yaml", JOB)
    drop.whole("bad.yaml", "promt: x\n")
    wait(lambda: (root.done / "first.yaml").exists() and (root.failed / "bad.yaml").exists())
    before = files_of_a_person(root)
    inbox = root.inbox.rename(root.root / "old")
    root.inbox.symlink_to(target)
    wait(lambda: "and inbox/ are one folder" in str(child.status.get("reason")))
    assert "two folders side by side" in child.log()
    root.inbox.unlink()
    inbox.rename(root.inbox)
    drop.whole("second.yaml", JOB)
    wait(lambda: (root.done / "second.yaml").exists())

    after = files_of_a_person(root)
    assert after - before == {"done/second.yaml", "outbox/second.png", "outbox/second.json"}
    assert before <= after


@pytest.mark.parametrize("shelf", ["outbox", "done", "failed"])
def test_what_is_led_into_the_inbox_while_it_is_served_stops_it_until_that_is_mended(
    root, drop, daemon, wait, shelf
):
    root.settings_file.write_text("scan_interval: 0.2\n")
    child = daemon()
    folder = root.root / shelf
    folder.rename(root.root / "old")
    folder.symlink_to("inbox")
    wait(lambda: "and inbox/ are one folder" in str(child.status.get("reason")))
    for name, text in {"good.yaml": JOB, "bad.yaml": "promt: x\n"}.items():
        drop.whole(name, text)
    wait(lambda: {"good.yaml", "bad.yaml"} <= {p.name for p in root.inbox.iterdir()})
    folder.unlink()
    (root.root / "old").rename(folder)
    wait(lambda: (root.done / "good.yaml").exists() and (root.failed / "bad.yaml").exists())

    assert files_of_a_person(root) >= {"outbox/good.png", "failed/bad.yaml.why.txt"}
    assert not [p.name for p in root.inbox.iterdir() if p.is_file()]


JOB = "prompt: a boat\nsize: 64x64\nsteps: 1\n"


def files_of_a_person(root: Layout) -> set[str]:
    """Everything that a person made or was given."""
    folders = (root.outbox, root.done, root.failed, root.boards, root.cast)
    found = (p for folder in folders for p in folder.rglob("*") if p.is_file())
    names = {p.relative_to(root.root).as_posix() for p in found}
    return {name for name in names if "/." not in name and not name.endswith(".html")}

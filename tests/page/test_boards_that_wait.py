"""A board of which nothing is made yet has its page, with what is drawn of it, paused or not."""

from __future__ import annotations

import shutil

import pytest
from support.albums import paint
from support.browser import needs_browser, opened
from support.daemon import hotfolder
from support.living_boards import pictures, save

from daemon.page.album import Album
from daemon.page.places import MADE
from daemon.root.our_page import PAGE

QUICK = "settle: 0.1\nscan_interval: 0.2\nfolder_settle: 0.1\nlive: false\n"
BOARD = "size: 320x192\nsteps: 1\nshots: {010: Anna waves on a pier, 020: a boat}\n"


@needs_browser
@pytest.mark.parametrize("paused", ["all", "ep"])
def test_a_paused_board_is_drawn_on_its_page_which_the_page_of_all_leads_to(
    root, daemon, wait, paused
):
    root.settings_file.write_text(QUICK)
    daemon(HOTFOLDER_PAGE="on")
    (root.boards / "ep").mkdir(parents=True)
    if paused == "ep":
        (root.boards / "ep/.paused").touch()
    else:
        assert hotfolder("pause", "--root", str(root.root)).returncode == 0
    save(root, "ep", BOARD)
    wait((root.outbox / "ep" / PAGE).exists)
    with opened(root.outbox / PAGE) as (page, seen):
        wait(lambda: page.locator("#places a").all_text_contents() == ["ep"])
        page.locator("#places a").click()
        page.wait_for_selector("#pictures .todo img")
        wait(lambda: page.locator("#pictures .todo img").count() == 2)
    assert seen.complaints == []
    assert pictures(root, "ep") == []

    shutil.rmtree(root.boards / "ep")
    wait(lambda: not (root.outbox / "ep").exists())


def test_only_a_board_with_pictures_to_come_has_a_folder_made_and_one_with_more_in_it_stays(
    outbox,
):
    album = Album(outbox)
    album.compare()
    album.mark_boards({"ended": "a", "waits": "b"}, {"waits"})
    album.write()
    assert sorted(each.name for each in outbox.glob("[!.]*")) == [PAGE, "waits"]
    (outbox / "waits/mine.txt").write_text("mine")
    album.mark_boards({"ended": "", "waits": ""}, ())
    album.write()
    assert [each.name for each in (outbox / "waits").iterdir()] == ["mine.txt"]


def test_a_folder_that_a_person_takes_away_is_not_made_again_for_the_same_board(outbox):
    album = Album(outbox)
    for _ in range(2):
        album.mark_boards({"waits": "b"}, {"waits"})
        album.write()
        shutil.rmtree(outbox / "waits", ignore_errors=True)
    album.write()
    assert not (outbox / "waits").exists()
    assert "waits" not in (outbox / ".page/folders.js").read_text()


def test_a_page_is_there_again_when_its_folder_is(outbox):
    """Deleted by a person, and made again for another state of its board or by a new picture."""
    album = Album(outbox)
    for mark in "abc":
        album.mark_boards({"waits": mark}, {"waits"})
        album.write()
        assert (outbox / "waits" / PAGE).exists(), mark
        shutil.rmtree(outbox / "waits")
    for name in "ab":
        paint(outbox, f"ep/{name}.png")
        album.add(f"ep/{name}.png")
        album.write()
        album.sweep()
        assert (outbox / "ep" / PAGE).exists(), name
        shutil.rmtree(outbox / "ep")
        album.sweep()


@pytest.mark.parametrize("restarted", [False, True])
@pytest.mark.parametrize("whose", ["ours", "a person's", "ours, then a person's"])
def test_a_folder_goes_with_its_board_where_we_made_it_and_stays_where_a_person_did(
    outbox, whose, restarted
):
    if whose == "a person's":
        (outbox / "waits").mkdir()
    album = Album(outbox)
    album.compare()
    album.mark_boards({"waits": "b"}, {"waits"})
    album.write()
    if whose == "ours, then a person's":
        shutil.rmtree(outbox / "waits")
        album.mark_boards({"waits": "b"}, {"waits"})
        (outbox / "waits").mkdir()
        album.mark_boards({"waits": "c"}, {"waits"})
        album.write()
    if restarted:  # and the board went while no page was kept
        album = Album(outbox)
        album.compare()
        album.mark_boards({})
    else:
        album.mark_boards({"waits": ""})
    album.write()
    assert (outbox / "waits").exists() is (whose != "ours")


@pytest.mark.parametrize("spoil", [b"", b"\xff", b"{}", b'["..", "", "a/b", 5]', b"[" * 100_000])
def test_where_the_note_of_folders_made_is_spoilt_none_is_taken_away(outbox, spoil):
    (outbox / "a/b").mkdir(parents=True)
    (outbox / ".page").mkdir()
    (outbox / MADE).write_bytes(spoil)
    album = Album(outbox)
    album.mark_boards({"waits": "b"}, {"waits"})
    album.mark_boards({})
    assert sorted(each.name for each in outbox.glob("[!.]*")) == ["a"]


def test_where_a_file_lies_in_its_place_there_is_no_page_and_no_fault(outbox):
    (outbox / "waits").write_text("mine")
    album = Album(outbox)
    album.mark_boards({"waits": "b"}, {"waits"})
    album.write()
    assert (outbox / "waits").read_text() == "mine"

"""An album keeps going whatever is spoilt, away or somebody else's."""

from __future__ import annotations

import shutil

import pytest
from support.albums import listed, paint

from daemon.page.album import Album
from daemon.page.entry import Entry, entry_of
from daemon.page.html import page_html
from daemon.page.places import FOLDERS, thumb_of
from daemon.root.our_page import GENERATOR, PAGE


def test_a_picture_that_is_spoilt_or_gone_while_its_small_one_is_made_stops_nothing(outbox):
    album = Album(outbox)
    album.compare()
    for name in ("cut", "a", "gone", "b"):
        paint(outbox, f"{name}.png")
    (outbox / "cut.png").write_bytes((outbox / "cut.png").read_bytes()[:60])
    for name in ("cut", "a", "gone", "b"):
        album.add(f"{name}.png", thumb=False)
    (outbox / "gone.png").unlink()
    album.make_thumbs(60)
    album.write()
    assert listed(outbox) == ["cut.png", "a.png", "gone.png", "b.png"]  # the page hides that card
    assert [(outbox / thumb_of(path)).exists() for path in listed(outbox)] == [False, True] * 2
    album.sweep()
    assert listed(outbox) == ["cut.png", "a.png", "b.png"]


def test_a_folder_that_was_taken_away_is_not_made_again(outbox):
    paint(outbox, "ep/a.png")
    album = Album(outbox)
    album.compare()
    shutil.rmtree(outbox / "ep")
    album.sweep()
    album.compare()
    assert not (outbox / "ep").exists()


def test_an_outbox_that_is_away_is_not_made_again(outbox):
    paint(outbox, "a.png")
    album = Album(outbox)
    outbox.rename(outbox.with_name("elsewhere"))
    with pytest.raises(OSError, match="No such file"):
        album.compare()
    assert not outbox.exists()


def test_a_page_of_a_person_s_own_is_left_alone(outbox):
    paint(outbox, "a.png")
    (outbox / PAGE).write_text("<h1>my portfolio</h1>")
    Album(outbox).compare()
    assert (outbox / PAGE).read_text() == "<h1>my portfolio</h1>"
    (outbox / PAGE).write_text(f"{GENERATOR} of an older version")
    Album(outbox).compare()
    assert (outbox / PAGE).read_text() == page_html("")


@pytest.mark.parametrize(
    "content", [b"", b"\x00\xff", b"[]", b"{", b'{"job": 5, "result": []}', b"[" * 100_000]
)
def test_a_sidecar_that_says_nothing_costs_its_words_only(outbox, content):
    paint(outbox, "a.png").with_suffix(".json").write_bytes(content)
    assert entry_of(outbox, "a.png", 5) == Entry("a.png", 5, "a")


@pytest.mark.parametrize("spoil", [b"", b"\xff", b"x" * 1000, b"hotfolder.data(0, [\n{\n]);\n"])
def test_spoilt_data_is_made_again_from_the_outbox(outbox, spoil):
    for name in ("a", "ep/b"):
        paint(outbox, f"{name}.png")
    Album(outbox).compare()
    for file in (outbox / ".page").rglob("*.js"):
        file.write_bytes(spoil)
    Album(outbox).compare()
    assert sorted(listed(outbox)) == ["a.png", "ep/b.png"]
    assert listed(outbox, "ep") == ["ep/b.png"]


@pytest.mark.parametrize("bad", ["a", "m", "z"])
def test_a_folder_that_can_t_be_written_keeps_no_other_page_back(outbox, bad):
    for name in ("a", "m", "z"):
        paint(outbox, f"{name}/x.png")
    (outbox / bad / PAGE).mkdir()  # no file can be put there
    album = Album(outbox)
    with pytest.raises(OSError, match=f"{bad}/{PAGE}"):
        album.compare()
    good = {"a", "m", "z"} - {bad}
    assert (outbox / PAGE).read_text() == page_html("")
    assert all((outbox / name / PAGE).is_file() for name in good)
    assert (outbox / FOLDERS).exists()
    (outbox / bad / PAGE).rmdir()
    album.write()
    assert (outbox / bad / PAGE).is_file()

"""The album equals the outbox, whatever became of either meanwhile."""

from __future__ import annotations

import json
import os
import shutil
import sys
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as some
from PIL import Image
from support.albums import listed, paint

from daemon.page.album import Album
from daemon.page.data_files import PER_FILE, DataFiles
from daemon.page.entry import Entry
from daemon.page.folders import Folders
from daemon.page.glances import IN_TURN, NEWEST, Glances
from daemon.page.places import FOLDERS, data_of, pictures, strokes_of, thumb_of
from daemon.root.our_page import GENERATOR, PAGE

NAMES = (
    "boat",
    "</script><b>",
    "quo\"te's",
    "per%20cent #1?",
    "café",
    "\u202egnp",
    "日本語",
    "n" * 200,
    *(["caf\udce9"] if sys.platform.startswith("linux") else []),  # bytes that are no text
)


@pytest.mark.parametrize("name", NAMES)
def test_any_name_is_listed_with_a_small_picture_and_breaks_no_script(outbox, name):
    paint(outbox, f"{name}.png", prompt=f"{name}\u2028</script>")
    Album(outbox).compare()
    album = Album(outbox)
    album.compare()
    album.make_thumbs(60)

    assert listed(outbox) == [f"{name}.png"]
    with Image.open(outbox / thumb_of(f"{name}.png")) as small:
        assert (small.format, small.size) == ("WEBP", (64, 48))
    script = (outbox / data_of("") / "data-0.js").read_bytes()
    assert script.isascii()
    assert script.count(b"\n") == 3


@pytest.mark.parametrize("name", [name for name in NAMES if "/" not in name])
def test_a_folder_of_any_name_has_its_page_and_a_place_on_the_page_of_all(outbox, name):
    paint(outbox, f"{name}/a.png")
    album = Album(outbox)
    album.compare()
    album.write()

    assert GENERATOR.encode() in (outbox / name / PAGE).read_bytes()
    assert json.dumps(name) in (outbox / FOLDERS).read_text()


def test_pictures_that_are_deleted_renamed_moved_or_added_by_hand_are_followed(outbox):
    for name in ("a", "b", "c", "ep/d", "ep/e"):
        paint(outbox, f"{name}.png")
    Album(outbox).compare()
    assert sorted(listed(outbox)) == ["a.png", "b.png", "c.png", "ep/d.png", "ep/e.png"]
    assert sorted(listed(outbox, "ep")) == ["ep/d.png", "ep/e.png"]

    (outbox / "a.png").unlink()
    (outbox / "b.png").rename(outbox / "b2.png")
    (outbox / "best").mkdir()
    for suffix in (".png", ".json"):
        (outbox / "ep/d").with_suffix(suffix).rename((outbox / "best/d").with_suffix(suffix))
    Image.new("RGB", (9, 9)).save(outbox / "by hand.png")
    Album(outbox).compare()

    there = sorted(path for path, _ in pictures(outbox))
    assert sorted(listed(outbox)) == there
    assert there == ["b2.png", "best/d.png", "by hand.png", "c.png", "ep/e.png"]
    assert listed(outbox, "ep") == ["ep/e.png"]
    assert listed(outbox, "best") == ["best/d.png"]
    assert (outbox / "best" / PAGE).exists()


def test_what_people_do_to_pictures_is_followed_without_a_whole_look(outbox):
    for name in ("a", "ep/b", "ep/c", "old/d"):
        paint(outbox, f"{name}.png")
    album = Album(outbox)
    album.compare()
    assert album.sweep() is False
    (outbox / "ep/b.png").unlink()
    (outbox / "best").mkdir()
    (outbox / "ep/c.png").rename(outbox / "best/c.png")
    shutil.rmtree(outbox / "old")
    Image.new("RGB", (9, 9)).save(outbox / "by hand.png")
    assert album.sweep() is True
    assert listed(outbox) == ["a.png", "best/c.png", "by hand.png"]
    assert [listed(outbox, group) for group in ("ep", "best")] == [[], ["best/c.png"]]
    assert (outbox / "best" / PAGE).exists()
    paint(outbox, "best/e.png")
    assert album.sweep() is True
    album.make_thumbs(60)
    assert listed(outbox, "best") == ["best/c.png", "best/e.png"]
    assert (outbox / thumb_of("best/e.png")).exists()
    assert album.sweep() is False


def shown(look: dict[str, dict[str, int]]) -> dict[str, list[str]]:
    return {folder: sorted(pictures) for folder, pictures in look.items()}


@pytest.mark.parametrize("by", ["add", "sweep", "compare"])
@pytest.mark.parametrize("place", ["a.png", "ep/a.png"])
def test_a_picture_that_takes_the_place_of_another_is_shown_as_it_is_now(outbox, by, place):
    paint(outbox, "b.png")
    picture = paint(outbox, place, prompt="before")
    album = Album(outbox)
    album.compare()
    album.make_thumbs(60)
    before = (outbox / thumb_of(place)).read_bytes()

    paint(outbox, place, prompt="after")
    Image.new("RGB", (48, 64), "blue").save(picture)
    os.utime(picture, (2_000_000_000, 2_000_000_000))
    if by == "add":
        album.add(place)
        album.write()
    else:
        album = Album(outbox) if by == "compare" else album
        getattr(album, by)()
    album.make_thumbs(60)

    assert (outbox / thumb_of(place)).read_bytes() != before
    for group in {"", place.rpartition("/")[0]}:
        said = {line["path"]: line for line in DataFiles(outbox, data_of(group)).all()}
        assert said[place]["written"] == "after"
        assert said[place]["changed"] == 2_000_000_000_000
        assert len(said) == sum(1 for _ in DataFiles(outbox, data_of(group)).all())
    assert album.sweep() is False


def overwrite(picture: Path, colour: str, at: int) -> None:
    """As some programs save: into the file that lies there. Its folder looks as it did."""
    folder = picture.parent.stat()
    Image.new("RGB", (48, 64), colour).save(picture)
    os.utime(picture, (at, at))
    os.utime(picture.parent, ns=(folder.st_atime_ns, folder.st_mtime_ns))


@pytest.mark.parametrize("place", ["a.png", "ep/a.png"])
def test_a_picture_that_is_written_over_where_it_lies_is_seen_while_nothing_else_is_looked_at(
    outbox, place
):
    paint(outbox, "b.png")
    picture = paint(outbox, place)
    for folder in {outbox, picture.parent}:
        os.utime(folder, (1, 1))
    album = Album(outbox)
    album.compare()
    album.make_thumbs(60)
    assert album.sweep() is False or album.sweep() is False
    small = outbox / thumb_of(place)
    for at, colour in ((2_000_000_000, "blue"), (1_000_000_000, "green")):
        before = small.read_bytes()
        overwrite(picture, colour, at)
        assert album.sweep() is True
        album.make_thumbs(60)
        assert small.read_bytes() != before
        for group in {"", place.rpartition("/")[0]}:
            said = {
                line["path"]: line["changed"] for line in DataFiles(outbox, data_of(group)).all()
            }
            assert said[place] == at * 1000
        assert album.sweep() is False


def test_of_many_pictures_the_newest_are_seen_at_once_and_each_in_its_turn(outbox):
    names = [f"{number:04d}.png" for number in range(3 * (NEWEST + IN_TURN))]
    for name in names:
        (outbox / name).write_bytes(b"a picture")
        os.utime(outbox / name, (1, 1))
    known, glances = dict.fromkeys(names, 1000), Glances(outbox)
    assert glances.look(known) == {}
    os.utime(outbox / names[-1], (2, 2))
    os.utime(outbox / names[len(names) // 2], (3, 3))
    (outbox / names[1]).unlink()
    found, looks = dict[str, int](), 0
    while len(found) < 2:
        seen = glances.look(known)
        assert (names[-1] in seen) is (looks == 0)
        found |= seen
        known |= seen
        looks += 1
    assert found == {names[-1]: 2000, names[len(names) // 2]: 3000}
    assert looks <= len(names) // IN_TURN + 1


def test_a_folder_that_looks_as_it_did_is_not_listed_again(outbox):
    paint(outbox, "a/b.png")
    folders = Folders(outbox)
    assert shown(folders.look()) == {"": [], "a": ["a/b.png"]}
    for place in (outbox, outbox / "a"):
        os.utime(place, (1, 1))
    assert set(folders.look()) == {"", "a"}
    assert folders.look() == {}
    (outbox / "a").rename(outbox / "c")
    assert shown(folders.look()) == {"": [], "c": ["c/b.png"], "a": []}


@settings(max_examples=30, deadline=None)
@given(
    counts=some.lists(some.integers(0, 700), min_size=1, max_size=4),
    gone=some.sets(some.integers(0, 900)),
)
def test_data_files_keep_order_and_number_through_any_reopening(tmp_path_factory, counts, gone):
    outbox = tmp_path_factory.mktemp("outbox")
    wanted: list[str] = []
    for count in counts:
        data = DataFiles(outbox, "d")
        for _ in range(count):
            wanted.append(f"{len(wanted)}.png")
            data.add(Entry(wanted[-1], 7, "n"))
        data.write()
    assert [line["path"] for line in DataFiles(outbox, "d").all()] == wanted
    assert all(
        len(list(file.read_text().splitlines())) <= PER_FILE + 2
        for file in outbox.rglob("data-*.js")
    )
    left = [path for number, path in enumerate(wanted) if number not in gone]
    data = DataFiles(outbox, "d")
    data.keep(lambda path, changed: path in set(left) and changed == 7)
    data.write()
    assert [line["path"] for line in DataFiles(outbox, "d").all()] == left


def test_the_drawing_that_a_picture_follows_is_small_beside_it_and_goes_with_it(
    outbox, tmp_path: Path
) -> None:
    references = tmp_path / "references"
    references.mkdir()
    kept = ("ab" * 32, "cd" * 32)
    Image.new("L", (1536, 1152), "white").save(references / kept[0], "PNG")
    (references / kept[1]).write_bytes(b"no picture any more")
    controls = [{"image": "a.png", "sha256": one} for one in (*kept, "../x", None)]
    paint(outbox, "a.png", controls=controls)
    paint(outbox, "b.png", controls=controls)
    album = Album(outbox, references)
    album.compare()
    album.make_thumbs(60)

    drawn = [strokes_of("a.png", number) for number in (1, 2)]
    told = {line["path"]: line["drawn"] for line in DataFiles(outbox, data_of("")).all()}
    assert told["a.png"] == [*drawn, "", ""]
    with Image.open(outbox / drawn[0]) as small:
        assert (small.format, small.size) == ("WEBP", (512, 384))
    assert not (outbox / drawn[1]).exists()
    (outbox / "a.png").unlink()
    album.sweep()
    album.sweep()
    assert not (outbox / drawn[0]).exists()
    assert (outbox / strokes_of("b.png", 1)).exists()
    (outbox / "b.png").unlink()
    Album(outbox, references).compare()
    assert not (outbox / strokes_of("b.png", 1)).exists()

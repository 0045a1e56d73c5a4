"""What a page loads lies there before the page does, and as long as one may be open that asks for it."""

from __future__ import annotations

import json
import re
import threading
from pathlib import Path

import pytest
from PIL import Image

from daemon.page.album import AT_ONCE, MOST_GROUPS, Album
from daemon.page.data_files import PER_FILE, DataFiles
from daemon.page.follow import make_anew
from daemon.page.places import FOLDERS, LIVE, data_of, thumb_of
from daemon.root.layout import Layout
from daemon.root.our_page import PAGE


@pytest.fixture
def outbox(tmp_path: Path) -> Path:
    folder = tmp_path / "outbox"
    folder.mkdir()
    return folder


def paint(outbox: Path, relative: str) -> None:
    picture = outbox / relative
    picture.parent.mkdir(exist_ok=True)
    Image.new("RGB", (8, 8), "red").save(picture)


def asked_for(outbox: Path, group: str = "") -> list[str]:
    """Which scripts the page asks for as soon as it is opened, below the outbox."""
    told = re.search(
        r"^const place = (\{.*\});$", (outbox / group / PAGE).read_text(), re.MULTILINE
    )
    assert told is not None
    place = json.loads(told[1])
    assert (outbox / group / place["up"]).resolve() == outbox.resolve()
    return [f"{place['data']}/index.js", place["live"], *([] if group else [FOLDERS])]


def missing(outbox: Path, group: str = "") -> list[str]:
    return [each for each in asked_for(outbox, group) if not (outbox / each).is_file()]


@pytest.mark.parametrize(
    ("group", "script"),
    [
        *(("", script) for script in (LIVE, FOLDERS)),
        *(("", f"{data_of('')}/{name}") for name in ("index.js", "data-0.js")),
        *(("ep", script) for script in (LIVE, f"{data_of('ep')}/index.js")),
    ],
)
def test_where_a_script_can_not_be_written_the_page_that_loads_it_is_not_there(
    outbox: Path, group: str, script: str
) -> None:
    paint(outbox, "ep/a.png")
    (outbox / script).mkdir(parents=True)
    with pytest.raises(OSError, match=script.rpartition("/")[2]):
        Album(outbox).compare()
    assert not (outbox / group / PAGE).exists()
    (outbox / script).rmdir()
    Album(outbox).compare()
    assert missing(outbox, group) == []


def test_all_that_a_page_asks_for_is_there_with_its_small_pictures(outbox: Path) -> None:
    Album(outbox).compare()
    assert missing(outbox) == []
    names = [f"ep/{number:02d}.png" for number in range(AT_ONCE)]
    for name in names:
        paint(outbox, name)
    Album(outbox).compare()
    assert missing(outbox) == missing(outbox, "ep") == []
    assert [name for name in names if not (outbox / thumb_of(name)).exists()] == []


def test_every_folder_that_the_page_of_all_leads_to_has_its_page(outbox: Path) -> None:
    folders = [f"ep{number:02d}" for number in range(MOST_GROUPS + 5)]
    for folder in folders:
        paint(outbox, f"{folder}/a.png")
    Album(outbox).compare()
    told = (outbox / FOLDERS).read_text()
    assert all(json.dumps(folder) in told for folder in folders)
    assert [folder for folder in folders if missing(outbox, folder)] == []


def test_pages_made_without_a_daemon_ask_for_nothing_that_is_not_there(root: Layout) -> None:
    paint(root.outbox, "ep/a.png")
    make_anew(root)
    assert missing(root.outbox) == missing(root.outbox, "ep") == []


def test_a_page_that_is_open_while_all_is_made_anew_misses_nothing(outbox: Path) -> None:
    for number in range(PER_FILE + 5):
        (outbox / f"{number:04d}.png").write_bytes(b"a picture")
    paint(outbox, "ep/a.png")
    album = Album(outbox)
    album.compare()
    scripts = [*asked_for(outbox), *asked_for(outbox, "ep"), f"{data_of('')}/data-0.js"]
    missed, is_over = set[str](), threading.Event()

    def look() -> None:
        while not is_over.is_set():
            missed.update(each for each in scripts if not (outbox / each).exists())

    looking = threading.Thread(target=look)
    looking.start()
    album.rebuild()
    is_over.set()
    looking.join()
    assert missed == set()


def test_what_was_made_anew_is_nothing_but_what_is_there_now(outbox: Path) -> None:
    for number in range(2 * PER_FILE):
        (outbox / f"{number:04d}.png").write_bytes(b"a picture")
    paint(outbox, "ep/a.png")
    album = Album(outbox)
    album.compare()
    for number in range(PER_FILE):
        (outbox / f"{number:04d}.png").unlink()
    (outbox / "ep/a.png").rename(outbox / "a.png")
    (outbox / "ep" / PAGE).unlink()
    (outbox / "ep").rmdir()
    album.rebuild()
    listed = [str(line["path"]) for line in DataFiles(outbox, data_of("")).all()]
    assert sorted(listed) == sorted(path.name for path in outbox.glob("*.png"))
    assert not (outbox / data_of("ep")).exists()
    told = (outbox / data_of("") / "index.js").read_text()
    assert f'"count": {PER_FILE + 1}' in told

"""Marks that were handed on are seen on the page, each at its picture."""

from __future__ import annotations

import json
import os

import pytest
from PIL import Image
from support.browser import needs_browser, opened

from daemon.page.places import MARKED
from daemon.page.saved_marks import SavedMarks
from daemon.root.layout import Layout


def marks(*told: tuple[str, str, str]) -> str:
    said = [{"picture": one, "mark": word, "note": note} for one, word, note in told]
    return json.dumps({"hotfolder": "marks", "marks": said})


def shown(root: Layout) -> dict[str, dict[str, str]]:
    text = (root.outbox / MARKED).read_text()
    return json.loads(text[text.index("(") + 1 : text.rindex(")")])


@pytest.fixture
def made(root: Layout) -> Layout:
    for folder in (root.outbox, root.done):
        folder.mkdir(parents=True, exist_ok=True)
    return root


def test_what_was_saved_last_counts_and_what_is_no_marks_file_says_nothing(made):
    saved = SavedMarks(made)
    saved.look()
    assert (saved.told, (made.outbox / MARKED).exists()) == ("", False)
    files = {
        "marks-2.json": marks(("a.png", "", "later"), ("b.png", "keep", "")),
        "Marks (1).json": marks(("a.png", "keep", "sooner"), ("c.png", "reject", "dark")),
        "marks of mine.json": '{"prompt": "marks"}',
        "marks-3.json": "no JSON",
        "marks-4.json": marks(("../a.png", "keep", "")),
        "other.json": marks(("d.png", "keep", "")),
    }
    for age, (name, text) in enumerate(files.items()):
        (made.done / name).write_text(text)
        os.utime(made.done / name, (1000 - age, 1000 - age))
    saved.look()
    assert shown(made) == {
        "a.png": {"mark": "", "note": "later"},
        "b.png": {"mark": "keep", "note": ""},
        "c.png": {"mark": "reject", "note": "dark"},
    }
    told = saved.told
    (made.done / "marks-2.json").unlink()
    saved.look()
    assert shown(made)["a.png"] == {"mark": "keep", "note": "sooner"}
    assert saved.told != told


@needs_browser
def test_a_note_that_was_handed_on_stands_at_its_picture_also_where_that_was_put_aside(
    root, daemon, drop, wait
):
    daemon(HOTFOLDER_PAGE="on")
    drop.whole("c.yaml", "prompt: p\nsteps: 1\n")
    for name in "ab":
        Image.new("RGB", (8, 8), "red").save(root.outbox / f"{name}.png")
    told = [("a.png", "keep", "like </script> this"), ("b.png", "reject", "too dark")]
    drop.whole("marks.json", marks(*told))
    wait((root.outbox / "rejected/b.png").exists)
    wait((root.outbox / MARKED).exists)
    with opened(root.outbox / "index.html") as (page, seen):
        wait(
            lambda: (
                sorted(page.locator("#pictures figcaption").all_text_contents())
                == ["akeptlike </script> this", "brejectedin rejectedtoo dark", "cp"]
            )
        )
    assert seen.complaints == []

"""A board's page in a real browser: shots in order, what is still to come, cast, marks."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest
from PIL import Image
from support.browser import needs_browser, opened
from support.daemon import engine
from support.living_boards import pictures, save

from daemon.root.layout import Layout

pytestmark = needs_browser
BOARD = """
size: 320x192
steps: {steps}
takes: 2
cast:
  Anna: anna.png
  Ben: {{as: a man of forty}}
shots:
  060: {{prompt: "Anna waves </script>", dialogue: "ANNA: Пора, 行こう", scene: PIER, pick: 2}}
  010: {{prompt: wide harbour, title: Dawn, seconds: 3}}
  015: {{prompt: Ben alone, steps: {last}}}
"""


Serve = Callable[..., Layout]
NEVER_DONE = 150
"""Steps of a shot that is still to come while a test looks at what is made: its picture is held."""


@pytest.fixture
def serve(root: Layout, daemon, wait, hold) -> Serve:
    """Has a daemon make the board `ep`, whose last shot has so many steps."""

    def made(last: int = 1) -> Layout:
        quick = "settle: 0.1\nscan_interval: 0.2\nfolder_settle: 0.1\n"
        root.settings_file.write_text(f"{quick}live: false\n")
        held = engine("held") if last == NEVER_DONE else "dry-run"
        daemon(engine=held, HOTFOLDER_PAGE="on", **hold.at(3))
        (root.boards / "ep").mkdir(parents=True)
        Image.new("RGB", (30, 40), "red").save(root.boards / "ep/anna.png")
        save(root, "ep", BOARD.format(steps=1, last=last))
        wait(lambda: len(pictures(root, "ep")) == (4 if last == NEVER_DONE else 6))
        wait((root.outbox / "ep/index.html").exists)
        return root

    return made


def texts(page, selector: str) -> list[str]:
    return page.locator(selector).all_text_contents()


def test_shots_stand_in_the_boards_order_with_what_is_to_come_and_marks_are_kept_and_saved(
    serve: Serve, wait
):
    served = serve(last=NEVER_DONE)
    with opened(served.outbox / "ep/index.html") as (page, seen):
        blanks = page.locator("#pictures .row:not(.cast) .todo")
        made = page.locator("#pictures li[data-path]")
        wait(
            lambda: (made.count(), blanks.count(), blanks.locator("img").count()) == (4, 2, 2)
        )  # drawn meanwhile
        assert texts(page, "#pictures h2") == [*["Cast", "PIER", "060"], "010 Dawn 3 s", "015"]
        assert texts(page, ".cast b") == ["Anna", "Ben"]
        assert page.locator(".cast img").count() == 1
        assert texts(page, ".said") == ["ANNA: Пора, 行こう"]
        assert blanks.all_text_contents() == [
            f"drawn; still to come015 · take {number}Ben alone" for number in (1, 2)
        ]
        assert texts(page, "figcaption b:has(.badge)") == ["060 · take 2picked"]

        page.locator("#pictures li[data-path] button").first.click()
        page.keyboard.press("x")
        page.keyboard.press("n")
        page.keyboard.type("too k&x dark")
        page.keyboard.press("Escape")
        assert "rejected" in texts(page, "#pictures li[data-path]")[0]
        page.reload()
        page.wait_for_selector(".badge.mark")
        with page.expect_download() as waited:
            page.locator("#save-marks").click()
        marks = json.loads(Path(waited.value.path()).read_text())
        assert (waited.value.suggested_filename, marks["hotfolder"]) == ("marks.json", "marks")
        assert marks["marks"] == [
            {"picture": "ep/060-1.png", "mark": "reject", "note": "too k&x dark"}
        ]

        save(served, "ep", BOARD.format(steps=1, last=1))
        (served.outbox / "ep/010-1.png").unlink()
        wait(lambda: page.locator("#pictures .row:not(.cast) .todo").count() == 0)
        wait(lambda: page.locator("#pictures li[data-path]").count() == 5)
        page.locator("#places a").click()
        page.wait_for_selector("#pictures li")
    assert all(url.startswith(("file://", "data:")) for url in seen.requests)
    assert seen.complaints == []


VARIED = """
size: 128x72
steps: 1
shots:
  010: {prompt: "pier, {light}", vary: [{light: dawn, steps: 1}, {light: night, steps: 2}]}
"""


def test_no_two_cards_are_called_the_same(serve: Serve, wait):
    """Rows of `vary`, larger ones, and boards that have a shot of one id."""
    served = serve()
    save(served, "two", VARIED)
    wait(lambda: len(pictures(served, "two")) == 2)
    final = served.inbox / "final"
    final.mkdir(exist_ok=True)
    shutil.copy(served.outbox / f"two/{pictures(served, 'two')[0]}", final / "010.png")
    wait(lambda: len(pictures(served, "two/final")) == 1)
    row = [f"010 · {each} · take 1" for each in ("dawn, steps 1", "night, steps 2")]
    row.append(f"{row[0]} · final")
    wait((served.outbox / "two/index.html").exists)
    with opened(served.outbox / "two/index.html") as (page, _):
        wait(lambda: sorted(texts(page, "figcaption b")) == sorted(row))
    with opened(served.outbox / "index.html") as (page, _):
        wait(lambda: set(row) < set(texts(page, "figcaption b")))
        assert texts(page, ".where").count("in two") == 3

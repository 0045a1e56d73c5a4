"""What is wrong, in a real browser: on the page of all, and on that of the board it concerns."""

from __future__ import annotations

import json
from pathlib import Path

from support.browser import needs_browser, opened
from support.daemon import engine, hotfolder
from support.living_boards import pictures, save

pytestmark = needs_browser
QUICK = "settle: 0.1\nscan_interval: 0.2\nfolder_settle: 0.1\nlive: false\n"
LACKS = """
size: 320x192
steps: 1
cast: {Anna: anna.png}
shots: {010: Anna waves, 020: a pier}
"""


def live(outbox: Path) -> dict[str, object]:
    """What pages were told last."""
    told = (outbox / ".page/live.js").read_text()
    return json.loads(told[told.index("(") + 1 : told.rindex(")")])


def test_failures_what_is_ignored_a_pause_and_what_is_lacking_are_said_with_the_reason(
    root, daemon, drop, wait
):
    root.settings_file.write_text(QUICK)
    daemon(HOTFOLDER_PAGE="on")
    save(root, "bad", LACKS)
    wait(lambda: pictures(root, "bad") == ["020.png"])
    drop.whole("typo.yaml", "promt: a boat\n")
    drop.whole("notes.docx", "no job")
    assert hotfolder("pause", "bad", "--root", str(root.root)).returncode == 0
    with opened(root.outbox / "index.html") as (page, seen):
        wrong = page.locator("#wrong")
        summary = wrong.locator("summary")
        wait(lambda: summary.text_content() == "1 failed · 1 ignored · 1 lacking · bad paused")
        summary.focus()
        page.keyboard.press("Enter")
        said = "\n".join(wrong.locator("li").all_text_contents())
        assert "typo.yaml: `promt` is not a key" in said
        assert "notes.docx: " in said
        assert f"hotfolder --root {root.root} resume bad`" in said
    with opened(root.outbox / "bad/index.html") as (page, _):
        wait(lambda: page.locator("#wrong summary").text_content() == "1 lacking · paused")
        card = page.locator("#pictures .todo:has(b:text-is('010'))")
        wait(lambda: "drawn; lacking" in card.text_content())
        assert "The reference 'anna.png' is not there" in card.locator(".why").text_content()
        assert hotfolder("resume", "bad", "--root", str(root.root)).returncode == 0
        wait(lambda: page.locator("#wrong summary").text_content() == "1 lacking")
    assert seen.complaints == []


def test_what_waits_while_all_is_paused_is_counted_though_nothing_happens(root, daemon, drop, wait):
    """The status is written after the event that tells of a file, and again as time goes by."""
    root.settings_file.write_text(QUICK)
    daemon(HOTFOLDER_PAGE="on")
    drop.whole("a.yaml", "prompt: p\nsteps: 1\n")
    wait((root.outbox / "index.html").exists)
    assert hotfolder("pause", "--root", str(root.root)).returncode == 0
    for name in "bcd":
        drop.whole(f"{name}.yaml", "prompt: p\nsteps: 1\n")
    wait(lambda: [live(root.outbox).get(key) for key in ("waiting", "state")] == [3, "paused"])
    with opened(root.outbox / "index.html") as (page, _):
        told = page.locator("#told")
        wait(lambda: "paused until `hotfolder resume` · 3 waiting" in told.text_content())


def test_a_picture_under_way_is_named_with_its_board(root, daemon, wait, hold):
    root.settings_file.write_text(QUICK)
    daemon(engine=engine("held"), HOTFOLDER_PAGE="on", **hold.at(3))
    save(root, "ep", "size: 320x192\nsteps: 9\nshots: {010: a pier}\n")
    wait((root.outbox / "index.html").exists)
    with opened(root.outbox / "index.html") as (page, _):
        told = page.locator("#told")
        wait(lambda: "ep/010: step 3 of 9" in told.text_content())

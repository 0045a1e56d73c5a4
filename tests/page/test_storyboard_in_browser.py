"""A board's page as a storyboard in a real browser: shots beside each other, and which picture counts."""

from __future__ import annotations

import shutil

import pytest
from support.browser import needs_browser, opened
from support.living_boards import pictures, save

from daemon.root.layout import Layout

pytestmark = needs_browser
QUICK = "settle: 0.1\nscan_interval: 0.2\nfolder_settle: 0.1\nlive: false\n"
BOARD = """
size: 320x192
steps: 1
shots:
  010: {prompt: a pier, dialogue: "ANNA: Here!"}
  020: {prompt: a boat, takes: 3}
  030: a house
  040: the sea
"""
BOXES = """() => [...document.querySelectorAll(".shot")].map((shot) => ({
  name: shot.querySelector("h2").textContent,
  top: Math.round(shot.getBoundingClientRect().top),
  left: Math.round(shot.getBoundingClientRect().left),
  cards: [...shot.querySelectorAll("li")].map((card) => Math.round(card.getBoundingClientRect().top)),
  words: shot.querySelector(".said") ? shot.querySelector(".said").getBoundingClientRect().top : null,
}))"""


@pytest.fixture
def made(root: Layout, daemon, wait) -> Layout:
    root.settings_file.write_text(QUICK)
    daemon(HOTFOLDER_PAGE="on")
    save(root, "ep", BOARD)
    wait(lambda: len(pictures(root, "ep")) == 6)
    wait((root.outbox / "ep/index.html").exists)
    return root


def test_shots_stand_beside_each_other_in_reading_order_with_their_takes_together(made, wait):
    for width, rows in ((1400, 1), (1200, 2), (800, 3), (400, 4)):
        with opened(made.outbox / "ep/index.html", width=width) as (page, seen):
            wait(lambda page=page: page.locator("#pictures li[data-path]").count() == 6)
            shots = page.evaluate(BOXES)
            assert [shot["name"] for shot in shots] == ["010", "020", "030", "040"]
            places = [(shot["top"], shot["left"]) for shot in shots]
            assert places == sorted(places)
            assert len({top for top, _ in places}) == rows, (width, places)
            across = 1 if width == 400 else min(3, {1400: 6, 1200: 4, 800: 2}[width])
            assert len(set(shots[1]["cards"])) == -(-3 // across)
            assert shots[0]["words"] > max(shots[0]["cards"])
            assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
        assert seen.complaints == []


def test_keys_lead_through_the_shots_in_their_order(made, wait):
    with opened(made.outbox / "ep/index.html", width=1400) as (page, _):
        wait(lambda: page.locator("#pictures li[data-path]").count() == 6)
        page.locator("#pictures button").first.focus()
        page.keyboard.press("Tab")
        page.keyboard.press("Enter")
        assert page.locator("#caption").text_content() == "020 · take 1"
        assert "write pick: 1 at shot 020" in page.locator("#choose").text_content()
        page.keyboard.press("ArrowRight")
        assert page.locator("#caption").text_content() == "020 · take 2"
        page.keyboard.press("k")
        page.keyboard.press("Escape")
        assert "drop the saved marks.json into the inbox" in page.locator("#hand-on").text_content()
        assert page.locator("#hand-on").is_visible()


def test_of_several_pictures_of_a_take_the_one_that_counts_is_marked_and_the_others_say_what_they_are(
    made, wait
):
    again = made.inbox / "again"
    again.mkdir(exist_ok=True)
    shutil.copy(made.outbox / "ep/010.png", again / "010.png")
    wait(lambda: len(pictures(made, "ep")) == 7)

    def cards(page) -> list[str]:
        return page.locator(".shot:has(h2:text-is('010')) figcaption b").all_text_contents()

    with opened(made.outbox / "ep/index.html") as (page, _):
        wait(lambda: cards(page) == ["010 · take 1current", "010 · take 1again"])
        for asked, card in (("ep/010.png", "current"), ("ep/010-2.png", "again")):
            page.locator("#find").fill(asked)  # what a search leaves out counts, too
            assert cards(page) == [f"010 · take 1{card}"]
        page.locator("#find").fill("")
        save(made, "ep", BOARD.replace("a pier", "a long pier"))
        wait(
            lambda: (
                cards(page)
                == [
                    "010 · take 1 · v2current",
                    "010 · take 1earlier version",
                    "010 · take 1earlier version, again",
                ]
            )
        )
        assert page.locator(".shot:has(h2:text-is('040')) .badge").count() == 0
        buttons = page.locator(".shot:has(h2:text-is('010')) figure > button")
        assert [one.get_attribute("aria-label") for one in buttons.all()] == [
            "010 · take 1 · v2, current: open",
            "010 · take 1, earlier version: open",
            "010 · take 1, earlier version, again: open",
        ]

"""The page in a real browser, opened from disk while a real daemon makes pictures."""

from __future__ import annotations

import io
import json
import re
from collections.abc import Iterator

import pytest
from PIL import Image
from support.browser import needs_browser, opened
from support.daemon import engine, hotfolder, pictures

from daemon.fs.live_picture import LIVE_NAME
from daemon.root.layout import Layout

pytestmark = needs_browser
HELD = 15
"""The step at which pictures stay while a test looks."""
PROMPT = 'Anna says "hello" </script> & 50 % of café, лодка, 日本'


@pytest.fixture
def served(root, daemon, drop, wait, hold) -> Iterator[Layout]:
    """A root whose daemon makes slow pictures, each held at its 15th step, and keeps the page; one of
    fewer steps is made. Whoever keeps the page stands back behind all others: on a busy machine it is
    later by any number of seconds."""
    root.settings_file.write_text("settle: 0.1\nscan_interval: 0.2\nfolder_settle: 0.1\n")
    held = {"HOTFOLDER_DRY_STEP_SECONDS": "0.1", **hold.at(HELD)}
    daemon(engine=engine("held"), HOTFOLDER_PAGE="on", **held)
    drop.whole("first #1 %41.yaml", json.dumps({"prompt": PROMPT, "steps": 2, "seed": 7}))
    wait(lambda: (root.outbox / "index.html").exists())
    return root


def test_pictures_appear_by_themselves_with_their_progress_and_no_request_leaves(
    served, drop, wait, hold
):
    with opened(served.outbox / "index.html") as (page, seen):
        told = page.locator("#told")
        page.wait_for_selector("#pictures li")
        drop.whole("ep01/next.yaml", f"prompt: a boat\nsteps: {2 * HELD}\n")
        wait(lambda: f"next: step {HELD} of {2 * HELD}" in told.text_content())
        assert page.evaluate("document.getElementById('bar').value") == 0.5
        hold.off()
        wait(lambda: page.evaluate("document.querySelectorAll('#pictures li').length === 2"))
        wait(lambda: page.evaluate("document.querySelectorAll('#places a').length === 1"))
        assert page.locator("#pictures li b").all_text_contents() == ["next", "first #1 %41"]
        wait(
            lambda: page.evaluate(
                "[...document.images].filter((i) => i.closest('main')).every((i) => i.naturalWidth)"
            )
        )
        page.locator("#places a").click()
        wait(lambda: page.locator("h1").text_content() == "ep01")
        page.wait_for_selector("#pictures li")
        drop.whole("slow.yaml", "prompt: a boat\nsteps: 150\ncount: 150\n")
        page.locator("#places a").click()
        wait(lambda: "slow" in told.text_content())
        preview = page.locator("#preview")
        preview.wait_for(state="visible")
        wait(lambda: preview.evaluate("(image) => image.complete && image.naturalWidth > 0"))
        rows = [painted(preview.screenshot())]  # perhaps the whole picture before it: that lingers
        wait(lambda: rows.append(painted(preview.screenshot())) or rows[-1] > rows[-2])
        assert hotfolder("cancel", "slow", "--root", str(served.root)).returncode == 0
        preview.wait_for(state="hidden")
    assert all(url.startswith("file://") for url in seen.requests)
    gone = f"ERR_FILE_NOT_FOUND {(served.outbox / LIVE_NAME).as_uri()}"  # which comes and goes
    assert [text for text in seen.complaints if gone not in text] == []


def painted(screenshot: bytes) -> int:
    """How many rows of a picture under way are painted: below them it has one colour (its corners
    are round)."""
    with Image.open(io.BytesIO(screenshot)) as image:
        seen = image.convert("RGB").crop((image.width // 4, 0, image.width // 2, image.height))
    rows = [seen.crop((0, y, seen.width, y + 1)).getcolors() for y in range(seen.height)]
    return max(
        (y for y, colours in enumerate(rows, 1) if colours is None or len(colours) > 1), default=0
    )


def test_the_large_view_by_keys_says_all_and_copies_a_job_that_makes_the_picture_again(
    served, drop, daemon, wait
):
    drop.whole("second.yaml", "prompt: a boat\nsteps: 1\nseed: 9\n")
    wait(lambda: len(pictures(served)) == 2)
    with opened(served.outbox / "index.html") as (page, _):
        wait(lambda: page.evaluate("document.querySelectorAll('#pictures li').length === 2"))
        page.locator("#pictures button").first.focus()
        page.keyboard.press("Enter")
        large = page.locator("#large")
        assert large.locator("#caption").text_content() == "second"
        assert "seed9" in large.locator("#facts").text_content()
        assert "1, not 2" in large.locator("#differs").text_content()
        page.keyboard.press("ArrowRight")
        assert large.locator("#written").text_content() == PROMPT
        assert large.locator(".time").count() >= 3
        page.evaluate(
            "navigator.clipboard.writeText = (text) => { window.copied = text; return Promise.resolve(); }"
        )
        page.locator("#copy-job").click()
        job = page.evaluate("window.copied")
        page.keyboard.press("Escape")
        large.wait_for(state="hidden")
        focused = "(document.activeElement.getAttribute('aria-label') || '').startsWith('first')"
        wait(lambda: page.evaluate(focused))
        page.locator("#find").fill("лодка")
        assert page.locator("#pictures li").count() == 1
    drop.whole("again.json", job)
    wait(lambda: (served.outbox / "again.png").exists())
    again = json.loads((served.outbox / "again.json").read_text())
    first = json.loads((served.outbox / "first #1 %41.json").read_text())
    assert again["result"]["pixels_sha256"] == first["result"]["pixels_sha256"]


def test_a_link_that_is_pressed_is_the_one_that_is_let_go(served, drop, wait):
    """The page is told of its folders every second, and exchanges none that is still there."""
    drop.whole("ep01/second.yaml", "prompt: a boat\nsteps: 1\n")
    with opened(served.outbox / "index.html") as (page, seen):

        def is_told_again() -> bool:
            page.evaluate("0")  # what the page has asked for is heard of while it is spoken to
            return sum("folders.js" in url for url in seen.requests) >= 2

        page.wait_for_selector("#places a")
        page.evaluate("document.querySelector('#places a').pressed = true")
        seen.requests.clear()
        wait(is_told_again)
        assert page.evaluate("document.querySelector('#places a').pressed")


def test_it_reads_well_to_who_can_t_see_it_and_in_the_dark(served):
    for dark in (False, True):
        with opened(served.outbox / "index.html", dark=dark) as (page, _):
            page.wait_for_selector("#pictures li")
            tree = page.locator("body").aria_snapshot()
            assert 'heading "All pictures" [level=1]' in tree
            assert "searchbox" in tree
            assert re.search(r'button "first #1 %41: open"', tree)
            assert "figure" in tree
            assert page.evaluate(CONTRAST) >= 4.5


CONTRAST = """() => {
  const light = (text) => {
    const parts = text.match(/[\\d.]+/g).slice(0, 3).map((one) => one / 255)
      .map((one) => one <= 0.04045 ? one / 12.92 : ((one + 0.055) / 1.055) ** 2.4);
    return 0.2126 * parts[0] + 0.7152 * parts[1] + 0.0722 * parts[2];
  };
  const pairs = [["figcaption span", "figure"], ["figcaption b", "figure"], ["h1", "body"], [".search", "body"]];
  return Math.min(...pairs.map(([words, back]) => {
    const a = light(getComputedStyle(document.querySelector(words)).color);
    const b = light(getComputedStyle(document.querySelector(back)).backgroundColor);
    return (Math.max(a, b) + 0.05) / (Math.min(a, b) + 0.05);
  }));
}"""


def test_printed_it_is_a_contact_sheet_that_splits_no_figure(served, drop, wait, tmp_path):
    drop.whole("many.yaml", "prompt: a boat, лодка, 日本\nsteps: 1\ncount: 10\n")
    wait(lambda: len(pictures(served)) == 11)
    with opened(served.outbox / "index.html") as (page, _):
        wait(lambda: page.evaluate("document.querySelectorAll('#pictures li').length === 11"))
        page.emulate_media(media="print")
        assert (
            page.evaluate("getComputedStyle(document.querySelector('.row > li')).breakInside")
            == "avoid"
        )
        assert page.locator("#more").is_hidden()
        data = page.pdf(path=str(tmp_path / "sheet.pdf"), format="A4", landscape=True)
    assert data.startswith(b"%PDF")
    assert 2 <= len(re.findall(rb"/Type\s*/Page\b", data)) <= 6

"""The drawing that a picture follows, beside it on the page, in a real browser."""

from __future__ import annotations

from PIL import Image, ImageDraw
from support.browser import Seen, needs_browser, opened

from daemon.page.places import strokes_of

pytestmark = needs_browser
SHOWN = "[...document.querySelectorAll('%s img')].filter((each) => each.naturalWidth).length"


def _asked(seen: Seen, name: str) -> int:
    """How often the page has asked for a file."""
    return sum(name in url for url in seen.requests)


def test_the_drawing_stands_beside_its_frame_and_in_the_large_view(root, daemon, drop, wait):
    paper = Image.new("RGB", (320, 240), "white")
    ImageDraw.Draw(paper).ellipse((60, 60, 200, 200), outline="black", width=4)
    paper.save(root.inbox / "010.png")
    daemon(HOTFOLDER_PAGE="on")
    drop.whole("plain.yaml", "prompt: a boat\nsteps: 1\n")
    drop.whole("shot.yaml", "prompt: a ring\nsteps: 1\ndrawing: 010.png exact\n")
    wait(lambda: (root.outbox / "index.html").exists())
    small = root.outbox / strokes_of("shot.png", 1)
    wait(small.exists)
    away = small.rename(root.root / "small.webp")  # as if whoever makes it were late
    with opened(root.outbox / "index.html") as (page, seen):
        wait(lambda: page.evaluate("document.querySelectorAll('#pictures li').length === 2"))
        wait(lambda: page.evaluate(SHOWN % ".drawn") + _asked(seen, small.name) > 4)
        away.rename(small)
        wait(lambda: page.evaluate(SHOWN % ".drawn") == 1)
        assert page.locator(".drawn").count() == 1
        frame = page.locator("#pictures li[data-path='shot.png']")
        assert frame.locator(".drawn").text_content() == "drawing"
        seen_as = frame.locator(".drawn img").get_attribute("alt")
        assert seen_as == "The drawing that it follows: 010-cleaned.png"

        frame.locator("button").click()
        page.locator("#drawn").wait_for(state="visible")
        wait(lambda: page.evaluate(SHOWN % "#drawn") == 1)
        assert page.locator("#drawn").text_content() == "drawing"
        assert (
            "010-cleaned.png (1, until 0.8 of the steps)" in page.locator("#facts").text_content()
        )
        boxes = [page.locator(each).bounding_box() for each in ("#big", "#drawn img", ".side")]
        edges = [(box["x"], box["x"] + box["width"]) for box in boxes]
        assert edges[0][1] <= edges[1][0] < edges[1][1] <= edges[2][0]

        page.keyboard.press("ArrowRight" if page.locator("#next").is_enabled() else "ArrowLeft")
        page.locator("#drawn").wait_for(state="hidden")
        assert page.locator("#caption").text_content() == "plain"
    late = f"ERR_FILE_NOT_FOUND {small.as_uri()}"
    assert [text for text in seen.complaints if late not in text] == []

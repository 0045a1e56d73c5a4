"""A real browser over the page: Debian's Chromium, headless, with no network to go to."""

from __future__ import annotations

import atexit
import contextlib
import shutil
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import lru_cache
from pathlib import Path

import pytest
from support.daemon import HANG

MS = HANG * 1000
"""What a page is waited for, in the browser's unit."""

CHROMIUM = next(filter(None, map(shutil.which, ("chromium", "chromium-browser"))), None)
needs_browser = pytest.mark.skipif(
    CHROMIUM is None, reason="chromium is not installed: apt install chromium"
)
ARGUMENTS = (
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
)


@dataclass
class Seen:
    """What a page did besides being looked at."""

    requests: list[str] = field(default_factory=list)
    complaints: list[str] = field(default_factory=list)


@lru_cache(maxsize=1)
def _browser() -> object:
    """One for all tests of a process: it takes seconds to start, and is gone with it."""
    from playwright.sync_api import sync_playwright

    playwright = sync_playwright().start()
    browser = playwright.chromium.launch(executable_path=CHROMIUM, args=list(ARGUMENTS), timeout=MS)
    atexit.register(playwright.stop)
    atexit.register(browser.close)  # before that
    return browser


def _complaint(told) -> str:
    """What the console says, and of which file."""
    return f"{told.type}: {told.text} {told.location['url']}".rstrip()


@contextlib.contextmanager
def opened(file: Path, *, dark: bool = False, width: int = 1200) -> Iterator[tuple[object, Seen]]:
    """The page in `file`, opened from disk; and what it asks for and complains of."""
    seen = Seen()
    context = _browser().new_context(
        color_scheme="dark" if dark else "light",
        viewport={"width": width, "height": 900},
        offline=True,
    )
    context.set_default_timeout(MS)
    page = context.new_page()
    page.on("request", lambda request: seen.requests.append(request.url))
    page.on("console", lambda told: seen.complaints.append(_complaint(told)))
    page.on("pageerror", lambda error: seen.complaints.append(str(error)))
    try:
        page.goto(file.as_uri())
        yield page, seen
    finally:
        context.close()

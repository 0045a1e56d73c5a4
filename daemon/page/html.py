"""The page itself: one file with its styles and its program in it, the same but for its folder.

Opened from disk without a server; it loads data and pictures by relative addresses, and nothing
else.
"""

from __future__ import annotations

import html
import json
from functools import lru_cache
from importlib import resources

from daemon.page.places import LIVE, data_of

GENERATOR = '<meta name="generator" content="Hotfolder">'
"""By this a page of ours is told from a person's own file of that name."""


def page_html(group: str) -> str:
    """The page of one folder right below the outbox, or of all pictures for ""."""
    told = {
        "group": group,
        "up": "../" if group else "",
        "data": data_of(group),
        "live": LIVE,
    }
    facts = json.dumps(told).replace("<", "\\u003c")
    name = html.escape(group or "All pictures")
    return _template().replace("@TITLE@", name).replace("@FACTS@", facts)


@lru_cache(maxsize=1)
def _template() -> str:
    folder = resources.files("daemon.page")
    text = (folder / "page.html").read_text(encoding="utf-8")
    style = (folder / "page.css").read_text(encoding="utf-8")
    program = (folder / "page.js").read_text(encoding="utf-8")
    return text.replace("@STYLE@", style).replace("@PROGRAM@", program)

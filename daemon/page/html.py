"""The page itself: one file with its styles and its program in it, the same but for its folder.

Opened from disk without a server; it loads data and pictures by relative addresses, and nothing
else.
"""

from __future__ import annotations

import html
import json
from functools import lru_cache
from pathlib import Path

from daemon.fs.read import read_file
from daemon.page.places import LIVE, data_of


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
    text, style, program = (
        read_file(Path(__file__).with_name(f"page.{kind}")).decode("utf-8")
        for kind in ("html", "css", "js")
    )
    return text.replace("@STYLE@", style).replace("@PROGRAM@", program)

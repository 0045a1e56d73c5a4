"""Split screens: the words of each half, and two pictures side by side.

What the halves show each reads and draws like any panel.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from PIL import Image, ImageDraw

_SPLIT = re.compile(
    r"\b(?:split[- ]?(?:screen|frame)|screen (?:is )?split|diptych)\b[\s:.,–—-]*(?:of|between)?\s*",
    re.IGNORECASE,
)
_SIDE = r"(?:on |at )?(?:the |screen |frame )?{side}(?:[- ]hand)?(?: side| half)?\s*[:,–—(-]?\)?\s*"
_LEFT, _RIGHT = (_SIDE.format(side=side) for side in ("left", "right"))
_NAMED = re.compile(
    rf"^{_LEFT}(?P<one>.+?)[\s;,.:]+(?:and |while )?{_RIGHT}(?P<other>.+)$",
    re.IGNORECASE | re.DOTALL,
)
_AFTER = re.compile(
    r"^(?P<one>.+?),? (?:on |at )(?:the )?left\b[\s;,.:]*(?:and |while )?"
    r"(?P<other>.+?),? (?:on |at )(?:the )?right\b.*$",
    re.IGNORECASE | re.DOTALL,
)
_JOINED = re.compile(r"^(?P<one>[^;/|]+?)(?:\s*[;/|]\s*| and )(?P<other>.+)$", re.DOTALL)
_LEAST = 3
"""Letters of a half that says something."""
GUTTER = 0.02
"""Between the halves, of the panel's width."""


def halves_in(text: str) -> tuple[str, str] | None:
    """The words of the left and of the right half; None for a text of one picture."""
    found = _SPLIT.search(text)
    if found is None:
        return None
    before, rest = text[: found.start()].strip(" ,.;:–—-"), text[found.end() :].strip()
    for pattern in (_NAMED, _AFTER, _JOINED):
        if halves := pattern.match(rest):
            one, other = (halves[name].strip(" ,.;:") for name in ("one", "other"))
            if min(len(one), len(other)) >= _LEAST:
                return (f"{before}. {one}" if before else one, f"{before}. {other}".strip(". "))
    return None


def side_by_side(images: Sequence[Image.Image], width: int, height: int) -> Image.Image:
    """The halves in one panel, parted by a gutter."""
    whole = Image.new("RGB", (width, height), (252, 252, 250))
    gutter = max(2, round(width * GUTTER))
    pen, wide = ImageDraw.Draw(whole), width / len(images)
    for number, image in enumerate(images):
        left = round(number * wide + (gutter / 2 if number else 0))
        end = round((number + 1) * wide - (gutter / 2 if number < len(images) - 1 else 0))
        whole.paste(image.resize((max(1, end - left), height)), (left, 0))
        pen.rectangle((left, 0, end - 1, height - 1), outline=(40, 40, 44))
    return whole

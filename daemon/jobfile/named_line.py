"""A line of text that begins with a key, and what it says without a `prompt:`."""

from __future__ import annotations

import re

KEY = re.compile(r"\s*[\"']?(?P<key>[A-Za-z][\w -]{0,40}?)[\"']?\s*:(?=\s|$)")
WITHOUT_KEY = "`prompt:` at the beginning of the line was not taken for a part of it."
_NAMED = frozenset({"prompt", "positive prompt", "positive_prompt"})


def without_key(line: str) -> str:
    """The line without a `prompt:` at its beginning, which is no part of one."""
    named = KEY.match(line)
    return line[named.end() :].strip() if named and named["key"].casefold() in _NAMED else line

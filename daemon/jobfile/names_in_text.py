"""Which names stand in a text as whole words, in any script.

A name is found as it is written, never inside another word; where a script puts no spaces between
words (Chinese, Japanese, Thai, and Korean with its endings) any occurrence counts.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable

_UNSPACED = re.compile(
    "[\u0e00-\u0eff\u1000-\u109f\u1100-\u11ff\u1780-\u17ff\u3005-\u3007\u3040-\u30ff\u3130-\u318f"
    "\u31f0-\u31ff\u3400-\u4dbf\u4e00-\u9fff\ua960-\ua97f\uac00-\ud7ff\uf900-\ufaff"
    "\U0001b000-\U0001b16f\U00020000-\U0003ffff]"
)
"""Letters that need no gap before a word: Thai, Lao, Burmese, Hangul, Khmer, kana, Han."""


def names_in(text: str, names: Iterable[str]) -> tuple[str, ...]:
    """Those of `names` that stand in `text`, in their own order. Of two that begin alike the
    longer one is read: who says Anna Maria does not mean Anna."""
    wanted, text = tuple(names), _composed(text)
    # A board asks of hundreds of names in each of thousands of shots.
    spelled = {
        composed: name for name in wanted if (composed := _composed(name)) and composed in text
    }
    if not spelled:
        return ()
    longest_first = sorted(spelled, key=len, reverse=True)
    pattern = re.compile("|".join(map(re.escape, longest_first)))
    found, start = set(), 0
    while match := pattern.search(text, start):
        word = next((each for each in longest_first if _stands(each, text, match.start())), None)
        found |= {spelled[word]} if word else set()
        start = match.start() + (len(word) if word else 1)
    return tuple(name for name in wanted if name in found)


def _stands(word: str, text: str, start: int) -> bool:
    end = start + len(word)
    before, after = text[start - 1 : start], text[end : end + 1]
    return text.startswith(word, start) and _parted(before, word[0]) and _parted(word[-1], after)


def _parted(one: str, two: str) -> bool:
    """Whether a word may end between these two letters."""
    if not (_in_words(one) and _in_words(two)):
        return True
    if two and unicodedata.category(two).startswith("M"):
        return False  # a sign that belongs to the letter before it
    return bool(_UNSPACED.match(one) or _UNSPACED.match(two))


def _in_words(letter: str) -> bool:
    return bool(letter) and (
        letter.isalnum() or letter == "_" or unicodedata.category(letter).startswith("M")
    )


def _composed(text: str) -> str:
    return unicodedata.normalize("NFC", text)

"""Clauses about light, dust and the like, beside what somebody does: "mud flying", "neon colours
sliding over her face".

Looks at tokens alone; that nobody does it `suspects` says.
"""

from __future__ import annotations

from collections.abc import Sequence

from daemon.thumbs.idioms import word_at
from daemon.thumbs.lexicon import Word, lexicon
from daemon.thumbs.tokens import Token
from daemon.thumbs.words import DETERMINERS, PREPOSITIONS

_MATTER = frozenset([
    "ash", "ashes", "beam", "beams", "blood", "bubbles", "clouds", "color", "colors", "colour",
    "colours", "confetti", "debris", "dirt", "drops", "dust", "embers", "feathers", "flames",
    "foam", "fog", "glare", "glow", "gravel", "grit", "haze", "headlights", "heat", "leaves",
    "light", "lights", "lightning", "mist", "moonlight", "mud", "music", "neon", "noise", "petals",
    "rain", "raindrops", "rays", "reflection", "reflections", "ripples", "sand", "shadow",
    "shadows", "shards", "shimmer", "silence", "smoke", "snow", "snowflakes", "sparks", "spray",
    "steam", "sunlight", "sweat", "tears", "vapor", "vapour", "water", "waves", "wind",
])  # fmt: skip
"""What moves by itself, and is nobody."""
_STILL_NOUNS = PREPOSITIONS - {"through", "for", "from", "by", "to", "with", "after", "holding"}
"""After what is a noun there, though it might be what somebody does: leaves on the surface."""
_DONE = ("cast", "thrown", "shed", "spread", "caught", "lit", "split")
_LONGEST = 4


def is_of_matter(word: Word, stream: Sequence[Token], place: int) -> bool:
    """Whether the clause that a deed stands in is about such matter, which does it."""
    if stream[place].word in _MATTER:
        return _is_its_name(stream, place)
    typed = stream[place].word
    done = word.form == "ing" or typed.endswith("ed") or typed in _DONE
    words = _before(stream, place)
    if not (done and words) or not {*words} & _MATTER:
        return False
    return all(_may_stand_before(one) for one in words)


def _is_its_name(stream: Sequence[Token], place: int) -> bool:
    """ "dust ring rising", "leaves on the surface": after a mark, or an adjective that opens."""
    words, after = _before(stream, place), word_at(stream, place + 1)
    if len(words) > 2 or (words and not all(map(_may_stand_before, words))):
        return False
    if not words and (place == 0 or stream[place - 1].typed != ","):
        return False
    doing = any(word_at(stream, place + k).endswith("ing") for k in (1, 2))
    done = after.endswith("ed") or after in _DONE
    return doing or done or after in _STILL_NOUNS or (not after and bool(words))


def _before(stream: Sequence[Token], place: int) -> list[str]:
    """The words between that one and the comma before it; none where they are many."""
    first = place
    while word_at(stream, first - 1) and place - first <= _LONGEST:
        first -= 1
    opens = first > 0 and stream[first - 1].is_mark
    return [one.word for one in stream[first:place]] if opens and place - first <= _LONGEST else []


def _may_stand_before(word: str) -> bool:
    """Whether a word is no person, no deed and no preposition, so that the noun is the first."""
    if word in _MATTER or word in ("a", "an", "the", "their", "its", "his", "her", "warm"):
        return True
    kinds = {one.kind for one in lexicon().find((word,))}
    bars = word in PREPOSITIONS or word in DETERMINERS - {"some", "this", "that"}
    return not bars and not kinds & {"figure", "group", "part", "act"} and word != "and"

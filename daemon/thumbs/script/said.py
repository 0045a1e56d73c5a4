"""What a text says is to be read in the picture: quoted words on a sign, a number, a time of day.

Looks at the text alone; whether there is something it stands on `writing` knows.
"""

from __future__ import annotations

import re

MOST_LINES = 4
LONGEST_LINE = 16
"""Characters; longer lines are too small to be read in a thumbnail."""
_QUOTED = re.compile(r"[\"“«]([^\"“”«»\n]{1,60})[\"”»]|(?<!\w)['‘]([^'’\n]{2,60})['’](?!\w)")
_READS = re.compile(
    r"\b(?:reads?|reading|says?|saying|marked|stamped|printed|engraved|labell?ed|titled|spells?|spelling|words?)[:\s]+"
    r"((?:[A-Z0-9][A-Z0-9'!?.&-]*\s?)+)(?![a-z])"
)
_SIGN = re.compile(
    r"(?:\bsigns?|screen|note|banner|poster|label|headline|caption|plaque|placard|letters|board):\s"
    r"((?:[A-Z0-9][A-Z0-9'!?&$%-]*\s?){2,})(?![a-z])"
)
_SPOKEN_SO = re.compile(
    r"(?:mouth|shout|whisper|yell|ask|repl|answer|murmur|mutter|scream|call|cri|cry|sing|think|beg)"
    r"(?:s|ing|ed|es|ies|ied)?\b[^.\w]{0,4}$|\)\s?:\s?$"
)
"""Before what is said and not to be read."""
_OFF = re.compile(
    r"\b[A-Z][A-Z .'’-]+ \((?:off|OFF|[Oo]\.?[SsCc]|[Vv]\.?[Oo]|voice[- ]?over)\b[^)]*\)"
)
"""Who is heard and not seen."""
_COUNTED = re.compile(
    r"\b(\d[\d,.:]*%?|no|one|two|three|four|five|six|seven|eight|nine|ten|a|an)\s"
    r"((?:missed|unread|new|incoming|unanswered|low)\s(?:calls?|messages?|texts?|emails?|battery)"
    r"|percent|missed)\b",
    re.IGNORECASE,
)
_CALLING = re.compile(
    r"\b((?:incoming|missed|new|unread)\s(?:calls?|messages?|texts?|emails?)"
    r"|low battery|no signal)\b",
    re.IGNORECASE,
)
_GAUGE = re.compile(r"\b([A-Z]{3,} \d{1,3}%)")
_SPOKEN = "one two three four five six seven eight nine ten eleven twelve".split()  # noqa: SIM905
_HOURS = {word: number for number, word in enumerate(_SPOKEN, 1)}
_PARTS = {"quarter": 15, "half": 30, "five": 5, "ten": 10, "twenty": 20, "one": 1, "two": 2,
          "three": 3, "a": 1}  # fmt: skip
_DIGITAL = re.compile(r"\b([01]?\d|2[0-3])[:.]([0-5]\d)\b")
_NEAR = re.compile(
    r"\b(?:a\s)?(\w+)(?:\sminutes?|\smins?)?\s(past|after|to|before|of)\s(\w+)\b", re.IGNORECASE
)
_FULL = re.compile(r"\b(\w+)\s(?:o'?clock|a\.?m\b|p\.?m\b)", re.IGNORECASE)
_DIAL = re.compile(r"\b(watch|wristwatch|clock|alarm|hands|dial)\b", re.IGNORECASE)


def words_in(text: str) -> tuple[str, ...]:
    """The lines that somebody could read in the picture; () where the text quotes none."""
    for quoted in _QUOTED.finditer(text):
        if not _SPOKEN_SO.search(text[: quoted.start()]):
            return _lines(quoted[1] or quoted[2])
    if found := (_READS.search(text) or _SIGN.search(text)):
        return _lines(found[1])
    if found := _GAUGE.search(text):
        return _lines(found[1])
    if found := _COUNTED.search(text):
        number, what = found[1], found[2]
        number = str(_HOURS.get(number.lower(), number))
        return (number + "%",) if what.lower() == "percent" else (number, *_lines(what))
    if found := _CALLING.search(text):
        return _lines(found[1])
    found = _DIGITAL.search(text)
    return (found[0],) if found else ()


def without_quotes(text: str) -> str:
    """A text without the lines that it quotes, which are to be read or heard: nobody in them is in
    the picture. A word alone may be a name."""
    text = _OFF.sub(" ", text)
    text = _READS.sub(lambda found: found[0][: found.start(1) - found.start()], text)
    text = _SIGN.sub(lambda found: found[0].partition(":")[0] + " ", text)
    return _QUOTED.sub(lambda found: _unless_a_line(found[0], found[1] or found[2]), text)


def _unless_a_line(whole: str, said: str) -> str:
    return " " if len(said.split()) > 1 or said.isupper() else whole


def time_in(text: str) -> tuple[int, int] | None:
    """Hour and minute that a clock or watch is said to show."""
    if not _DIAL.search(text):
        return None
    if found := _DIGITAL.search(text):
        return int(found[1]), int(found[2])
    for found in _NEAR.finditer(text):
        minutes, hour = _PARTS.get(found[1].lower()), _hour(found[3])
        if minutes is None and found[1].isdecimal():
            minutes = int(found[1]) % 60
        if minutes is not None and hour:
            past = found[2].lower() in ("past", "after")
            return (hour, minutes) if past else ((hour - 2) % 12 + 1, 60 - minutes)
    if (found := _FULL.search(text)) and (hour := _hour(found[1])):
        return hour, 0
    for word in ("midnight", "noon", "midday"):
        if re.search(rf"\b(?:strikes?|shows?|showing|striking|at|hits?|of|,)\s*{word}", text):
            return 12, 0
    return None


def _hour(word: str) -> int:
    """0 for what is none."""
    if word.lower() in ("midnight", "noon", "midday"):
        return 12
    if word.isdecimal() and 0 < int(word[:3]) <= 24:
        return int(word)
    return _HOURS.get(word.lower(), 0)


def _lines(text: str) -> tuple[str, ...]:
    """In capitals, broken where a line is full."""
    made: list[str] = []
    for word in text.upper().split():
        if made and len(made[-1]) + len(word) < min(LONGEST_LINE, max(9, len(text) // 2)):
            made[-1] += " " + word
        else:
            made.append(word[:LONGEST_LINE])
    return tuple(made[:MOST_LINES])

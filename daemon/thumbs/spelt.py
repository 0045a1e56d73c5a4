"""Spellings that stand for known words: `C.U.`, `WS/HIGH`, `2S`, `sinks to her knees`.

Text to text, before it is cut into words. Knows nothing of what they mean in a picture.
"""

from __future__ import annotations

import re

_SIZES = frozenset(
    "cu mcu ecu xcu bcu ws mws ews vws ls mls els xls vls fs ms ots pov".split()  # noqa: SIM905
)
_DOTTED = re.compile(r"(?<![\w.])(?:[A-Z]\.){1,3}[A-Z]\b\.?|\b[A-Z](?:/[A-Z]){1,2}\b")
_ANGLED = re.compile(r"\b([EMVX]?[CWLMF][US])\s?[/+]\s?(high|low)\b(?! angle)", re.IGNORECASE)
_BARE_ANGLE = re.compile(r"(?:\A|(?<=[/,+] )|(?<=[/,+]))\s*(HA|LA)(?=\s*(?:[-–—:,/]|of\b|on\b))")
_SHOTS = re.compile(r"(?:\A|(?<=[,:.] ))\s*([23])[- ]?S\b(?!\.)")
_WHOSE = r"(?:his|her|their|its|both|one|the|both his|both her)"
_GOES = (
    r"(?:(?:get|drop|fall|sink|slump|collapse|crumple|crash)s?|got|goes|go|went|dropped|fell|sank"
    r"|slumped|collapsed|(?:lower|throw)s? (?:himself|herself|themselves))"
)
_GOING = r"(?:getting|going|dropping|falling|sinking|slumping|collapsing|down)"
_SEAT = r"(?:\w+ )?(?:chair|armchair|sofa|couch|seat|bench|stool|recliner|pew|booth|throne)"
_SITS = (
    r"(?:(?:sink|drop|flop|plop|slump|collapse|settle|ease|slide|fall)s?|sank|fell|flopped|plopped"
    r"|dropped|slumped|(?:lower|ease|throw)s? (?:himself|herself|themselves))"
)
_TO_KNEES = rf"(?: back)?(?: down)? (?:to|on|onto) {_WHOSE} (?:bended )?knees?\b"
_REWORDED = (
    (re.compile(rf"\b(?:{_GOES}{_TO_KNEES}|tak(?:es?|ing) a knee\b)", re.IGNORECASE), "kneels"),
    (re.compile(rf"\b(?:is|are|rests?) (?:down )?on {_WHOSE} knees?\b", re.IGNORECASE), "kneels"),
    (re.compile(rf"\b{_GOING}{_TO_KNEES}", re.IGNORECASE), "kneeling"),
    (
        re.compile(
            r"\b(?:gets?|got|rises?|rose|jumps?|leaps?|springs?|struggles?|scrambles?|staggers?)"
            r"(?: back)?(?: up)? to (?:his|her|their|its) feet\b",
            re.IGNORECASE,
        ),
        "stands up",
    ),
    (
        re.compile(
            rf"\b{_SITS}(?: down| back)? (?:into|onto|on|in)"
            rf" (?=(?:a|an|the|his|her|their) {_SEAT}\b)",
            re.IGNORECASE,
        ),
        "sits on ",
    ),
    (re.compile(r"\b(?:plop|flop)s?(?:ped)? down\b", re.IGNORECASE), "sits down"),
    (
        re.compile(
            r"\b((?:laugh|shout|yell|scream|cheer)(?:s|ed|ing)?) (?=at (?:the|a|their|his|her)"
            r" (?:\w+ )?(?:table|bar|counter|party|pub|window|desk|dinner|fire|campfire|pool)\b)",
            re.IGNORECASE,
        ),
        r"\1, ",
    ),
)


def in_known_words(text: str) -> str:
    """The text with what has another spelling in the table of words."""
    text = _SHOTS.sub(lambda found: {"2": "two shot ", "3": "three shot "}[found[1]], text)
    text = _DOTTED.sub(_undotted, text)
    text = _ANGLED.sub(r"\1, \2 angle", text)
    text = _BARE_ANGLE.sub(lambda found: f" {_ANGLES[found[1]]}", text)
    for form, words in _REWORDED:
        text = form.sub(words, text)
    return text


_ANGLES = {"HA": "high angle", "LA": "low angle", "OS": "over the shoulder"}


def _undotted(found: re.Match[str]) -> str:
    letters = re.sub(r"\W", "", found[0])
    if letters.lower() in _SIZES:
        return letters
    return _ANGLES.get(letters, found[0]) if "/" in found[0] else found[0]

"""The known word that a person may have meant, for an error that asks.

Pure; knows nothing of which words are known.
"""

from __future__ import annotations

from collections.abc import Iterable


def nearest(word: str, known: Iterable[str]) -> str | None:
    """The known word most like `word`, if one is like it at all."""
    folded: dict[str, str] = {}
    for option in known:  # of two that differ in capitals alone the first is meant
        folded.setdefault(option.casefold().replace("-", "_"), option)
    typed = word.casefold().replace("-", "_").replace(" ", "_")
    if typed in folded:
        return folded[typed]
    import difflib  # only who mistypes pays for it

    found = difflib.get_close_matches(typed, folded, n=1, cutoff=0.6)
    return folded[found[0]] if found else None


def is_slip(word: str, known: Iterable[str]) -> bool:
    """Whether `word` is a known one but for a slip of the fingers."""
    import difflib

    return bool(difflib.get_close_matches(word, list(known), n=1, cutoff=0.85))


def did_you_mean(word: str, known: Iterable[str]) -> str:
    """A question, or nothing."""
    options = tuple(known)
    if len(word) > 60 or not (found := nearest(word, options)):
        return ""
    return f"Did you mean `{found}`?"

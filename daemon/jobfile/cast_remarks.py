"""What is said of a cast that may not come out as somebody thinks.

Names in other capitals than the cast writes them, or misspelt, and characters that blend into each
other. Pure; never an error.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from functools import lru_cache

from daemon.jobfile.areas import Area
from daemon.jobfile.cast import Character
from daemon.jobfile.names_in_text import names_in


def miswritten(text: str, cast: Mapping[str, Character], settled: set[str]) -> Iterable[str]:
    """Names that stand in the text with other capitals than in the cast."""
    open_names = [name for name in cast if name not in settled]
    spelled = {name.casefold(): name for name in open_names}
    for folded in names_in(text.casefold(), spelled):
        name = spelled[folded]
        yield (
            f"{name} is not in the picture: the prompt writes the name with other capitals than "
            f"`cast` does. `with: {name}` or `without: {name}` decides."
        )


def misspelt(text: str, cast: Mapping[str, Character], settled: set[str]) -> Iterable[str]:
    """Words that look like slips of the fingers in names that are not `settled`, one of each."""
    parts = {part: name for name in cast for part in name.split()}
    known = {part.casefold() for part in parts}
    told = set(settled)
    for found in _CAPITALISED.finditer(text):
        word = found[0]
        if not word[0].isupper() or word.casefold() in known:
            continue
        before = text[: found.start()].rstrip(" \t")
        is_start = not before or before[-1] in ".!?:;\n"
        for part, name in parts.items():
            if (
                name not in told
                and _is_slip(word, part, 5 if is_start else 4)
                and not (is_start and len(word) < LONG and _is_common(word.casefold()))
            ):
                told.add(name)
                yield (
                    f"{_ASKED}{word}` meant for {name}, who is not in the picture? A name counts "
                    f"where it is spelled as in `cast`; `with: {name}` puts {name} there as well."
                )


def is_question(text: str) -> bool:
    """Whether this is what `misspelt` says: the same of every shot that has the word."""
    return text.startswith(_ASKED) and " meant for " in text


_ASKED = "Is `"
LONG = 6
"""Letters from which a word that is nearly a name hardly ever is another word."""


def _is_common(word: str) -> bool:
    """Whether thumbnails know it as a word of every day: any may begin a sentence with a capital
    (Wall for Will, Lens for Lena). Looked up for a slip alone, since the words take memory."""
    from daemon.thumbs.lexicon import lexicon

    return bool(lexicon().find((word,)))


_CAPITALISED = re.compile(r"(?<!\w)(?=[^\W\d_])\w{3,40}(?!\w)")


@lru_cache(maxsize=10_000)
def _is_slip(word: str, name: str, least: int) -> bool:
    """Whether `word`, with a capital, is `name` but for one letter, or for two that changed places;
    words that are shorter than `least` are others too easily for a letter more or less."""
    if word[0].casefold() != name[0].casefold():
        return False
    one, two = word.casefold(), name.casefold()
    apart = [at for at, letters in enumerate(zip(one, two, strict=False)) if len({*letters}) > 1]
    if len(one) == len(two):
        if len(apart) == 2:
            first, second = apart
            return second == first + 1 and one[first:][:2] == two[first:][:2][::-1]
        return len(apart) == 1 and len(one) >= 4
    longer, shorter = sorted((one, two), key=len, reverse=True)
    at = apart[0] if apart else len(shorter)
    is_near = len(longer) == len(shorter) + 1 and len(longer) >= least
    return is_near and longer[:at] + longer[at + 1 :] == shorter


def blending(here: Mapping[str, Character], places: Mapping[str, Area]) -> Iterable[str]:
    """What several characters in one picture do to each other."""
    looking = [name for name, each in here.items() if each.looks]
    bare = [name for name in looking if name not in places]
    if len(looking) > 1 and bare:
        said = ", ".join(
            f"{name}: {word}" for name, word in zip(looking, ("left", "right"), strict=False)
        )
        yield (
            f"{_and(looking)} may blend into each other: {_and(bare)} "
            f"{'has' if len(bare) == 1 else 'have'} no `place`. Write for instance "
            f"place: {{{said}}}"
        )
    wearing = [name for name, each in here.items() if each.loras]
    if len(wearing) > 1:
        yield f"The LoRAs of {_and(wearing)} act on the whole picture, each on everyone in it."


def _and(names: Sequence[str]) -> str:
    return " and ".join(filter(None, (", ".join(names[:-1]), names[-1])))

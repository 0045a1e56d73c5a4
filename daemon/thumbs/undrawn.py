"""Nouns of a shot that are in no way in its drawing, as notes: CHALK OUTLINE, CRESTING HILL.

Goes through the words once more, from one noun phrase to the next, and holds each against what the
scene shows; where a note is put `margins` knows.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace

from daemon.thumbs.evident import evident
from daemon.thumbs.figurative import literal
from daemon.thumbs.grammar import Reading
from daemon.thumbs.guesses import LONGEST as ON_A_BOX
from daemon.thumbs.guesses import NO_NOUN, SOMETHING
from daemon.thumbs.lexicon import Word, lexicon
from daemon.thumbs.outlines import outlines
from daemon.thumbs.said import without_quotes
from daemon.thumbs.scene import Note, Scene, Thing
from daemon.thumbs.telling import STOPS, Done, deed_in_short, is_latin, noun_phrase
from daemon.thumbs.tokens import Token, tokens
from daemon.thumbs.words import BODY, CLOTHES, DETERMINERS, NOT_THERE, NOUN_KINDS, PREPOSITIONS

LONGEST = 20
"""Letters of a note."""
SHORTEST = 5
"""Letters of what does not end with -ing by chance: ring, string."""
_QUIET = Word("quiet", "")
_LIGHT = ("light", "lights", "lighting")
_AFTER_NOUNS = ("being", "mid", "left", "gone")
_BEDS = ("bed", "seed", "shed", "weed", "reed")
"""How nouns end that look like deeds that were done."""
_OPENERS = DETERMINERS | PREPOSITIONS | {"of", "and", "or", "as"}
_ABSENT = frozenset([*NOT_THERE, "empty", "missing", "unlike"])
_HELD_AGAINST = ("thing", "place", "quiet")
"""Kinds of word that may be undrawn; all others are drawn as they are read, or noted elsewhere."""


def thing_notes(text: str, read: Reading, scene: Scene) -> Iterator[Note]:
    """What is named and not seen, and deeds that no table knows, in the order of the words."""
    stream = literal(tokens(without_quotes(text)))[0]
    nouns, place = _Nouns(read, scene), 0
    while place < len(stream):
        note, end = _unknown_deed(stream, place, read), place + 1
        if not note and _opens(stream, place):
            words, end = _phrase(stream, place)
            before = stream[max(0, place - 2) : place]
            note = _in_short(words) if words and nouns.lack(words, before) else ""
        if note:
            yield Note("thing", note, what=nouns.instead(stream[place:end]))
        place = end


def boxed(text: str, scene: Scene) -> Scene:
    """A near shot of what is not known: a box with its word on it, whatever that is on or in."""
    near = scene.insert or "close-up" in scene.shot
    named = next((one for one in scene.notes if one.kind == "thing" and not one.what), None)
    seen = scene.figures or scene.crowd or scene.label[0] or scene.says
    if named is None or not near or seen or (scene.insert and scene.insert not in outlines()):
        return scene
    if (scene.insert or scene.things) and _first_noun(text) != named.text:
        return scene
    word = next((one for one in (named.text, named.text.split()[-1]) if len(one) <= ON_A_BOX), "")
    notes = tuple(one for one in scene.notes if one is not named)
    box = replace(scene, shot="insert", insert=SOMETHING, things=(Thing(SOMETHING),), notes=notes)
    return replace(box, label=(SOMETHING, word), into="", by_hand=False) if word else scene


def _first_noun(text: str) -> str:
    """What a text names before all else, in short."""
    stream, place = literal(tokens(without_quotes(text)))[0], 0
    while place < len(stream):
        words, end = _phrase(stream, place) if _opens(stream, place) else ((), place + 1)
        if words and not _kinds(words[-1].word) & {"shot", "camera", "quiet", "style", "time"}:
            return _in_short(words)
        place = end
    return ""


# --- where a noun phrase is -----------------------------------------------------------------------


def _opens(stream: Sequence[Token], place: int) -> bool:
    """Whether a noun phrase may begin there: after what opens one, or a verb."""
    token, before = stream[place], stream[place - 1] if place else None
    if token.is_mark or token.word in _OPENERS or token.word in STOPS:
        return False
    if before is None or before.is_mark or before.word in _OPENERS:
        return True
    return before.word.endswith("ing") or _kinds(before.word) <= {"verb", "act"}


def _phrase(stream: Sequence[Token], place: int) -> tuple[Sequence[Token], int]:
    """The noun phrase that begins there, up to what the noun does, and where it ends."""
    words, end = noun_phrase(stream, place)
    if end < len(stream) and stream[end].word in _LIGHT:
        return (), end + 1
    for number, one in enumerate(words[1:], 1):
        does = one.word.endswith("ing") and len(one.word) > SHORTEST and not _is_noun(one.word)
        if does or one.word in _AFTER_NOUNS:
            return words[:number], stream.index(one, place + 1)
    return words, max(end, place + 1)


def _unknown_deed(stream: Sequence[Token], place: int, read: Reading) -> str:
    """A deed that no table knows, with what it is done to: UNTYING ROPE."""
    token, before = stream[place], stream[place - 1] if place else None
    strange = token.typed in read.unknown and token.word.endswith("ing")
    opened = before is None or before.is_mark or before.word in _OPENERS
    if not strange or len(token.word) <= SHORTEST or opened:
        return ""
    text, nouns, _ = deed_in_short(Done((), _QUIET, stream, place))
    return text if nouns else ""


def _in_short(words: Sequence[Token]) -> str:
    """The noun with the word before it, where there is room; "" for what can't be lettered."""
    plain = [one for one in words if not one.number and not one.joined]
    for many in (2, 1):
        said = " ".join(one.typed for one in plain[-many:]).upper()
        if said and len(said) <= LONGEST and is_latin(said):
            return said
    return ""


# --- whether it is drawn --------------------------------------------------------------------------


class _Nouns:
    """Holds noun phrases of a text against the scene that was made of it."""

    def __init__(self, read: Reading, scene: Scene) -> None:
        self._unknown = frozenset(read.unknown)
        self._shown = _shown(read, scene)
        self._nobody = not scene.figures

    def lack(self, words: Sequence[Token], before: Sequence[Token]) -> bool:
        """Whether nothing of a noun phrase is drawn; `before` are the two words before it."""
        head = words[-1]
        absent = any(one.word in _ABSENT for one in (*before, *words))
        named = head.is_capital and not head.first and not head.typed.isupper()
        if absent or named or head.owns or head.word in BODY or head.number:
            return False
        if self._is_of_a_kind(words):
            return True
        for start in range(len(words)):  # the longest that is known decides
            if _is_noted(words[start:]):
                return True
            if self._is_told(words[start:]):
                return False
        if any(lexicon().find(_typed([*before[start:], *words])) for start in range(len(before))):
            return False  # in bed, on stage
        return bool(_kinds(head.word)) or self._is_plainly_a_noun(words, before)

    def instead(self, words: Sequence[Token]) -> str:
        """The kind of thing in the scene that is drawn for some of the words; "" for none."""
        for start in range(len(words)):
            for end in range(len(words), start, -1):
                for one in lexicon().find(_typed(words[start:end])):
                    if one.kind == "thing" and one.value in self._shown:
                        return one.value
        return ""

    def _is_of_a_kind(self, words: Sequence[Token]) -> bool:
        """Whether an unknown noun says which: a confession screen."""
        if len(words) < 2 or _kinds(words[-1].word) & {"figure", "group", "part"}:
            return False
        which = words[-2]
        plain = which.word.isalpha() and len(which.word) > 3 and not NO_NOUN.fullmatch(which.word)
        return plain and which.typed in self._unknown and not which.word.endswith("y")

    def _is_told(self, words: Sequence[Token]) -> bool:
        """Whether the words say what is drawn, or what never is by itself."""
        kinds = lexicon().find(_typed(words))
        if self._nobody and any(one.kind in CLOTHES for one in kinds):
            return False  # a scarf left on the tracks
        if not kinds or any(one.kind not in _HELD_AGAINST for one in kinds):
            return bool(kinds)
        quiet = all(one.kind == "quiet" for one in kinds)
        return quiet or any({one.value, *one.value.split()} & self._shown for one in kinds)

    def _is_plainly_a_noun(self, words: Sequence[Token], before: Sequence[Token]) -> bool:
        """Whether an unknown word can only be a noun: a zorble, zorbles, two green zorbles."""
        head, opener = words[-1].word, before[-1].word if before else ""
        likely = not NO_NOUN.fullmatch(head) or head.endswith(_BEDS)
        if not head.isalpha() or len(head) < 4 or not likely:
            return False
        opened = opener in (DETERMINERS | PREPOSITIONS | {"of"})
        plural = not opener and head.endswith("s")
        return words[-1].typed in self._unknown and (opened or plural or len(words) > 1)


def _is_noted(words: Sequence[Token]) -> bool:
    """Whether it is only drawn as one like it (a heron as a swan), or seen and never drawn."""
    said = _typed(words)
    phrase = " ".join(said)
    if phrase in evident().seen:
        return True
    return phrase in evident().alike and any(one.kind == "thing" for one in lexicon().find(said))


def _typed(words: Sequence[Token]) -> tuple[str, ...]:
    return tuple(one.word for one in words)


def _kinds(word: str) -> set[str]:
    return {one.kind for one in lexicon().find((word,))}


def _is_noun(word: str) -> bool:
    return bool(_kinds(word) & {*NOUN_KINDS})


def _shown(read: Reading, scene: Scene) -> frozenset[str]:
    """All kinds of thing and place that a scene shows, and the words of each."""
    kinds = {scene.insert, scene.into, scene.through, scene.place, read.facts.get("place", "")}
    for one in scene.things:
        kinds |= {one.kind, one.held, one.on}
    for each in scene.figures:
        kinds |= {each.held, each.also, each.on, each.upon}
    return frozenset(word for kind in kinds if kind for word in (kind, *kind.split()))

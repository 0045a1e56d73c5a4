"""Nouns of a shot that are in no way in its drawing, as notes: CHALK OUTLINE, CRESTING HILL.

Goes through the words once more, from one noun phrase to the next, and holds each against what the
scene shows; where a note is put `margins` knows.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace

from daemon.thumbs.guesses import NO_NOUN
from daemon.thumbs.lexicon import Word, lexicon
from daemon.thumbs.scene import Note, Scene
from daemon.thumbs.script.blanks import blank_of, from_within, stated, through_a_hole
from daemon.thumbs.script.boxes import boxed
from daemon.thumbs.script.evident import evident
from daemon.thumbs.script.figurative import literal
from daemon.thumbs.script.grammar import Reading
from daemon.thumbs.script.phrases import (
    OF_THE_CAMERA,
    OPENERS,
    SHORTEST,
    first_phrase,
    in_short,
    kinds_of,
    opens,
    phrase_at,
)
from daemon.thumbs.script.said import without_quotes
from daemon.thumbs.script.telling import Done, deed_in_short
from daemon.thumbs.script.whereabouts import FRONTS
from daemon.thumbs.tokens import Token, tokens
from daemon.thumbs.words import BODY, CLOTHES, DETERMINERS, NOT_THERE, PREPOSITIONS, PRONOUNS

_WIDE = frozenset(["wide", "aerial", "establishing", "exterior", "drone", "panorama"])
_WORN = BODY | {"sleeve", "sleeves", "collar", "collars", "cuffs", "hem", "lapel", "lapels"}
_QUIET = Word("quiet", "")
_BEDS = ("bed", "seed", "shed", "weed", "reed")
"""How nouns end that look like deeds that were done."""
_ABSENT = frozenset([*NOT_THERE, "empty", "missing", "unlike"])
_HELD_AGAINST = ("thing", "place", "quiet")
"""Kinds of word that may be undrawn; all others are drawn as they are read, or noted elsewhere."""


def thing_notes(text: str, read: Reading, scene: Scene) -> Iterator[Note]:
    """What is named and not seen, and deeds that no table knows, in the order of the words."""
    stream = literal(tokens(without_quotes(text)))[0]
    nouns, place = _Nouns(read, scene), 0
    while place < len(stream):
        note, end = _unknown_deed(stream, place, read), place + 1
        if not note and opens(stream, place):
            words, end = phrase_at(stream, place)
            before = stream[max(0, place - 2) : place]
            lacks = words and not _is_clause(words, stream[end : end + 1])
            note = in_short(words) if lacks and nouns.lack(words, before) else ""
        if note:
            yield Note("thing", note, what=nouns.instead(stream[place:end]))
        place = max(end, place + 1)


def finished(text: str, scene: Scene) -> Scene:
    """The scene of a text, where nearly nothing of it is drawn: a frame of one colour, the name of
    a place, a box with a word."""
    seen = replace(scene, insert=stated(text, scene.insert))
    seen = from_within(text, through_a_hole(_stood_back(text, seen)))
    return blank_of(text, boxed(text, placed(text, seen)))


def _stood_back(text: str, scene: Scene) -> Scene:
    """With a whole building in the picture, where no words say how near it is."""
    front = any(one.kind in FRONTS for one in scene.things)
    named = any(one.word == "full" for one in tokens(text))
    alone = front and not (scene.figures or scene.insert or named)
    return replace(scene, shot="wide") if alone and scene.shot == "full" else scene


def placed(text: str, scene: Scene) -> Scene:
    """A wide shot of what is not known, and of nothing else: what it is of is a place."""
    empty = not (scene.place or scene.figures or scene.crowd or scene.things or scene.insert)
    said = in_short(first_phrase(text)[1])
    first = next((one for one in scene.notes if one.text == said and one.kind == "thing"), None)
    wide = {one.word for one in tokens(text)} & _WIDE
    if not (empty and wide) or first is None or any(one.kind == "place" for one in scene.notes):
        return scene
    notes = [replace(one, kind="place") if one is first else one for one in scene.notes]
    return replace(scene, notes=tuple(notes))


def _unknown_deed(stream: Sequence[Token], place: int, read: Reading) -> str:
    """A deed that no table knows, with what it is done to: UNTYING ROPE."""
    token, before = stream[place], stream[place - 1] if place else None
    strange = token.typed in read.unknown and token.word.endswith("ing")
    opened = before is None or before.is_mark or before.word in OPENERS
    if not strange or len(token.word) <= SHORTEST or opened:
        return ""
    text, nouns, _ = deed_in_short(Done((), _QUIET, stream, place))
    return text if nouns else ""


def _is_clause(words: Sequence[Token], after: Sequence[Token]) -> bool:
    """ "she covers her ears": no covers, but what somebody does."""
    if len(words) < 2 or not words[-1].word.endswith("s") or not after:
        return False
    somebody = words[-2].word in PRONOUNS or "figure" in kinds_of(words[-2].word)
    return somebody and after[0].word in DETERMINERS


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
        if absent or named or head.owns or head.word in _WORN or head.number:
            return False
        if {one.word for one in words} <= OF_THE_CAMERA:
            return False
        if self._is_of_a_kind(words):
            return True
        for start in range(len(words)):  # the longest that is known decides
            if _is_noted(words[start:]) and not self._is_itself(words[start:]):
                return True
            if self._is_told(words[start:]):
                return False
        if any(lexicon().find(_typed([*before[start:], *words])) for start in range(len(before))):
            return False  # in bed, on stage
        return bool(kinds_of(head.word)) or self._is_plainly_a_noun(words, before)

    def instead(self, words: Sequence[Token]) -> str:
        """The kind of thing in the scene that is drawn for some of the words; "" for none."""
        for start in range(len(words)):
            for end in range(len(words), start, -1):
                for one in lexicon().find(_typed(words[start:end])):
                    if one.kind == "thing" and one.value in self._shown:
                        return one.value
        return ""

    def _is_itself(self, words: Sequence[Token]) -> bool:
        """Whether a thing that says nothing else to a drawing is in it by its own name."""
        said = " ".join(_typed(words))
        return said in evident().seen and said in self._shown

    def _is_of_a_kind(self, words: Sequence[Token]) -> bool:
        """Whether an unknown noun says which: a confession screen."""
        if len(words) < 2 or kinds_of(words[-1].word) & {"figure", "group", "part"}:
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


def _shown(read: Reading, scene: Scene) -> frozenset[str]:
    """All kinds of thing and place that a scene shows, and the words of each."""
    kinds = {scene.insert, scene.into, scene.through, scene.place, read.facts.get("place", "")}
    for one in scene.things:
        kinds |= {one.kind, one.held, one.on}
    for each in scene.figures:
        kinds |= {each.held, each.also, each.on, each.upon}
    return frozenset(word for kind in kinds if kind for word in (kind, *kind.split()))

"""What fills a near shot of what is not known, or is only implied: a box with its word on it.

Looks at a scene that is read and noted, and at the words once more.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from daemon.thumbs.guesses import LONGEST as ON_A_BOX
from daemon.thumbs.guesses import SOMETHING
from daemon.thumbs.lexicon import lexicon
from daemon.thumbs.outlines import outlines
from daemon.thumbs.scene import Note, Scene, Thing
from daemon.thumbs.script.details import PERCHED
from daemon.thumbs.script.phrases import first_phrase, in_short, kinds_of
from daemon.thumbs.tokens import Token
from daemon.thumbs.words import BODY

_NEAR = ("insert", "close-up", "extreme close-up")
_LONGEST = 3
"""Words of the name of a thing."""


def boxed(text: str, scene: Scene) -> Scene:
    """A near shot of what is not known, or of nothing that is drawn: a box with its word on it,
    whatever that is on or in."""
    near = scene.insert or scene.shot in _NEAR
    seen = scene.figures or scene.crowd or scene.label[0] or scene.says
    if not near or seen or (scene.insert and scene.insert not in outlines()):
        return scene
    named = next((one for one in scene.notes if one.kind == "thing" and not one.what), None)
    empty = not (scene.insert or scene.things)
    stream, words, _ = first_phrase(text)
    first = in_short(words)
    there = any(PERCHED.get(one.kind, one.kind) == scene.insert for one in scene.things)
    implied = not there and _is_implied(scene.insert, stream, words)
    if (empty or implied) and (kind := _thing_in(words)):
        return replace(scene, shot="insert", insert=kind, things=(Thing(kind),), into="")
    if not (empty or implied) and (named is None or first != named.text):
        return scene
    said = first or named.text if named is not None else first
    word = next((one for one in (said, *said.split()[-1:]) if 0 < len(one) <= ON_A_BOX), "")
    if not word or (named is None and scene.place and not implied):
        return scene
    notes = tuple(
        _without(word, one) for one in scene.notes if one is not named and one.text != word
    )
    box = replace(scene, shot="insert", insert=SOMETHING, things=(Thing(SOMETHING),), notes=notes)
    return replace(box, label=(SOMETHING, word), into="", by_hand=False)


def _is_implied(insert: str, stream: Sequence[Token], words: Sequence[Token]) -> bool:
    """Whether an insert shows what only a deed takes, of a text that begins with something else:
    no apple where a stamp is licked."""
    heads = {one.word for one in words}
    if not insert or not words or insert == SOMETHING or heads & BODY:
        return False
    if any(kinds_of(one) & {"figure", "group", "part"} or one.endswith("ing") for one in heads):
        return False
    spoken = [one.word for one in stream]
    return not any(
        insert in one.value or one.kind == "figure"
        for start in range(len(spoken))
        for end in range(start + 1, min(start + _LONGEST, len(spoken)) + 1)
        for one in lexicon().find(tuple(spoken[start:end]))
        if one.kind in ("thing", "place", "figure")
    )


def _thing_in(words: Sequence[Token]) -> str:
    """The thing that a noun phrase names, as far as it can be drawn."""
    typed = tuple(one.word for one in words)
    found = (one for start in range(len(typed)) for one in lexicon().find(typed[start:]))
    return next((one.value for one in found if one.kind == "thing" and one.value in outlines()), "")


def _without(word: str, note: Note) -> Note:
    """The note without the word that stands on the box."""
    short = note.text.removeprefix(f"{word.split()[-1]} ")
    return replace(note, text=short) if note.kind == "deed" else note

"""Notes of a panel that say where it is, and who somebody is, where that is not what is drawn.

What a drawing tells by itself `evident` knows.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from daemon.thumbs.lexicon import lexicon
from daemon.thumbs.place_table import places
from daemon.thumbs.scene import Note, Scene
from daemon.thumbs.script.drafts import Draft
from daemon.thumbs.script.evident import evident
from daemon.thumbs.script.grammar import Reading
from daemon.thumbs.script.telling import is_latin, phrases_in, place_in_short
from daemon.thumbs.tokens import Token
from daemon.thumbs.uses import EXTERIORS
from daemon.thumbs.words import ADJECTIVES, DETERMINERS

LONGEST_ROLE = 16
"""Letters of who somebody is."""


def place_notes(read: Reading, scene: Scene) -> Iterator[Note]:
    """The heading, or what words name, where that is not what is drawn."""
    likenesses = evident().likenesses
    for stream, first, end in read.headings:
        while end > first and _is_no_place(stream[end - 1].word):
            end -= 1
        unknown = any(one.typed in read.unknown for one in stream[first:end])
        like = any(phrase in likenesses for phrase in phrases_in(stream, first, end))
        drawn = scene.place and scene.place == read.facts.get("place") and not unknown and not like
        drawn = drawn and not _says_more(stream, first, end)
        shown = end > first and stream[end - 1].word in [each.kind for each in scene.things]
        text = place_in_short(stream, first, end)
        if text and not drawn and not shown:
            yield Note("place", text)
            return
    for name, phrase in read.places_said:
        text = " ".join(phrase[[one in _BEFORE for one in phrase].index(False) :]).upper()
        if name == scene.place and " ".join(phrase) in likenesses and is_latin(text):
            yield Note("place", text)
            return
    if front := _front_note(read, scene):
        yield front
        return
    if read.unplaced and not read.facts.get("place"):
        yield Note("place", read.unplaced)


def _front_note(read: Reading, scene: Scene) -> Note | None:
    """The name of a building that is seen from outside."""
    if scene.figures or not read.places_said or scene.place not in places():
        return None
    name, phrase = next(
        (one for one in read.places_said if one[0] in places() and places()[one[0]].indoors),
        ("", ()),
    )
    fronts = {EXTERIORS.get(name, "house"), "motel front", "shop front"}
    if not name or places()[scene.place].indoors or not fronts & {one.kind for one in scene.things}:
        return None
    return Note("place", " ".join(one for one in phrase if one not in _BEFORE).upper())


_BEFORE = ("in", "on", "at", "the", "a", "an", "inside", "back", "of")


def _says_more(stream: Sequence[Token], first: int, end: int) -> bool:
    """Whether a heading tells a place from others of its kind: DEAD LETTER OFFICE."""
    words = [one for one in stream[first:end] if one.word not in DETERMINERS and not one.owns]
    if len(words) < 2 or lexicon().find(tuple(one.word for one in words)):
        return False
    kinds = ({each.kind for each in lexicon().find((one.word,))} for one in words)
    plain = {"quiet", "place", "time", "weather", "colour", *ADJECTIVES}
    return any(not one & plain for one in kinds if one) and not any(one.number for one in words)


def _is_no_place(word: str) -> bool:
    """The hour and the weather at the end of a heading."""
    return any(one.kind in ("time", "weather") for one in lexicon().find((word,)))


def role_notes(read: Reading, drafts: Sequence[Draft], scene: Scene) -> Iterator[Note]:
    """Who is not known by their looks; of several the first has the word of all."""
    if scene.insert:
        return
    said: set[str] = set()
    for number, one in enumerate(drafts[: len(scene.figures)]):
        noun = one.noun.rstrip("0123456789")
        if one.name or noun in said or not noun.replace(" ", "").isalpha() or _is_known(noun):
            continue
        said.add(noun)
        figure = scene.figures[number]
        plays = one.sets.get("plays") in (figure.held, figure.on, figure.pose) or (
            one.sets.get("plays") and figure.pose in _PLAYING
        )
        tells = any(done.verb[:4] == noun[:4] for done in read.done)  # a painter paints
        if plays or tells or not is_latin(noun):
            continue
        text = noun if len(noun) <= LONGEST_ROLE else noun.split()[-1][:LONGEST_ROLE]
        yield Note("role", text.upper(), number)


_PLAYING = ("playing", "fiddling", "bowing a cello", "blowing", "squeezing", "drumming", "typing")
"""How musicians look at what they are called by."""


def _is_known(noun: str) -> bool:
    people = evident().people
    return any(one in people for phrase in (noun, noun.split()[-1]) for one in _singular(phrase))


def _singular(noun: str) -> Iterator[str]:
    yield noun
    yield noun.removesuffix("s")
    yield noun.removesuffix("es")
    yield noun.removesuffix("men") + "man"
    yield noun.removesuffix("ies") + "y"
    yield noun.removesuffix("ves") + "f"
    yield noun.removesuffix("ren")

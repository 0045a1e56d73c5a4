"""What the thing of a near shot does or suffers, as a note: BEING STAMPED, SWINGING ON CORD.

Looks at the words right after the first noun phrase; what is only a state needs no note.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from daemon.thumbs.idioms import is_participle
from daemon.thumbs.lexicon import Word, lexicon
from daemon.thumbs.scene import Note, Scene
from daemon.thumbs.script.evident import evident
from daemon.thumbs.script.phrases import OF_THE_CAMERA, first_phrase, kinds_of
from daemon.thumbs.script.telling import LONGEST, PARTICLES, Done, deed_in_short, is_latin
from daemon.thumbs.tokens import Token
from daemon.thumbs.words import BODY, NOUN_KINDS

_QUIET = Word("quiet", "")
_WAYS = PARTICLES | frozenset([
    "backward", "backwards", "forward", "forwards", "sideways", "upward", "upwards", "downward",
    "downwards", "round", "around", "over", "loose", "free", "clockwise", "anticlockwise",
    "counterclockwise", "inward", "outward",
])  # fmt: skip
"""How something moves, right after the verb."""
_STATES = frozenset([
    "lying", "sitting", "standing", "resting", "hanging", "leaning", "waiting", "facing", "showing",
    "containing", "holding", "reading", "framing", "surrounded", "filled", "covered", "reflected",
    "including", "revealing", "marked", "lit", "seen", "placed", "framed", "made", "being", "set",
    "wearing", "left", "labelled", "labeled", "called", "named", "titled", "painted", "written",
    "engraved", "leading", "beginning", "starting", "about", "turned", "stopped",
])  # fmt: skip
"""What is seen as the thing is."""
_AIDS = frozenset(["beginning", "starting", "begins", "starts", "about"])
_NEAR = ("insert", "close-up", "extreme close-up")


def what_befalls(text: str, scene: Scene, notes: Sequence[Note]) -> Iterator[Note]:
    """What happens to the thing of an insert, unless one of the notes says it."""
    if scene.figures or scene.crowd or scene.shot not in _NEAR:
        return
    stream, words, end = first_phrase(text)
    if not words or words[-1].word in BODY:
        return
    place = _verb_at(stream, end)
    said = _told(stream, place) if 0 <= place < len(stream) else ""
    main = said.upper().removeprefix("BEING ").partition(" ")[0]
    if not said or any(main in one.text.split() for one in notes):
        return
    whole = f"{words[-1].typed} {said}".upper()
    boxed = not kinds_of(words[-1].word)  # its word stands on a box
    named = boxed or _is_drawn(words, scene) or len(whole) > LONGEST
    yield Note("deed", said.upper() if named else whole)


def _is_drawn(words: Sequence[Token], scene: Scene) -> bool:
    """Whether the thing is what fills the picture, or a box with its word."""
    if scene.label[1] and words[-1].typed.upper() in scene.label[1].split():
        return True
    typed = tuple(one.word for one in words)
    phrases = (typed[start:] for start in range(len(typed)))
    return any(one.value == scene.insert for each in phrases for one in lexicon().find(each))


def _verb_at(stream: Sequence[Token], place: int) -> int:
    """Where the verb is after a noun, behind adverbs and "beginning to"."""
    while (word := _word(stream, place)).endswith("ly") or word in _AIDS:
        place += 2 if word in _AIDS and _word(stream, place + 1) == "to" else 1
    return place


def _told(stream: Sequence[Token], place: int) -> str:
    """The deed there in short; "" where it is none, or only how the thing is."""
    word, at = stream[place].word, place
    if word == "being":
        at = place + 1
        if not is_participle(_word(stream, at)):
            return ""
    elif word in _STATES or word in evident().aids or not _is_a_deed(stream, place):
        return ""
    verb = [one.typed for one in stream[place : at + 1]]
    way = [stream[at + 1].typed] if _word(stream, at + 1) in _WAYS else []
    if not way and len(verb) < 2:
        way = _becoming(stream, at + 1)
    text = " ".join([*verb, *way])
    if not way and len(verb) < 2:
        text = deed_in_short(Done((), _QUIET, stream, place))[0]
    return text if len(text) <= LONGEST and is_latin(text) else " ".join(verb)


def _is_a_deed(stream: Sequence[Token], place: int) -> bool:
    word, kinds = stream[place].word, kinds_of(stream[place].word)
    if word in OF_THE_CAMERA:
        return False
    if word.endswith("ing") and len(word) > 4:
        return not kinds & {*NOUN_KINDS}
    after_aid = place > 1 and _word(stream, place - 2) in _AIDS
    return after_aid or (is_participle(word) and not kinds & {*NOUN_KINDS, "colour"})


def _becoming(stream: Sequence[Token], place: int) -> list[str]:
    """ "from amber to red": to red."""
    words = [_word(stream, place + k) for k in range(4)]
    both = (words[0], words[2]) == ("from", "to") and words[3]
    return ["to", stream[place + 3].typed] if both else []


def _word(stream: Sequence[Token], place: int) -> str:
    return stream[place].word if 0 <= place < len(stream) else ""

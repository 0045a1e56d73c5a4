"""What the words of a deed, a place or a person are in short, as a note beside a drawing has them.

Looks at tokens alone: a verb as it is written and the noun that it is done to; knows no pictures.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from daemon.thumbs.idioms import is_base
from daemon.thumbs.lexicon import Word, lexicon
from daemon.thumbs.script.drafts import Draft
from daemon.thumbs.tokens import Token
from daemon.thumbs.uses import ANIMALS
from daemon.thumbs.words import BODY, DETERMINERS, PREPOSITIONS

MOST_WORDS = 4
MOST_OF_A_PHRASE = 12
LONGEST = 24
"""Characters of a note."""
PARTICLES = frozenset(["up", "down", "off", "out", "away", "back", "apart", "open", "shut"])
STOPS = PREPOSITIONS | {
    "and", "or", "but", "as", "while", "when", "that", "which", "who", "whom", "until", "because",
    "so", "then", "to", "of", "than", "if", "like", "where", "before", "after", "whose",
    "round", "about",
    "is", "are", "was", "were", "has", "have", "had", *PARTICLES,
}  # fmt: skip
_NO_NOUNS = frozenset([
    "again", "alone", "together", "hard", "now", "still", "once", "twice", "here", "there", "aside",
    "forward", "forwards", "backward", "backwards", "slow", "fast", "home", "everywhere", "outside",
    "inside", "upstairs", "downstairs", "himself", "herself", "itself", "themselves", "too",
    "first", "all", "both", "each", "very", "quite", "just", "only", "not", "never", "always",
    "nearby", "around", "past", "ahead", "somewhere", "nowhere", "suddenly", "day", "night", "time",
    "more", "today", "tonight", "later", "long", "close", "free", "half",
    "backstage", "onstage", "underwater", "downhill", "uphill", "indoors", "outdoors", "overboard",
    "ashore", "aboard", "overhead", "sideways", "onscreen", "offscreen", "abroad", "everyone",
    "barefoot", "upside",
])  # fmt: skip
_TOWARDS = ("to", "into", "onto", "at", "from", "under", "over", "round", "around", "off", "on")
_GIVING = (
    "show", "give", "hand", "offer", "throw", "toss", "pass", "teach", "bring", "feed", "tell",
    "sell", "lend", "pour", "send",
)  # fmt: skip
"""Verbs of which two nouns may follow in a row: to whom, and what."""
_MEASURES = frozenset([
    "pair", "couple", "bit", "piece", "handful", "number", "lot", "row", "set", "bunch", "pile",
    "stack", "cup", "glass", "bottle", "sheet", "slice", "bundle", "load", "kind", "sort", "armful",
])  # fmt: skip
"""Nouns that only say how much of what follows after "of"."""
_PRONOUNS = ("it", "him", "them", "me", "us")


@dataclass(frozen=True, eq=False, slots=True)
class Done:
    """A deed as it was read: who does it, what it means, and which words say it; `subject` where an
    animal or a crowd does it."""

    doers: tuple[Draft, ...]
    word: Word
    stream: Sequence[Token]
    place: int
    words: int = 1
    subject: str = ""

    def is_a_state(self) -> bool:
        """ "a poster taped to a wall": whether it only says how something is."""
        after = self.stream[self.place + 1 : self.place + 2]
        ends = not after or after[0].is_mark or after[0].word in PREPOSITIONS
        return self.verb.endswith("ed") and ends

    def subject_is_a_thing(self) -> bool:
        """Whether it is done by what is neither an animal nor a crowd."""
        known = lexicon().find((self.subject.casefold(),))
        return not any(one.value in (*ANIMALS, "crowd") for one in known)

    @property
    def verb(self) -> str:
        """Its first word, in small letters."""
        return self.stream[self.place].word


def deed_in_short(done: Done) -> tuple[str, tuple[str, ...], bool]:
    """A verb and what it is done to, in capitals; the nouns in it as they were typed, and whether
    it is done to them without a preposition. "" where they are too long or not Latin."""
    stream, at = done.stream, done.place + 1
    verb = [stream[done.place].typed]
    if done.verb in BODY:  # arms folded
        verb = [one.typed for one in stream[done.place : done.place + done.words]]
        at = done.place + done.words
    said = [done.subject, *verb] if done.subject else verb
    particle = [stream[at].typed] if _word(stream, at) in PARTICLES else []
    at += len(particle)
    noun, end = _noun(stream, at)
    nouns, further = [noun] if noun else [], list[str]()
    if noun and done.verb.rstrip("s").startswith(_GIVING):
        second, end = _noun(stream, end)
        nouns += [second] if second else []
    if noun:
        further = _where(stream, end) if len(nouns) == 1 else []
    elif _word(stream, at) in PREPOSITIONS and (found := _noun(stream, at + 1)[0]):
        nouns, further = [found], [stream[at].typed, found]
    if (_word(stream, end), _word(stream, end + 1)) == ("upside", "down"):
        further = ["upside down"]
    tried = (
        [*said, *particle, *nouns * bool(noun), *further],
        [*said, *particle, *nouns * bool(noun)],
        [*said, *nouns * bool(noun)],
        [*said, *particle],
        said,
    )
    text = next((" ".join(one) for one in tried if _fits(one)), "")
    return text.upper(), tuple(nouns), bool(noun)


def _where(stream: Sequence[Token], at: int) -> list[str]:
    """Where it is done to it: "to the fence"."""
    opened = _word(stream, at) in _TOWARDS and _word(stream, at + 1) in DETERMINERS
    noun = _noun(stream, at + 1)[0] if opened else ""
    if any(one.kind == "place" for one in lexicon().find((noun.casefold(),))):
        return []
    return [stream[at].typed, noun] if noun else []


def _fits(words: Sequence[str]) -> bool:
    text = " ".join(words)
    return len(text.split()) <= MOST_WORDS and len(text) <= LONGEST and is_latin(text)


def is_latin(text: str) -> bool:
    """Whether it can be lettered."""
    return text.isascii() and all(one.isalnum() or one in " '-" for one in text) and len(text) > 1


def _word(stream: Sequence[Token], place: int) -> str:
    return stream[place].word if place < len(stream) else ""


def _noun(stream: Sequence[Token], place: int) -> tuple[str, int]:
    """The head of the noun phrase that begins there, "" for none, and where it ends."""
    if used := _pronoun(stream, place):
        return " ".join(one.typed for one in stream[place : place + used]), place + used
    found, place = noun_phrase(stream, place)
    if not found or found[-1].owns:
        return "", place
    if _word(stream, place) == "of" and found[-1].word in _MEASURES:
        further, end = _noun(stream, place + 1)
        return (further or found[-1].typed), end
    return _head(found), place


def _pronoun(stream: Sequence[Token], place: int) -> int:
    """How many words a pronoun there has; 0 where there is none."""
    if _word(stream, place) in _PRONOUNS:
        return 1
    if _word(stream, place) in ("each", "one") and _word(stream, place + 1) in ("other", "another"):
        return 2
    return int(_word(stream, place) == "her" and _ends(stream, place + 1))


def noun_phrase(stream: Sequence[Token], place: int) -> tuple[list[Token], int]:
    """The words of the noun phrase that begins there, without those that open it, and where it
    ends."""
    found: list[Token] = []
    while place < len(stream) and len(found) < MOST_OF_A_PHRASE:
        token = stream[place]
        opens = token.word in DETERMINERS or token.number > 0
        if token.is_mark or token.word in STOPS or (opens and found):
            break
        if token.word.endswith("ly") or token.word in _NO_NOUNS:
            if found or not _more(stream, place + 1):
                break
        elif _word(stream, place - 1) not in DETERMINERS and _is_only_a_deed(
            stream, place, begun=bool(found)
        ):
            break
        elif not opens:
            found.append(token)
        place += 1
    return found, place


def _head(found: Sequence[Token]) -> str:
    """The last noun, with the one before it where the two are one."""
    pair = tuple(one.word for one in found[-2:])
    if len(pair) > 1 and not found[-2].owns:
        kinds = {one.kind for one in lexicon().find(pair)}
        names = found[-2].is_capital and found[-1].is_capital
        if (kinds & {"thing", "figure"}) or names:
            return " ".join(one.typed for one in found[-2:])
    return found[-1].typed


def _ends(stream: Sequence[Token], place: int) -> bool:
    """Whether a noun phrase is over there."""
    return not _word(stream, place) or _word(stream, place) in STOPS


def _more(stream: Sequence[Token], place: int) -> bool:
    return not _ends(stream, place)


def _is_only_a_deed(stream: Sequence[Token], place: int, *, begun: bool) -> bool:
    """ "the others swim", "a tractor sinking": what they do."""
    if begun and is_base(stream[place].word) and _after_a(stream, place):
        return False  # a long gravel drive
    kinds = {one.kind for one in lexicon().find((stream[place].word,))}
    ends = not _word(stream, place + 1) or (begun and _ends(stream, place + 1))
    last = stream[place].word.endswith("ing") or ends
    return last and bool(kinds) and kinds <= {"verb", "act"}


def _after_a(stream: Sequence[Token], place: int) -> bool:
    """Whether "a" opens the noun phrase that a word is in."""
    for back in range(1, 6):
        if _word(stream, place - back) in ("a", "an") or place - back <= 0:
            return place - back >= 0
        if not _word(stream, place - back) or _word(stream, place - back) in STOPS:
            return False
    return False


def place_in_short(stream: Sequence[Token], first: int, end: int) -> str:
    """The words of a place without what opens them, in capitals; "" where they are too long."""
    words = [one for one in stream[first:end] if one.word not in DETERMINERS and not one.owns]
    for skip in range(max(0, len(words) - 3), len(words)):
        text = " ".join(one.typed for one in words[skip:]).upper()
        if _fits([text]):
            return text
    return ""


_OF = ("of", "shot", "view")


def slug_in(stream: Sequence[Token], place: int) -> tuple[int, int]:
    """Where the place of a heading (INT. OIL RIG - NIGHT) that opens there begins and ends."""
    first = place + 1
    while _word(stream, first) in _OF or _word(stream, first) in DETERMINERS:
        first += 1
    end, prose = first, first > place + 1  # exterior of a club in the rain
    while end < len(stream) and not stream[end].is_mark:
        word = stream[end].word
        if prose and end > first and (word in PREPOSITIONS or word.endswith("ing")):
            break
        end += 1
    return first, end


def phrases_in(stream: Sequence[Token], first: int, end: int) -> Iterator[str]:
    """All phrases of some words, the longer ones first."""
    words = [one.word for one in stream[first:end]]
    for count in range(len(words), 0, -1):
        for start in range(len(words) - count + 1):
            yield " ".join(words[start : start + count])

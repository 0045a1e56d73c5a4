"""What a reader keeps in mind: who is there, whom the clause is about, what waits.

A state and nothing else; what changes it are `deeds`, `people`, `props` and `binding`.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from types import MappingProxyType

from daemon.thumbs.lexicon import Word, lexicon
from daemon.thumbs.outlines import outlines
from daemon.thumbs.scene import Thing
from daemon.thumbs.script.drafts import Draft
from daemon.thumbs.script.telling import Done
from daemon.thumbs.tokens import Token
from daemon.thumbs.uses import ANIMALS
from daemon.thumbs.words import ARTICLES, BODY, DETERMINERS, HEADS, PREPOSITIONS

_STILL = ("standing", "sitting", "lying", "holding", "leaning", "looking", "hanging")
"""What a thing does that is drawn anyhow."""


class Memory:
    """`drafts` are people, `things` props; `facts` what there is one of (shot, place, time …).
    Of each text: `evidence` says where it is if nothing names it, `slug` in or out."""

    known: Mapping[str, str] = MappingProxyType({})  # whom earlier shots have introduced
    setting: frozenset[str] = frozenset()  # the words of the place where the shots before are
    evidence: frozenset[str] = frozenset()
    slug: str = ""
    meeting: bool = False  # whether all do together what was said as a noun
    _loosely: bool = False  # whether more than a noun stood before the comma
    _adjoins: bool = False  # whether nothing stands between this word and the one before
    first_noun: str = ""
    body_of: Draft | None = None  # whose hand or arm was named last
    costumed: bool = False  # since the clothes of a trade, which are on somebody already
    _new_one: bool = False  # since "another", until the noun
    label: tuple[str, str] = ("", "")  # a kind of thing, and the word that is written on it
    _is_of_before: bool = False  # whether the subject is that of the sentence before
    _place_won: bool = False  # whether the place that was named last is where it is

    def __init__(self, cast: dict[str, str] | None = None) -> None:
        self.cast = cast or {}
        self.looks: dict[str, Mapping[str, str]] = {}
        self.drafts: list[Draft] = []
        self.things: list[Thing] = []
        self.facts: dict[str, str] = {}
        self.parts: list[str] = []
        self.unknown: list[str] = []
        self.crowd, self.action = False, ""
        self.pair: tuple[Draft, ...] = ()  # between whom it is
        self.in_slug = self.held_by_hand = self.part_first = self.over_shoulder = False
        self._thing_last = False
        self._thing_prep = ""  # what the thing that was named last had before it
        self.subject: list[Draft] = []
        self._last: Draft | None = None
        self._colour = self._old_colour = self._length = ""
        self._count, self._prep = 0, ""
        self._verb: Word | None = None
        self._act: Word | None = None
        self._joins = self._not = self._aside = False  # aside: since "while"
        self._place_weight = 0
        self.other_place = ""
        self._owner: Draft | None = None
        self._head = ""  # the kind of the first noun of this clause
        self._before = ""  # the kind of what was read last
        self._viewer = False
        self._next_to_place = False
        self._inside = ""  # the place inside the thing that was named last
        self._outside = False
        self._new_clause = False  # since the last verb
        self._of = ""  # what "of" follows: a kind of thing, or of word
        self._last_thing = self._of_place = ""
        self.passive = False  # chased by
        self.group: list[Draft] = []  # those that were named as several
        self._pulled = False  # by a beast, which was named before
        self.held_by_nobody = ""  # what a deed holds of which no doer was named
        self.doers: dict[str, Draft] = {}  # by the kind of thing that their deed needs
        self.beast = -1  # the animal, by its number among the things, that does something
        self._told = 0  # how many of them have been told apart
        self._note_anew()

    def _note_anew(self) -> None:
        """Nothing waits so far, and nothing that notes are made of was read."""
        self._waiting: list[tuple[str, str]] = []
        self.done: list[Done] = []  # what people do, in the order in which it was said
        self.headings: list[tuple[Sequence[Token], int, int]] = []  # words, from, to
        self.preps: dict[str, str] = {}  # what a kind of thing had before it at first
        self.places_said: list[tuple[str, tuple[str, ...]]] = []  # each with the words for it
        self.unplaced = ""  # what seems to be a place and is not known
        self._here: tuple[Sequence[Token], int, int] = ((), 0, 0)  # the words that are bound now

    def _led_by(self) -> str:
        """The preposition before the noun that is bound now, whether it binds or not."""
        stream, place, _ = self._here
        for back in range(1, min(3, place) + 1):
            if stream[place - back].word in PREPOSITIONS:
                return stream[place - back].word
            if stream[place - back].is_mark:
                break
        return ""

    def note_place(self, word: Word, phrase: tuple[str, ...]) -> None:
        """Keep the words for a place, and the kind of the first noun."""
        if word.kind in HEADS:
            self.first_noun = self.first_noun or word.kind
        if name := word.value if word.kind == "place" else word.more.get("inside", ""):
            self.places_said.append((name, phrase))

    def note_others(self, word: Word, *, of_things: bool = False) -> bool:
        """Keep what an animal, a crowd or, if asked for, a thing does that was named right before;
        whether one was."""
        stream, place, words = self._here
        if not 0 < place < len(stream):
            return False
        before = stream[place - 1]
        known = lexicon().find((before.word,))
        moved = of_things and not before.is_mark and word.value not in _STILL
        moved = moved and any(one.kind == "thing" for one in known)
        if moved or any(one.value in (*ANIMALS, "crowd") for one in known):
            self.done.append(Done((), word, stream, place, words, subject=before.typed))
            return True
        return False

    def _is_the_camera(self, word: Word) -> bool:
        """ "From inside the trench looking up": nobody does."""
        stream, place, _ = self._here
        ends = (k for k in range(place - 1, -1, -1) if stream[k].is_mark)
        clause = [one.word for one in stream[next(ends, -1) + 1 : place]]
        if word.more.get("take") != "look" or "from" not in clause:
            return False
        way = {"looking up": "low", "looking down": "high"}.get(word.value, "")
        self.facts |= {"camera": way} if way else {}
        return True

    def _happens(self, word: Word) -> bool:
        """ "a crash unfolding": what is not known does it, and nobody."""
        stream, place, _ = self._here
        if word.form != "ing" or self.parts or place < 2:
            return False
        before = stream[place - 1].word
        kinds = {one.kind for one in lexicon().find((before,))}
        alone = not (self.things or self._thing_last or self.drafts)
        which = stream[place - 2].word not in PREPOSITIONS | DETERMINERS | {"", "of"}
        if "thing" in kinds and alone and which:
            return True  # elevator doors opening
        opened = stream[place - 2].word in ARTICLES and bool(before)
        plain = opened and not before.endswith(("ly", "ing"))
        return plain and kinds <= {"verb", "act", "quiet"}

    def _is_seen_by_us(self) -> bool:
        """ "a clerk we only see as a pair of hands": nobody's deed."""
        stream, place, _ = self._here
        return bool({one.word for one in stream[max(0, place - 2) : place]} & {"we", "you"})

    def note_deed(self, doers: Sequence[Draft], word: Word) -> None:
        """Keep who does what, with the words that say it."""
        stream, place, words = self._here
        if place >= len(stream) or ((self.crowd or not doers) and self.note_others(word)):
            return
        noun = stream[place].word.removesuffix("s")
        if noun in ANIMALS:  # where a letter is sealed are no seals
            self.evidence -= {noun}
        self.done.append(Done(tuple(doers), word, stream, place, words))

    def _set_place(self, name: str, weight: int) -> None:
        """Where it is, if nothing weightier was said."""
        self._place_won = weight > self._place_weight
        if not self._place_won:
            self.other_place = name
            return
        self.other_place = self.facts.get("place", "")
        self.facts["place"], self._place_weight = name, weight

    def has_named_place(self) -> bool:
        """Whether words name where it is, rather than a deed that is mostly done there."""
        return self._place_weight > 1

    def weaken_place(self) -> None:
        """The place that was named last only says which: a circus elephant may be anywhere."""
        stream, place, words = self._here
        alone = place == 1 and (place + words >= len(stream) or stream[place + words].is_mark)
        if self._place_won and not self.in_slug and not alone:
            self._place_weight = min(self._place_weight, 1)

    def _of_sex(self, sex: str) -> list[Draft]:
        """Those who may be he or she; where only somebody of a trade is there, they become so."""
        known = [one for one in self.drafts if one.sex in (sex, "mf")]
        if known or not self.drafts:
            for one in known[-1:]:
                one.be(sex)
            return known
        open_to_it = [one for one in self.drafts if not one.name and one.is_a_trade]
        for one in open_to_it[-1:]:
            one.be(sex)
        return open_to_it[-1:]

    def possessive(self) -> None:
        """Her, before a noun."""
        known = self._of_sex("f") or self.remembered("f", owns=True)
        self._owner = known[-1] if known else None

    def remembered(self, sex: str, *, owns: bool = False) -> list[Draft]:
        """Who was spoken of last in the shots before, as she or he: in the picture from now on;
        [] where that is nobody. `people` knows how they come in."""
        raise NotImplementedError(sex, owns)

    def _male(self) -> Draft | None:
        """Whose "his" is: the last man, else whoever was last."""
        known = [one for one in self.drafts if one.sex in ("m", "mf") and not one.only_owns]
        known = [one for one in known if one in self.subject] or known
        known = known or [one for one in self.drafts if one.sex in ("m", "mf")]
        if not known and self._last is None:
            known = self.remembered("m", owns=True)
        return known[-1] if known else self._last

    def _is_portable(self) -> bool:
        """Whether the thing that was named last fits into a hand."""
        return bool(self.things) and self.fits_a_hand(self.things[-1].kind)

    def fits_a_hand(self, kind: str) -> bool:
        """Whether it can be held or handed over: no window."""
        return kind in outlines() and outlines()[kind].where in ("hand", "table", "floor")

    def _carried(self) -> None:
        """The thing that was named last is in somebody's hand."""
        if self.things and self._thing_last and self._last is not None:
            thing = self.things.pop()
            for one in self.subject if thing.count > 1 and self.subject else [self._last]:
                one.say("held", thing.kind)
                one.say("held_colour", thing.colour)
            self._thing_last = False

    def opens_with_thing(self) -> bool:
        """Whether the first noun of the text is a thing, and nobody."""
        return self.first_noun == "thing"

    def _is_definite(self) -> bool:
        """Whether "the" stands before the noun that is bound now, and before what says which."""
        stream, place, _ = self._here
        near = [one.word for one in stream[max(0, place - 2) : place]]
        return "the" in near and bool(near[-1])

    def _of_its_body(self) -> bool:
        """Whether words for a part of a body stand before in this clause: his arm, raised."""
        stream, place, _ = self._here
        return any(one.word in BODY for one in stream[max(0, place - 4) : place])

    def _is_watched(self) -> bool:
        """Whether the thing that was named last is what somebody looks at."""
        looks = self._verb is not None and self._verb.more.get("take") == "look"
        return looks and self._thing_last

    def _raise(self, word: str) -> None:
        """What somebody holds is held up; what is in mid air nobody holds."""
        if word in ("mid air", "midair"):
            if self._last is not None and not self._last.acted and not self._thing_last:
                self._last.say("pose", "falling")
            self._let_go()
            return
        for one in self.subject if self._verb is not None else []:
            if one.facts.get("pose") == "holding" and one.facts.get("held"):
                one.say("pose", "raising")

    def _let_go(self) -> None:
        """The thing that was named last is in the air, whoever had it."""
        if not self.things or not self._thing_last or not self.drafts:
            return
        if outlines()[self.things[-1].kind].where not in ("table", "hand"):
            return
        self.things[-1] = replace(self.things[-1], relation="flung")
        for one in self.drafts:
            if self.things[-1].kind in (one.facts.get("held"), one.sets.get("held")):
                one.say("held", "")

    def read(self, text: str) -> None:
        """Take in a text; `grammar` does."""
        raise NotImplementedError(text)

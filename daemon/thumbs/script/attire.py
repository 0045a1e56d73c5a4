"""What somebody wears and how they look: garments, hats, hair and colours, bound to people."""

from __future__ import annotations

from dataclasses import replace

from daemon.thumbs.guesses import SOMETHING, TRADES, label_of
from daemon.thumbs.idioms import word_at
from daemon.thumbs.lexicon import Word, lexicon
from daemon.thumbs.outlines import outlines
from daemon.thumbs.script.creatures import MOUTHS
from daemon.thumbs.script.drafts import Draft
from daemon.thumbs.script.people import CHILDREN, OBJECT_ACTS
from daemon.thumbs.script.props import Props
from daemon.thumbs.script.telling import deed_in_short
from daemon.thumbs.uses import ANIMALS

_HAIR_OF = {
    "red": "ginger",
    "orange": "ginger",
    "grey": "light grey",
    "yellow": "blond",
    "gold": "blond",
    "white": "white",
    "dark grey": "grey",
}
_COLOUR_OF = {
    "wear": "colour",
    "below": "below_colour",
    "hat": "hat_colour",
    "beard": "hair_colour",
}
_UP = ("held", "up", "high", "aloft", "clutched", "gripped", "cradled", "hugged")
_ANY_HAT = ("fedora", "helmet")
"""What a hat is called whatever it looks like: a chef's, an astronaut's helmet."""
_ON_BEASTS = ("glasses", "scarf", "boots", "tie", "cape", "gloves")
"""What an animal has on that goes in clothes."""
_FRAMING = frozenset(["tight", "close", "up", "closeup", "cu", "ecu", "closer"])
"""Words of a shot that shows the part of a body that follows."""
_SMALL = 0.8
"""Animals lower than this, in metres, are as small as children where they stand up."""
_OF_A_PIECE = ("suit", "uniform", "overalls", "spacesuit", "armour", "pyjamas", "scrubs")
"""What has trousers of its own colour."""


OUTFITS: dict[str, tuple[dict[str, str], ...]] = {
    "school uniform": (
        {"wear": "jacket", "colour": "navy", "extras": "tie", "below_colour": "grey"},
    ),
    "hazmat": ({"wear": "spacesuit", "colour": "yellow", "below_colour": "yellow",
                "hat": "space helmet"},),
    "costume": (
        {"wear": "robe", "colour": "black", "hat": "witch"}, {"body": "ghost", "wear": "robe"},
        {"body": "skeleton", "wear": "top"}, {"wear": "top", "hat": "horns", "extras": "cape"},
    ),
}  # fmt: skip
"""Clothes that are more than one garment; of several people each has the next."""


class Attire(Props):
    """Adjectives of people, and clothes."""

    @property
    def has_adjective(self) -> bool:
        return bool(self._waiting or self._colour)

    def _settle_colour(self) -> None:
        """ "a woman in red with …": the colour is of her clothes."""
        if self._colour and self._last is not None and self._prep == "in":
            self._last.say("colour", self._colour)
            self._colour = ""

    def _adjective(self, kind: str, value: str) -> None:
        if self._last is None or self._act is not None or self._opens_noun():
            self._waiting.append((kind, value))
        elif kind == "hair_colour" and self._prep == "with" and self._verb is None:
            self._last.say(kind, value)
        elif self._count:
            self._waiting.append((kind, value))
        elif kind in ("feeling", "age", "skin"):
            for one in self.subject or [self._last]:
                one.say(kind, value)
            self._waiting.append((kind, value)) if self._joins and kind != "feeling" else None
        else:
            self._waiting.append((kind, value))
            if not self._joins:
                self._last.say(kind, value)

    def _opens_noun(self) -> bool:
        """ ", jealous classmates behind": theirs who follow."""
        stream, place, words = self._here
        if place < 1 or place >= len(stream) or not stream[place - 1].is_mark:
            return False
        after = word_at(stream, place + words)
        known = {one.kind for one in lexicon().find((after,))}
        return bool(known & {"figure", "group"}) or bool(after and TRADES.fullmatch(after))

    def _dress(self, kind: str, value: str, *, all_of_them: bool = False) -> None:
        if self.costumed:
            self.costumed, self._prep = False, ""
            return
        if self._not:
            if self._last is not None and kind in ("hat", "beard"):
                self._last.say(kind, "")
            self._not = False
            return
        who = self._stand_up(kind, value) or self._owner or self._last
        if who is None and not self.drafts and kind == "extras" and value == "boots":
            self.part_first = self.part_first or not (self.parts or self.things)
            self.parts.append("feet")
            return
        takes = self._verb is not None and self._verb.more.get("take") == "held"
        if self.action == "give" and not self._prep and kind in ("wear", "hat") and not self._owner:
            takes, who = True, self.pair[0]
        if takes and not self._prep and who is not None and kind in ("wear", "hat"):
            who.say("held", "cloth" if kind == "wear" else "")
            self._prep, self._colour, self._owner = "", "", None
            return
        colour = self._colour or (self._old_colour if kind in ("hat", "below") else "")
        own = who is not None and kind == "hat" and value in _ANY_HAT and who.sets.get("hat")
        facts = self._hair_facts(value, colour) if kind == "hair" else []
        if kind != "hair":
            facts = _garment_facts(kind, value, colour)[1 if own else 0 :]  # a chef's hat stays one
        worn_by = self.subject if all_of_them and who in self.subject else [who]
        for number, one in enumerate(worn_by):
            worn = _outfit(value, number, one) or facts
            if one is None:
                self._waiting += worn
            else:
                one.say_all(worn)
        if value == "spacesuit" and who is not None:
            who.sets.setdefault("hat", "space helmet")
        if self._owner is not None and self._owner.only_owns and self._verb is not None:
            self.under_hands(self._owner, sits=kind == "hair")
        self._length = self._prep = ""
        self._old_colour = self._colour or self._old_colour
        self._colour, self._owner, self._count = "", None, 0

    def _stand_up(self, kind: str, value: str) -> Draft | None:
        """ "a hedgehog in a yellow coat": the animal that was named last is somebody."""
        worn = kind in ("wear", "hat", "below") or (kind == "extras" and value in _ON_BEASTS)
        on = worn and self._prep in ("in", "with") and not (self._owner or self.subject)
        if not (on and self._thing_last and self.things and self.things[-1].kind in ANIMALS):
            return None
        beast = self.things.pop()
        small = outlines()[beast.kind].high < _SMALL
        age = {"age": "child"} if small else {}
        draft = Draft(noun=beast.kind, sets={"sex": "mf", "body": beast.kind, **age})
        prep = self._prep
        self._enter(self._new(draft), owns=False)
        self._prep, self._head = prep, "figure"
        return draft

    def _of_a_body(self, kind: str, value: str) -> None:
        if kind == "part":
            self._part(value)
        elif self._prep in ("in", "under", "on", "over"):
            self._carried()
        if value in ("shoulders", "shoulder") or self._names_shoulders():
            self._sits_on_shoulders()
        self.body_of = self._owner
        if self._owner is not None:
            if value != "glove":
                self.under_hands(self._owner)
            self._owner = None

    def _names_shoulders(self) -> bool:
        stream, place, words = self._here
        return word_at(stream, place + words - 1) == "shoulders"

    def _sits_on_shoulders(self) -> None:
        """ "a kid on dad's shoulders": carried there."""
        owner, rider = self._owner, self.subject[0] if self.subject else None
        free = rider is not None and owner is not None and rider is not owner and not self.action
        if not free or self._verb is not None or self._led_by() != "on":
            return
        assert owner is not None
        assert rider is not None
        owner.only_owns = False
        self.action, self.pair = "piggyback", (owner, rider)
        self.drafts = [owner, rider, *(one for one in self.drafts if one not in self.pair)]

    def _part(self, value: str) -> None:
        there = any(not one.only_owns for one in self.drafts)
        stream, place, _ = self._here
        near = {one.word for one in stream[max(0, place - 2) : place]}
        framed = bool(near & _FRAMING) and bool(near & {"on", "of", "up"})
        if framed or not (self.parts or self.things or self._verb or there):
            self.part_first = True
        self.parts.append(value)
        if value in MOUTHS and self._prep == "in":
            self.in_its_mouth()
        if value in ("hand", "hands", "finger"):
            self.held_by_hand = True
            if self._prep == "in":
                self._carried()
        self._colour, self._count = "", 0

    def _stands(self, kind: str, value: str) -> None:
        of_thing = bool(self.things) and (self._last is None or self._thing_last)
        if of_thing and kind in ("side", "at"):
            last = self.things[-1]
            side, at = (value, last.at) if kind == "side" else (last.side, value)
            self.things[-1] = replace(last, side=side, at=at)
        elif self._last is None:
            self._waiting.append((kind, value))
        else:
            for one in self.subject if kind == "facing" and self.subject else [self._last]:
                one.say(kind, value)

    def _known_thing(self, word: Word, phrase: tuple[str, ...]) -> None:
        own = label_of(word.value, phrase)[1] or phrase[-1].upper()
        if word.value == SOMETHING and self.label[1] not in ("", own):
            self.unknown.append(phrase[-1])  # one box has its word on it
            return
        self.label = self.label if self.label[1] else label_of(word.value, phrase)
        self._thing(word)

    def _is_held_up(self, word: Word, last: str) -> bool:
        """ "A torch held up": whoever was named last has it."""
        held = word.value in ("holding", "raising") and last in _UP
        if not (held and self._thing_last and self._verb is None and self._is_portable()):
            return False
        self._carried()
        for one in (
            [self._last] if self._last is not None and last in ("up", "high", "aloft") else []
        ):
            one.say("pose", "raising")
        return True

    def under_hands(self, owner: Draft, *, sits: bool = False) -> None:
        """Somebody whose hair is cut or whose hand is held is there."""
        owner.only_owns = False
        if owner.noun in CHILDREN:
            owner.facts.setdefault("age", "child")
        if self._new_clause and not self._prep:
            return  # she waits, his hand on the door
        if self.subject and owner not in self.subject and self._verb is not None:
            if sits:
                owner.say("on", "chair")
                owner.say("pose", "sitting")
                cuts = self.pose_of(self._verb) in ("holding", "chopping")
                self.subject[0].facts.setdefault("held", "scissors" if cuts else "comb")
            act = OBJECT_ACTS.get(self.pose_of(self._verb), "tend")
            if act == "drag" and self.done and deed_in_short(self.done[-1])[2]:
                act = "tend"  # pulls a coin from a boy's ear
            if self.pose_of(self._verb) in ("riding", "sitting"):  # on somebody's shoulders
                act, self.passive = "carry", True
                self.subject[0].facts.pop("on", None)
            self._act = self._act or Word("act", act)
            self._target(owner)

    def _hair_facts(self, value: str, colour: str) -> list[tuple[str, str]]:
        facts = []
        if value != "hair" or self._length:
            facts.append(("hair", value if value != "hair" else self._length))
        if colour:
            facts.append(("hair_colour", _HAIR_OF.get(colour, colour)))
        return facts


def _outfit(value: str, number: int, who: Draft | None) -> list[tuple[str, str]]:
    """The garments of one of several people; [] where it is one garment."""
    if value not in OUTFITS:
        return []
    sets = OUTFITS[value]
    facts = list(sets[number % len(sets)].items())
    if value == "school uniform" and who is not None and who.sex == "f":
        facts.append(("below", "skirt"))
    return facts


def _garment_facts(kind: str, value: str, colour: str) -> list[tuple[str, str]]:
    """The garment first, then its colours."""
    facts = [(kind, value.split(",")[0] if kind != "extras" else value)]
    if colour and (key := _COLOUR_OF.get(kind)):
        facts.append((key, colour))
    if colour and kind == "wear" and value in _OF_A_PIECE:
        facts.append(("below_colour", colour))
    return facts

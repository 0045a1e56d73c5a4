"""One word after the other, bound to what it belongs to: all that `grammar` asks for."""

from __future__ import annotations

from dataclasses import replace

from daemon.thumbs.drafts import Draft
from daemon.thumbs.lexicon import Word
from daemon.thumbs.memory import Memory
from daemon.thumbs.props import Props

SETTING = ("shot", "camera", "time", "weather", "style")
LEADING = frozenset(
    ["in", "on", "at", "by", "near", "next", "the", "a", "outside", "under", "around"]
)
CLOTHES = ("wear", "below", "hat", "hair", "beard", "extras")
HEADS = ("figure", "group", "thing", "place", "part", "feeling", *CLOTHES)
ADJECTIVES = ("age", "build", "skin", "hair_colour", "feeling")
BESIDE = {
    "beside": "beside",
    "next to": "beside",
    "near": "beside",
    "by": "beside",
    "behind": "behind",
    "at": "beside",
    "against": "beside",
    "under": "beside",
    "from behind": "behind",
}
ADJECTIVES = ("age", "build", "skin", "hair_colour", "feeling")
BESIDE = {
    "beside": "beside",
    "next to": "beside",
    "near": "beside",
    "by": "beside",
    "behind": "behind",
    "at": "beside",
    "against": "beside",
    "under": "beside",
    "from behind": "behind",
}
_HAIR_OF = {
    "red": "ginger",
    "grey": "light grey",
    "yellow": "blond",
    "gold": "blond",
    "white": "white",
    "dark grey": "grey",
}


class Binder(Props):
    """Marks, small words, adjectives and clothes; the rest it has from its bases."""

    @property
    def has_adjective(self) -> bool:
        return bool(self._waiting or self._colour)

    def only_setting(self) -> None:
        """Forget everything but shot, time, style and the like: a board's style draws nobody."""
        kept = {key: value for key, value in self.facts.items() if key in SETTING}
        cast, known = self.cast, self.unknown
        Memory.__init__(self, cast)
        self.facts, self.unknown = kept, known

    def end_clause(self, *, full: bool, mark: str = "") -> None:
        """A comma keeps who it is about; a full stop keeps only who was last."""
        if self._colour and self._last is not None and self._prep == "in":
            self._last.say("colour", self._colour)
        self._colour = self._old_colour = ""
        self._joins = mark == "," and self._joins
        self._prep, self._not, self._count = "", False, 0
        self._head = self._before = ""
        self._viewer = False
        if full:
            self._finish_act()
            for key, value in self._waiting:
                if self._last is not None and key in ADJECTIVES:
                    self._last.say(key, value)
            self._waiting, self._verb, self.in_slug, self._outside = [], None, False, False
        elif mark == "," and self._last is not None:
            for key, value in self._waiting:
                self._last.say(key, value)
            self._waiting = []
            self._joins = self._verb is None and bool(self.subject)

    def number(self, count: int) -> None:
        self._count = count

    def quiet(self, phrase: tuple[str, ...]) -> None:
        word = " ".join(phrase)
        self._before = "" if word not in ("of",) else self._before
        if word == "outside":
            self._outside = True
        if word in ("no", "without", "not", "nobody", "none", "без"):
            self._not = True
        elif word in ("and", "и", "&"):
            self._joins = self._verb is None and bool(self.subject)
            self._old_colour = self._colour or self._old_colour
        elif word in ("long", "short"):
            self._length = word
        elif word in ("a", "an", "the", "of", "his", "her", "their", "its"):
            if word in ("a", "an"):  # a white beard and a cap: the cap is not white
                self._count, self._old_colour = 1, ""
            if word in ("his", "her", "their") and self._last is not None:
                self._owner = self._last
        elif word in (
            "in",
            "on",
            "at",
            "by",
            "with",
            "behind",
            "beside",
            "next to",
            "near",
            "under",
            "from",
            "to",
            "over",
            "inside",
            "into",
            "onto",
            "through",
            "against",
            "across",
            "along",
            "toward",
            "towards",
            "before",
            "past",
            "above",
            "in front of",
            "around",
            "между",
            "в",
            "на",
            "у",
            "с",
            "под",
            "за",
            "outside",
            "inside of",
        ):
            self._settle_colour()
            self._prep = {
                "в": "in",
                "на": "on",
                "у": "at",
                "с": "with",
                "под": "under",
                "за": "behind",
                "inside of": "in",
                "inside": "in",
                "into": "in",
                "onto": "on",
                "in front of": "before",
                "outside": "at",
            }.get(word, word)

    def _settle_colour(self) -> None:
        """ "a woman in red with …": the colour is of her clothes."""
        if self._colour and self._last is not None and self._prep == "in":
            self._last.say("colour", self._colour)
            self._colour = ""

    def strange(self, typed: str) -> None:
        """A word that is not known."""
        if len(typed) > 1 or not typed.isascii():
            self.unknown.append(typed)

    def pronoun(self, word: str) -> None:
        """He, she, they: somebody who was named, or somebody new where nobody was."""
        if word in ("they", "them", "они"):
            if len(self.drafts) > 1:
                self.subject = list(self.drafts[:2])
            return
        sex = "f" if word in ("she", "her", "она") else "m"
        known = [
            one for one in self.drafts if {**one.sets, **one.facts}.get("sex", "mf") in (sex, "mf")
        ]
        if word == "her" and (self._act is None or not known):  # her hat
            self._owner = known[-1] if known else None
            return
        if self._act is not None and word in ("him", "her"):
            others = [one for one in known if one not in self.subject]
            self._target(
                others[-1] if others else self._new(Draft(noun="other", sets={"sex": sex}))
            )
            return
        if word in ("him",):
            return
        self.subject = [known[-1]] if known else [self._new(Draft(noun=word, sets={"sex": sex}))]
        self._last, self._verb, self._joins = self.subject[0], None, False

    def bind(self, word: Word, phrase: tuple[str, ...], owns: bool) -> None:
        """Take in one word or phrase of the lexicon."""
        kind = word.kind
        before, self._before = self._before, kind
        if kind in HEADS and not self._head:
            self._head = "thing" if kind in ("thing", "place", "part", "feeling") else kind
            self._head = "wear" if kind in CLOTHES else self._head
        bare = phrase[0] not in LEADING
        if bare and kind in ("figure", "thing", "place") and before == "thing":
            self.drop_modifier(kind)
        if bare and kind == "figure" and before == "figure":
            self.drop_person()
        self._next_to_place = before == "place" and kind == "place"
        if kind in SETTING:
            self._setting(kind, word.value)
        elif kind in ("figure", "group"):
            self._person_noun(word, phrase, owns)
        elif kind == "thing":
            self._thing(word)
        elif kind == "place":
            self._place(word)
        elif kind in ("verb", "act"):
            if not self._is_of_a_thing(word):
                self._does(word)
        elif kind == "colour":
            self._colour = word.value
        elif kind == "hair_colour" and self._length:
            self._colour = word.value
            self._dress("hair", "hair")
        elif kind in ADJECTIVES:
            self._adjective(kind, word.value)
        elif kind in ("wear", "below", "hat", "hair", "beard", "extras"):
            self._dress(kind, word.value)
        elif kind in ("facing", "side", "at"):
            self._stands(kind, word.value)
        elif kind == "slug":
            self.in_slug = True
            self._outside = word.value == "out"
        elif kind == "part":
            self._part(word.value)

    def _is_of_a_thing(self, word: Word) -> bool:
        """ "her veil flying", "a taxi stops": no deed of the person that was spoken of before."""
        if not self.drafts or self._not:
            return False
        flying = self._head == "wear" and word.form == "ing"
        return flying or (self._head == "thing" and word.kind == "verb")

    def possessive(self) -> None:
        """Her, before a noun."""
        said = [({**one.sets, **one.facts}.get("sex", "mf"), one) for one in self.drafts]
        known = [one for sex, one in said if sex != "m"]
        self._owner = known[-1] if known else None

    def drop_person(self) -> None:
        """Somebody right before another noun only says of what kind: a giant robot."""
        last = self.drafts[-1] if self.drafts else None
        if last is not None and not last.name and not last.acted and not last.facts:
            self.drafts.pop()
            self.subject = [one for one in self.subject if one is not last]
            self._last = self.drafts[-1] if self.drafts else None

    def drop_modifier(self, kind: str) -> None:
        """A thing right before another noun only says which: a train window, a football player."""
        gone = self.things.pop() if self.things and self._thing_last else None
        if gone is not None and self._inside and kind == "thing":
            self._set_place(self._inside, 2)
        for one in self.drafts[-1:]:
            if gone is None and one.facts.get("held"):
                one.facts.pop("held")
                if one.facts.get("pose") == "holding":
                    one.facts.pop("pose")
        self._thing_last = False

    def _setting(self, kind: str, value: str) -> None:
        if self._not:
            self._not = False
            return
        self.facts[kind] = value
        self._viewer = value == "point of view"
        self._colour = ""

    def _adjective(self, kind: str, value: str) -> None:
        if (
            self._last is not None
            and self._verb is None
            and not self._count
            and self._prep == "with"
            and kind == "hair_colour"
        ):
            self._last.say(kind, value)
        elif self._count or self._last is None or self._act is not None:
            self._waiting.append((kind, value))
        elif kind == "feeling" or kind in ("age", "skin"):
            for one in self.subject or [self._last]:
                one.say(kind, value)
            self._waiting.append((kind, value)) if self._joins and kind != "feeling" else None
        else:
            self._waiting.append((kind, value))
            if not self._joins:
                self._last.say(kind, value)

    def _dress(self, kind: str, value: str) -> None:
        if self._not:
            if self._last is not None and kind in ("hat", "beard", "extras"):
                self._last.say("hat" if kind == "hat" else kind, "") if kind != "extras" else None
            self._not = False
            return
        who = self._owner or self._last
        colour = self._colour or (self._old_colour if kind in ("hat", "below") else "")
        facts = []
        if kind == "hair":
            if value != "hair" or self._length:
                facts.append(("hair", value if value != "hair" else self._length))
            if colour:
                facts.append(("hair_colour", _HAIR_OF.get(colour, colour)))
        else:
            own = who is not None and kind == "hat" and value == "fedora" and who.sets.get("hat")
            if not own:  # a chef's hat stays one
                facts.append((kind, value.split(",")[0] if kind != "extras" else value))
            key = {
                "wear": "colour",
                "below": "below_colour",
                "hat": "hat_colour",
                "beard": "hair_colour",
            }.get(kind)
            if colour and key:
                facts.append((key, colour))
            if (
                kind == "wear"
                and value in ("suit", "uniform", "overalls", "spacesuit", "armour")
                and colour
            ):
                facts.append(("below_colour", colour))
        for key, said in facts:
            if who is not None:
                who.say(key, said)
            else:
                self._waiting.append((key, said))
        self._length = self._prep = ""
        self._old_colour, self._colour, self._owner, self._count = (
            self._colour or self._old_colour,
            "",
            None,
            0,
        )

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

    def _part(self, value: str) -> None:
        if not self.parts and not self.things:
            self.part_first = True
        self.parts.append(value)
        if self._owner is not None:
            self._owner.only_owns = False
        self._colour, self._owner = "", None
        if value in ("hand", "hands"):
            self.held_by_hand = True

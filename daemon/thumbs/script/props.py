"""Things and places: in a hand, under somebody, or somewhere in the picture."""

from __future__ import annotations

from daemon.thumbs.hand_poses import HAND_POSES
from daemon.thumbs.lexicon import Word
from daemon.thumbs.outlines import outlines
from daemon.thumbs.place_table import places
from daemon.thumbs.scene import Thing
from daemon.thumbs.script.drafts import Draft
from daemon.thumbs.script.relations import EMBRACING
from daemon.thumbs.script.seating import Seating
from daemon.thumbs.uses import (
    BEASTS,
    CONTAINERS,
    EXTERIORS,
    HANGING,
    INNER,
    LAP_SIZED,
    MOVING_ROOMS,
    TABLES,
)
from daemon.thumbs.words import OVERHEAD

WITH = frozenset(["with", "holding", "carrying", "wielding", "и", "с"])
WHERE = (
    "in", "on", "at", "through", "across", "along", "by", "outside", "from", "down", "over",
    "under", "near", "inside",
)  # fmt: skip
_FILLED = ("reading", "drinking", "phoning", "eating")
"""Poses of one hand that stay what they are when the other holds something."""
WATERS = ("sea", "lake", "river")
BANKS = ("pier", "harbour", "cliff", "bridge", "beach", "ship deck", "pool")
"""From where one jumps into water."""
PARTS = ("staircase", "mountains")
"""Steps and a ridge of a place are in it."""
_AROUND = {"hut inside": "forest", "hall": "garden", "castle inside": "garden"}
"""Where it is before a building, if in no street."""
_POINTED = ("point at", "aim")
SMOKED = ("cigarette", "pipe")
DRINKS = ("cup", "glass", "wine", "bottle")


class Props(Seating):
    """Nouns that are no people, bound to prepositions and verbs."""

    def _thing(self, word: Word) -> None:
        kind, colour = word.value, self._colour
        of, self._of, self._last_thing = self._of, "", kind
        self._of_place = self.facts.get("place", "") if of == "place" else ""
        count = self._count if self._count > 1 else 3 if word.many else 1
        self._inside, self._thing_prep = word.more.get("inside", ""), self._prep
        self.preps.setdefault(kind, self._prep or self._led_by())
        prep, verb, who = self._prep, self._verb, self._last
        waiting = dict(reversed(self._waiting))
        at, side = waiting.get("at", "middle"), waiting.get("side", "")
        self._colour, self._count, self._prep, self._owner = "", 0, "", None
        self._keep_waiting(("pose", "feeling") if who is None else ())
        if self._not or of in CONTAINERS:
            self._not = False
            return
        if verb is not None and verb.more.get("take") == "drive" and not prep:
            if who is None or not self._rides_on(who, word, colour):
                self.things.append(Thing(kind, colour, side, at))
            return
        inside = prep == "in" or self._in_heading
        if self._inside and inside and not word.many and kind not in ("boat", "sailboat"):
            self._set_place(self._inside, 3)
            return
        if self.beast_takes(kind, prep) or self._is_drawn(kind, prep):
            return
        who = None if who is not None and who.only_owns and not self.subject else who
        who = self.pair[0] if self._is_tool(who, kind, prep) else who
        if who is not None and self._is_at(who, word, prep, colour):
            return
        if kind not in outlines() or self._is_there(kind, prep):
            return
        relation = self._relation(kind, prep, verb)
        if relation == "at":
            self.things = [one for one in self.things if one.relation != "at"]
        self.things.append(Thing(kind, colour, side, at, count, relation))
        self._thing_last = True
        if who is None:
            self.subject = []

    def _is_at(self, who: Draft, word: Word, prep: str, colour: str) -> bool:
        """Whether it is what somebody works at, holds or sits on."""
        kind, verb = word.value, self._verb
        offers = verb is not None and verb.value in ("giving", "raising", "throwing")
        offers = offers or who.facts.get("held") == kind
        if kind in SMOKED and not offers and who.facts.get("pose", "standing") not in HAND_POSES:
            who.say("pose", "smoking")  # blows cigarette smoke
            who.say("held", kind)
        elif self.action == "give" and not prep and self.fits_a_hand(kind):
            self.drafts[0].say("held", kind)
        elif self._points(prep) and self.fits_a_hand(kind):
            self._hold(who, word, colour)  # points the ladle at her
        elif verb is not None and self._handles(who, kind, prep, verb, colour):
            self._thing_last = False
        elif self._is_held(kind, prep, verb):
            self._hold(who, word, colour)
        elif self._is_seat(kind, prep, verb, who):
            self._sit(who, word, colour)
        elif self._is_stood_on(kind, prep, who):
            for one in self.subject or [who]:
                one.say("upon", kind)
        else:
            return False
        return True

    def _points(self, prep: str) -> bool:
        """Whether what is named is what somebody points with."""
        doing = self._act.value if self._act is not None else ""
        verb = self._verb.value if self._verb is not None else ""
        return not prep and not self._new_clause and (doing in _POINTED or verb == "pointing")

    def _is_there(self, kind: str, prep: str) -> bool:
        """Whether it was named before, or came with a deed."""
        same = [one for one in self.things if one.kind == kind]
        if not self._new_clause and any(one.sets.get("held") == kind for one in self.drafts):
            return True  # a glassblower's pipe
        if prep == "on" and kind in TABLES and same:
            return True
        if same and self._is_definite():
            return True
        if same and not prep and same[-1] is self.things[-1]:
            return self._thing_last  # a door, just a door
        sought = prep == "for" and outlines()[kind].where == "table"  # looks for her keys
        return sought or (bool(prep) and any(one.relation == "before" for one in same))

    @property
    def _in_heading(self) -> bool:
        """INT. TRAIN"""
        return self.in_slug and not self._outside and self._verb is None

    def _keep_waiting(self, keys: tuple[str, ...]) -> None:
        """Forget what else waits for a noun."""
        self._waiting = [pair for pair in self._waiting if pair[0] in keys]

    def _hold(self, who: Draft, word: Word, colour: str) -> None:
        for one in self.subject if word.many and who in self.subject else [who]:
            if one.facts.get("held") and one.facts.get("pose") in _FILLED:
                one.say("also", word.value)  # reads a book with a torch
                continue
            one.say("held", word.value)
            one.say("held_colour", colour)
            if one.facts.get("pose") == "walking" and word.value not in HANGING:
                one.say("base", "walking")
                one.say("pose", "holding")
            if one.facts.get("pose", "standing") == "standing":
                one.say("pose", "holding" if word.value not in HANGING else "standing")
        self._thing_last = False

    def _is_held(self, kind: str, prep: str, verb: Word | None) -> bool:
        where = outlines()[kind].where if kind in outlines() else "ground"
        act = self._act.value if self._act is not None else ""
        takes = verb is not None and verb.more.get("take") == "held"
        pulls = verb is not None and verb.value in ("pulling", "reaching")
        if kind in LAP_SIZED and (takes or pulls or act in EMBRACING) and not prep:
            if (act or pulls) and self._last is not None:
                self._last.say("pose", "carrying" if act else "holding")
                self._act = None
            return True
        if kind in ("balloon", "kite") and prep in ("with", "holding") and not self._new_clause:
            return True
        if where not in ("hand", "table", "floor") or kind in BEASTS:
            return False
        if self._new_clause and verb is not None and not prep:  # papers flying
            return False
        if self._last is not None and self._last.facts.get("held_colour") is not None and not prep:
            return False
        if takes and (prep in ("", "with", "from", "of", "into") or _flies(prep, verb)):
            return prep != "from" or self._last is None or not self._last.facts.get("held")
        if prep == "through" and kind in ("spyglass", "camera") and self._last is not None:
            self._last.say("pose", "looking")
            return True
        if verb is not None and verb.value == "reaching" and not prep and where != "floor":
            return True
        if verb is not None and kind in DRINKS and not prep:
            return True
        if verb is not None and verb.more.get("take") == "look" and prep in ("", "at"):
            return where == "table"
        if act in ("give", "aim") and not prep:
            return True
        if act in EMBRACING and not prep:
            if self._last is not None:
                sits = self._last.facts.get("pose") == "sitting"
                self._last.say("pose", "holding" if sits else EMBRACING[act])
                if sits:
                    self._last.facts.setdefault("on", "chair")
            self._act = None
            return True
        return self._comes_with(kind, where, prep, verb)

    def _comes_with(self, kind: str, where: str, prep: str, verb: Word | None) -> bool:
        return (
            prep in WITH
            or (prep == "under" and kind == "umbrella")
            or (prep == "on" and where == "hand" and self._leans())
            or (where == "hand" and not prep and self._thing_last is False and verb is not None)
        )

    def _leans(self) -> bool:
        return self._last is not None and self._last.facts.get("pose") == "leaning"

    def _place(self, word: Word) -> None:
        weight = 4 if self.in_slug else 3 if self._prep in WHERE else 2
        sought = self._prep
        before = sought in ("before", "behind") and word.value not in INNER
        before = before or self._leaves()
        self._colour, self._count, self._prep, self._owner = "", 0, "", None
        looks = self._verb is not None and self._verb.more.get("take") == "look"
        looked_at = word.value == "sky" and (sought in OVERHEAD or looks)
        into = sought == "in" and word.value in WATERS and self.facts.get("place") in BANKS
        if self._not or looked_at or into:
            self._not = False
            return
        name = word.value
        if (self._outside or before) and places()[name].indoors and name not in MOVING_ROOMS:
            self.things.append(Thing(EXTERIORS.get(name, "house"), at="far"))
            name, weight = _AROUND.get(name, "street"), 4
        if self._next_to_place:  # an office corridor is a corridor
            self._place_weight = min(self._place_weight, weight - 1)
        if self._of == "place" and self.facts.get("place") in PARTS:
            weight = self._place_weight + 1
        self._of = ""
        self._set_place(name, weight)
        if self._last is not None and "lies" in word.more and not self._last.acted:
            self._last.say("pose", "lying")
            self._last.say("on", word.more["lies"])
        if self.facts.get("place") == word.value:
            for key, value in self._waiting:
                if key == "pose" and self.drafts:
                    self.drafts[-1].say(key, value)
        self._keep_waiting(("pose", "feeling", "at", "side"))

    def _leaves(self) -> bool:
        """Whether somebody comes out of what is named."""
        moves = self._verb is not None and self.pose_of(self._verb) in ("walking", "running")
        return moves and bool(self.evidence & {"out of the", "out of a", "out of an"})


def _flies(prep: str, verb: Word | None) -> bool:
    """ "dives for the ball"."""
    return prep == "for" and verb is not None and verb.value in ("diving", "catching")

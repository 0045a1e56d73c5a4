"""What the hands of a deed do with the thing that is named next: `take` of `data/actions.txt`.

It is held, eaten from, drunk, poured into, or lies or stands before the hands.
"""

from __future__ import annotations

from daemon.thumbs.lexicon import Word
from daemon.thumbs.outlines import outlines
from daemon.thumbs.scene import Thing
from daemon.thumbs.script.drafts import Draft
from daemon.thumbs.script.relations import Relations
from daemon.thumbs.uses import (
    ANIMALS,
    BEASTS,
    FINGER_FOOD,
    FURNITURE,
    LAP_SIZED,
    RIDDEN,
    SURFACES,
    VESSELS,
)

_DRAWS = ("draw", "sketch", "doodl", "trac")
_DIRECT = ("", "of", "up", "off", "down", "out", "over")
"""Prepositions after which a thing is still what is worked on."""


class Handling(Relations):
    """Things that deeds of hands are done to."""

    def _handles(self, who: Draft, kind: str, prep: str, verb: Word, colour: str) -> bool:
        """Whether the thing is what somebody's hands are at; then it has its place."""
        way = verb.more.get("take", "")
        outline = outlines().get(kind)
        if outline is None or self._new_clause:
            return False
        if way == "held" and (self._throws(who, kind, verb) or self._shows(who, kind, prep)):
            return True
        if way == "held" and self._lifts(who, kind, prep, verb, colour):
            return True
        if way not in _WAYS:
            return False
        if way == "led":
            return kind in ANIMALS and self._leads(who, kind, colour)
        if not prep and self._feeds(who, kind, verb):
            return True
        if kind in SURFACES and prep in ("at", "on", "in", "into", "over", "from"):
            return self._moves_to(kind, colour)
        if way in ("pour", "drunk") and self._pours(who, kind, prep):
            return True
        if prep not in _DIRECT:
            return False
        if way in ("eaten", "drunk", "pour"):
            return self._consumes(who, kind, way)
        if way == "struck" and kind == "nail":
            return True
        if (verb.value, kind) in _MEANT:
            return True
        if way == "dropped":
            tall = outline.high > 1.2  # what is as large as they are would hide them
            self._brings(who, kind, colour, "before" if tall else "dropped")
            return True
        small = outline.where in ("table", "floor", "hand") and kind not in BEASTS
        if way in ("worked", "struck") and small and self._surface() is not None:
            self.things.append(Thing(kind, colour, relation="on"))
        else:
            self._before_hands(who, kind, colour)
        return True

    def _is_drawn(self, kind: str, prep: str) -> bool:
        """ "draws a door": it is on the paper, and nowhere else."""
        verb = self._verb
        if verb is None or prep or self._new_clause or kind not in outlines():
            return False
        drawn = any(one.verb.startswith(_DRAWS) for one in self.done[-1:])
        if not drawn or "held" not in verb.more or outlines()[kind].where in ("hand", "table"):
            return False
        self.unknown.append(kind)
        return True

    def _is_tool(self, who: Draft | None, kind: str, prep: str) -> bool:
        """ "taps her knee with a stick": whoever does it to the last one has the stick."""
        done = prep == "with" and self.action in _WITH_TOOLS and who in self.pair[1:]
        return done and kind in outlines() and outlines()[kind].where in ("hand", "table")

    def _rides_on(self, who: Draft, word: Word, colour: str) -> bool:
        """Who drives what has no roof sits on it."""
        if word.value in ANIMALS - RIDDEN:  # drives sheep
            for one in self.subject or [who]:
                one.say("pose", "walking")
        if word.value not in RIDDEN:
            self._leave_car(word.value in ANIMALS)
            return False
        for one in self.subject or [who]:
            one.say("on", word.value)
            one.say("on_colour", colour)
            one.say("pose", "riding")
        self._leave_car(True)
        return True

    def _leave_car(self, out: bool) -> None:
        """Who drives what is no car is in none."""
        if out and self.facts.get("place") == "car inside":
            self.facts.pop("place")
            self._place_weight = 0

    def _shows(self, who: Draft, kind: str, prep: str) -> bool:
        """A sign that is held up stands on no post."""
        if kind != "sign" or prep:
            return False
        for one in self.subject or [who]:
            one.say("held", "placard")
        return True

    def _throws(self, who: Draft, kind: str, verb: Word) -> bool:
        """What is thrown is a stone, no boulder."""
        if verb.value != "throwing" or kind != "rock":
            return False
        for one in self.subject or [who]:
            one.say("held", "stone")
        return True

    def _feeds(self, who: Draft, kind: str, verb: Word) -> bool:
        """A small animal that is petted is held; what is fed to one is held out to it."""
        if verb.value != "petting" or (kind in ANIMALS and kind not in LAP_SIZED):
            return False
        if verb.more.get("take") != "before":
            return False
        who.say("pose", "holding" if kind in LAP_SIZED else "giving")
        who.say("held", kind)
        return True

    def _pours(self, who: Draft, kind: str, prep: str) -> bool:
        """Into a vessel, or from one."""
        if prep in ("into", "in") and kind in VESSELS:
            who.say("also", kind)
        elif prep == "from" and outlines()[kind].where in ("table", "floor"):
            who.say("held", kind)
            who.facts.pop("also", None)
        else:
            return False
        return True

    def _lifts(self, who: Draft, kind: str, prep: str, verb: Word, colour: str) -> bool:
        """Whether it is furniture that is carried, by all who are at it."""
        if prep or kind not in FURNITURE or verb.value not in ("holding", "carrying"):
            return False
        for one in self.subject or [who]:
            one.say("base", "walking")
            one.say("pose", "carrying")
        if len(self.subject) > 1:
            self.subject[0].say("facing", "right")
            self.subject[1].say("facing", "left")
        kind = LYING.get(kind, kind)
        self.things.append(Thing(kind, colour, relation="carried"))
        self.doers[kind] = (self.subject or [who])[0]
        return True

    def _leads(self, who: Draft, kind: str, colour: str) -> bool:
        """An animal that walks behind whoever has its rope."""
        for one in self.subject or [who]:
            one.say("pose", "walking")
            one.say("facing", "right")
        self.things.append(Thing(kind, colour, relation="after", does="walking"))
        self.doers[kind] = (self.subject or [who])[0]
        return True

    def _surface(self) -> Thing | None:
        """What the hands work at."""
        return next((one for one in self.things if one.kind in SURFACES), None)

    def _moves_to(self, kind: str, colour: str) -> bool:
        """The work is done there, not where it usually is."""
        if kind in ("tree", "stump") and self._place_weight < 2:
            self.facts.pop("place", None)
        for number, one in enumerate(self.things):
            if one.kind in SURFACES and one.relation in ("before", "at") and one.kind != kind:
                self.doers[kind] = self.doers.get(one.kind) or self.drafts[-1]
                self.things[number] = Thing(kind, colour, relation=one.relation)
                return True
        return any(one.kind == kind and one.relation for one in self.things)

    def _before_hands(self, who: Draft, kind: str, colour: str) -> None:
        """Instead of what usually stands there."""
        self.things = [
            one
            for one in self.things
            if not (
                one.relation == "before" and self.doers.get(one.kind) in (self.subject or [who])
            )
        ]
        self._brings(who, kind, colour, "before")

    def _brings(self, who: Draft, kind: str, colour: str, relation: str) -> None:
        self.things.append(Thing(kind, colour, relation=relation))
        self.doers[kind] = who

    def _consumes(self, who: Draft, kind: str, way: str) -> bool:
        """Food in the hand or on a plate, a drink at the mouth, a vessel that is filled."""
        if way == "eaten" and kind in FINGER_FOOD:
            who.say("held", kind)
            who.facts.pop("also", None)
        elif way == "eaten" and outlines()[kind].where == "table":
            who.say("also", "plate" if kind in ("bowl",) else kind)
        elif way == "drunk" and kind in VESSELS:
            who.say("held", kind)
        elif way == "pour" and kind in ("glass", "wine", "beer"):
            who.say("held", "bottle")
            who.say("also", kind)
        elif way == "pour" and kind == "test tube":
            who.say("held", kind)
            who.say("also", kind)
        elif way == "pour" and kind in ("bottle", "jug", "kettle", "teapot", "bucket"):
            who.say("held", kind)
        elif way != "pour" or kind not in VESSELS:
            return False
        return True


_MEANT = (("hammering", "nail"), ("fixing", "pipe"))
"""What is there already, and what is not meant: a plumber's pipe has no tobacco in it."""
LYING = {"ladder": "lying ladder", "trestle": "plank"}
"""What is turned round to be carried."""
_WITH_TOOLS = ("hit", "tend", "fight", "aim", "arrest", "point at", "help")
_WAYS = ("led", "worked", "before", "struck", "eaten", "drunk", "pour", "dropped")

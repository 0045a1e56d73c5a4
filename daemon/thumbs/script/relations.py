"""How a thing stands to somebody: sat at, lain on, turned to, hidden behind, hugged, running after.

What is held or sat on `props` says.
"""

from __future__ import annotations

from daemon.thumbs.lexicon import Word
from daemon.thumbs.outlines import outlines
from daemon.thumbs.script.deeds import ALONE
from daemon.thumbs.script.drafts import Draft
from daemon.thumbs.script.people import People
from daemon.thumbs.uses import ANIMALS, AT_TABLES, BEASTS, BEFORE, SAT_AT, STOOD_ON, TABLES
from daemon.thumbs.words import BESIDE

UNDER = ("bed", "table", "desk", "car", "old car", "truck", "van", "taxi", "police car")
"""What somebody may be under."""
STANDING = ("ground", "floor", "wall")
"""Where things are that somebody can turn to."""
LOW = 1.35
"""What is lower than this is leant on with the arms, in metres."""
_BETWEEN = ("over", "for", "between")
MOVING = ("walking", "running")
EMBRACING = {"dance": "dancing", "embrace": "hugging", "kiss": "hugging", "carry": "carrying"}
"""What is done to people, and can be done to things."""
_TO = ("", "to", "at", "in", "into", "on", "toward", "towards")
"""Prepositions of what a deed is done to."""


_UPRIGHT = ("standing", "dancing", "jumping", "waving", "singing", "cheering", "holding",
            "raising", "crouching", "kneeling", "pointing", "looking", "looking up",
            "sitting on the ground")  # fmt: skip
"""Poses that can be had on top of something."""


class Relations(People):
    """Things and whoever was spoken of last."""

    def _relation(self, kind: str, prep: str, verb: Word | None) -> str:
        """The relation of a `Thing`; "" where it only is there as well."""
        who, where = self._last, outlines()[kind].where
        if who is not None and kind in SAT_AT and self._sits_at(who, prep):
            return "at"
        if who is not None and prep in ("across", "over") and self._passes(who, kind):
            return "at"
        if prep == "on" and where == "table":
            return "on"
        if who is None:
            into = prep in ("in", "into", "inside", "through") and bool(self.things)
            return "into" if into else BESIDE.get(prep, "")
        if self._hugged(kind):
            return "hugged"
        if self._act is not None and (relation := self._acted_on(who, kind, prep, where)):
            return relation
        if relation := self._of_body(who, kind, prep, where):
            return relation
        if kind == "door" and prep in ("in", "through"):
            return "around"
        if kind == "puddle" and prep in ("in", "into", "through", "on"):
            return "around"
        if prep == "under" and kind in UNDER and (self._verb is not None or self._head == "figure"):
            who.say("pose", "crawling" if kind in ("table", "desk") else "lying")
            return "over"
        if prep == "before" and where == "wall":  # in front of a mirror
            return "before"
        if kind == "lectern" and prep in ("at", "behind"):
            return "behind"
        if not self._is_done_to(who, kind, prep, verb):
            return BESIDE.get(prep, "")
        if len(self.subject) > 1 and who.facts.get("pose") in ("pushing", "pulling"):
            for one in self.subject:
                one.say("facing", "right")
            self.doers[kind] = self.subject[-1]
        return "before"

    def _passes(self, who: Draft, kind: str) -> bool:
        """A cup slides across the counter, which is between the two."""
        reaches = who.facts.get("pose") in ("reaching", "giving", "holding")
        if reaches and kind in TABLES:
            who.say("pose", "giving")
        return kind == "worktop" or (reaches and kind in TABLES)

    def _of_body(self, who: Draft, kind: str, prep: str, where: str) -> str:
        """The relation of what somebody leans on or backs away from, or two fight over."""
        pose, standing = who.facts.get("pose"), where in STANDING
        if pose == "leaning" and prep in ("", "on", "against", "over") and standing:
            if outlines()[kind].high >= LOW or prep == "against":
                return "leant"
            for one in self.subject or [who]:
                one.say("pose", "leaning on")
            return "before"
        if pose == "backing" and prep == "from" and standing:
            return "before"
        portable = where in ("table", "hand", "floor")
        return "between" if self.action and prep in _BETWEEN and portable else ""

    def _acted_on(self, who: Draft, kind: str, prep: str, where: str) -> str:
        """The relation of what somebody does something to that is done to people, too."""
        act = self._act.value if self._act is not None else ""
        if self.passive:  # chased by a dog
            who.say("pose", "running")
            self._act, self.passive = None, False
            return "after"
        if where in STANDING and (not prep or (act == "give" and prep == "to")):
            who.say("pose", ALONE.get(act, "standing"))
            who.acted, self._act = True, None
            return "chased" if act == "chase" and kind in ANIMALS else "before"
        return ""

    def _sits_at(self, who: Draft, prep: str) -> bool:
        """Whether somebody is at the table that is named: who has nothing to do there sits."""
        pose = who.facts.get("pose", "standing")
        if prep == "across" and pose == "standing":
            for one in self.drafts:
                one.facts.setdefault("on", "chair")
            return True
        if prep in ("at", "around", "across") and pose in AT_TABLES:
            for one in self.subject or [who]:
                one.facts.setdefault("on", "chair")
            return True
        if prep in ("at", "around", "on", "over", "across") and pose == "working":
            return True
        if prep not in ("at", "around") or pose != "standing":
            return False
        for one in self.group if who in self.group else [who]:
            one.say("pose", "sitting")
            one.say("on", "chair")
        return True

    def _is_done_to(self, who: Draft, kind: str, prep: str, verb: Word | None) -> bool:
        """Whether somebody is turned to a thing with what they do."""
        pose, where = who.facts.get("pose", "standing"), outlines()[kind].where
        if pose in ("pushing", "pulling") and not prep and where == "water":
            return True
        if not who.acted or where not in STANDING or pose in MOVING:
            return False
        if self._new_clause and not prep:  # sits in a meadow, a fox beside her
            return False
        if prep in _TO and pose in BEFORE:
            if kind in BEASTS and pose == "reaching":
                who.say("pose", "kneeling hug")
            return True
        if kind in ("blackboard", "easel") and pose in ("reading", "standing", "working"):
            who.say("pose", "reaching")
            who.say("held", "brush" if kind == "easel" else "")
            return True
        looks = verb is not None and verb.more.get("take") == "look" and prep in ("at", "into")
        does = verb is not None and not prep and (verb.value != "standing" or bool(verb.more))
        return looks or does or (prep == "in" and kind == "mirror")

    def _hugged(self, kind: str) -> bool:
        act = self._act
        if act is None or act.value not in EMBRACING or self._last is None:
            return False
        self._act = None
        self._last.say("pose", "kneeling hug" if kind in BEASTS else "hugging")
        return True

    def _is_stood_on(self, kind: str, prep: str, who: Draft) -> bool:
        """Stands, dances or shouts on a table."""
        if self._of_place == "rooftop" and kind in STOOD_ON:  # on the roof of a car
            self.facts.pop("place", None)
            self._place_weight = 0
            return True
        stream, place, _ = self._here
        if not prep and "on" in [one.word for one in stream[max(0, place - 3) : place]]:
            prep = "on"  # sits cross-legged on a desk
        if prep not in ("on", "onto", "atop", "on top of") or kind not in STOOD_ON or not who.acted:
            return False
        if kind == "fence" and self._thing_last:  # a clock on the wall
            return False
        if self._new_clause and self._thing_last:  # talks, a lamp on the desk
            return False
        return who.facts.get("pose", "standing") in _UPRIGHT and "on" not in who.facts

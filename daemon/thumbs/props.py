"""Things and places: in a hand, under somebody, or somewhere in the picture."""

from __future__ import annotations

from daemon.thumbs.drafts import Draft
from daemon.thumbs.lexicon import Word
from daemon.thumbs.outlines import outlines
from daemon.thumbs.people import People
from daemon.thumbs.place_table import places
from daemon.thumbs.scene import Thing

WITH = frozenset(["with", "holding", "carrying", "wielding", "и", "с"])
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
SEATS = (
    "sitting",
    "lying",
    "riding",
    "reading",
    "drinking",
    "typing",
    "driving",
    "phoning",
    "thinking",
    "crying",
    "standing",
    "playing",
    "holding",
    "working",
    "leaning",
    "dancing",
    "waving",
    "singing",
    "looking",
)
SEAT_THINGS = (
    "chair",
    "armchair",
    "sofa",
    "bed",
    "bench",
    "stool",
    "throne",
    "horse",
    "unicorn",
    "donkey",
    "camel",
    "elephant",
    "motorcycle",
    "bicycle",
    "scooter",
    "boat",
    "canoe",
    "carriage",
    "cart",
    "dragon",
    "rock",
    "log",
    "stump",
    "wheelchair",
    "barrel",
    "crate",
    "chest",
    "fence",
    "cow",
)
RIDDEN = (
    "horse",
    "unicorn",
    "donkey",
    "camel",
    "elephant",
    "motorcycle",
    "bicycle",
    "scooter",
    "dragon",
    "cow",
)
_DOWN = (
    "suitcase",
    "briefcase",
    "bag",
    "shopping bag",
    "bucket",
    "basket",
    "sword",
    "gun",
    "cane",
    "lantern",
    "backpack",
)
_BEASTS = (
    "dog",
    "cat",
    "wolf",
    "fox",
    "monkey",
    "rabbit",
    "mouse",
    "crow",
    "owl",
    "chicken",
    "snake",
    "spider",
    "frog",
    "turtle",
    "penguin",
    "fish",
)


EMBRACING = {"embrace": "hugging", "kiss": "hugging", "carry": "carrying"}
"""What is done to people, and can be done to things."""


class Props(People):
    """Nouns that are no people, bound to prepositions and verbs."""

    def _thing(self, word: Word) -> None:
        kind, colour = word.value, self._colour
        self._inside = word.more.get("inside", "")
        count = self._count if self._count > 1 else 3 if word.many else 1
        relation = BESIDE.get(self._prep, "")
        prep, verb, who = self._prep, self._verb, self._last
        at = next((value for key, value in self._waiting if key == "at"), "middle")
        side = next((value for key, value in self._waiting if key == "side"), "")
        self._colour, self._count, self._prep, self._owner = "", 0, "", None
        self._waiting = (
            [pair for pair in self._waiting if pair[0] in ("pose", "feeling")]
            if who is None
            else []
        )
        if self._not:
            self._not = False
            return
        inside = word.more.get("inside")
        if verb is not None and verb.more.get("take") == "drive" and not prep:
            self.things.append(Thing(kind, colour, side, at))
            return
        if inside and prep == "in" and not word.many and kind not in ("boat", "sailboat"):
            self._set_place(inside, 3)
            return
        if who is not None and self._is_held(kind, prep, verb):
            for one in self.subject if word.many and who in self.subject else [who]:
                one.say("held", kind)
                one.say("held_colour", colour)
                if one.facts.get("pose", "standing") == "standing":
                    one.say("pose", "holding" if kind not in _DOWN else "standing")
            self._thing_last = False
            return
        if who is not None and self._is_seat(kind, prep, verb, who):
            who.say("on", kind)
            who.say("on_colour", colour)
            if kind in RIDDEN or (verb is not None and verb.value == "riding"):
                who.say("pose", "riding")
            return
        if kind not in outlines():
            return
        self.things.append(Thing(kind, colour, side, at, count, relation))
        self._thing_last = True
        if who is None:
            self.subject = []

    def _is_held(self, kind: str, prep: str, verb: Word | None) -> bool:
        where = outlines()[kind].where if kind in outlines() else "ground"
        if where not in ("hand", "table", "floor") or kind in _BEASTS:
            return False
        if self._last is not None and self._last.facts.get("held_colour") is not None and not prep:
            return False
        if (
            verb is not None
            and verb.more.get("take") == "held"
            and prep in ("", "with", "from", "of")
        ):
            return True
        if self._act is not None and self._act.value in ("give", "aim") and not prep:
            return True
        if self.action == "give" and not prep:
            self.drafts[0].say("held", kind)
            return False
        if self._act is not None and self._act.value in EMBRACING and not prep:
            if self._last is not None:
                self._last.say("pose", EMBRACING[self._act.value])
            self._act = None
            return True
        return (
            prep in WITH
            or (prep == "under" and kind == "umbrella")
            or (where == "hand" and not prep and self._thing_last is False and verb is not None)
        )

    def _is_seat(self, kind: str, prep: str, verb: Word | None, who: Draft) -> bool:
        if verb is not None and verb.more.get("take") == "on" and not prep:
            return kind in SEAT_THINGS
        pose = who.facts.get("pose", "standing")
        if prep not in ("on", "in", "at") or kind not in SEAT_THINGS:
            return False
        if prep == "at":
            return False
        return pose in SEATS and (
            pose != "standing"
            or kind in RIDDEN
            or kind in ("boat", "canoe", "wheelchair", "throne")
        )

    def _place(self, word: Word) -> None:
        weight = (
            4
            if self.in_slug
            else 3
            if self._prep
            in (
                "in",
                "on",
                "at",
                "through",
                "across",
                "along",
                "by",
                "outside",
                "from",
                "down",
                "over",
                "under",
                "near",
                "inside",
            )
            else 2
        )
        self._colour, self._count, self._prep, self._owner = "", 0, "", None
        if self._not:
            self._not = False
            return
        name = word.value
        if self._outside and places()[name].indoors:
            name, weight = "street", 4
        if self._next_to_place:  # an office corridor is a corridor
            self._place_weight = min(self._place_weight, weight - 1)
        self._set_place(name, weight)
        if self.facts.get("place") == word.value:
            for key, value in self._waiting:
                if key == "pose" and self.drafts:
                    self.drafts[-1].say(key, value)
        self._waiting = [
            pair for pair in self._waiting if pair[0] in ("pose", "feeling", "at", "side")
        ]

    def _set_place(self, name: str, weight: int) -> None:
        if weight <= self._place_weight:
            self.other_place = name
        else:
            self.other_place = self.facts.get("place", "")
        if weight > self._place_weight:
            self.facts["place"], self._place_weight = name, weight

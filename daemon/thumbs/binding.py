"""The memory of a reader: who is in the picture so far, who the clause is about, what waits for a noun."""

from __future__ import annotations

from dataclasses import replace

from daemon.thumbs.drafts import Draft
from daemon.thumbs.lexicon import Word, lexicon
from daemon.thumbs.objects import outlines
from daemon.thumbs.poses import POSES
from daemon.thumbs.scene import Thing

SETTING = ("shot", "camera", "time", "weather", "style")
ADJECTIVES = ("age", "build", "skin", "hair_colour", "feeling")
WITH = frozenset(["with", "holding", "carrying", "wielding", "и", "с"])
ONTO = frozenset(["on", "onto", "in", "into", "at", "atop", "riding", "inside", "aboard"])
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
PLACE_WEIGHT = {"slug": 4, "in": 3, "": 1}


class Binder:
    """`drafts` are people, `things` props; `facts` what there is one of (shot, place, time …)."""

    def __init__(self, cast: dict[str, str] | None = None) -> None:
        self.cast = cast or {}
        self.drafts: list[Draft] = []
        self.things: list[Thing] = []
        self.facts: dict[str, str] = {}
        self.parts: list[str] = []
        self.unknown: list[str] = []
        self.crowd = False
        self.action = ""
        self.in_slug = False
        self.held_by_hand = False
        self.part_first = False
        self.over_shoulder = False
        self._thing_last = False
        self.subject: list[Draft] = []
        self._last: Draft | None = None
        self._waiting: list[tuple[str, str]] = []
        self._colour = ""
        self._old_colour = ""
        self._count = 0
        self._prep = ""
        self._verb: Word | None = None
        self._act: Word | None = None
        self._joins = False
        self._not = False
        self._place_weight = 0
        self._owner: Draft | None = None

    # --- what grammar asks --------------------------------------------------------------------------

    @property
    def has_adjective(self) -> bool:
        return bool(self._waiting or self._colour)

    def only_setting(self) -> None:
        """Forget everything but shot, time, style and the like: a board's style draws nobody."""
        kept = {key: value for key, value in self.facts.items() if key in SETTING}
        cast, known = self.cast, self.unknown
        self.__init__(cast)  # type: ignore[misc]
        self.facts, self.unknown = kept, known

    # --- marks and small words ----------------------------------------------------------------------

    def end_clause(self, *, full: bool, mark: str = "") -> None:
        """A comma keeps who it is about; a full stop keeps only who was last."""
        if self._colour and self._last is not None and self._prep == "in":
            self._last.say("colour", self._colour)
        self._colour = self._old_colour = ""
        self._joins = mark == "," and self._joins
        self._prep, self._not, self._count = "", False, 0
        if full:
            self._finish_act()
            for key, value in self._waiting:
                if self._last is not None and key in ADJECTIVES:
                    self._last.say(key, value)
            self._waiting, self._verb, self.in_slug = [], None, False
        elif mark == "," and self._last is not None:
            for key, value in self._waiting:
                self._last.say(key, value)
            self._waiting = []
            self._joins = self._verb is None and bool(self.subject)

    def number(self, count: int) -> None:
        self._count = count

    def quiet(self, phrase: tuple[str, ...]) -> None:
        word = " ".join(phrase)
        if word in ("no", "without", "not", "nobody", "none", "без"):
            self._not = True
        elif word in ("and", "и", "&"):
            self._joins = self._verb is None and bool(self.subject)
            self._old_colour = self._colour or self._old_colour
        elif word in ("a", "an", "the", "of", "his", "her", "their", "its"):
            self._count = 1 if word in ("a", "an") else self._count
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

    # --- words with a meaning -------------------------------------------------------------------------

    def bind(self, word: Word, phrase: tuple[str, ...], owns: bool) -> None:
        """Take in one word or phrase of the lexicon."""
        kind = word.kind
        if kind in SETTING:
            self._setting(kind, word.value)
        elif kind in ("figure", "group"):
            self._person_noun(word, phrase, owns)
        elif kind == "thing":
            self._thing(word)
        elif kind == "place":
            self._place(word)
        elif kind in ("verb", "act"):
            self._does(word)
        elif kind == "colour":
            self._colour = word.value
        elif kind in ADJECTIVES:
            self._adjective(kind, word.value)
        elif kind in ("wear", "below", "hat", "hair", "beard", "extras"):
            self._dress(kind, word.value)
        elif kind in ("facing", "side", "at"):
            self._stands(kind, word.value)
        elif kind == "slug":
            self.in_slug = True
        elif kind == "part":
            self._part(word.value)

    def _setting(self, kind: str, value: str) -> None:
        if self._not:
            self._not = False
            return
        self.facts[kind] = value
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
            if value != "hair":
                facts.append(("hair", value))
            if colour:
                facts.append(("hair_colour", _HAIR_OF.get(colour, colour)))
        else:
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
        self._colour, self._owner = "", None
        if value in ("hand", "hands"):
            self.held_by_hand = True

    # --- people ---------------------------------------------------------------------------------------

    def person(self, name: str, owns: bool = False) -> None:
        """Somebody by name, in the picture from now on."""
        if self._not:
            self._not = False
            return
        known = next((one for one in self.drafts if one.name.casefold() == name.casefold()), None)
        if known is None:
            sex = lexicon().names.get(name.split()[0].casefold()) or (
                "f" if name[-1:] in "aаяeе" and name[-2:] not in ("ke",) else "m"
            )
            known = Draft(noun=name, name=name, sets={"sex": sex})
            if words := self.cast.get(name):
                described = type(self)()
                described.read(f"{words}") if hasattr(described, "read") else None
                _learn(known, described)
            self._new(known)
        self._enter(known, owns)

    def _person_noun(self, word: Word, phrase: tuple[str, ...], owns: bool) -> None:
        if self._not:
            self._not, self._waiting = False, []
            return
        if word.value == "crowd":
            self.crowd = True
            self._count = 0
            return
        count = self._count or 1
        if word.kind == "group":
            count = self._count if self._count > 1 else int(word.value)
        elif word.many and self._count < 2:
            count = 3
        noun = " ".join(phrase)
        if word.kind == "group":
            self._several(noun, count)
            return
        if count == 1 and not self._waiting:
            known = next((one for one in self.drafts if one.noun == noun and not one.name), None)
            if known is not None and (self._count != 1 or owns):
                self._enter(known, owns)
                return
        group = []
        for number in range(min(count, 5)):
            draft = Draft(noun=f"{noun}{number or ''}", sets={"sex": word.value, **word.more})
            group.append(self._new(draft))
            self._put_waiting(draft)
        self.crowd = self.crowd or count > 4
        self._waiting, self._colour = [], ""
        if len(group) > 1:
            self._enter_all(group)
        else:
            self._enter(group[0], owns)

    def _several(self, noun: str, count: int) -> None:
        pairs = {
            "couple": "mf",
            "lovers": "mf",
            "newlyweds": "mf",
            "parents": "mf",
            "family": "mfc",
        }
        kinds = pairs.get(noun, "")
        sex = "m" if noun in ("men", "boys") else "f" if noun in ("women", "girls") else "mf"
        age = "child" if noun in ("children", "kids", "boys", "girls", "дети", "детей") else "adult"
        group = []
        for number in range(min(count, 4)):
            own = kinds[number] if number < len(kinds) else sex
            sets = {"sex": "mf" if own == "c" else own, "age": "child" if own == "c" else age}
            group.append(self._new(Draft(noun=f"{noun}{number}", sets=sets)))
            self._put_waiting(group[-1])
        self.crowd = self.crowd or count > 4
        self._waiting, self._colour = [], ""
        self._enter_all(group)

    def _put_waiting(self, draft: Draft) -> None:
        for key, value in self._waiting:
            draft.say(key, value)
        if self._colour and draft.noun not in ("horse",):
            draft.say("colour", self._colour)

    def _new(self, draft: Draft) -> Draft:
        if len(self.drafts) < 8:
            self.drafts.append(draft)
        else:
            self.crowd = True
        return draft

    def _enter_all(self, group: list[Draft]) -> None:
        if self._act is not None and self.subject:
            self._target(group[0])
            return
        self.subject = [*self.subject, *group] if self._joins else group
        self._last, self._verb, self._count, self._joins, self._prep = group[0], None, 0, False, ""
        self._thing_last = False

    def _enter(self, draft: Draft, owns: bool) -> None:
        """Somebody is spoken of: the subject, one more subject, or the other side of an action."""
        for key, value in self._waiting:
            draft.say(key, value)
        self._waiting = []
        self._count = 0
        self._thing_last = False
        if owns:
            self._owner = draft
            self._last = self._last or draft
            if self.over_shoulder:
                self.over_shoulder = False
                self.drafts.remove(draft)
                self.drafts.insert(0, draft)
            return
        if self._act is not None and draft not in self.subject:
            self._target(draft)
            return
        if self._prep in ("before",) and self.subject:
            draft.say("at", "near")
        elif self._prep == "behind" and self.subject:
            draft.say("at", "far")
        if self._prep and self._verb is not None:  # walks beside a man: he is no subject
            with_them = self._prep in ("with", "beside", "next to")
            self._last, self._prep = draft, ""
            if with_them and self.subject:
                draft.facts.setdefault("pose", self.subject[0].facts.get("pose", "standing"))
            return
        self.subject = [*self.subject, draft] if self._joins and self.subject else [draft]
        self._last, self._verb, self._joins, self._prep = draft, None, False, ""

    # --- what they do ---------------------------------------------------------------------------------

    def _does(self, word: Word) -> None:
        if self._not:
            self._not = False
        if not self.subject and self._last is None:
            if self.things and self._thing_last:
                return
            self._wait_for_somebody(word)
            return
        doers = self.subject or [one for one in [self._last] if one is not None]
        self._verb = word
        self._count, self._joins = 0, False
        if word.kind == "act":
            if len(doers) > 1:
                self.action = word.value
                for one in doers:
                    one.acted = True
            else:
                self._act = word
            return
        for one in doers:
            self._pose(one, word)

    def _wait_for_somebody(self, word: Word) -> None:
        if word.kind == "act":
            self._act = word
            return
        self._waiting.append(("pose", word.value if word.value in POSES else "standing"))
        self._waiting += [
            (key, said)
            for key, said in word.more.items()
            if key in ("held", "feeling", "on") and said
        ]
        self._verb = word

    def _pose(self, who: Draft, word: Word) -> None:
        pose = {
            "fishing": "holding",
            "smelling": "holding",
            "lantern": "holding",
            "shelter": "holding",
            "cane": "holding",
            "photo": "reading",
        }.get(word.value, word.value)
        seated = who.facts.get("pose") == "sitting" and pose in (
            "reading",
            "drinking",
            "phoning",
            "thinking",
            "crying",
            "holding",
            "waving",
            "pointing",
            "working",
            "typing",
            "playing",
            "singing",
        )
        busy = who.facts.get("pose") in (
            "walking",
            "running",
            "sitting",
            "lying",
            "kneeling",
            "riding",
        ) and pose in ("standing", "holding")
        if seated:
            who.say("on", who.facts.get("on") or "chair")
            who.say("pose", pose)
        elif not busy:
            who.say("pose", pose)
        who.acted = True
        for key, said in word.more.items():
            if key in ("held", "feeling", "on") and said:
                who.say(key, said)
            elif key == "place" and self._place_weight < 3:
                self.facts["place"], self._place_weight = said, 3
        if word.value == "cane":
            who.say("held", "cane")

    def _target(self, other: Draft) -> None:
        """The action that waited has its other side."""
        act, doers = self._act, self.subject
        self._act, self._last, self._prep = None, other, ""
        if act is None or not doers:
            return
        self.action = self.action or act.value
        doers[0].acted = True
        one, two = doers[0], other
        rest = [draft for draft in self.drafts if draft is not one and draft is not two]
        self.drafts = [one, two, *rest]

    def _finish_act(self) -> None:
        """Nobody was found whom the action is for."""
        if self._act is None:
            return
        pose = {
            "give": "giving",
            "chase": "running",
            "follow": "walking",
            "fight": "punching",
            "hit": "punching",
            "aim": "aiming",
            "point at": "pointing",
            "help": "bowing",
            "kneel before": "kneeling",
            "embrace": "hugging",
            "carry": "carrying",
            "arrest": "reaching",
            "dance": "dancing",
        }.get(self._act.value, "standing")
        for one in self.subject or ([self._last] if self._last is not None else []):
            one.facts.setdefault("pose", pose)
            one.acted = True
        self._act = None

    # --- things and places ----------------------------------------------------------------------------

    def _thing(self, word: Word) -> None:
        kind, colour = word.value, self._colour
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
        if inside and prep == "in" and not word.many and kind not in ("boat", "sailboat"):
            self._set_place(inside, 3)
            return
        if who is not None and self._is_held(kind, word.many, prep, verb):
            who.say("held", kind)
            who.say("held_colour", colour)
            if who.facts.get("pose", "standing") == "standing":
                who.say("pose", "holding" if kind not in _DOWN else "standing")
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

    def _is_held(self, kind: str, many: bool, prep: str, verb: Word | None) -> bool:
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
        self._set_place(word.value, weight)
        if self.facts.get("place") == word.value:
            for key, value in self._waiting:
                if key == "pose" and self.drafts:
                    self.drafts[-1].say(key, value)
        self._waiting = [
            pair for pair in self._waiting if pair[0] in ("pose", "feeling", "at", "side")
        ]

    def _set_place(self, name: str, weight: int) -> None:
        if weight > self._place_weight:
            self.facts["place"], self._place_weight = name, weight


_HAIR_OF = {
    "red": "ginger",
    "grey": "light grey",
    "yellow": "blond",
    "gold": "blond",
    "white": "white",
    "dark grey": "grey",
}
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
_KEPT = (
    "sex",
    "age",
    "body",
    "build",
    "skin",
    "hair",
    "hair_colour",
    "beard",
    "hat",
    "hat_colour",
    "wear",
    "colour",
    "below",
    "below_colour",
)


def _learn(draft: Draft, described: Binder) -> None:
    """What a description says of a character: its first person, or its words alone."""
    found = described.drafts[0] if described.drafts else None
    if found is not None:
        draft.sets = {
            **draft.sets,
            **{k: v for k, v in found.sets.items() if not (k == "sex" and v == "mf")},
        }
        draft.facts.update({key: value for key, value in found.facts.items() if key in _KEPT})
        draft.extras += found.extras
    for key, value in described._waiting:
        if key in _KEPT:
            draft.facts.setdefault(key, value)
        elif key == "extras":
            draft.say("extras", value)

"""Somebody while they are being read: what the words said, and what chance makes up for the rest.

The same name has the same chance always.
"""

from __future__ import annotations

import random
from collections.abc import Iterable
from dataclasses import dataclass, field

from daemon.thumbs.scene import Figure, Look
from daemon.thumbs.wardrobe import USUAL
from daemon.thumbs.words import FEMALE, MALE

TOPS = (
    "blue",
    "red",
    "green",
    "grey",
    "teal",
    "brown",
    "navy",
    "orange",
    "violet",
    "olive",
    "cream",
    "dark red",
    "light blue",
    "white",
    "yellow",
)
BOTTOMS = ("dark grey", "navy", "brown", "grey", "black", "khaki")
HAIRS = ("dark brown", "brown", "black", "blond", "brown", "black", "ginger", "dark brown")
SKIRTED = 0.8
"""How many women, of those whose clothes no words name, have a skirt if not a dress: without
colours, hair alone tells too little."""
ONE_COLOUR = ("pyjamas", "scrubs")
"""What has trousers of its own colour, whatever that is."""
DARK_HAIRS = ("black", "dark brown", "black")


@dataclass(eq=False)  # two men are two, however alike
class Draft:
    """`facts` are what was said, by names of fields of `Look` and `Figure`; `sets` the looks
    that come with the noun and give way to what is said."""

    noun: str = ""
    name: str = ""
    facts: dict[str, str] = field(default_factory=dict)
    sets: dict[str, str] = field(default_factory=dict)
    extras: list[str] = field(default_factory=list)
    acted: bool = False
    only_owns: bool = False
    alike: str = ""  # whose lots they draw
    twin: int = 0  # how many of the same noun were there before

    def say(self, key: str, value: str) -> None:
        """One more fact; the later wins."""
        if key == "extras":
            self.extras += [one for one in value.split(",") if one not in self.extras]
        else:
            self.facts[key] = value

    def say_all(self, facts: Iterable[tuple[str, str]]) -> None:
        """Several, in their order."""
        for key, value in facts:
            self.say(key, value)

    @property
    def sex(self) -> str:
        return self.facts.get("sex") or self.sets.get("sex", "mf")

    @property
    def is_a_trade(self) -> bool:
        """Whether either sex may be it: a doctor, not a king."""
        return not {*self.noun.split()} & (MALE | FEMALE)

    def be(self, sex: str) -> None:
        """He or she, from a pronoun; what came with the noun for the other sex goes."""
        if self.sex == sex:
            return
        if self.sex != "mf":
            for key in ("beard", "hair"):
                self.sets.pop(key, None)
            if sex == "m" and self.sets.get("wear") in ("dress", "gown"):
                self.sets["wear"] = "shirt"
        self.sets["sex"] = sex

    def figure(self, salt: str) -> Figure:
        """Whole, with what was not said filled in."""
        noun = f"{self.noun}{'+' * self.twin}"
        seed = f"{self.alike or self.name or noun}/{'' if self.name else salt}".encode(
            errors="replace"
        )
        chance = random.Random(seed)
        said = {**self.sets, **self.facts}
        if "weapon" in said and said.get("pose") == "punching" and "held" not in said:
            said |= {"pose": "swinging", "held": said["weapon"]}
        if said.get("pose") in ("falling", "slipping"):  # off a horse
            said |= {"on": ""}
        if said.get("feeling") == "asleep" and not {"on", "awake"} & {*said}:
            said = {"pose": "lying", **said}
        get = said.get
        return Figure(
            self._look(chance),
            name=self.name,
            pose=get("pose", "standing"),
            base=get("base", ""),
            facing=get("facing", ""),
            expression=get("feeling", "calm"),
            held=get("held", ""),
            held_colour=get("held_colour", ""),
            also=get("also", ""),
            on=get("on", ""),
            on_colour=get("on_colour", ""),
            upon=get("upon", ""),
            side=get("side", ""),
            at=get("at", "middle"),
        )

    def _look(self, chance: random.Random) -> Look:
        """Everybody draws the same lots, so that what is said changes nothing else."""
        said = {**self.sets, **self.facts}
        lots = [chance.random() for _ in range(8)]
        sex = said.get("sex", "mf")
        if sex == "mf":
            sex = "m" if lots[0] < 0.5 else "f"
        age = said.get("age", "adult")
        skin = int(said.get("skin", (0, 1, 1, 2, 3, 4, 5, 6, 2, 7)[int(lots[1] * 10)]))
        hairs = DARK_HAIRS if skin > 2 else HAIRS
        hair = said.get("hair") or self._hair(sex, age, lots[2])
        colour = said.get("hair_colour") or (
            "light grey" if age == "old" else hairs[int(lots[3] * len(hairs))]
        )
        plain = "dress" if sex == "f" and lots[4] < 0.5 else "shirt" if lots[4] < 0.7 else "sweater"
        wear = said.get("wear") or plain
        skirt = sex == "f" and "wear" not in said and lots[6] < SKIRTED
        hair_colour, colour = colour, said.get("colour") or TOPS[int(lots[5] * len(TOPS))]
        hat = said.get("hat", "")
        hat = hat if hat in USUAL else ""
        return Look(
            sex=sex,
            age=age,
            body=said.get("body", "human"),
            build=said.get("build", "plain"),
            skin=skin,
            hair=hair,
            hair_colour=hair_colour,
            beard=said.get("beard")
            or ("beard" if age == "old" and sex == "m" and lots[7] < 0.4 else ""),
            hat=hat,
            hat_colour=said.get("hat_colour", ""),
            wear=wear,
            colour=colour,
            below=said.get("below") or ("skirt" if skirt else "trousers"),
            below_colour=said.get("below_colour")
            or (colour if wear in ONE_COLOUR else BOTTOMS[int(lots[6] * len(BOTTOMS))]),
            extras=self._extras(),
        )

    def _extras(self) -> tuple[str, ...]:
        """What came with the noun, and what was said."""
        own = filter(None, self.sets.get("extras", "").split(","))
        return tuple(dict.fromkeys([*own, *self.extras]))

    def _hair(self, sex: str, age: str, lot: float) -> str:
        if age in ("child", "baby"):
            return (
                "buzz"
                if age == "baby"
                else ("braids" if lot < 0.3 else "bob")
                if sex == "f"
                else "fringe"
                if lot < 0.4
                else "short"
            )
        if sex == "f":
            return (
                "bun"
                if age == "old"
                else ("long", "bob", "ponytail", "long", "ponytail")[int(lot * 5)]
            )
        return "bald" if age == "old" and lot < 0.4 else "short" if lot < 0.75 else "messy"

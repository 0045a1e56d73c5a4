"""What animals do, as far as a picture shows it: lie, sit, run, eat, carry something in the mouth.

An animal is a `Thing`; what it does, holds and is on go with it. How it looks `beasts` draws.
"""

from __future__ import annotations

from dataclasses import replace

from daemon.thumbs.lexicon import Word
from daemon.thumbs.outlines import outlines
from daemon.thumbs.scene import Thing
from daemon.thumbs.script.memory import Memory
from daemon.thumbs.uses import ANIMALS

DOES = {
    "lying": "lying", "dozing": "lying", "sitting": "sitting", "sitting on the ground": "sitting",
    "crouching": "sitting", "kneeling": "sitting", "standing": "", "walking": "walking",
    "running": "running", "sneaking": "walking", "jumping": "jumping", "kicking": "rearing",
    "climbing": "rearing", "dancing": "rearing", "cheering": "rearing", "hands up": "rearing",
    "eating": "eating", "drinking": "eating", "digging": "eating", "bowing": "eating",
    "drawing on the ground": "eating", "reading": "holding", "pulling": "pulling",
    "pushing": "walking", "falling": "falling", "slipping": "falling", "looking up": "howling",
    "diving": "falling", "flying": "flying",
    "floating": "flying", "punching": "rearing", "petting": "eating", "crying": "sitting",
}  # fmt: skip
"""The pose of somebody, as that of an animal; what is not here holds, if it takes something."""
_FELT = {"asleep": "asleep", "shouting": "howling"}
_CHASING = ("chase", "follow")
_UPON = ("on", "onto", "over", "atop", "in", "into")
MOUTHS = ("mouth", "beak", "jaws", "teeth", "paws", "claws", "talons", "snout", "muzzle")
"""Where an animal has what it carries."""
_WITHOUT = ("sky", "water")


class Creatures(Memory):
    """Verbs and things of an animal that was named last."""

    def pose_of(self, word: Word) -> str:
        """The pose of a verb; `deeds` knows."""
        raise NotImplementedError(word)

    def beast_acts(self, word: Word, before: str) -> bool:
        """Whether a deed is that of the animal right before it, and nobody else's."""
        number = self._who_acts()
        if number < 0 or self._not:
            return False
        last = self.things[number]
        if word.kind == "verb" and last.relation == "before" and self.subject:
            return False
        heads = self._head == "thing" or not (self.subject or self.drafts)
        if not heads and not (before == "thing" and word.form == "ing"):
            return False
        if self._prep and before != "thing":
            return False
        self.beast = number
        does = self._beast_pose(word)
        if not last.does or does in ("holding", "pulling", "eating"):
            self.things[number] = replace(last, does=does)
        if word.kind == "act":
            return False
        return bool(self.drafts) or does != "pulling"

    def _who_acts(self) -> int:
        """The animal that was named last, or that does something already; -1 for none."""
        last = len(self.things) - 1
        if last >= 0 and self._thing_last and self.things[last].kind in ANIMALS:
            return last
        return self.beast if self.beast <= last and not self.subject else -1

    def _beast_pose(self, word: Word) -> str:
        if word.kind == "act":
            if word.value in _CHASING:
                return "running"
            return "pulling" if word.value == "drag" else "rearing"
        if (felt := word.more.get("feeling", "")) in _FELT:
            return _FELT[felt]
        pose = self.pose_of(word)
        takes = word.more.get("take") in ("held", "worked", "before", "top")
        return DOES.get(pose, "holding" if takes or "held" in word.more else "")

    def beast_takes(self, kind: str, prep: str) -> bool:
        """Whether a thing that follows is in the animal's mouth, under it, or what it eats."""
        if self.beast < 0 and prep in ("on", "atop") and self._thing_last and not self.subject:
            self.beast = self._who_acts()  # a cat on a sofa
        if not 0 <= self.beast < len(self.things):
            return False
        beast = self.things[self.beast]
        outline = outlines().get(kind)
        if outline is None or beast.held == kind or self._new_clause_of_person():
            return False
        if kind in ANIMALS and not prep and self._act is not None:
            self._act = None
            self.things.append(Thing(kind, does="running", relation="fleeing"))
            return True
        portable = outline.where in ("hand", "table", "floor") and kind not in ANIMALS
        if not prep and beast.does in ("eating", "holding", "pulling", "rearing") and portable:
            return self._put(held=kind, pulls=beast.does == "pulling")
        if prep in ("with", "holding", "carrying", "from") and portable and not beast.held:
            low = beast.does == "eating" and prep == "from"
            return self._put(held=kind, pulls=False, low=low)
        nearest = self.beast == len(self.things) - 1
        if nearest and prep in _UPON and outline.where not in _WITHOUT and kind not in ANIMALS:
            return self._put(on=kind)
        return False

    def in_its_mouth(self) -> None:
        """ "with a letter in its beak": the thing that was named last is held."""
        if self.beast < 0 and len(self.things) > 1 and self.things[-2].kind in ANIMALS:
            self.beast = len(self.things) - 2
        if self.beast < 0 or self.beast >= len(self.things) - 1 or not self._thing_last:
            return
        thing = self.things.pop()
        self.things[self.beast] = replace(self.things[self.beast], held=thing.kind)
        self._thing_last = False

    def beast_feels(self, feeling: str) -> bool:
        """ "a cat asleep on the books": whether the feeling is that of the animal right before."""
        last = self.things[-1] if self.things and self._thing_last else None
        if last is None or last.kind not in ANIMALS or feeling not in _FELT:
            return False
        self.things[-1] = replace(last, does=_FELT[feeling])
        return True

    def _new_clause_of_person(self) -> bool:
        return bool(self.subject) and self._verb is not None and self._head != "thing"

    def _put(self, *, held: str = "", on: str = "", pulls: bool = False, low: bool = False) -> bool:
        beast = self.things[self.beast]
        does = beast.does
        if on and not does:
            does = "sitting"
        if held and not low and does not in ("eating", "lying", "asleep", "sitting", "running"):
            does = "pulling" if pulls else does or "holding"
        self.things[self.beast] = replace(
            beast, does=does, held=held or beast.held, on=on or beast.on
        )
        self._thing_last = self._thing_last and not held
        return not on  # what it is on is there itself

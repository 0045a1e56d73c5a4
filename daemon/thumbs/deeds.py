"""What people do: poses, what comes with them, and actions between two."""

from __future__ import annotations

from daemon.thumbs.drafts import Draft
from daemon.thumbs.lexicon import Word
from daemon.thumbs.memory import Memory
from daemon.thumbs.poses import POSES
from daemon.thumbs.scene import Thing


class Deeds(Memory):
    """Verbs, bound to whoever does them."""

    def _does(self, word: Word) -> None:
        if self._not:
            self._not = False
        if not self.subject and self._last is None:
            if self.things and self._thing_last:
                return
            self._wait_for_somebody(word)
            return
        doers = self.subject or [one for one in [self._last] if one is not None]
        self._verb, self._prep = word, ""
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
            "sitting on the ground",
            "crouching",
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
            elif key == "prop" and said not in [one.kind for one in self.things]:
                self.things.append(Thing(said))
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
        if self.action == "aim":
            doers[0].facts.setdefault("held", "gun")
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

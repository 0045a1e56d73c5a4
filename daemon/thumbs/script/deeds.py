"""What people do: poses, what comes with them, and actions between two."""

from __future__ import annotations

from daemon.thumbs.halves import BASES, SEATED, UPPER
from daemon.thumbs.hand_poses import HAND_POSES
from daemon.thumbs.lexicon import Word, lexicon
from daemon.thumbs.poses import POSES
from daemon.thumbs.scene import Thing
from daemon.thumbs.script.creatures import Creatures
from daemon.thumbs.script.drafts import Draft
from daemon.thumbs.uses import ANIMALS, BEASTS, HANGING
from daemon.thumbs.words import PREPOSITIONS

_POSE_OF = {
    "fishing": "holding",
    "smelling": "holding",
    "lantern": "holding",
    "shelter": "holding",
    "cane": "holding",
    "photo": "reading",
}
_BUSY = (
    "walking",
    "running",
    "sitting",
    "lying",
    "kneeling",
    "riding",
    "sitting on the ground",
    "crouching",
    "climbing",
    "flying",
    "swimming",
    "dancing",
    "jumping",
    "working",
    "typing",
    "driving",
    "reading",
    "falling",
)
"""Who does this goes on with it while they look or hold."""
_STRONG = ("lying", "riding", "driving", "swimming", "flying", "climbing", "typing")
_MILD = ("thinking", "looking", "walking", "leaning", "holding", "working", "crying")
"""What is no other pose for whoever lies or rides: a rider who thinks goes on riding."""
_STROKES = ("throwing", "aiming", "swinging", "punching", "kicking")
_HANDS = ("hand", "hands", "finger")
_OWN = ("held", "also", "feeling", "on")
"""What of a deed is whoever does it."""
HANDS_BUSY = frozenset(HAND_POSES) | {
    "holding", "reading", "working", "reaching", "drinking", "giving", "carrying", "digging",
    "swinging", "aiming", "throwing", "phoning", "playing", "typing", "singing", "pointing",
    "waving", "crying", "thinking", "looking",
}  # fmt: skip
"""Poses that would take the hands away from their work."""
ALONE = {
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
    "piggyback": "carrying",
    "arrest": "reaching",
    "dance": "dancing",
    "push": "pushing",
    "drag": "pulling",
}
"""The pose of an action that has no other side."""


class Deeds(Creatures):
    """Verbs, bound to whoever does them."""

    def _does(self, word: Word) -> None:
        if self._not:
            self._not = False
            return
        if not self.subject and self._last is None:
            if self.things and (last := self.things[-1]) and self._thing_last:
                self.note_others(word, of_things=True)
                self._act = word if word.kind == "act" and last.kind in ANIMALS else None
                self._pulled = word.value == "pulling" and self.things[-1].kind in BEASTS
                return
            self._wait_for_somebody(word)
            return
        if self._is_seen_by_us():
            return
        doers = self.subject or [one for one in [self._last] if one is not None]
        if self._prep == "to" and self._last is not None and self._last in self.pair[1:]:
            doers = [self._last]  # teaches his son to ride
        self._verb, self._prep, self._last = word, "", doers[0]
        self._count, self._joins, self._new_clause = 0, False, False
        self.note_deed(doers, word)
        if word.kind == "act":
            if len(doers) > 1 and not self._has_object():
                if not self.action:
                    self.action, self.pair = word.value, (doers[0], doers[1])
                for one in doers:
                    one.acted = True
                    if felt := word.more.get("feeling"):
                        one.facts.setdefault("feeling", felt)
            else:
                self._act = word
            return
        for one in doers:
            if not self._goes_on(one, word):
                self._pose(one, word)
        if word.value == "dancing" and len(doers) == 2 and not self.action:
            self.action, self.pair = "dance", (doers[0], doers[1])

    def _has_object(self) -> bool:
        """Whether somebody else follows whom several do something to."""
        stream, place, words = self._here
        for one in stream[place + words : place + words + 4]:
            if one.is_mark or one.word in PREPOSITIONS or one.word in ("other", "another"):
                break
            if any(each.kind == "figure" for each in lexicon().find((one.word,))):
                return True
        return False

    def _wait_for_somebody(self, word: Word) -> None:
        if self._is_the_camera(word) or self._happens(word):
            return
        self.note_deed((), word)
        stream, place, _ = self._here
        typed = stream[place].word if stream else ""
        ends = place + 1 >= len(stream) or stream[place + 1].is_mark
        if not word.form and ((self.things and typed.endswith("ed")) or (self.parts and ends)):
            return  # an envelope, stamped; two hands, open
        if word.kind == "act":
            self._act = word
            return
        if self.parts and self.parts[-1] not in _HANDS:
            return  # an eye opens
        self._waiting.append(("pose", self.pose_of(word)))
        self._waiting += [(key, said) for key, said in word.more.items() if key in _OWN and said]
        self.held_by_nobody = self.held_by_nobody or word.more.get("held", "")
        if self.parts and "prop" in word.more:  # hands playing the piano
            kinds = [piece.partition("@")[0] for piece in word.more["prop"].split("+")]
            self.things += [Thing(kind) for kind in kinds]
        self._verb = word

    def _goes_on(self, who: Draft, word: Word) -> bool:
        """Whether somebody's hands are busy already: the first work of hands is what is drawn."""
        now, pose = who.facts.get("pose"), self.pose_of(word)
        if now in _STROKES and pose in _STROKES and word.form == "ing":
            return True  # throws an axe, hitting its mark
        if word.more.get("take") == "top":
            return False
        if word.more.get("take") == "dropped" and now in HAND_POSES:
            return True  # stirs a pot and drops in a key
        if pose == "standing" and word.more.get("take") == "look":
            return now in UPPER and now not in ("holding", "waving", "pointing")
        return now in HAND_POSES and pose in HANDS_BUSY

    def pose_of(self, word: Word) -> str:
        """The pose of a verb."""
        return _POSE_OF.get(word.value, word.value if word.value in POSES else "standing")

    def _pose(self, who: Draft, word: Word) -> None:
        if word.value == "playing" and "held" not in word.more and who.sets.get("plays"):
            word = lexicon().find(("play", "the", who.sets["plays"]))[0]
        pose, now = self.pose_of(word), who.facts.get("pose", "")
        if pose == "swimming" and who.sets.get("wear") == "spacesuit":
            pose = "flying"
        if pose in ("walking", "running") and not now and _goes_anyhow(who):
            pass  # a cyclist crosses a bridge
        elif now in ("pushing", "pulling", "balancing", "skiing") and pose in (
            "walking",
            "running",
        ):
            pass  # pushes a stretcher, running
        elif now == "driving" and pose in UPPER:
            pass  # thumbs up
        elif now == "sitting" and pose in SEATED and pose != "standing":
            who.say("on", who.facts.get("on") or "chair")
            who.say("pose", pose)
        elif now in BASES and pose in UPPER and not (pose == "holding" or "guess" in word.more):
            who.say("base", now)
            who.say("pose", pose)
        elif now == "crawling" and pose in UPPER and pose not in BASES:
            who.say("base", "crouching")  # covers her ears under the table
            who.say("pose", pose)
        elif now in UPPER and pose in BASES and who.facts.get("held") not in HANGING:
            who.say("base", pose)  # smokes while he walks
        elif pose in ("standing", "holding") and (now in _BUSY or (word.more.get("guess") and now)):
            pass
        elif pose == "standing" and now and word.more.get("take") == "look":
            pass  # leans on a fence and watches
        elif pose == "hands up" and now == "falling":
            return  # trips and drops a tray
        elif not (pose in _MILD and now in _STRONG):
            who.say("pose", pose)
        who.acted = True
        self._comes_with_deed(who, word)
        if word.value == "cane":
            who.say("held", "cane")

    def music(self) -> None:
        """Musicians who do nothing else play what they are called by."""
        for one in self.drafts:
            if one.sets.get("plays") and not one.acted and not {"pose", "on"} & {*one.facts}:
                self._pose(one, Word("verb", "playing"))

    def _comes_with_deed(self, who: Draft, word: Word) -> None:
        """What the table of deeds has beside the pose."""
        stream, place, _ = self._here
        named = place < len(stream) and stream[place].word == "on"  # on a bicycle
        for key, said in word.more.items():
            if key == "held" and "held_colour" in who.facts and word.more.get("take") == "top":
                continue  # carries a jug on her head
            if key == "also" and who.facts.get("held", who.sets.get("held")) == said:
                who.say("held", "")
            if key in (*_OWN, "facing") and said:
                kept = key == "on" and not named
                who.facts.setdefault(key, said) if kept else who.say(key, said)
            elif key == "prop":
                self._bring(who, said)
            elif key == "place" and self._place_weight < 3:
                self.facts["place"], self._place_weight = said, 3
            elif key == "home" and self._place_weight < 1:
                self.facts["place"], self._place_weight = said, 1

    def _bring(self, who: Draft, prop: str) -> None:
        """What comes with a deed: a table to dine at, a fire to sit by."""
        for piece in prop.split("+"):
            kind, _, relation = piece.partition("@")
            if kind not in [one.kind for one in self.things]:
                self.things.append(Thing(kind, relation=relation))
            self.doers[kind] = who
            if relation == "at" and "on" not in who.facts:
                who.say("on", "chair")

    def _target(self, other: Draft) -> None:
        """The action that waited has its other side."""
        act, doers = self._act, self.subject
        self._act, self._last, self._prep = None, other, ""
        if act is None or not doers:
            return
        one, two = (other, doers[0]) if self.passive else (doers[0], other)
        if not self.action:
            self.action, self.pair = act.value, (one, two)
            rest = [draft for draft in self.drafts if draft is not one and draft is not two]
            self.drafts = [one, two, *rest]
        if act.value == "aim":
            one.facts.setdefault("held", "gun")
        doers[0].acted = True
        if act.value == "carry" and self.evidence & {"air", "overhead"}:
            one.say("pose", "raising")
        if felt := act.more.get("feeling"):
            doers[0].facts.setdefault("feeling", felt)
        self.passive = False

    def _finish_act(self) -> None:
        """Nobody was found whom the action is for."""
        if self._act is None:
            return
        pose = ALONE.get(self._act.value, "standing")
        for one in self.subject or ([self._last] if self._last is not None else []):
            if not (self.action and one in self.pair):
                one.facts.setdefault("pose", pose)
            one.acted = True
        self._act = None


def _goes_anyhow(who: Draft) -> bool:
    """Whether they run, swim or ride by what they are called."""
    return "on" in who.sets or who.sets.get("pose") in (*_STRONG, "running")

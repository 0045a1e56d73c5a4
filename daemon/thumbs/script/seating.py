"""What somebody sits, lies or rides on, by the noun, its preposition and what they do."""

from __future__ import annotations

from daemon.thumbs.halves import SEATED
from daemon.thumbs.hand_poses import HAND_POSES
from daemon.thumbs.lexicon import Word
from daemon.thumbs.script.drafts import Draft
from daemon.thumbs.script.handling import Handling
from daemon.thumbs.uses import LAIN_ON, OPEN_AIR, RIDDEN, SEATS, SITTERS

_HELD_IN = ("boat", "canoe", "wheelchair", "throne", "skateboard", "swing", "tyre swing", "raft",
            "sled", "hammock", "bathtub", "diving tower")  # fmt: skip
"""Who is in these sits, whatever else they do."""
_SAT_ON = ("bench", "chair", "armchair", "sofa", "stool", "throne", "swing", "log", "stump")
_CLOSED = ("car", "barrel", "crate", "chest", "fence", "log", "stump", "rock")


class Seating(Handling):
    """For `props` to ask."""

    def _sit(self, who: Draft, word: Word, colour: str) -> None:
        """On what is named."""
        if word.value in OPEN_AIR:
            self.things = [one for one in self.things if one.relation != "at"]
        for one in self.subject if who in self.subject else [who]:
            one.say("on", word.value)
            one.say("on_colour", colour)
            if word.value == "diving tower":
                one.say("pose", "balancing")
            if word.value in RIDDEN or (self._verb is not None and self._verb.value == "riding"):
                one.say("pose", "riding")

    def _is_seat(self, kind: str, prep: str, verb: Word | None, who: Draft) -> bool:
        pose = who.facts.get("pose", "standing")
        if pose == "lying" and prep in ("on", "in", "into"):
            if kind in SEATS and kind not in LAIN_ON:  # naps in a chair
                who.say("pose", "sitting")
            return kind in SEATS or kind in LAIN_ON
        if kind in LAIN_ON and prep == "from" and pose == "standing" and who.acted:
            who.say("pose", "sitting")
            return True
        if kind in ("bed", "crib", "hammock", "stretcher") and prep in ("in", "into"):
            who.say("pose", "lying")
            return True
        if kind == "tractor" and prep in ("on", "in", "behind", "with"):
            return True
        if kind in ("bench", "rock", "log") and prep == "from":
            who.say("pose", "sitting")
            return True
        if verb is not None and verb.more.get("take") == "on" and not prep:
            return kind in SEATS
        if verb is not None and verb.value == "running" and not prep and kind in RIDDEN:
            return True
        if prep not in ("on", "in") or kind not in SEATS:
            return False
        if kind in _SAT_ON and verb is None and not who.acted and pose == "standing":
            who.say("pose", "sitting")  # Ruth on the bench
            return True
        if pose in HAND_POSES and (prep != "on" or kind == "fence" or pose not in SEATED):
            return False
        if prep == "in" and kind in _CLOSED:
            return False
        return pose in SITTERS and (pose != "standing" or kind in RIDDEN or kind in _HELD_IN)

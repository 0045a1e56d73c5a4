"""What a deed has in the hand by itself, taken out again where words say what else it is done to.

Who licks an envelope has no apple; that it is an envelope the note says.
"""

from __future__ import annotations

from daemon.thumbs.lexicon import lexicon, split
from daemon.thumbs.script.grammar import Reading
from daemon.thumbs.script.telling import Done, deed_in_short
from daemon.thumbs.script.whereabouts import is_outdoors
from daemon.thumbs.uses import FINGER_FOOD
from daemon.thumbs.words import BODY

_LOOKS_DOWN = frozenset(["looking down at", "looking down on", "looks down at", "looks down on"])
_MEALS = {"eaten": FINGER_FOOD, "drunk": frozenset[str]()}
_POURED = frozenset(["cup", "glass", "bottle", "wine", "beer", "jug", "bowl", "soup", "bucket"])


def drop_unmeant(read: Reading) -> None:
    """Take out of a text that was read what it does not mean, before it becomes a scene."""
    _empty_hands(read)
    if read.facts.get("camera") == "point of view" and read.evidence & _LOOKS_DOWN:
        read.facts["camera"] = "high"
    _stand_still(read)
    _among_people(read)
    if read.slug == "out" or is_outdoors(read.facts.get("place", "")):
        _leave_desks(read)


def _empty_hands(read: Reading) -> None:
    """Take out of the hands of everybody in the text what is not meant."""
    for done in read.done:
        if read.pose_of(done.word) == "reading" and deed_in_short(done)[1] == ("it",):
            for one in done.doers:
                one.facts.pop("held", None)  # a screen that was shown before
        held, way = done.word.more.get("held", ""), done.word.more.get("take", "")
        nouns = deed_in_short(done)[1] if held and way in _MEALS else ()
        if not nouns or not _is_other(nouns[0], held, way):
            continue
        for one in done.doers:
            if one.facts.get("held") == held:
                one.facts.pop("held")
                if one.facts.get("also") == done.word.more.get("also"):
                    one.facts.pop("also", None)


def _stand_still(read: Reading) -> None:
    """Who spins a wheel or topples a statue is at work on it: neither dances nor falls."""
    for done in read.done:
        _, nouns, direct = deed_in_short(done)
        pose = read.pose_of(done.word) if done.word.kind == "verb" and done.words == 1 else ""
        if not (direct and nouns):
            continue
        if pose == "stirring" and done.verb.startswith("beat") and nouns[0] not in _BEATEN:
            _without_props(read, done)
            for one in done.doers:
                one.say("pose", "swinging")
        elif read.action == "tend" and {*done.doers} & {*read.pair[:1]}:
            _without_props(read, done)
        scratches = pose == "combing" and done.verb.startswith("scratch")
        if not by_itself(pose, done.verb) and not (scratches and nouns[0] not in BODY):
            continue
        for one in done.doers:
            if one.facts.get("pose") == pose:
                one.say("pose", "working")


def _among_people(read: Reading) -> None:
    """Who gathers a family picks nothing up, and guests who scatter run."""
    for done in read.done:
        near = done.stream[done.place + done.words :][:3]
        kinds = {one.kind for token in near for one in lexicon().find((token.word,))}
        gathers = done.verb.startswith(_GATHER) and bool(kinds & {"figure", "group"})
        scatters = done.verb.startswith("scatter") and not deed_in_short(done)[2]
        for one in done.doers if gathers or scatters else ():
            one.say("pose", "running" if scatters else "standing")


_GATHER = ("gather", "collect", "assembl", "muster")


def _leave_desks(read: Reading) -> None:
    """Who draws in the open air draws on the ground, unless a desk was named."""
    for done in read.done:
        drawn = done.verb.startswith("draw") and done.word.value == "writing"
        if not drawn or "desk" in read.evidence:
            continue
        _without_props(read, done)
        for one in done.doers:
            one.say("pose", "drawing on the ground")
            one.facts.pop("on", None)


def _without_props(read: Reading, done: Done) -> None:
    """Who beats sheets or kneads a shoulder has no bowl before them."""
    props = {piece.partition("@")[0] for piece in done.word.more.get("prop", "").split("+")}
    read.things = [one for one in read.things if one.kind not in props]
    for one in done.doers:
        if one.facts.get("held") == done.word.more.get("held"):
            one.facts.pop("held", None)


def by_itself(pose: str, verb: str) -> bool:
    """Whether a pose is that of a body alone, so that a verb with an object is something else."""
    return pose in _BY_ITSELF and not verb.startswith(_ANYHOW)


_BEATEN = ("egg", "eggs", "cream", "batter", "mixture", "dough", "butter")
_BY_ITSELF = ("dancing", "falling", "slipping", "flying", "lying", "jumping")
_ANYHOW = ("danc", "waltz", "perform", "rehears", "jump", "leap", "hop", "vault", "hurdl", "skip")


def _is_other(noun: str, held: str, way: str) -> bool:
    """Whether a noun is plainly no such thing as a deed has in the hand."""
    kinds = {one.value for one in lexicon().find(split(noun)) if one.kind == "thing"}
    if not kinds:
        return way == "eaten" and not lexicon().find(split(noun))
    return held not in kinds and not kinds & (_MEALS[way] | (_POURED if way == "drunk" else set()))

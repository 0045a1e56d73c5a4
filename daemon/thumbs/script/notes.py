"""What of a shot the drawing of it doesn't tell, as the few notes that a storyboard artist letters
into a rough: a deed, the place, who somebody is, what else is named and not seen.

Knows what was read and what is drawn of it; where a note is put `margins` knows.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from daemon.thumbs.lexicon import lexicon, split
from daemon.thumbs.scene import Figure, Note, Scene
from daemon.thumbs.script.befallen import what_befalls
from daemon.thumbs.script.captions import place_notes, role_notes
from daemon.thumbs.script.creatures import DOES
from daemon.thumbs.script.deeds import ALONE
from daemon.thumbs.script.details import HAND, seen_drafts
from daemon.thumbs.script.drafts import Draft
from daemon.thumbs.script.evident import evident
from daemon.thumbs.script.grammar import Reading
from daemon.thumbs.script.telling import LONGEST, STOPS, Done, deed_in_short
from daemon.thumbs.script.undrawn import thing_notes
from daemon.thumbs.script.unmeant import by_itself
from daemon.thumbs.words import BODY, NOUN_KINDS, PREPOSITIONS

MOST = 4
"""Notes of a panel."""
MOST_OF_A_KIND = {"deed": 2, "place": 1, "role": 2, "thing": 2}
LONGEST_SHOT = 700
"""Characters: a longer text is no shot, and what of it a note would tell is chance."""
_WEAK = ("walking", "sitting", "standing", "looking", "thinking", "leaning", "running")
"""Poses that give way to what hands do: who sits and reads is told by a chair."""


def notes_of(text: str, read: Reading, scene: Scene) -> tuple[Note, ...]:
    """The notes of the scene of a text: deeds first, then the place, who somebody is, and what
    else is named and not seen; none for what is no shot by its length."""
    if len(text) > LONGEST_SHOT:
        return ()
    drafts = seen_drafts(read)
    deeds = [*_deeds(read, drafts, scene)]
    deeds = [*what_befalls(text, scene, deeds), *deeds]
    wanted = [*deeds[:1], *place_notes(read, scene), *role_notes(read, drafts, scene), *deeds[1:],
              *thing_notes(text, read, scene)]  # fmt: skip
    made: list[Note] = []
    for one in wanted:
        words = {*one.text.split()}
        said = {word for each in made for word in each.text.split()} | {*scene.label[1].split()}
        many = sum(each.kind == one.kind for each in made) >= MOST_OF_A_KIND[one.kind]
        told = bool(words & said) if one.kind == "thing" else words <= said
        if len(made) < MOST and not many and not (one.kind != "deed" and told):
            made.append(one)
    return tuple(made)


# --- deeds ----------------------------------------------------------------------------------------


def _deeds(read: Reading, drafts: Sequence[Draft], scene: Scene) -> Iterator[Note]:
    """Of everybody the first deed that is not evident; those that they do first before others."""
    later, others = list[Note](), list[Note]()
    meant: dict[int, str] = {}  # what everybody was at last, "" for nothing
    for done in read.done:
        who = _doer(done, drafts, scene)
        moves = bool(done.subject) and not scene.figures and not done.is_a_state()
        moves = moves and done.subject_is_a_thing()
        lives = done.subject and not done.subject_is_a_thing()
        told = moves or (lives and not _beast_does(done, read))
        if told and not _says_little(done):
            others.append(Note("deed", deed_in_short(done)[0]))
        if who is None or _says_little(done):
            continue
        first = who not in meant
        if not first and (done.verb.endswith("ed") or not _is_joined(done)):
            continue  # sleeves rolled up, hazard lights blinking
        text, nouns, direct = deed_in_short(done)
        text = "" if text.lower() in BODY or text[:1].isdecimal() else text
        text = _spelt(text, meant.get(who, ""))
        meant[who] = nouns[0].upper() if direct and nouns[0] not in ("it", "them") else ""
        if not text or _shows(done, nouns, read, who, scene, direct=direct):
            continue
        legible = scene.label[0] in _drawn(scene) and "wide" not in scene.shot
        text = _without(text, scene.label[1]) if legible else text
        if first:
            yield Note("deed", text, who)
        elif who not in [one.who for one in later]:
            later.append(Note("deed", text, who))
    yield from (one for one in (*later, *others) if one.text)


def _spelt(text: str, thing: str) -> str:
    """With the thing for "it": licks an envelope and seals it."""
    pronoun = "THEM" if thing.endswith("S") else "IT"
    said = " ".join(thing if one == pronoun else one for one in text.split())
    return said if thing and len(said) <= LONGEST else text


def _shows(
    done: Done, nouns: Sequence[str], read: Reading, who: int, scene: Scene, *, direct: bool
) -> bool:
    """Whether the drawing shows a deed, and what it is done to."""
    elsewhere = "" if read.facts.get("place") else read.unplaced
    whole = done.words > 1 and bool({*done.word.more} & {"held", "also", "prop", "on"})
    whole = whole and read.pose_of(done.word) not in _OF_MANY
    handled = read.pose_of(done.word) in _WITH_HANDS
    lacks = not whole and any(
        (one in read.unknown and one.upper() not in (scene.label[1], elsewhere))
        or (direct and _lacks(one, scene, who, handled=handled))
        for one in nouns
    )
    return not lacks and _is_evident(done, read, who, scene, nouns, direct=direct, whole=whole)


def _beast_does(done: Done, read: Reading) -> bool:
    """Whether an animal is seen to do it, or only to be there."""
    verbs, pose = evident().deeds, read.pose_of(done.word)
    nouns = deed_in_short(done)[1]
    if any(one in BODY for one in nouns):
        return False  # a parrot bites a finger
    alone = done.verb in verbs["standing"]
    return alone or (bool(DOES.get(pose)) and done.verb in verbs.get(pose, {done.verb}))


def _is_joined(done: Done) -> bool:
    """Whether what stands right before can have a further deed after it."""
    before = done.stream[done.place - 1] if done.place else None
    if before is None or before.is_mark or before.is_capital or before.word.endswith("ly"):
        return True
    people = any(one.kind in ("figure", "group") for one in lexicon().find((before.word,)))
    return people or before.word in _JOINS


_JOINS = ("and", "then", "but", "he", "she", "they", "who", "to", "while", "as", "or")


def _says_little(done: Done) -> bool:
    """Whether nobody sees it done: remembers, seems, BREAK."""
    typed, before = done.stream[done.place].typed, done.stream[max(0, done.place - 1)].typed
    if done.verb in ("each", "one"):
        return True
    shouted = len(typed) > 1 and typed.isupper() and not before.isupper()
    return shouted or done.verb in evident().aids or done.verb in STOPS


def _doer(done: Done, drafts: Sequence[Draft], scene: Scene) -> int | None:
    """Their number in the picture, -1 for a hand that is seen alone; None for nobody."""
    if scene.insert and not done.subject:
        return -1
    numbers = [drafts.index(one) for one in done.doers if one in drafts]
    return next((one for one in sorted(numbers) if one < len(scene.figures)), None)


_WITH_HANDS = ("waving", "holding", "giving", "throwing", "raising", "showing")


def _lacks(noun: str, scene: Scene, who: int, *, handled: bool) -> bool:
    """Whether what a deed is done to is not seen to be, as far as it is a known thing."""
    if noun.upper() in scene.label[1].split():
        return False
    kinds = [one for one in lexicon().find(split(noun)) if one.kind in NOUN_KINDS]
    worn = noun not in BODY and all(one.kind in ("wear", "hat", "extras", "part") for one in kinds)
    if kinds and handled and worn:
        return True  # waves a glove
    if not kinds or any(one.kind != "thing" or one.value in _OF_PLACES for one in kinds):
        return False
    shown = " ".join(_at_hand(scene, who))
    return not any(one.value in shown for one in kinds)


def _at_hand(scene: Scene, who: int) -> set[str]:
    """What somebody holds, is on or is at; all that there is where nobody is."""
    if not 0 <= who < len(scene.figures):
        return _drawn(scene)
    figure, found = scene.figures[who], {scene.insert, scene.into}
    found |= {figure.held, figure.also, figure.on, figure.upon}
    near = [one for one in scene.things if one.relation and one.who == who]
    return found | {each for one in near for each in (one.kind, one.held, one.on)}


def _drawn(scene: Scene) -> set[str]:
    """All kinds of thing that a scene shows."""
    found = {scene.insert, scene.into, scene.through, *(one.kind for one in scene.things)}
    found |= {one.held for one in scene.things} | {one.on for one in scene.things}
    for one in scene.figures:
        found |= {one.held, one.also, one.on, one.upon}
    return found


_OF_PLACES = ("window", "door", "fence", "curtain", "train", "bus sign", "boat", "ship", "tree")
"""What a place may have itself."""


def _without(text: str, label: str) -> str:
    """Without the word that stands on a thing."""
    short = text
    while " " in short and short.split()[-1] in label.split():
        short = short.rpartition(" ")[0]
    ends = short != text and short.rpartition(" ")[2].lower() in PREPOSITIONS
    return short.rpartition(" ")[0] if ends and " " in short else short


def _is_evident(
    done: Done,
    read: Reading,
    who: int,
    scene: Scene,
    nouns: Sequence[str],
    *,
    direct: bool,
    whole: bool,
) -> bool:
    """`whole` where the table of deeds knows it with what it is done to: strikes a match."""
    word, verbs = done.word, evident().deeds
    if "guess" in word.more or word.kind == "quiet":
        return done.verb in verbs["standing"]
    if who < 0:
        plain = done.verb in verbs["holding"] | verbs["reaching"]
        presses = scene.finger and done.verb in verbs["finger"]
        hands = scene.by_hand or scene.hands > 1 or scene.insert in HAND
        return whole or plain or presses or not hands
    figure = scene.figures[who]
    if word.kind == "act":
        plain = done.verb in verbs.get(word.value, {done.verb})
        plain = plain and (word.value != "give" or bool(figure.held))
        armed = figure.pose == "swinging" and word.value in ("fight", "hit")
        alone = armed or figure.pose == ALONE.get(word.value)
        return scene.action == "fly with" or (plain and (alone or scene.action == word.value))
    pose = read.pose_of(word)
    if word.more.get("take") == "look" and pose == "standing":
        nowhere = not nouns or {*nouns} <= _AT_US
        return nowhere or _looks_at_something(who, scene)
    if scene.action == "tend" and who == 0 and pose in _AT_WORK:
        return figure.held in ("comb", "scissors") or done.verb in verbs["tend"]
    if any("plays" in one.sets for one in done.doers) and word.value == "playing":
        return True
    if direct and nouns and not whole and by_itself(pose, done.verb):
        return False
    if not whole and done.verb not in verbs.get(pose, {done.verb}):
        return False
    return pose in (figure.pose, figure.base) or pose in _WEAK or _goes_with(pose, figure)


_OF_MANY = ("working", "packing", "reaching", "bowing", "fixing", "adjusting", "tying", "washing")
"""Poses of hands that many deeds share: counting money looks like kneading."""
_AT_WORK = ("working", "washing", "reaching", "holding", "packing", "pulling",
            "drawing on the ground")  # fmt: skip
_AT_US = frozenset(["viewer", "camera", "us", "lens", "audience", "it", "him", "them"])


def _looks_at_something(who: int, scene: Scene) -> bool:
    """Whether somebody is turned to what they look at."""
    before = any(one.relation == "before" and one.who == who for one in scene.things)
    return before or scene.action == "face"


def _goes_with(pose: str, figure: Figure) -> bool:
    """Whether a pose became another that shows the same."""
    felt = {"lying": "asleep", "crying": "sad", "thinking": "thinking", "cheering": "happy"}
    if pose == "riding" and figure.on:
        return True
    return (pose, figure.pose) in _SAME or figure.expression == felt.get(pose, "")


_SAME = {("holding", "raising"), ("holding", "showing"), ("raising", "showing"),
         ("sitting", "sitting on the ground"), ("riding", "cycling"), ("holding", "carrying"),
         ("kneeling", "kneeling hug"), ("reaching", "giving"), ("giving", "reaching"),
         ("lying", "dozing"), ("holding", "giving"), ("holding", "carrying on the head"),
         ("carrying", "holding"), ("digging", "working"), ("throwing", "catching")}  # fmt: skip

"""One or two people in words: who they are, what they wear, hold and do.

Knows the facts of a panel and the words for them, and nothing of the rest of a caption.
"""

from __future__ import annotations

import random
from collections.abc import Mapping
from dataclasses import dataclass, field

from daemon.sketch.storyboard import wording
from daemon.sketch.storyboard.facts import Facts
from daemon.sketch.storyboard.vocabulary import KINDS


@dataclass(frozen=True)
class Saying:
    """A caption under way: chance, the facts that may be said, and those that have been."""

    chance: random.Random
    facts: Mapping[str, str]
    shown: bool
    """Whether verbs have to be those of a picture: a man walking."""
    said: Facts = field(default_factory=dict)

    def tell(self, fact: str) -> str:
        """Note a fact as said; returns it."""
        self.said[fact] = self.facts[fact]
        return self.facts[fact]

    def worded(self, words: str, slot: str = "a") -> str:
        """Words with the pronouns of that figure."""
        she = self.facts[f"{slot}.kind"] in wording.SHE
        return words.format(she="she" if she else "he", her="her" if she else "his")


def an(noun: str) -> str:
    """A noun with its indefinite article."""
    return f"{'an' if noun[0].lower() in 'aeiou' else 'a'} {noun}"


def plural(noun: str) -> str:
    """Several of it."""
    *before, last = noun.split()
    regular = f"{last}es" if last.endswith("s") else f"{last}s"
    return " ".join([*before, wording.PLURAL.get(last, regular)])


def doing(verb: str) -> str:
    """A verb's plural form as what somebody is shown at: walk, are walking -> walking."""
    first, _, rest = verb.partition(" ")
    if first == "are":
        return rest
    if first == "have":
        return rest if rest == "collapsed" else f"with {rest}"
    if first in ("sit", "run", "put"):
        first += first[-1]
    stem = "ly" if first == "lie" else first.removesuffix("e")
    return f"{stem}ing {rest}".strip()


def one(saying: Saying) -> str:
    """A panel's only figure, with its side."""
    saying.tell("count")
    return _alone(saying, "a", side=saying.facts.get("side", ""))


def two(saying: Saying) -> str:
    """Both figures, together where they do the same."""
    chance, facts = saying.chance, saying.facts
    saying.tell("count")
    alike = facts["a.kind"] == facts["b.kind"]
    together = facts.get("a.pose") == facts.get("b.pose")
    if together and alike and chance.random() < 0.7:
        return _plural(saying)
    if (
        together
        and {facts["a.kind"], facts["b.kind"]} == {"man", "woman"}
        and chance.random() < 0.2
    ):
        return f"a couple {_deed(saying, 'ab')}".strip() + _both_face(saying)
    if together and chance.random() < 0.6:
        plain = chance.random() < 0.4
        left, right = (_noun(saying, slot, plain=plain, vague=False) for slot in "ab")
        both = f"{left} and {right}"
        return f"{both} {_deed(saying, 'ab')}".strip() + _both_face(saying)
    if chance.random() < 0.3:
        sides = [("a", "left"), ("b", "right")]
        if chance.random() < 0.5:
            sides.reverse()
        halves = [(_at(saying, side), _alone(saying, slot)) for slot, side in sides]
        if chance.random() < 0.5:
            halves = [(who, at) for at, who in halves]
        return chance.choice((", ", " and ", "; ")).join(map(" ".join, halves))
    if chance.random() < 0.2:  # of the other no more than who it is
        return f"{_alone(saying, 'a')} {chance.choice(('beside', 'next to'))} {_noun(saying, 'b')}"
    return f"{_alone(saying, 'a')}{chance.choice((' and ', ', ', ', and '))}{_alone(saying, 'b')}"


def _at(saying: Saying, side: str) -> str:
    return saying.chance.choice(wording.SIDE[side])


def _plural(saying: Saying) -> str:
    """Two of a kind that do the same: two men in black coats walk."""
    chance, facts = saying.chance, saying.facts
    kind = facts["a.kind"]
    if chance.random() < 0.93:
        saying.tell("a.kind"), saying.tell("b.kind")
        noun = chance.choice(wording.NOUN[kind])
    else:
        noun = "person"
    text = f"{chance.choice(('two', 'two', 'two', 'a pair of', '2'))} {plural(noun)}"
    if chance.random() < 0.6:
        text += _shared(saying)
    return f"{text} {_deed(saying, 'ab')}".strip() + _both_face(saying)


def _shared(saying: Saying) -> str:
    """What both wear: in black coats; or one in red, one in blue."""
    facts, chance = saying.facts, saying.chance
    text = ""
    if "a.clothes" in facts and facts["a.clothes"] == facts["b.clothes"]:
        garment = facts.get("a.garment", "")
        if garment and garment == facts.get("b.garment"):
            saying.tell("a.garment"), saying.tell("b.garment")
            garments = plural(chance.choice(wording.GARMENT[garment]))
            worn = f"{_colour(saying, 'ab')} {garments}"
        else:
            worn = _colour(saying, "ab")
        text += f" in {worn}"
    elif "a.clothes" in facts and chance.random() < 0.6:
        text += f", one in {_colour(saying, 'a')} and one in {_colour(saying, 'b')},"
    if "a.hat" in facts and facts["a.hat"] == facts.get("b.hat"):
        hats = plural(chance.choice(wording.HAT[saying.tell("a.hat")]))
        saying.tell("b.hat")
        text += f" {'and' if ' in ' in text and ',' not in text else 'with'} {hats}"
    return text


def _colour(saying: Saying, slots: str) -> str:
    names = [saying.tell(f"{slot}.clothes") for slot in slots]
    return saying.chance.choice(wording.COLOUR.get(names[0], (names[0],)))


def _deed(saying: Saying, slots: str) -> str:
    """What somebody does, or both; "" where no pose is to be seen, or it goes without saying."""
    if f"{slots[0]}.pose" not in saying.facts or saying.chance.random() < 0.04:
        return ""
    poses = [saying.tell(f"{slot}.pose") for slot in slots]
    of_one, of_both = saying.chance.choice(wording.POSE[poses[0]])
    verb = doing(of_both) if saying.shown else of_both if len(slots) > 1 else of_one
    if saying.chance.random() < 0.1:
        verb += " " + saying.chance.choice(wording.ADVERBS)
    return verb


def _both_face(saying: Saying) -> str:
    facings = {saying.facts.get("a.facing", ""), saying.facts.get("b.facing", "")}
    if len(facings) > 1 or "" in facings or saying.chance.random() < 0.4:
        return ""
    saying.tell("a.facing"), saying.tell("b.facing")
    words = saying.chance.choice(wording.FACING[facings.pop()])
    return f", {words.format(her='their')}"


def _alone(saying: Saying, slot: str, side: str = "") -> str:
    """A noun with all that belongs to it, and what it does."""
    chance, facts = saying.chance, saying.facts
    text = f"{_noun(saying, slot)} {_deed(saying, slot)}".strip()
    if f"{slot}.holds" in facts and chance.random() < 0.93:
        thing = an(chance.choice(wording.HOLDS[saying.tell(f"{slot}.holds")]))
        ways = wording.READING.get(facts[f"{slot}.holds"], wording.HOLDING)
        text += f" {chance.choice(ways).format(thing)}"
    if f"{slot}.facing" in facts and chance.random() < 0.6:
        words = chance.choice(wording.FACING[saying.tell(f"{slot}.facing")])
        text += f", {saying.worded(words, slot)}"
    if side and chance.random() < (0.35 if side == "centre" else 0.8):
        text += " " + chance.choice(wording.SIDE[saying.tell("side")])
    return text


def _noun(saying: Saying, slot: str, *, plain: bool = False, vague: bool = True) -> str:
    """Who somebody is: with a name or without, and, unless `plain`, what they wear; now and then
    a `vague` one says only that there is somebody."""
    chance, kind = saying.chance, saying.facts[f"{slot}.kind"]
    dress = "" if plain else _worn(saying, slot)
    if vague and chance.random() < 0.05:
        return f"{an(chance.choice(wording.ANYBODY))}{dress}"
    saying.tell(f"{slot}.kind")
    if kind in ("man", "woman") and chance.random() < 0.3:
        name = chance.choice(wording.names()[KINDS[kind][0]])
        return f"{name.capitalize()}{dress}"
    noun = chance.choice(wording.NOUN[kind])
    if chance.random() < 0.08:  # woman with arms crossed
        return f"{noun}{dress}"
    hair = saying.facts.get(f"{slot}.hair", "")
    if hair and f"{slot}.hair" not in saying.said and chance.random() < 0.12:
        noun = f"{chance.choice(wording.HAIR[saying.tell(f'{slot}.hair')])}-haired {noun}"
    return f"{an(noun) if chance.random() < 0.85 else f'the {noun}'}{dress}"


def _worn(saying: Saying, slot: str) -> str:
    """Clothes, hat and hair after the noun, with what stands before: in a red coat and a hat."""
    chance, facts = saying.chance, saying.facts
    parts = [part for part in [_garment(saying, slot)] if part]
    if f"{slot}.hat" in facts and chance.random() < 0.85:
        parts.append(an(chance.choice(wording.HAT[saying.tell(f"{slot}.hat")])))
    text = ""
    if parts and " " in parts[0] and chance.random() < 0.15:  # Ben, black coat and cap,
        bare = [part.removeprefix("a ").removeprefix("an ") for part in parts]
        text = f", {' and '.join(bare)},"
    elif parts:
        lead = chance.choice(("in", "in", "wearing", "dressed in"))
        text = f" {lead} {' and '.join(parts)}"
    if f"{slot}.hair" in facts and chance.random() < 0.2:
        hair = chance.choice(wording.HAIR[saying.tell(f"{slot}.hair")])
        text = f" with {hair} hair{text}"
    return text


def _garment(saying: Saying, slot: str) -> str:
    """What somebody wears: a red coat, a coat, red; "" where that is not said."""
    chance, facts = saying.chance, saying.facts
    garment = facts.get(f"{slot}.garment", "")
    if f"{slot}.clothes" not in facts or chance.random() < 0.35:
        if not garment or chance.random() < 0.5:
            return ""
        return an(chance.choice(wording.GARMENT[saying.tell(f"{slot}.garment")]))
    colour = _colour(saying, slot)
    if garment and chance.random() < 0.85:
        worn = chance.choice(wording.GARMENT[saying.tell(f"{slot}.garment")])
        return an(f"{colour} {worn}")
    if garment or chance.random() < 0.4:
        return colour
    worn = chance.choice(wording.GARMENT[""])
    return f"{colour} {worn}" if worn == "clothes" else an(f"{colour} {worn}")

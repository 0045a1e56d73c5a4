"""How storyboard people might ask for a panel: its facts to one of very many wordings.

A caption is made of facts alone, so it can't say what is not to be seen. What goes without saying
(day, a clear sky) is mostly left out, all else is mostly said: an unsaid fact is free. Of two the
first who is named stands on the left, unless the words say otherwise.
"""

from __future__ import annotations

import random
from collections.abc import Mapping
from itertools import pairwise

from daemon.sketch.storyboard import people, wording
from daemon.sketch.storyboard.facts import Facts
from daemon.sketch.storyboard.people import Saying, an
from daemon.sketch.storyboard.vocabulary import INDOORS

ORDERS = (
    ("shot", "who", "where", "when", "weather", "camera"),
    ("shot", "camera", "who", "where", "weather", "when"),
    ("who", "where", "when", "weather", "shot", "camera"),
    ("shot", "where", "when", "who", "weather", "camera"),
    ("when", "where", "shot", "who", "camera", "weather"),
    ("where", "when", "weather", "who", "camera", "shot"),
)
"""Of what is said, the parts one after another."""
FRAGMENTS = ("time", "weather", "place", "style", "shot", "camera")
"""What may be all that is said."""


def caption(chance: random.Random, facts: Mapping[str, str]) -> tuple[str, Facts]:
    """A wording, and the facts it says: some of those given and no others."""
    saying = Saying(chance, facts, shown=chance.random() < 0.4)
    if chance.random() < 0.05:
        return _fragment(saying), saying.said
    if "place" in facts and "insert" not in facts and chance.random() < 0.1:
        text = _scripted(saying)
    else:
        text = _described(saying)
    spoken = {"pencil": 0.8, "colour": 0.35}.get(facts.get("style", ""), 0.0)
    if chance.random() < spoken:
        style = chance.choice(wording.STYLE[saying.tell("style")])
        text = f"{style}, {text}" if chance.random() < 0.35 else f"{text}, {style}"
    return _finished(chance, text), saying.said


def _finished(chance: random.Random, text: str) -> str:
    """Blanks, capitals and stops as careless as people's."""
    text = " ".join(text.split()).replace(",,", ",").rstrip(",")
    if chance.random() < 0.3:
        text = text[0].upper() + text[1:]
    return text + "." if chance.random() < 0.15 else text


def _fragment(saying: Saying) -> str:
    """One bare fact, as negative prompts are made of."""
    fact = saying.chance.choice([one for one in FRAGMENTS if one in saying.facts])
    tables = {
        "time": wording.TIME, "weather": wording.WEATHER, "style": wording.STYLE,
        "shot": wording.SHOT, "camera": wording.CAMERA,
    }  # fmt: skip
    if fact == "place":
        return _place(saying)
    return saying.chance.choice(tables[fact][saying.tell(fact)])


def _described(saying: Saying) -> str:
    chance, facts = saying.chance, saying.facts
    order = list(chance.choice(ORDERS))
    who = _who(saying)
    parts = {"who": who, "where": "", "when": "", "weather": "", "shot": "", "camera": ""}
    said_place = "place" in saying.said  # by an empty place
    if "place" in facts and not said_place and chance.random() < 0.92:
        parts["where"] = _where(saying)
    if "time" in facts and chance.random() < (0.5 if facts["time"] == "day" else 0.94):
        parts["when"] = chance.choice(wording.TIME[saying.tell("time")])
    if "weather" in facts and "weather" not in saying.said and _names_weather(saying):
        parts["weather"] = chance.choice(wording.WEATHER[saying.tell("weather")])
    if "camera" in facts and chance.random() < 0.92:
        parts["camera"] = chance.choice(wording.CAMERA[saying.tell("camera")])
    if chance.random() < 0.93:
        saying.tell("shot")
        if saying.shown and chance.random() < 0.6:
            order = [part for part in order if part != "shot"]
            parts["who"] = f"{chance.choice(wording.LEADING[facts['shot']])} {who}"
        else:
            parts["shot"] = chance.choice(wording.SHOT[facts["shot"]])
    if chance.random() < 0.25:
        asides = wording.ASIDES if facts.get("count") == "1" else wording.OF_ANYBODY
        parts["aside"] = chance.choice(asides)
        if "{" in parts["aside"]:
            parts["aside"] = saying.worded(parts["aside"])
        order.insert(order.index("who") + 1, "aside")
    return _joined(chance, [(part, parts[part]) for part in order if parts.get(part)])


def _joined(chance: random.Random, parts: list[tuple[str, str]]) -> str:
    """The parts with commas; what says where or when follows whoever is there without one."""
    text = parts[0][1]
    for (before, _), (name, words) in pairwise(parts):
        first = words.split()[0]
        flows = before in ("who", "where") and name in ("where", "when", "weather")
        bare = flows and first in ("in", "on", "at", "by", "along", "down", "across", "through")
        text += " " if bare and chance.random() < 0.75 else ", "
        text += words
    return text


def _names_weather(saying: Saying) -> bool:
    return saying.chance.random() < (0.12 if saying.facts["weather"] == "clear" else 0.94)


def _place(saying: Saying) -> str:
    """A place with its article, and perhaps with its weather."""
    chance = saying.chance
    noun = chance.choice(wording.PLACE[saying.tell("place")])
    weather = saying.facts.get("weather", "")
    adjectives = wording.ADJECTIVE.get(weather, ())
    if adjectives and "weather" not in saying.said and chance.random() < 0.3:
        saying.tell("weather")
        noun = f"{chance.choice(adjectives)} {noun}"
    plural = noun.split(" ", 1)[-1] in wording.ARTICLELESS or noun in wording.ARTICLELESS
    if plural or chance.random() < 0.5:
        return f"the {noun}"
    return an(noun)


def _where(saying: Saying) -> str:
    chance, place = saying.chance, saying.facts["place"]
    if chance.random() < 0.12:
        saying.tell("place")
        return chance.choice(wording.WHERE[place])
    words = _place(saying)
    if chance.random() < 0.12:
        return words
    return f"{chance.choice(wording.PREPOSITION.get(place, ('in',)))} {words}"


def _scripted(saying: Saying) -> str:
    """As a screenplay heads a scene: EXT. HARBOUR - NIGHT, then who does what."""
    chance, place = saying.chance, saying.tell("place")
    inside = place in INDOORS
    head = chance.choice(wording.PLACE[place])
    hour = chance.choice(wording.HOUR[saying.tell("time")])
    heading = f"{'INT' if inside else 'EXT'}. {head} - {hour}"
    heading = heading.upper() if chance.random() < 0.6 else heading.lower()
    parts = [heading]
    if saying.facts.get("weather", "clear") != "clear":
        parts.append(chance.choice(wording.WEATHER[saying.tell("weather")]))
    if chance.random() < 0.85:
        parts.append(chance.choice(wording.SHOT[saying.tell("shot")]))
    parts.append(_who(saying))
    return chance.choice((". ", ", ")).join(parts)


def _who(saying: Saying) -> str:
    """What the panel is of: a thing, nobody, one or two."""
    chance, facts = saying.chance, saying.facts
    if "insert" in facts:
        thing = an(chance.choice(wording.INSERT[saying.tell("insert")]))
        if chance.random() < 0.85:
            return chance.choice(wording.IN_HAND[saying.tell("in_hand")]).format(thing)
        return thing
    if facts["count"] == "0":
        return _nobody(saying)
    text = people.one(saying) if facts["count"] == "1" else people.two(saying)
    if "prop" in facts and chance.random() < 0.9:
        text += chance.choice(
            (", {} nearby", ", {}", " with {} nearby", " near {}", " and {}", " in front of {}")
        )
        text = text.format(_prop(saying))
    return text


def _nobody(saying: Saying) -> str:
    chance = saying.chance
    thing = _prop(saying) if "prop" in saying.facts and chance.random() < 0.95 else ""
    if "place" in saying.said or chance.random() < 0.5:
        saying.tell("count")
        text = chance.choice(wording.NOBODY)
        return f"{thing}, {text}" if thing else text
    if chance.random() < 0.3:
        return thing or _place(saying)
    saying.tell("count")
    noun = chance.choice(wording.PLACE[saying.tell("place")])
    place = f"{chance.choice(wording.EMPTY)} {noun}"
    place = f"the {place}" if noun in wording.ARTICLELESS else an(place)
    return f"{thing} in {place}" if thing else place


def _prop(saying: Saying) -> str:
    chance = saying.chance
    noun = chance.choice(wording.PROP[saying.tell("prop")])
    if "prop.colour" in saying.facts and chance.random() < 0.75:
        noun = f"{saying.tell('prop.colour')} {noun}"
    side = ""
    if chance.random() < 0.5 and "prop.side" in saying.facts:
        side = " " + chance.choice(wording.SIDE[saying.tell("prop.side")])
    return an(noun) + side

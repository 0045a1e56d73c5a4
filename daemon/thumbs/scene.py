"""What a thumbnail shows, as frozen data: the only thing that reading and drawing share.

Pure data; how words become a scene `reading` knows, how a scene becomes lines `drawing`.
"""

from __future__ import annotations

from dataclasses import dataclass, field

SHOTS = ("extreme wide", "wide", "full", "medium", "close-up", "extreme close-up", "insert")
CAMERAS = ("eye level", "low", "high", "top", "over the shoulder", "point of view", "tilted")
STYLES = ("pencil", "colour", "wash")
TIMES = ("day", "dawn", "dusk", "night")
WEATHERS = ("clear", "rain", "snow", "fog", "storm", "wind")
FACINGS = ("left", "right", "front", "back")
EXPRESSIONS = ("calm", "happy", "sad", "angry", "afraid", "surprised", "thinking", "asleep")
SIDES = ("left", "centre", "right")
ACTIONS = (
    "face",
    "talk",
    "embrace",
    "kiss",
    "give",
    "follow",
    "chase",
    "fight",
    "hit",
    "shake hands",
    "hold hands",
    "carry",
    "aim",
    "point at",
    "help",
    "kneel before",
    "arrest",
    "dance",
)

MOST_FIGURES = 4


@dataclass(frozen=True, slots=True)
class Look:
    """How somebody looks: `body` human, robot, ghost, alien or monster; `age` baby, child, teen,
    adult or old; `skin` 0 (lightest) to 7; colours are names of `palette`."""

    sex: str = "m"
    age: str = "adult"
    body: str = "human"
    build: str = "plain"
    skin: int = 1
    hair: str = "short"
    hair_colour: str = "brown"
    beard: str = ""
    hat: str = ""
    hat_colour: str = ""
    wear: str = "shirt"
    colour: str = "blue"
    below: str = "trousers"
    below_colour: str = "dark grey"
    extras: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Figure:
    """Somebody in the picture. `on` is what is sat on or ridden, `at` where in depth: near, middle
    or far; `held` a kind of thing; `side` "" where the words don't say."""

    look: Look
    name: str = ""
    pose: str = "standing"
    facing: str = ""
    expression: str = "calm"
    held: str = ""
    held_colour: str = ""
    on: str = ""
    on_colour: str = ""
    side: str = ""
    at: str = "middle"
    part: str = ""


@dataclass(frozen=True, slots=True)
class Thing:
    """A prop, an animal or a vehicle: what, in which colour, where and how many."""

    kind: str
    colour: str = ""
    side: str = ""
    at: str = "middle"
    count: int = 1
    relation: str = ""


@dataclass(frozen=True, slots=True)
class Scene:
    """A whole panel. `action` is between the first two figures; `insert` is what an insert shows,
    `by_hand` whether a hand holds it; `unknown` are the words that could not be drawn."""

    shot: str = "full"
    camera: str = "eye level"
    place: str = ""
    time: str = "day"
    weather: str = "clear"
    style: str = "pencil"
    figures: tuple[Figure, ...] = ()
    action: str = ""
    crowd: bool = False
    things: tuple[Thing, ...] = ()
    insert: str = ""
    by_hand: bool = False
    seed: int = 0
    take: int = 1
    unknown: tuple[str, ...] = field(default=())

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
    "piggyback",
    "aim",
    "point at",
    "help",
    "kneel before",
    "arrest",
    "dance",
    "push",
    "tend",
    "drag",
    "lean",
    "fly with",
)

MOST_FIGURES = 4
COUNTED = (5, 6)
"""Groups of so many are drawn one by one, where the words count them."""


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
    """Somebody in the picture. `base` is what the legs do while hands are at the `pose`; `on` is
    what is sat on or ridden, `upon` what is stood on, `at` where in depth: near, middle or far;
    `held` a kind of thing, `also` what the other hand holds; `side` "" where no words say it."""

    look: Look
    name: str = ""
    pose: str = "standing"
    base: str = ""
    facing: str = ""
    expression: str = "calm"
    held: str = ""
    held_colour: str = ""
    also: str = ""
    on: str = ""
    on_colour: str = ""
    upon: str = ""
    side: str = ""
    at: str = "middle"
    part: str = ""


@dataclass(frozen=True, slots=True)
class Thing:
    """A prop, an animal or a vehicle: what, in which colour, where and how many. Its `relation` to
    the figure of number `who`: beside, behind, before (what is done is done to it), at (a table),
    after (it runs after them), chased, hugged, dropped, flung, carried, between (the first two),
    around (a doorway); or on, of something on a table. An animal `does` something (see
    `creatures`), has what is `held` in its mouth, and is `on` top of something."""

    kind: str
    colour: str = ""
    side: str = ""
    at: str = "middle"
    count: int = 1
    relation: str = ""
    who: int = 0
    does: str = ""
    held: str = ""
    on: str = ""


@dataclass(frozen=True, slots=True)
class Note:
    """A few words lettered beside the drawing: a deed, a place, a role or a thing that it does not
    show; `who` is the number of the figure that it is about, -1 for none; `what` the kind of thing
    that is drawn instead."""

    kind: str
    text: str
    who: int = -1
    what: str = ""


@dataclass(frozen=True, slots=True)
class Scene:
    """A whole panel. `action` is between the first two figures; `insert` is what an insert shows,
    `into` what that is in or goes into, `by_hand` whether a hand holds it, `hands` how many,
    `finger` whether one finger is at it;
    `label` is a kind of thing and the word that stands on it, since it can't be drawn as what it
    is; `notes` say what is not drawn; `lettered` whether letters may stand in the picture that no
    words quote (labels, notes, signs);
    `through` is what we look through, "inside" for the opening of what we are in; `says` are lines
    to be read in the picture, `clock` the hour and minute that a clock shows; `halves` are those of
    a split screen, all that is drawn of it; `blank` is the colour of a frame that shows nothing
    else, black or white; `unknown` are the words that could not be drawn."""

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
    into: str = ""
    by_hand: bool = False
    hands: int = 1
    finger: bool = False
    through: str = ""
    label: tuple[str, str] = ("", "")
    notes: tuple[Note, ...] = ()
    lettered: bool = True
    says: tuple[str, ...] = ()
    clock: tuple[int, int] | None = None
    seed: int = 0
    take: int = 1
    halves: tuple[Scene, ...] = ()
    blank: str = ""
    unknown: tuple[str, ...] = field(default=())

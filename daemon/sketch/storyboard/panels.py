"""Panels by chance: one scene after another, each as full of facts as it can show.

Some poses are never met at some places (`held_out`), so that a score on those pairs tells a model
that composes what it read from one that recites. Knows no words and no pixels.
"""

from __future__ import annotations

import random
from dataclasses import dataclass, replace

from daemon.sketch.storyboard.vocabulary import (
    CAMERAS,
    COLOURED_PROPS,
    COLOURS,
    FACINGS,
    FRONTAL,
    GARMENTS,
    HAIR_COLOURS,
    HAIRS,
    HANGING,
    HATS,
    HELD,
    HOLDERS,
    IN_HAND,
    INDOORS,
    INSERTS,
    KINDS,
    LYING,
    OLD_HAIR,
    PLACES,
    POSES,
    PROP_COLOURS,
    PROPS,
    SHOTS,
    SIDES,
    SIDEWAYS,
    TIMES,
    TROUSERS,
    UPPER,
    WEATHERS,
    WHOLE,
)
from daemon.thumbs.place_table import places
from daemon.thumbs.scene import Figure, Look, Scene, Thing


@dataclass(frozen=True)
class Mix:
    """What panels are drawn of: shares of 1. A curriculum is a row of these.

    `shots` are weights in the order of `SHOTS`, `nobody`, `pairs`, `props`, `held` how often there
    is nobody, a second figure, a prop and something in a hand, `paper` how often there is no place.
    """

    shots: tuple[float, ...] = (0.3, 0.3, 0.18, 0.14, 0.08)
    pencil: float = 0.25
    paper: float = 0.05
    nobody: float = 0.07
    pairs: float = 0.3
    props: float = 0.35
    held: float = 0.5


WORLD = Mix()
"""All of it."""
FIGURES = Mix((0.25, 0.55, 0.2, 0, 0), pencil=0, paper=1, nobody=0, pairs=0, props=0, held=0)
"""The first lesson: one figure on blank paper, in all poses."""
SCENERY = Mix(pencil=0, paper=0.15, nobody=0.12, pairs=0, props=0, held=0.25)
"""The second one: where they are and when, from near and far, in one style."""


def held_out(pose: str, place: str) -> bool:
    """Whether nobody is shown in this pose at this place while a model is trained."""
    if place not in PLACES:
        return False
    return (POSES.index(pose) + 3 * PLACES.index(place)) % 8 == 5


def sample(chance: random.Random, mix: Mix = WORLD, *, unseen: bool = False) -> Scene:
    """A panel to train on; an `unseen` one is for the scorer: every pose in it is held out."""
    shown = len(WHOLE) if unseen else len(SHOTS)
    shot = chance.choices(SHOTS[:shown], mix.shots[:shown])[0]
    style = "pencil" if chance.random() < mix.pencil else "colour"
    place = chance.choice(PLACES)
    if not unseen and shot != "insert" and chance.random() < mix.paper:
        place = ""
    outdoors = bool(place) and place not in INDOORS
    camera = _camera(chance, shot) if place else CAMERAS[0]
    scene = Scene(
        shot=shot,
        camera=camera,
        place=place,
        time=chance.choice(TIMES[style if outdoors else "pencil"]) if place else "day",
        weather=chance.choices(WEATHERS, (0.64, 0.12, 0.12, 0.12))[0] if outdoors else "clear",
        style=style,
        lettered=False,
        seed=chance.randrange(1 << 30),
    )
    if shot == "insert":
        thing = chance.choice(INSERTS)
        return replace(scene, insert=thing, by_hand=thing in IN_HAND and chance.random() < 0.5)
    if not unseen and chance.random() < mix.nobody:
        wide = replace(scene, shot="wide", camera=CAMERAS[0], place=place or chance.choice(PLACES))
        return replace(wide, things=_props(chance, wide, 0.7))
    return _peopled(chance, mix, scene, _poses(scene, unseen))


def _camera(chance: random.Random, shot: str) -> str:
    """From above only where more than the ground is seen, from below only whole people."""
    high = 0.2 * (shot == "wide")
    low = 0.15 * (shot in WHOLE)
    return chance.choices(CAMERAS, (1 - low - high, low, high))[0]


def _poses(scene: Scene, unseen: bool) -> list[str]:
    """The poses that a shot shows, and of these the ones that are (not) held out at its place."""
    if scene.shot == "close-up":
        return ["standing"]
    shown = UPPER if scene.shot == "medium" else POSES
    return [one for one in shown if held_out(one, scene.place) == unseen]


def _peopled(chance: random.Random, mix: Mix, scene: Scene, poses: list[str]) -> Scene:
    if scene.shot == "close-up":  # hands are cut off
        mix = replace(mix, held=0.0)
    upright = [one for one in poses if one != LYING or scene.shot != "full"]
    if upright and chance.random() < mix.pairs:
        return replace(scene, figures=_pair(chance, mix, upright))
    figure = _figure(chance, mix, poses)
    if scene.shot in WHOLE:
        sides = SIDES if pose_of(figure) != LYING else ("centre",)
        figure = replace(figure, side=chance.choice(sides))
    props = mix.props if scene.place and scene.shot in WHOLE else 0.0
    made = replace(scene, figures=(figure,))
    return replace(made, things=_props(chance, made, props))


def _pair(chance: random.Random, mix: Mix, poses: list[str]) -> tuple[Figure, Figure]:
    """Two, the left one first; often alike in what they are and do, as people of a story are."""
    one, other = _figure(chance, mix, poses), _figure(chance, mix, poses)
    if chance.random() < 0.35:  # two men walk
        twin = replace(one.look, skin=other.look.skin, hair_colour=other.look.hair_colour)
        if one.look.age == "old":
            twin = replace(twin, hair_colour=one.look.hair_colour)
        if chance.random() < 0.6:
            twin = replace(twin, colour=other.look.colour)
        other = replace(one, look=twin, held="")
        one = replace(one, held="")
        one, other = posed(one, pose_of(one)), posed(other, pose_of(other))
    elif chance.random() < 0.4:  # a man and a woman walk
        pose = pose_of(one)
        other = posed(replace(other, facing=one.facing, held=""), pose)
        other = replace(other, look=_hatted(other.look, other.facing))
    if pose_of(one) in SIDEWAYS and pose_of(other) in SIDEWAYS and chance.random() < 0.5:
        other = replace(other, facing=one.facing)
    return replace(one, side="left"), replace(other, side="right")


def _figure(chance: random.Random, mix: Mix, poses: list[str]) -> Figure:
    pose = chance.choice(poses)
    facings = ("left", "right") if pose in SIDEWAYS else ("front",) if pose in FRONTAL else FACINGS
    facing = chance.choice(facings)
    held = ""
    if pose in HOLDERS and facing != "back" and chance.random() < mix.held:
        held = chance.choice(HELD)
    figure = Figure(_look(chance, facing), facing=facing, held=held)
    return posed(figure, pose)


def posed(figure: Figure, pose: str) -> Figure:
    """The figure in a pose, its hands at what they hold."""
    sits = pose == "sitting"
    hands = "reading" if figure.held == "book" else "holding"
    if not figure.held or figure.held in HANGING:
        return replace(figure, pose=pose, base="", on="chair" if sits else "")
    legs = "" if pose in ("standing", "sitting") else pose
    return replace(figure, pose=hands, base=legs, on="chair" if sits else "")


def pose_of(figure: Figure) -> str:
    """Which of `POSES` somebody is in, whatever the hands do."""
    if figure.on == "chair":
        return "sitting"
    return figure.base or ("standing" if figure.pose in ("holding", "reading") else figure.pose)


def kind_of(figure: Figure) -> str:
    """Which of `KINDS` somebody is."""
    who = (figure.look.sex, figure.look.age)
    return next(kind for kind, one in KINDS.items() if one == who)


def _look(chance: random.Random, facing: str) -> Look:
    sex, age = chance.choices(list(KINDS.values()), (30, 30, 11, 11, 9, 9))[0]
    wear = chance.choice(GARMENTS[sex])
    look = Look(
        sex=sex,
        age=age,
        skin=chance.randrange(8),
        hair=chance.choice(HAIRS[sex]),
        hair_colour=chance.choice(OLD_HAIR if age == "old" else HAIR_COLOURS),
        beard=chance.choice(("beard", "")) if (sex, age) == ("m", "old") else "",
        hat=chance.choice(HATS) if chance.random() < 0.3 else "",
        hat_colour=chance.choice(COLOURS),
        wear=wear,
        colour=chance.choice(COLOURS),
        below="skirt" if wear == "dress" else "trousers",
        below_colour=chance.choice(TROUSERS),
    )
    return _hatted(look, facing)


def _hatted(look: Look, facing: str) -> Look:
    """Without a hat where it would hide how old somebody is."""
    bearded = bool(look.beard) and facing != "back"
    return replace(look, hat="") if look.age == "old" and not bearded else look


def _props(chance: random.Random, scene: Scene, share: float) -> tuple[Thing, ...]:
    """A thing on the side that nobody stands on, and of which the place has none itself."""
    if chance.random() >= share:
        return ()
    there = {piece.name for piece in places()[scene.place].pieces}
    kinds = PROPS["indoors" if scene.place in INDOORS else "outdoors"]
    kind = chance.choice([one for one in kinds if one not in there])
    colour = chance.choice(PROP_COLOURS) if kind in COLOURED_PROPS else ""
    taken = scene.figures[0].side if scene.figures else "centre"
    free = [side for side in ("left", "right") if side != taken]
    return (Thing(kind, colour=colour, side=chance.choice(free)),)

"""A scene to a picture: where everybody and everything stands, and in which order it is drawn."""

from __future__ import annotations

import math
import random
from dataclasses import replace

from PIL import Image

from daemon.thumbs.objects import draw_object
from daemon.thumbs.outlines import outlines
from daemon.thumbs.palette import light_of, named
from daemon.thumbs.panel.acting import SEATED_LOWER
from daemon.thumbs.panel.afloat import draw_ripples, draw_water
from daemon.thumbs.panel.beasts import draw_beast
from daemon.thumbs.panel.bodies import Body
from daemon.thumbs.panel.crowds import draw_crowd
from daemon.thumbs.panel.held import draw_steering_wheel
from daemon.thumbs.panel.inserts import draw_insert
from daemon.thumbs.panel.layout import lay_out
from daemon.thumbs.panel.lettering import draw_notes
from daemon.thumbs.panel.places import draw_place, stand
from daemon.thumbs.panel.spots import TOPS, Spot
from daemon.thumbs.panel.standing import MOUNTS, SADDLES, Standing, up
from daemon.thumbs.panel.strings import draw_strings
from daemon.thumbs.panel.vantage import draw_vantage
from daemon.thumbs.panel.weather import draw_before, draw_behind
from daemon.thumbs.panel.writing import told
from daemon.thumbs.paper import Paper
from daemon.thumbs.place_table import Place, places
from daemon.thumbs.puppet import Puppet, puppet
from daemon.thumbs.scene import Scene, Thing
from daemon.thumbs.splits import side_by_side
from daemon.thumbs.stage import Camera, Stage, camera_of
from daemon.thumbs.uses import CAR_SEATS, VEHICLES

MOST_SIDE = 480
"""A panel is drawn at most this large and enlarged from there: it is a thumbnail."""
LEAST_SIDE = 16
NIGHT = 0.42
SMALL = 3.0
"""A room less wide than this, in metres, is in the picture whole from near."""
LEANS = {"low": 0.55, "high": -0.5, "top": -0.42}
"""How much what is upright converges: upwards from below, downwards from above."""


def draw(scene: Scene, width: int, height: int, *, tooth: bool = True) -> Image.Image:
    """The panel of a scene, RGB, of exactly that size; the same scene, the same pixels. Without the
    paper's `tooth` it is a smaller file."""
    if scene.halves:
        half = max(LEAST_SIDE, width // 2)
        halves = [draw(one, half, height, tooth=tooth) for one in scene.halves]
        return side_by_side(halves, width, height)
    share = min(1.0, MOST_SIDE / max(width, height))
    inner = (max(LEAST_SIDE, round(width * share)), max(LEAST_SIDE, round(height * share)))
    inner = (min(inner[0], inner[1] * 4), min(inner[1], inner[0] * 4))
    place = places()[scene.place or "nowhere"]
    if place.indoors and "wide" in scene.shot:
        scene = replace(scene, shot="full" if place.size[0] < SMALL else "wide")
    paper = Paper(*inner, scene.style, scene.seed + scene.take)
    if scene.camera == "tilted":
        paper.roll = 0.14 if scene.seed % 2 else -0.14
    paper.lean = LEANS.get(scene.camera, 0.0)
    light = light_of(scene.time, scene.weather, place.indoors)
    if paper.look == "pencil" and light.dark > NIGHT:  # graphite has no colours to tell things by
        light = replace(light, dark=NIGHT)
    chance = random.Random(scene.seed * 13 + scene.take)
    camera = _narrowed(scene, camera_of(scene, chance, _eyes(scene)), paper.aspect)
    stage = Stage(paper, camera, light, scene)
    if scene.blank:
        everything = [(-9.0, -9.0), (9.0, -9.0), (9.0, 9.0), (-9.0, 9.0)]
        paper.shape([everything], (16, 16, 18) if scene.blank == "black" else (250, 250, 250), 0.0)
        draw_notes(stage)
    elif scene.insert:
        _behind_insert(stage, place)
        draw_insert(stage)
        draw_notes(stage)
    else:
        _fill(stage, place)
    image = paper.finish(tooth=tooth)
    if image.size != (width, height):
        image = image.resize((width, height), Image.Resampling.BICUBIC)
    return image


def _eyes(scene: Scene) -> float:
    """How high the subject's head is, in metres; between two, nearer to the taller one."""
    if not scene.figures:
        return 1.2
    over = scene.camera == "over the shoulder"
    seen = scene.figures
    if over:  # whose shoulder it is stands straight
        seen = (replace(seen[0], pose="standing", base="", on="", upon=""), *seen[1:])
    high = []
    for figure in seen[:2]:
        made = puppet(figure, (0.0, 0.0), 1.75, 0.0)
        high.append((0.2 if made.pose.lying else -made.head[1]) + up(figure))
    if over and scene.figures[0].on:
        high[0] -= SEATED_LOWER
    near = "close-up" in scene.shot and abs(high[0] - high[-1]) > 0.5  # the other lies
    return high[0] if over or near else max(high) - 0.35 * (max(high) - min(high))


TALL = 3.5
"""What is higher, in metres, stands far off (see `depths`)."""
LOWEST = 0.6
"""How high a camera is at least, in metres, that looks at small things at their height."""


def _narrowed(scene: Scene, camera: Camera, aspect: float) -> Camera:
    """Several people in a narrow frame: a step back, so that they have room; where nobody is, more
    than the floor is to be seen, and the top of what is tall."""
    if not scene.figures and scene.camera in ("eye level", "low", "tilted"):
        tallest = max((outlines()[one.kind].high for one in scene.things), default=camera.height)
        low = replace(camera, horizon=max(camera.horizon, 0.62 if tallest > TALL else 0.45))
        near = scene.shot in ("medium", "full")
        return replace(low, height=min(low.height, max(LOWEST, tallest))) if near else low
    needed = {0: 0.5, 1: 0.62, 2: 1.12, 3: 1.5, 4: 1.8, 5: 2.2}[min(5, len(scene.figures))]
    needed += 0.45 * any(one.relation == "at" for one in scene.things)
    mount = max((MOUNTS.get(one.on, 0.0) for one in scene.figures), default=0.0)
    mount = max([mount, *(up(one) for one in scene.figures if one.upon)])
    if any(one.look.build == "giant" for one in scene.figures):
        mount = max(mount, 1.9)
    if mount > 0.3 and scene.shot in ("full", "wide"):
        shrink = 1.75 / (1.75 + mount * 0.8)
        return replace(
            camera, focal=camera.focal * shrink, horizon=0.93 + (camera.horizon - 0.93) * shrink
        )
    if scene.shot == "medium" and any(_is_low(one) for one in scene.things):
        return replace(camera, focal=camera.focal * 0.72, horizon=camera.horizon * 0.86)
    tall = {"full": 1.0, "medium": 1.25, "close-up": 1.55}.get(scene.shot, 0.0)
    room = aspect / max(0.1, needed * tall) if tall else 1.0
    if room >= 1.0:
        return camera
    shrink = max(0.45, room)
    return replace(
        camera,
        focal=camera.focal * shrink,
        horizon=0.5 + (camera.horizon - 0.5) * shrink + 0.05 * (1 - shrink),
    )


def _is_low(thing: Thing) -> bool:
    """Whether a medium shot would cut off what somebody is at."""
    return (
        thing.relation in ("before", "at")
        and TOPS.get(thing.kind, outlines()[thing.kind].high) < 0.8
    )


def _behind_insert(stage: Stage, place: Place) -> None:
    draw_place(stage, place)
    stage.paper.blur(0.02)


def _fill(stage: Stage, place: Place) -> None:
    scene = stage.scene
    skip = frozenset(one.kind for one in scene.things) | {one.on for one in scene.figures}
    skip |= {"car", "bus shelter"} if skip & VEHICLES else frozenset()
    draw_place(stage, place, skip)
    if scene.shot in ("close-up", "extreme close-up"):
        stage.paper.blur(0.007)
    draw_behind(stage)
    if scene.crowd:
        draw_crowd(stage, place)
    standing, things = lay_out(stage)
    todo: list[Standing | Spot] = [*things, *standing]
    for one in sorted(todo, key=lambda row: -row.z):
        if isinstance(one, Standing):
            _draw_figure(stage, one)
        elif one.sky:
            stage.paper.pale = 0.15
            draw_object(stage, one.thing.kind, one.sky, one.size, one.thing.colour, 0.0, one.turn)
        elif one.thing.does or one.thing.held:
            draw_beast(stage, one)
        else:
            stand(stage, one.thing.kind, one.x, one.z, one.thing.colour, one.turn, one.grow, one.up)
            unit = stage.camera.scale(one.z) * 0.01 * one.grow
            told(stage, one.thing.kind, stage.at(one.x, one.up, one.z), unit, one.turn)
    draw_strings(stage, standing, things)
    draw_before(stage)
    draw_vantage(stage)
    draw_notes(stage, standing, things)


def _draw_figure(stage: Stage, one: Standing) -> None:
    figure, scale = one.figure, stage.camera.scale(one.z)
    feet = stage.at(one.x, one.up, one.z)
    made = puppet(figure, feet, scale * 1.75, one.yaw)
    made = replace(made, tip=min(0.45, max(-0.1, stage.camera.height * 0.07)))
    behind = figure.on and figure.on not in ("table",)
    if figure.upon:
        at = stage.at(one.x, 0, one.z)
        stage.shadow(one.x, one.z, outlines()[figure.upon].wide * 0.5)
        stage.paper.pale = 0.0
        draw_object(stage, figure.upon, at, scale * 1.75, "", one.z, 1 if one.yaw >= 0 else -1)
    if not behind and not one.up:
        wide = 0.6 if figure.pose == "lying" else 0.3
        stage.shadow(one.x, one.z, wide)
    if behind:
        _under(stage, one, made)
    elif made.pose.seat == "chair" and stage.scene.place not in CAR_SEATS:
        _chair(stage, made, scale, one.z)
    if stage.light.dark > 0.3 and figure.at != "near":
        middle = (feet[0], feet[1] - made.size * 0.55)
        stage.paper.glow(middle, made.size * 0.62, stage.light.on((236, 232, 226)), 0.42)
    stage.pale(one.z)
    if afloat := figure.pose in ("swimming", "afloat"):
        draw_water(stage, one)
    Body(stage, made, one.z).draw()
    if figure.pose == "driving" and stage.scene.place in CAR_SEATS:
        draw_steering_wheel(stage.paper, made)
    if afloat:
        draw_ripples(stage, one)
    if figure.on in _HIDES:
        _over(stage, one)
    elif figure.on == "bed" and made.pose.lying:
        _blanket(stage, made)


def _chair(stage: Stage, made: Puppet, scale: float, depth: float) -> None:
    """Under whoever sits on none that is there already."""
    (x, y), turn = made.feet, 1 if made.sine >= 0 else -1
    stage.paper.pale = 0.0
    at = (x - 0.02 * made.sine * scale, y)
    draw_object(stage, "chair", at, made.size * 1.04, "", depth, turn)


def _blanket(stage: Stage, made: Puppet) -> None:
    """Over whoever lies in bed, up to the chest."""
    (x, y), size, turn = made.feet, made.size, 1 if made.sine >= 0 else -1
    near, far = x + 0.18 * size * turn, x - 0.6 * size * turn
    stage.paper.pale = 0.0
    cloth = [(near, y - 0.16 * size), (near, y + 0.03 * size), (far, y + 0.03 * size)]
    cloth += [(far, y - 0.10 * size), (x - 0.2 * size * turn, y - 0.17 * size)]
    stage.paper.shape([cloth], stage.tint(named("light blue"), near=True))


def _under(stage: Stage, one: Standing, made: Puppet) -> None:
    figure, scale = one.figure, stage.camera.scale(one.z)
    if one.seat_at is None or stage.scene.place in CAR_SEATS:
        return
    x = one.x if math.isnan(one.seat_at) else one.seat_at
    turn = 1 if one.yaw >= 0 else -1
    turn = -turn if made.pose.lying else turn  # a pillow is under the head
    x += turn * SADDLES.get(figure.on, 0.0)
    at = stage.at(x, 0, one.z)
    name = figure.on if figure.on in outlines() else "chair"
    stage.shadow(x, one.z, outlines()[name].wide * 0.5)
    if name in _HIDES:
        return
    stage.paper.pale = 0.0
    draw_object(stage, name, at, scale * 1.75, figure.on_colour, one.z, turn)


_HIDES = ("boat", "canoe", "cart", "coffin", "crib", "hammock", "bathtub", "raft", "sled")


def _over(stage: Stage, one: Standing) -> None:
    """The side of what somebody sits in, before their legs."""
    scale = stage.camera.scale(one.z)
    x = one.x if one.seat_at is None or math.isnan(one.seat_at) else one.seat_at
    turn = 1 if one.yaw >= 0 else -1
    stage.paper.pale = 0.0
    name = one.figure.on
    at = stage.at(x, 0, one.z)
    draw_object(stage, name, at, scale * 1.75, one.figure.on_colour, one.z, turn)

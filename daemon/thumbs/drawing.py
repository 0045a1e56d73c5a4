"""A scene to a picture: where everybody and everything stands, and in which order it is drawn."""

from __future__ import annotations

import random
from dataclasses import replace

from PIL import Image

from daemon.thumbs.bodies import Body
from daemon.thumbs.crowds import draw_crowd
from daemon.thumbs.inserts import draw_insert
from daemon.thumbs.layout import MOUNTS, Standing, lay_out
from daemon.thumbs.objects import draw_object
from daemon.thumbs.outlines import outlines
from daemon.thumbs.palette import light_of
from daemon.thumbs.paper import Paper
from daemon.thumbs.place_table import Place, places
from daemon.thumbs.places import draw_place, stand
from daemon.thumbs.puppet import puppet
from daemon.thumbs.scene import Scene
from daemon.thumbs.spots import Spot
from daemon.thumbs.stage import Camera, Stage, camera_of
from daemon.thumbs.vantage import draw_vantage
from daemon.thumbs.weather import draw_before, draw_behind

MOST_SIDE = 480
"""A panel is drawn at most this large and enlarged from there: it is a thumbnail."""
LEAST_SIDE = 16


def draw(scene: Scene, width: int, height: int, *, tooth: bool = True) -> Image.Image:
    """The panel of a scene, RGB, of exactly that size; the same scene, the same pixels. Without the
    paper's `tooth` it is a smaller file."""
    share = min(1.0, MOST_SIDE / max(width, height))
    inner = (max(LEAST_SIDE, round(width * share)), max(LEAST_SIDE, round(height * share)))
    inner = (min(inner[0], inner[1] * 4), min(inner[1], inner[0] * 4))
    place = places()[scene.place or "nowhere"]
    if place.indoors and scene.shot == "extreme wide":
        scene = replace(scene, shot="wide")
    paper = Paper(*inner, scene.style, scene.seed + scene.take)
    if scene.camera == "tilted":
        paper.roll = 0.14 if scene.seed % 2 else -0.14
    light = light_of(scene.time, scene.weather, place.indoors)
    chance = random.Random(scene.seed * 13 + scene.take)
    camera = _narrowed(scene, camera_of(scene, chance, _eyes(scene)), paper.aspect)
    stage = Stage(paper, camera, light, scene)
    if scene.insert:
        _behind_insert(stage, place)
        draw_insert(stage)
    else:
        _fill(stage, place)
    image = paper.finish(tooth=tooth)
    return (
        image
        if image.size == (width, height)
        else image.resize((width, height), Image.Resampling.BICUBIC)
    )


def _eyes(scene: Scene) -> float:
    """How high the subject's head is, in metres: the middle of those in the picture."""
    if not scene.figures:
        return 1.2
    seen = (
        scene.figures[1:]
        if scene.camera == "over the shoulder" and len(scene.figures) > 1
        else scene.figures
    )
    high = []
    for figure in seen[:2]:
        made = puppet(figure, (0.0, 0.0), 1.75, 0.0)
        lying = 0.2 if made.pose.lying else -made.head[1]
        high.append(lying + MOUNTS.get(figure.on, 0.0))
    return sum(high) / len(high)


def _narrowed(scene: Scene, camera: Camera, aspect: float) -> Camera:
    """Several people in a narrow frame: a step back, so that they have room."""
    needed = {0: 0.5, 1: 0.62, 2: 1.12, 3: 1.5, 4: 1.8}[min(4, len(scene.figures))]
    up = max((MOUNTS.get(one.on, 0.0) for one in scene.figures), default=0.0)
    if up > 0.3 and scene.shot == "full":
        shrink = 1.75 / (1.75 + up * 0.8)
        return replace(
            camera, focal=camera.focal * shrink, horizon=0.93 + (camera.horizon - 0.93) * shrink
        )
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


def _behind_insert(stage: Stage, place: Place) -> None:
    draw_place(stage, place)
    stage.paper.blur(0.02)


def _fill(stage: Stage, place: Place) -> None:
    scene = stage.scene
    skip = frozenset(thing.kind for thing in scene.things)
    draw_place(stage, place, skip)
    if scene.shot in ("close-up", "extreme close-up"):
        stage.paper.blur(0.007)
    draw_behind(stage)
    if scene.crowd:
        draw_crowd(stage)
    standing, things = lay_out(stage)
    todo: list[Standing | Spot] = [*things, *standing]
    for one in sorted(todo, key=lambda row: -row.z):
        if isinstance(one, Standing):
            _draw_figure(stage, one)
        elif one.sky:
            draw_object(stage, one.thing.kind, one.sky, one.size, one.thing.colour, 0.0, one.turn)
        else:
            stand(stage, one.thing.kind, one.x, one.z, one.thing.colour, one.turn, one.grow)
    draw_before(stage)
    draw_vantage(stage)


def _draw_figure(stage: Stage, one: Standing) -> None:
    figure, scale = one.figure, stage.camera.scale(one.z)
    feet = stage.at(one.x, one.up, one.z)
    made = puppet(figure, feet, scale * 1.75, one.yaw)
    made = replace(made, tip=min(0.45, max(-0.1, stage.camera.height * 0.07)))
    behind = figure.on and figure.on not in ("table",)
    if not behind and not one.up:
        wide = 0.6 if figure.pose == "lying" else 0.3
        stage.shadow(one.x, one.z, wide)
    if behind:
        _under(stage, one)
    elif made.pose.seat == "chair" and stage.scene.place not in ("car inside", "cockpit"):
        stage.paper.pale = 0.0
        draw_object(
            stage,
            "chair",
            (feet[0] - 0.02 * made.sine * scale, feet[1]),
            made.size * 1.04,
            "",
            one.z,
            1 if made.sine >= 0 else -1,
        )
    if stage.light.dark > 0.3 and figure.at != "near":
        middle = (feet[0], feet[1] - made.size * 0.55)
        stage.paper.glow(middle, made.size * 0.62, stage.light.on((236, 232, 226)), 0.42)
    stage.pale(one.z)
    Body(stage, made, one.z).draw()
    if figure.on in _HIDES:
        _over(stage, one)


def _under(stage: Stage, one: Standing) -> None:
    figure, scale = one.figure, stage.camera.scale(one.z)
    turn = 1 if one.yaw >= 0 else -1
    at = stage.at(one.x, 0, one.z)
    name = figure.on if figure.on in outlines() else "chair"
    stage.shadow(one.x, one.z, outlines()[name].wide * 0.5)
    if name in _HIDES:
        return
    stage.paper.pale = 0.0
    draw_object(stage, name, at, scale * 1.75, figure.on_colour, one.z, turn)


_HIDES = ("boat", "canoe", "cart")


def _over(stage: Stage, one: Standing) -> None:
    """The side of what somebody sits in, before their legs."""
    scale = stage.camera.scale(one.z)
    turn = 1 if one.yaw >= 0 else -1
    stage.paper.pale = 0.0
    name = one.figure.on
    at = stage.at(one.x, 0, one.z)
    draw_object(stage, name, at, scale * 1.75, one.figure.on_colour, one.z, turn)

"""Things in a hand, drawn at the size and turn that a hand gives them."""

from __future__ import annotations

from daemon.thumbs.guesses import SOMETHING
from daemon.thumbs.objects import draw_object
from daemon.thumbs.outlines import outlines
from daemon.thumbs.panel.skull import Dressed
from daemon.thumbs.panel.writing import told
from daemon.thumbs.paper import Paper, Point, oval
from daemon.thumbs.puppet import Puppet
from daemon.thumbs.uses import FINGER_FOOD

SMALL = 0.2
"""Metres; what is smaller is drawn larger than it is, to be seen."""
HANGING = (
    "suitcase",
    "bag",
    "bucket",
    "basket",
    "lantern",
    "briefcase",
    "shopping bag",
    "paint can",
)
_READ = ("paper", "letter", "newspaper", "book", "map", "closed book", "photograph")
SIPPED = ("cup", "glass", "wine", "bottle", "beer", "jug", "soup", "bowl")


def draw_held(body: Dressed, side: str = "right") -> None:
    """What the figure holds in that hand; what both hold goes with the right one."""
    figure, puppet = body.puppet.figure, body.puppet
    pose, size = puppet.pose, puppet.size
    kind = figure.held if side == "right" else figure.also
    thing = outlines().get(kind)
    if thing is None:
        return
    small = max(thing.wide, thing.high) < SMALL
    grown = (2.1 if size < 0.9 else 1.5) if small else 1.42 if kind == SOMETHING else 1.0
    x, y = puppet.at(pose.right_hand if side == "right" else pose.left_hand)
    tilt = pose.tilt if side == "right" else pose.other_tilt
    if side == "right" and not figure.also and _in_both(body):
        other = puppet.at(pose.left_hand)
        x, y = (x + other[0]) / 2, (y + other[1]) / 2
    (x, y), grown, tilt = _placed(body, side, kind, (x, y), grown, tilt)
    draw_object(
        body.stage,
        kind,
        (x, y),
        size * grown,
        figure.held_colour if side == "right" else "",
        body.z,
        1 if puppet.sine >= 0 else -1,
        in_hand=not pose.top,
        tilt=tilt,
    )
    if not (pose.top or tilt):
        unit, turn = size * grown / 175, 1 if puppet.sine >= 0 else -1
        base = (x - thing.grip[0] * unit * turn, y + thing.grip[1] * unit)
        told(body.stage, kind, base, unit, turn)


def draw_steering_wheel(paper: Paper, puppet: Puppet) -> None:
    """Between the hands of who drives: a circle from before, nearly a line from the side, on a
    column that leads away from them."""
    left, right = puppet.at(puppet.pose.left_hand), puppet.at(puppet.pose.right_hand)
    x, y, size = (left[0] + right[0]) / 2, (left[1] + right[1]) / 2, puppet.size
    high = 0.115 * size
    wide = high * max(0.24, abs(puppet.cosine))
    leans = 0.3 * puppet.sine  # its upper edge is farther from the driver
    rim = [(a - leans * (b - y), b) for a, b in oval((x, y), wide, high, 26)]
    paper.pale = 0.0
    paper.stroke([(x, y), (x + 0.16 * size * puppet.sine, y + 0.12 * size)], 2.6)
    paper.stroke([*rim, rim[0]], 3.4)


def _in_both(body: Dressed) -> bool:
    """Whether the hands are at one height before the body, as if they held one thing."""
    pose = body.puppet.pose
    return abs(pose.left_hand[1] - pose.right_hand[1]) < 0.05 and pose.right_hand[0] > 0.12


def _below_face(puppet: Puppet, kind: str, at: Point, grown: float) -> float:
    """How low a hand has to be, so that what it holds hides no chin."""
    thing, unit = outlines()[kind], puppet.size * grown / 175
    near = abs(at[0] - puppet.head[0]) - thing.wide * 50 * unit < puppet.head_size
    chin = puppet.head[1] + 1.1 * puppet.head_size
    return chin + (thing.box[3] - thing.grip[1]) * unit if near else at[1]


def _placed(
    body: Dressed, side: str, kind: str, at: Point, grown: float, tilt: float
) -> tuple[Point, float, float]:
    """Where a thing is that is not simply at the hand, how large, and how it leans."""
    figure, puppet = body.puppet.figure, body.puppet
    pose, size = puppet.pose, puppet.size
    x, y = at
    if pose.top:
        grown *= 1.4
        x, y = puppet.head[0], puppet.head[1] - puppet.head_size * 1.05
    if kind in HANGING and not pose.top:
        nearer = max((pose.left_hand, pose.right_hand), key=puppet.toward)
        x, y = puppet.at(nearer if side == "right" else pose.left_hand)
        y += 0.02 * size
        tilt = 0.0
    if kind == "tray" and figure.pose == "serving":
        y -= 0.03 * size
    if figure.pose == "drinking" and kind in SIPPED:  # at the mouth, before the hand
        x, y = puppet.at((0.175, pose.neck[1] + 0.05, -0.01))
        grown, tilt = grown * 1.2, -18.0
    if figure.pose == "showing" and kind in _READ:  # below the face, not before it
        turn = 1 if puppet.sine >= 0 else -1
        x, y = x + 0.045 * size * turn, y + 0.085 * size
    if kind == SOMETHING and not pose.lying and pose.right_hand[1] < pose.neck[1]:
        y = max(y, _below_face(puppet, kind, (x, y), grown))
    if figure.pose == "eating" and kind in FINGER_FOOD:
        x, y = puppet.at((0.165, pose.neck[1] + 0.035, -0.01))
        grown, tilt = grown * 1.25, 0.0
    return (x, y), grown, tilt

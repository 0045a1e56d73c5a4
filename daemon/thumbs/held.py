"""Things in a hand, drawn at the size and turn that a hand gives them."""

from __future__ import annotations

from daemon.thumbs.objects import draw_object
from daemon.thumbs.skull import Dressed

HANGING = ("suitcase", "bag", "bucket", "basket", "lantern", "briefcase", "shopping bag")


def draw_held(body: Dressed) -> None:
    """What the figure holds, in its right hand or in both."""
    figure, puppet = body.puppet.figure, body.puppet
    if not figure.held:
        return
    x, y = puppet.hand
    size, turn = puppet.size, 1 if puppet.sine >= 0 else -1
    if (
        abs(puppet.pose.left_hand[1] - puppet.pose.right_hand[1]) < 0.05
        and puppet.pose.right_hand[0] > 0.12
    ):
        other = puppet.at(puppet.pose.left_hand)
        x, y = (x + other[0]) / 2, (y + other[1]) / 2
    if figure.held in HANGING:
        pose = puppet.pose
        nearer = max((pose.left_hand, pose.right_hand), key=puppet.toward)
        x, y = puppet.at(nearer)
        y += 0.02 * size
    draw_object(
        body.stage, figure.held, (x, y), size, figure.held_colour, body.z, turn, in_hand=True
    )

"""What somebody looks like, apart from where they are and what they do: what a reference shows.

A reference and a panel are of the same cast in another shot, pose and place. Beside a reference a
caption leaves out what it shows, as people do. Knows scenes and words, and no pixels.
"""

from __future__ import annotations

import random
from collections.abc import Collection
from dataclasses import replace

from daemon.sketch.storyboard import captions, facts, panels, wording
from daemon.sketch.storyboard.facts import Facts
from daemon.sketch.storyboard.panels import Mix
from daemon.sketch.storyboard.people import an
from daemon.thumbs.scene import Scene

SHOWN = ("hair", "hat", "clothes", "garment")
"""What of somebody a reference shows and a caption beside it leaves out; kinds are said."""
HIDDEN = tuple(f"{slot}.{name}" for slot in facts.SLOTS for name in SHOWN)
"""The same as questions, of everybody."""
LOOKS = tuple(f"a.{name}" for name in ("kind", *SHOWN))
"""All that an adapter has to carry over, as questions of the panels' one figure."""
REFERENCES = Mix((0.1, 0.5, 0.25, 0.15, 0), pencil=0, paper=0.6, nobody=0, pairs=0, props=0, held=0)
"""What people give as a reference: one person, mostly on blank paper."""


def is_of_one(scene: Scene) -> bool:
    """Whether a panel shows one person in colour, so that a reference may say who."""
    return len(scene.figures) == 1 and scene.style == "colour" and scene.shot != "insert"


def reference(chance: random.Random, scene: Scene) -> Scene:
    """Another panel of whoever this one shows; of whomever chance has where it shows nobody."""
    other = panels.sample(chance, REFERENCES)
    if not scene.figures:
        return other
    look = scene.figures[0].look
    (somebody,) = other.figures
    return replace(other, figures=(replace(somebody, look=look),))


def looks(scene: Scene) -> Facts:
    """What a panel of one person shows of how they look."""
    return {name: told for name, told in facts.truth(scene).items() if name in LOOKS}


def plainly(scene: Scene) -> str:
    """One fixed wording of the looks: what the adapters' tokens learn to imitate."""
    told = looks(scene)
    text = an(wording.NOUN[told["a.kind"]][0])
    if "a.hair" in told:
        text += f" with {wording.HAIR[told['a.hair']][0]} hair"
    worn = wording.GARMENT[told.get("a.garment", "")][0]
    if "a.clothes" in told:
        worn = f"{told['a.clothes']} {worn}"
        text += f" in {worn if worn.endswith('clothes') else an(worn)}"
    if "a.hat" in told:
        text += f" and {an(wording.HAT[told['a.hat']][0])}"
    return text


def caption(chance: random.Random, scene: Scene, hidden: Collection[str] = HIDDEN) -> str:
    """A caption that leaves some facts out: beside a reference the looks it shows."""
    told = {name: answer for name, answer in facts.truth(scene).items() if name not in hidden}
    return captions.caption(chance, told)[0]

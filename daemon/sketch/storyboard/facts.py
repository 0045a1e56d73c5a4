"""Everything that is to be seen in a panel, as questions and answers: what a judge is asked.

What the shot cuts off, the style has no colour for, or is too small to be told is no fact of the
panel, though the scene may have it. Knows scenes, and neither words nor pixels.
"""

from __future__ import annotations

from daemon.sketch.storyboard.panels import kind_of, pose_of
from daemon.sketch.storyboard.vocabulary import (
    CAMERAS,
    COLOURS,
    FACINGS,
    HAIR_COLOURS,
    HANGING,
    HATS,
    HELD,
    INDOORS,
    INSERTS,
    KINDS,
    LYING,
    PLACES,
    POSES,
    PROP_COLOURS,
    PROPS,
    SHOTS,
    SHOWN_GARMENTS,
    SIDES,
    SMALL_HELD,
    STYLES,
    WEATHERS,
    WHOLE,
)
from daemon.thumbs.scene import Figure, Scene

Facts = dict[str, str]

SLOTS = ("a", "b")
"""The figures: where there are two, the left one first."""
OF_FIGURES: dict[str, tuple[str, ...]] = {
    "kind": tuple(KINDS),
    "pose": POSES,
    "clothes": COLOURS,
    "garment": SHOWN_GARMENTS,
    "hair": HAIR_COLOURS,
    "hat": HATS,
    "facing": FACINGS,
    "holds": HELD,
}
QUESTIONS: dict[str, tuple[str, ...]] = {
    "shot": SHOTS,
    "camera": CAMERAS[1:],
    "place": PLACES,
    "time": ("day", "dusk", "night"),
    "weather": WEATHERS,
    "style": tuple(STYLES),
    "count": ("0", "1", "2"),
    "side": SIDES,
    "prop": tuple(dict.fromkeys(kind for kinds in PROPS.values() for kind in kinds)),
    "prop.side": ("left", "right"),
    "prop.colour": PROP_COLOURS,
    "insert": INSERTS,
    "in_hand": ("yes", "no"),
    **{f"{slot}.{name}": answers for slot in SLOTS for name, answers in OF_FIGURES.items()},
}
"""Every question with its answers; a fact that a panel does not have is no answer."""


def truth(scene: Scene) -> Facts:
    """All that is to be seen in the panel of a scene that `panels` made."""
    facts = {"shot": scene.shot, "style": scene.style}
    if scene.camera != CAMERAS[0]:
        facts["camera"] = scene.camera
    if scene.place and scene.shot != "insert":  # of an insert's place there is a blur
        facts["time"] = scene.time
        if scene.shot != "close-up" or scene.style == "colour":  # of a few grey lines, too
            facts["place"] = scene.place
        if scene.place not in INDOORS:
            facts["weather"] = scene.weather
    if scene.shot == "insert":
        return facts | {"insert": scene.insert, "in_hand": "yes" if scene.by_hand else "no"}
    facts["count"] = str(len(scene.figures))
    if len(scene.figures) == 1 and scene.shot in WHOLE:
        facts["side"] = scene.figures[0].side
    for thing in scene.things:
        facts |= {"prop": thing.kind, "prop.side": thing.side}
        if thing.colour and scene.style == "colour":
            facts["prop.colour"] = thing.colour
    for slot, figure in zip(SLOTS, scene.figures, strict=False):
        facts |= {f"{slot}.{name}": answer for name, answer in _seen(scene, figure).items()}
    return facts


def _seen(scene: Scene, figure: Figure) -> Facts:
    look, pose = figure.look, pose_of(figure)
    facts = {"kind": kind_of(figure)}
    if look.hat:
        facts["hat"] = look.hat
    elif scene.style == "colour" and look.hair_colour in HAIR_COLOURS:
        facts["hair"] = look.hair_colour
    if scene.style == "colour":
        facts["clothes"] = look.colour
    if pose != LYING:  # whoever lies looks up, wherever the head is
        facts["facing"] = figure.facing
    if scene.shot != "close-up":
        facts["pose"] = pose
        if figure.held and figure.held not in _UNSEEN_HELD.get(scene.shot, ()):
            facts["holds"] = figure.held
    if scene.shot in WHOLE and look.wear in SHOWN_GARMENTS:
        facts["garment"] = look.wear
    return facts


_UNSEEN_HELD = {"wide": SMALL_HELD, "medium": HANGING}
"""What is too small, or cut off."""

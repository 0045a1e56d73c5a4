"""What words name and don't mean is not drawn, and is named; what they do mean still is."""

from __future__ import annotations

import pytest

from daemon.thumbs.reading import read_scene
from daemon.thumbs.scene import Scene
from daemon.thumbs.script.figurative import literal
from daemon.thumbs.tokens import tokens


def _kinds(scene: Scene) -> set[str]:
    held = {kind for one in scene.figures for kind in (one.held, one.also, one.on)}
    return {scene.place, scene.weather, scene.insert, *held, *(one.kind for one in scene.things)}


NOT_MEANT = [
    # likenesses
    ("Her sheet billows like a sail", "sailboat"), ("Clouds like torn paper over hills", "paper"),
    ("He runs like the wind across a field", "wind"), ("Her hat sits like a crown on her", "crown"),
    ("She holds a wrench like a baseball bat", "bat club"), ("as flat as a pancake", "food"),
    ("A building shaped like a shark", "underwater"), ("as if he had seen a ghost", "ghost"),
    ("A dog bigger than a horse runs in a park", "horse"),
    ("A bob sharp as a razor on a woman", "razor"), ("Waves big as houses at a lighthouse", "house"),
    # measures
    ("A drone the size of a football", "stadium"), ("A spider the size of a plate", "plate"),
    ("A rock the size of a house", "house"), ("The sound of a train wakes a man", "train"),
    ("A forest of microphones before a man", "forest"), ("A sea of faces looks up", "sea"),
    ("A mountain of paperwork on a desk", "mountains"), ("A pool of light on the floor", "pool"),
    ("A wall of water comes at a ship", "fence"), ("A blanket of snow on a field", "blanket"),
    # what stands together
    ("A pitch-black room", "pitch"), ("A woman in cat-eye glasses", "cat"),
    ("A square-jawed man stands in a bar", "square"), ("A frost-covered suit in a room", "snow"),
    ("A woman in a tank top jogs", "battlefield"), ("A rock band plays", "rock"),
    # parts of a body, and what is called like them
    ("She holds out her hand, palm up", "palm"), ("His palm against the window", "palm"),
    ("Both palms on the table, he leans forward", "palm"), ("a note on his open palm", "palm"),
    ("The hands of the clock stand still", "hands"), ("The mouth of the river", "mouth"),
    ("A hit square in the chest", "chest"), ("The pie lands square on his head", "square"),
    ("She looks him square in the eye", "square"), ("Dark rings under his eyes", "ring"),
    ("Hat brim low, a man waits", "hat"),
    # idioms and cameras
    ("Whip pan to a door", "pan"), ("A mug shot of a man", "cup"), ("He can't bear to look", "forest"),
    ("A bear hug between two brothers", "bear"), ("A fish-eye shot of a corridor", "fish"),
    ("Rack focus to a man", "shelf"), ("Raining cats and dogs in a street", "dog"),
    ("A drop of blood falls on a table", "waterfall"), ("A goat with one horn", "trumpet"),
    # what is said not to be there
    ("Her ring is gone, a woman looks at her hand", "ring"), ("A coat missing a button", "doorbell"),
]  # fmt: skip


@pytest.mark.parametrize(("text", "kind"), NOT_MEANT)
def test_what_is_not_meant_is_not_drawn(text, kind):
    assert kind not in _kinds(read_scene(text))


MEANT = [
    ("A palm tree on a beach", "palm"), ("A street lined with palms", "palm"),
    ("People cross the square in the rain", "square"), ("A sheet of paper on a desk", "paper"),
    ("A field of wheat", "field"), ("A ship on the sea", "sea"), ("Snow-covered hills", "snow"),
    ("They like the dog in the park", "dog"), ("The mouth of a cave", "cave"),
    ("A man with a bat on his shoulder at the baseball match", "bat club"),
    ("A gold ring on a table", "ring"), ("A bear in the forest", "bear"), ("A man drops a cup", "cup"),
    ("A hut at the waterfall", "waterfall"), ("A pool of blood on the floor", "puddle"),
]  # fmt: skip


@pytest.mark.parametrize(("text", "kind"), MEANT)
def test_what_is_meant_is_drawn(text, kind):
    assert kind in _kinds(read_scene(text))


NOBODY = [
    "A car under a lamp. No one around.", "A TV on a table, nobody watching it",
    "An empty street. Not a soul.", "Nobody dares to move.", "A pier. No people anywhere.",
]  # fmt: skip


@pytest.mark.parametrize("text", NOBODY)
def test_nobody_is_nobody(text):
    assert read_scene(text).figures == ()


HEARD = [
    "ABBOT (off): 'Again?' A door.", "MIRA (V.O.) speaks of a road.", "A car in a lot. HONK.",
    "A plate on a table. Splat.",
]  # fmt: skip


@pytest.mark.parametrize("text", HEARD)
def test_who_is_only_heard_is_not_seen(text):
    assert read_scene(text).figures == ()


def test_what_is_spoken_is_on_no_sign():
    assert read_scene("A woman at a door, mouthing 'stay there'.").says == ()
    assert read_scene("A sign on a door: 'STAY OUT'.").says == ("STAY OUT",)


def test_what_nobody_does_something_to_is_there():
    (boy,) = read_scene("Nobody notices the boy under the table").figures

    assert boy.look.age == "child"


def test_what_is_left_out_is_named():
    assert "football" in read_scene("A ship the size of a football").unknown


def test_what_is_quoted_is_nobody():
    scene = read_scene('Insert screen: "INCOMING CALL - ORIGIN: KING RICHARD"')

    assert scene.figures == ()
    assert scene.insert == "computer"


@pytest.mark.parametrize(
    "text", ["like", "as", "no one", "the size of", "as a as", "square", "than"]
)
def test_half_a_figure_of_speech_is_read_too(text):
    kept, gone = literal(tokens(text))

    assert len(kept) + len(gone) <= len(tokens(text))
    assert read_scene(text).figures == ()

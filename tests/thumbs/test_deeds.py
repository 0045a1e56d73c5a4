"""Deeds that have a pose of their own: in water and air, on boards and stairs, at a cliff, asleep."""

from __future__ import annotations

import pytest

from daemon.thumbs.drawing import draw
from daemon.thumbs.reading import read_scene

DEEDS = [
    ("A lone swimmer does laps in an empty pool", "swimming", "", "pool"),
    ("A woman floats on her back in a lake", "afloat", "", "lake"),
    ("An astronaut floats past the window of the station", "floating", "", "spaceship inside"),
    ("A teenager skateboards down a ramp, arms wide open", "balancing", "skateboard", ""),
    ("A girl surfs", "balancing", "lying surfboard", "sea"),
    ("A man skis down the hill", "skiing", "pair of skis", "snowfield"),
    ("A man climbs the spiral stairs", "walking", "stair", ""),
    ("A paddler crosses the lake", "rowing", "canoe", "lake"),
    ("A student sleeps in a plastic chair", "dozing", "chair", ""),
    ("A woman climbs through the bathroom window", "climbing", "", "bathroom"),
    ("A man hangs on a sheer cliff face", "hanging", "", "mountains"),
    ("Two paramedics push a stretcher, running", "pushing", "", ""),
    ("A waiter balances far too many plates", "carrying", "", ""),
    ("The janitor dances with his mop", "dancing", "", ""),
    ("Two cowboys ride along a dry riverbed", "riding", "horse", ""),
    ("A blacksmith hammers a horseshoe on the anvil", "swinging", "", "workshop"),
    ("The teacher writes his name on the blackboard", "reaching", "", "classroom"),
    ("The princess saws through the bars of her window", "sawing", "", ""),
    ("A woman runs through the airport", "running", "", "waiting room"),
    ("She knocks her water glass over", "hands up", "", ""),
]


@pytest.mark.parametrize(("text", "pose", "on", "place"), DEEDS)
def test_a_deed_is_seen_in_who_does_it(text, pose, on, place):
    scene = read_scene(text)

    assert {one.pose for one in scene.figures} == {pose}
    assert {one.on for one in scene.figures} == {on}
    assert scene.place == place or not place
    assert draw(scene, 160, 90).getbbox()


def test_who_sleeps_on_a_shoulder_sits_beside_it():
    one, other = read_scene("A man falls asleep against the shoulder of a stranger").figures

    assert (one.pose, one.on, other.pose, other.on) == ("dozing", "bench", "sitting", "bench")


def test_a_friend_is_dragged_and_a_trunk_is_opened():
    assert read_scene("A soldier drags his friend").action == "drag"
    trunk = read_scene("Two sisters open a dusty trunk").things
    assert [(one.kind, one.relation) for one in trunk] == [("chest", "before")]


def test_an_adjective_before_the_noun_of_a_deed_changes_nothing():
    plain, flat = (read_scene(f"A driver changes a {word}tyre") for word in ("", "flat "))
    assert [one.pose for one in plain.figures] == [one.pose for one in flat.figures] == ["fixing"]


def test_a_sky_that_is_looked_at_is_no_place():
    assert read_scene("A family looks at the sky").place != "sky"


def test_who_has_a_thing_by_trade_has_one_and_a_dog_stays_in_a_tug_of_war():
    assert not read_scene("A glassblower turns a bulb at the end of a long pipe").things
    war = read_scene("The mail carrier plays tug-of-war with a terrier over a parcel")
    assert {one.kind for one in war.things} >= {"dog"}

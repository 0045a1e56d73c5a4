"""Who is there since the shot says so, and how many they are."""

from __future__ import annotations

import pytest

from daemon.thumbs.reading import read_scene

SHOWN = [
    ("Long lens shot of her carrying a crate toward the barn", "f"),
    ("Tracking shot of him running through rain", "m"),
    ("Close on her, smiling", "f"),
    ("Low angle on him as he climbs a ladder", "m"),
    ("Medium shot of them kissing", "ff|fm|mf|mm"),
    ("Two-shot in a taxi, rain on the windows", "ff|fm|mf|mm"),
    ("Two-shot at the bar, both laughing", "ff|fm|mf|mm"),
    ("Two-shot through a windshield, wipers going", "ff|fm|mf|mm"),
    ("Two-shot through a window, neither of them speaking", "ff|fm|mf|mm"),
    ("Two-shot of sisters at a window", "ff"),
    ("Two-shot of brothers in a kitchen", "mm"),
    ("Two-shot, Anna and Ben on a bench", "fm"),
    ("Two-shot of Anna on a bench", "ff|fm"),
    ("Two-shot of a boy and his dog", "m"),
    ("A girl sits down across from him", "fm"),
    ("Reverse wide as a girl with two balloons sits down across from him", "fm"),
    ("Medium shot as a woman enters a bar", "f"),
    ("A man stands beside her at the window", "mf"),
    ("A man wide as an oak stands at a bar", "m"),
    ("Wide of parents' cars in a row", ""),
    ("Kids' drawings on a fridge", ""),
    ("A woman reads the soldiers' letters", "f"),
    ("Close on the sisters' faces", "fff|ff"),
]  # fmt: skip


@pytest.mark.parametrize(("text", "sexes"), SHOWN)
def test_those_are_there_whom_the_shot_says_to_be(text, sexes):
    found = "".join(one.look.sex for one in read_scene(text).figures)

    assert found in sexes.split("|")


MEETINGS = [
    ("Embrace in profile, low sun behind", "embrace"), ("A long kiss in the rain", "kiss"),
    ("Tense handshake across a table, guards blurred behind", "shake hands"),
    ("Handshake between the mayor and a farmer", "shake hands"),
    ("Handheld shot of a scuffle in an alley", "fight"), ("Wide of a brawl in a saloon", "fight"),
    ("Wide of a duel between two knights at dawn", "fight"), ("Rooftop chase, night", "chase"),
    ("Night market in the rain, chase", "chase"), ("A slow dance in the kitchen", "dance"),
    ("Medium shot of an argument in a kitchen", "talk"), ("A couple's first dance", "dance"),
    ("Medium shot of an argument between a zorbler and a cyclist", "talk"),
    ("A duel between a knight and a zorbler in a courtyard", "fight"),
    ("A hug at an airport gate, suitcases dropped", "embrace"),
    ("A first kiss on the doorstep, the girl on tiptoe", "kiss"),
]  # fmt: skip


@pytest.mark.parametrize(("text", "action"), MEETINGS)
def test_a_deed_that_is_a_noun_is_done_by_two(text, action):
    scene = read_scene(text)

    assert (len(scene.figures), scene.action) == (2, action)


def test_a_noun_for_a_deed_is_something_else_elsewhere():
    assert read_scene("Toast on a plate").insert
    assert len(read_scene("They share a kiss on a bridge").figures) == 2
    assert len(read_scene("A girl watches a fight on television").figures) == 1


UNLISTED = [
    ("Over-the-shoulder of the guide pointing at a map", 1),
    ("Over-the-shoulder of the recruit staring at the sea", 1),
    ("Over-the-shoulder of a weaver at her loom", 1),
    ("Medium shot of the glazier lifting a pane", 1), ("A glazier lifting a pane", 1),
    ("Medium, a zorbler whispering to a nurse", 2), ("A barometer dropping", 0),
    ("Medium shot of the botanist and the guide laughing", 2),
    ("Medium shot of a nurse and the recruit asleep on a bench", 2),
    ("Close-up of the cellarer tasting wine", 1),
    ("Two-shot of honeymooners arguing behind a menu", 2),
    ("Two-shot of the drummer and the roadie sharing a pizza", 2),
    ("Wide of stevedores unloading crates", 3),
    ("Low angle, window washers watching a meeting", 3),
    ("Faces of stevedores lit by torches", 3),
    ("Close-up of a barometer dropping", 0), ("Close-up of the latch clicking open", 0),
    ("Close-up of saffron being weighed", 0), ("Medium shot of the sextant lying on a map", 0),
    ("A maze garden at night, two lanterns", 0), ("Insert of a ratchet turning", 0),
    ("Tracking shot following a wagging tail", 0), ("Close on branches scratching a window", 0),
    ("Low angle as wipers smear the rain", 0), ("Wide of icicles hanging from a roof", 0),
]  # fmt: skip


@pytest.mark.parametrize(("text", "count"), UNLISTED)
def test_an_unknown_noun_is_somebody_where_only_somebody_can_stand(text, count):
    assert len(read_scene(text).figures) == count


TOGETHER = [
    ("The child and the dog asleep under a piano", "lying", "asleep"),
    ("A boy and his dog asleep by a fire", "lying", "asleep"),
    ("A boy and his dog sitting on a pier", "sitting on the ground", "sitting"),
    ("A girl and a cat running through grass", "running", "running"),
    ("A woman and her dog walking on a beach", "walking", "walking"),
    ("A shepherd and his old dog looking up at a kite", "looking up", "howling"),
    ("A dog and a girl running across a field", "running", "running"),
    ("A man and a horse crossing a river", "walking", "walking"),
]  # fmt: skip


@pytest.mark.parametrize(("text", "pose", "does"), TOGETHER)
def test_somebody_and_an_animal_do_the_same(text, pose, does):
    scene = read_scene(text)

    assert [one.pose for one in scene.figures] == [pose]
    assert does in [one.does for one in scene.things]


STATES = [
    ("A teenage apprentice falling asleep on a stack of tires", "lying", "asleep"),
    ("A gardener asleep among tomatoes in a greenhouse", "lying", "asleep"),
    ("A soldier asleep standing up", "standing", "asleep"),
    ("A man asleep on a bench", "dozing", "asleep"),
    ("Two men collapsed in laughter", "sitting on the ground", "laughing"),
    ("A woman collapses in tears", "kneeling", "sad"),
    ("A waiter frozen mid-step", "walking", "calm"), ("A thief mid-jump", "jumping", "calm"),
    ("A boy mid-leap over a puddle", "jumping", "calm"), ("A boxer mid-punch", "punching", "calm"),
    ("A singer mid-song on a stage", "singing", "calm"), ("A runner mid-stride", "running", "calm"),
    ("A woman mid-laugh at a bar", "standing", "laughing"), ("A priest mid-sermon", "standing", "calm"),
    ("A clerk who stopped writing mid-sentence", "writing", "calm"),
    ("A man frozen in fear", "standing", "afraid"), ("A burglar dangling from a rope", "hanging", "calm"),
]  # fmt: skip


@pytest.mark.parametrize(("text", "pose", "feeling"), STATES)
def test_a_state_is_seen(text, pose, feeling):
    found = {(one.pose, one.expression) for one in read_scene(text).figures}

    assert found == {(pose, feeling)}


RIDDEN = [
    ("A rider crosses a desert", "horse"), ("Jockeys lean into a turn", "horse"),
    ("Riders circle a velodrome", "bicycle"), ("A rider lifts his bent handlebars", "bicycle"),
    ("Racers on bikes cross a bridge", "bicycle"), ("A pack of cyclists leaning into a turn", "bicycle"),
    ("A rider on a motorcycle in the rain", "motorcycle"), ("Riders with flat tires", "bicycle"),
    ("Top-down of a crash unfolding, riders fanning out", "bicycle"),
]  # fmt: skip


@pytest.mark.parametrize(("text", "ridden"), RIDDEN)
def test_what_a_rider_rides_the_words_around_say(text, ridden):
    figures = read_scene(text).figures

    assert {one.on for one in figures} == {ridden}
    assert "book" not in {one.held for one in figures}


CROWDS = [
    ("A detective gathering everyone in the music room", 1), ("High angle of the gathering", 0),
    ("Crane up to an entire village gathered on a pier", 0), ("Crane shot over a protest march", 0),
    ("Slow pan across the audience, faces lit by candles", 0), ("A man alone among the audience", 1),
    ("A wall of reporters, a woman pushing through", 1), ("Close-up of the jury of twelve listening", 4),
]  # fmt: skip


@pytest.mark.parametrize(("text", "named"), CROWDS)
def test_a_crowd_is_one_and_the_named_one_is_among_them(text, named):
    scene = read_scene(text)

    assert (scene.crowd, len(scene.figures), scene.insert) == (True, named, "")
    assert all(one.pose != "crouching" for one in scene.figures)


def test_guests_who_scatter_run():
    assert {one.pose for one in read_scene("A tent collapses, guests scattering").figures} == {
        "running"
    }
    assert read_scene("A farmer scatters seeds").figures[0].pose == "giving"


SEVERAL = [
    ("Two-shot of rival chefs glaring across a kitchen", 2, ""),
    ("Medium two-shot, strangers in an elevator, both looking down", 2, ""),
    ("Group shot of the cast bowing on stage", 3, ""),
    ("Medium shot of a couple mid-conversation", 2, "talk"),
    ("Medium shot of the twins mid-argument", 2, "talk"),
    ("Close shot of lovers' hands entwined", 0, ""),
    ("Reaction shot of the choir", 3, ""), ("Crowd reaction shot", 3, ""),
    ("A boy guards a door", 1, ""),
]  # fmt: skip


@pytest.mark.parametrize(("text", "count", "action"), SEVERAL)
def test_several_are_as_many_as_they_are(text, count, action):
    scene = read_scene(text)

    assert len(scene.figures) == count
    assert not action or scene.action == action
    assert not any(note.text == "OTHER" for note in scene.notes)


@pytest.mark.parametrize("text", ["A playground, kids everywhere", "Wide of a picket line"])
def test_many_are_a_crowd(text):
    assert read_scene(text).crowd

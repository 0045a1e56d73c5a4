"""Notes beside a drawing: what words say and the drawing does not show, and nothing else."""

from __future__ import annotations

import random
from dataclasses import replace
from pathlib import Path

import pytest

from daemon.thumbs.drawing import draw
from daemon.thumbs.labels import unlettered
from daemon.thumbs.palette import light_of
from daemon.thumbs.panel.layout import lay_out
from daemon.thumbs.panel.lettering import draw_notes
from daemon.thumbs.panel.margins import seen_of
from daemon.thumbs.paper import Paper
from daemon.thumbs.reading import read_scene
from daemon.thumbs.scene import Note
from daemon.thumbs.script.notes import MOST
from daemon.thumbs.stage import Stage, camera_of

SIZE = (480, 270)
SHOTS = (Path(__file__).parent / "shots.txt").read_text("utf-8").splitlines()
RICH = (
    "INT. SUBMARINE - NIGHT. The sonar operator presses his headphones",
    "Two falconers cross a moor",
    "Close-up of Tomas grinding ink on a stone",
    "The old coach wraps tape round the girl's knuckles",
    "Wide shot. A cartographer unrolls a map across a table, three sailors lean in",
    "Low angle: protesters topple a statue",
    "A man frobnicates a woman in a crowded bar",
    "Dutch angle: a falconer unhoods the bird",
)


def notes(text: str, kind: str = "") -> list[str]:
    return [one.text for one in read_scene(text).notes if kind in ("", one.kind)]


DEEDS = [
    ("Mara finds the letter", "FINDS LETTER"),  # held like anything else
    ("Close-up of Tomas grinding ink on a stone", "GRINDING INK ON STONE"),  # unknown
    ("The boy shears a sheep", "SHEARS SHEEP"),  # a pose of many deeds
    ("A man mends a zorble", "MENDS ZORBLE"),  # the thing is not known
    ("Close-up: Ines tears the photograph", "TEARS PHOTOGRAPH"),  # hands are not seen
    ("A boy spins the wheel", "SPINS WHEEL"),  # no dance
    ("A father bounces a baby", "BOUNCES BABY"),  # no jump
    ("Two boys flense a whale", "FLENSE WHALE"),  # of several
    ("A teenager haggles over a trumpet", "HAGGLES OVER TRUMPET"),
    ("The man cracks open the safe", "CRACKS OPEN SAFE"),
    ("A man sells the boy a trumpet", "SELLS BOY TRUMPET"),
    ("Insert: a hand winds a pocket watch", "WINDS POCKET WATCH"),
    ("A woman watches her husband", "WATCHES HUSBAND"),
]  # fmt: skip


@pytest.mark.parametrize(("text", "note"), DEEDS)
def test_a_deed_that_is_not_drawn_is_noted(text, note):
    assert notes(text, "deed")[:1] == [note]


PLACES = [
    ("EXT. OIL RIG - STORM. A man waits", ["OIL RIG"]),
    ("INT. CHANDLERY - DAY. Anna waits", ["CHANDLERY"]),
    ("A man sits in the chandlery", ["CHANDLERY"]),
    ("Ben waits in Prague", ["PRAGUE"]),
    ("INT. FARMHOUSE - DAWN. A man sleeps", ["FARMHOUSE"]),
    ("A woman stands on the ferry", ["FERRY"]),
    ("INT. KITCHEN - NIGHT. Anna waits", []),
    ("EXT. ROOFTOP - DAY. Anna waits", []),
    ("Anna runs in a hurry", []),
]


@pytest.mark.parametrize(("text", "found"), PLACES)
def test_a_place_that_is_drawn_as_another_or_not_at_all_is_noted(text, found):
    assert notes(text, "place") == found


ROLES = [
    ("A falconer crosses a field", ["FALCONER"]),
    ("Two falconers cross a field", ["FALCONERS"]),
    ("The teacher sleeps", ["TEACHER"]),
    ("A lone lamplighter climbs his ladder", ["LAMPLIGHTER"]),
    ("A policeman walks", []),
    ("Anna walks", []),
    ("An old woman sleeps", []),
    ("A painter paints a wall", []),
]


@pytest.mark.parametrize(("text", "found"), ROLES)
def test_who_is_not_known_by_their_looks_has_their_word(text, found):
    assert notes(text, "role") == found


DRAWN = (
    "A man runs across a bridge",
    "Anna washes the dishes",
    "A boy reads a book in bed",
    "A woman drinks coffee in a cafe",
    "Two men carry a sofa up a staircase",
    "Anna hugs Ben in the kitchen",
    "A man digs a hole in the garden",
    "INT. LIBRARY - DAY. Anna reaches for a book",
    "A woman packs a suitcase",
    "A girl flies a kite on a hill",
    "A girl cycles past and throws a ball",
    "Two men dig with bare hands",
    "The chef tosses pancakes",
    "A knight fights a dragon before the castle",
)
NOISE = (
    "",
    "🙂",
    "masterpiece, best quality, 1girl, solo, looking at viewer, (detailed:1.2), <lora:x_v2:0.8>",
    "score_9, score_8_up, 1boy, muscular, arms crossed, forest background",
    "<p>A man <b>walks</b></p> &nbsp; <a href='http://example.com/x?y=1'>go</a>",
    "A man walks, trending on artstation, by Greg Rutkowski, sharp focus, 8k",
    "A woman quickly and very nervously walks down the corridor",
    "He remembers that she was wrong and hopes",
    "Мужчина читает газету в кафе",
    "A melancholic mood hangs over everything",
    "A man fleb BREAK castle in background",
    "A man frobnicates a zorble. " * 150,
)


@pytest.mark.parametrize("text", [*DRAWN, *NOISE])
def test_what_is_drawn_and_what_is_no_deed_has_no_note(text):
    assert notes(text) == []


def test_what_it_is_is_said_again():
    text = "Jonah licks an envelope and seals it"

    assert notes(text, "deed") == ["LICKS ENVELOPE", "SEALS ENVELOPE"]


def test_there_are_so_many_at_most_and_the_deed_is_first():
    text = "INT. SUBMARINE. The operator grinds ink. A falconer unhoods a bird and an oboist frets."
    found = read_scene(text).notes

    assert len(found) == MOST
    assert found[0].kind == "deed"


def test_a_note_is_short_and_of_latin_letters():
    for text in (*SHOTS, *RICH, "Er frobnicates den längsten überaus großen Zorbelkasten"):
        for one in notes(text):
            assert len(one) <= 24
            assert len(one.split()) <= 4
            assert one.isascii()


def test_what_a_note_says_is_named_as_not_drawn_all_the_same():
    assert read_scene("Tomas grinding zorbles").unknown == ("grinding", "zorbles")


@pytest.mark.parametrize("text", RICH)
def test_a_model_is_given_no_notes(text):
    scene = unlettered(read_scene(text))

    assert scene.notes == ()
    assert draw(scene, *SIZE).tobytes() == draw(replace(scene, notes=()), *SIZE).tobytes()


def staged(text: str) -> Stage:
    """A panel with nothing but its notes, for where they are."""
    scene = read_scene(text)
    light = light_of(scene.time, scene.weather, False)
    stage = Stage(Paper(*SIZE, scene.style, 1), camera_of(scene, random.Random(1)), light, scene)
    draw_notes(stage, *lay_out(stage))
    return stage


@pytest.mark.parametrize("text", [*RICH, *SHOTS[::4]])
def test_no_face_and_no_hand_is_under_a_note_and_no_note_on_another(text):
    stage = staged(text)
    boxes = stage.lettered
    seen = [part for one in lay_out(stage)[0] for part in seen_of(stage, one).parts]

    for number, (left, top, right, low) in enumerate(boxes):
        assert -stage.half <= left < right <= stage.half
        assert 0 <= top < low <= 1
        for other in [*boxes[:number], *seen]:
            wide = min(right, other[2]) - max(left, other[0])
            assert wide <= 0 or (min(low, other[3]) - max(top, other[1])) * wide < 0.001


@pytest.mark.parametrize(("height", "seen"), [(270, True), (160, True), (80, False)])
def test_a_panel_in_which_nobody_could_read_them_has_none(height, seen):
    scene = read_scene("Mara finds the letter")
    size = (height * 16 // 9, height)
    bare = replace(scene, notes=())

    assert (draw(scene, *size).tobytes() != draw(bare, *size).tobytes()) is seen


def test_a_place_that_is_noted_has_no_sign_of_another():
    scene = read_scene("A man in a lab")
    noted = replace(scene, notes=(Note("place", "X"),))
    bare = replace(scene, lettered=False)

    without = draw(replace(noted, lettered=False), *SIZE)
    assert draw(bare, *SIZE).tobytes() == without.tobytes()
    assert (
        draw(scene, *SIZE).crop((0, 40, *SIZE)).tobytes() != without.crop((0, 40, *SIZE)).tobytes()
    )


EMPTY = [
    ("Close-up: Jonah licks the envelope", "apple"),
    ("The spy swallows the note", "cup"),
    ("A man sweeps cherry petals", "apple"),
]


@pytest.mark.parametrize(("text", "kind"), EMPTY)
def test_what_words_do_not_mean_is_not_drawn(text, kind):
    scene = read_scene(text)

    assert kind not in [one.held for one in scene.figures]
    assert kind not in [one.kind for one in scene.things]


def test_inside_is_not_drawn_from_outside():
    assert read_scene("INT. FARMHOUSE - DAWN. A man sleeps").place == "hut inside"
    assert read_scene("EXT. FARMHOUSE - DAWN. A man sleeps").place == "farm"


def test_several_do_it_to_whom_they_do_it():
    scene = read_scene("Two policemen handcuff a man in a clown costume")

    assert scene.action == "arrest"
    assert [one.look.hat for one in scene.figures] == ["police", "party", "police"]


def test_whom_an_animal_runs_from_is_behind_it():
    scene = read_scene("A vicar chases a pig")

    assert [(one.kind, one.relation) for one in scene.things] == [("pig", "chased")]


SENSES = [
    ("A woman fans herself", 1), ("Twin girls jump on the bed", 2), ("A sculptor chips at a block", 1),
    ("A mushroom picker kneels", 1), ("Detective Bell pushes a cart", 1), ("Barefoot women walk", 3), ("Three drunk sailors carry a man", 4), ("Two men whip each other", 2),
    ("A boy watches the others swim", 1),
]  # fmt: skip


@pytest.mark.parametrize(("text", "count"), SENSES)
def test_who_does_it_is_there_and_nobody_else(text, count):
    assert len(read_scene(text).figures) == count


BEASTS = [
    ("A fox watches the farm", "FOX WATCHES FARM"), ("A parrot bites the man's finger", "PARROT BITES FINGER"),
    ("The audience applauds", "AUDIENCE APPLAUDS"),
]  # fmt: skip


@pytest.mark.parametrize(("text", "note"), BEASTS)
def test_what_animals_and_crowds_do_is_noted_with_who_they_are(text, note):
    assert note in notes(text, "deed")


def test_what_happens_besides_is_nobodys_deed():
    scene = read_scene("Two smugglers haul a sledge, a searchlight sweeping towards them")

    assert [one.pose for one in scene.figures] == ["pulling", "pulling"]


def test_a_storm_breaks_nothing_that_somebody_has():
    assert read_scene("A man holds a rope as the storm breaks").figures[0].held == "rope"


def test_what_a_heading_only_says_of_a_place_is_nobody():
    assert len(read_scene("INT. CHILDREN'S WARD. A doctor sleeps").figures) == 1


def test_a_tool_stays_in_the_hand_whatever_it_is_used_for():
    assert read_scene("A novice lights zorble").figures[0].held == "match"


def test_what_is_pulled_from_somebody_is_not_them():
    scene = read_scene("A doctor pulls a coin from a boy's ear")

    assert scene.action == "tend"
    assert notes("A doctor pulls a coin from a boy's ear", "deed") == ["PULLS COIN FROM EAR"]


def test_nobody_has_a_desk_in_the_open_air():
    scene = read_scene("EXT. FOREST - DAY. A witch draws a circle in ash")

    assert "desk" not in [one.kind for one in scene.things]

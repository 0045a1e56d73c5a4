"""Ways of writing that people have for what is known: how a shot is called, how somebody goes down."""

from __future__ import annotations

import pytest

from daemon.thumbs.reading import read_scene
from daemon.thumbs.spelt import in_known_words

SIZES = {
    "extreme wide": ["EWS", "E.W.S.", "XLS", "VWS", "ELS"],
    "wide": ["WS", "W.S.", "W/S", "LS", "L.S."],
    "full": ["FS", "F.S.", "MLS", "MWS", "Med. long shot"],
    "medium": ["MS", "M.S.", "M/S", "MED", "Med", "Med. shot", "2S", "2-S", "3S"],
    "close-up": ["CU", "C.U.", "C/U", "MCU", "M.C.U.", "MED CU", "Med. CU"],
}
POSES = {
    "kneeling": [
        *("gets down on one knee", "drops to his knees", "falls to both knees", "sinks to his knees"),
        *("goes down on his knees", "lowers himself to one knee", "takes a knee", "is on his knees"),
        *("fell to his knees", "collapses onto his knees", "is down on one knee", "rests on one knee"),
    ],
    "sitting": [
        *("sinks into the armchair", "drops into a chair", "plops down on the sofa", "flops down"),
        *("lowers himself onto a bench", "slumps into his seat", "slides into the booth"),
    ],
    "standing": ["gets to his feet", "struggles to his feet", "scrambles back to his feet"],
}  # fmt: skip


@pytest.mark.parametrize(
    ("shot", "written"), [(shot, each) for shot, row in SIZES.items() for each in row]
)
@pytest.mark.parametrize("sign", [" ", ": ", " - ", ", ", " on ", " of "])
def test_a_size_is_known_however_it_is_written(shot: str, written: str, sign: str) -> None:
    scene = read_scene(f"{written}{sign}Anna")

    assert (scene.shot, [one.name for one in scene.figures][:1]) == (shot, ["Anna"])
    assert not scene.unknown


@pytest.mark.parametrize(
    ("written", "camera"),
    [
        *(("H/A a street", "high"), ("HA - a street", "high"), ("WS/HIGH: a street", "high")),
        *(("L/A of a tower", "low"), ("LA: a tower", "low"), ("WS / LOW, a tower", "low")),
        *(("O/S Anna to Ben", "over the shoulder"), ("O.T.S. Anna to Ben", "over the shoulder")),
    ],
)  # fmt: skip
def test_an_angle_is_known_however_it_is_written(written: str, camera: str) -> None:
    assert read_scene(written).camera == camera


@pytest.mark.parametrize(
    "text",
    ["J.R. in a car", "the U.S.A. flag", "A drive through LA at night", "24/7 diner", "ANNA (O.S.)",
     "she sits the baby on her knees", "falls in love", "drops into the water", "5 a.m. on a street"],
)  # fmt: skip
def test_what_only_looks_so_stays_as_it_is(text: str) -> None:
    assert in_known_words(text) == text


@pytest.mark.parametrize(
    ("pose", "deed"), [(pose, each) for pose, row in POSES.items() for each in row]
)
@pytest.mark.parametrize(
    ("who", "whose"), [("A man", "his"), ("Anna", "her"), ("The two girls", "their")]
)
def test_whoever_goes_down_or_gets_up_is_drawn_so(
    pose: str, deed: str, who: str, whose: str
) -> None:
    own = {"his": "himself", "her": "herself", "their": "themselves"}[whose]
    scene = read_scene(f"{who} {deed.replace('himself', own).replace('his', whose)}.")

    assert {one.pose for one in scene.figures} == {pose}


@pytest.mark.parametrize(
    "thing", ["a lighthouse behind her", "a gun in her hand", "the sea beyond", "a candle"]
)
@pytest.mark.parametrize("who", ["Anna", "OTS Anna", "WS Anna", "Anna and Ben", "MS of Ben"])
def test_a_name_before_a_thing_is_somebody(who: str, thing: str) -> None:
    scene = read_scene(f"{who}, {thing}")

    assert [one.name for one in scene.figures] == [one for one in ("Anna", "Ben") if one in who]
    assert not {"Anna", "Ben"} & {*scene.unknown}


def test_a_thing_that_has_a_name_is_nobody() -> None:
    assert not read_scene("Relay Seven, a ring station, turns").figures


@pytest.mark.parametrize(
    "deed", ["covers her ears", "covers her mouth with both hands", "covers his face"]
)
@pytest.mark.parametrize("who", ["She", "The woman", "A nurse"])
def test_what_somebody_does_is_lettered_as_no_thing(who: str, deed: str) -> None:
    assert not [note for note in read_scene(f"{who} {deed}").notes if "COVERS" in note.text
                and note.kind == "thing"]  # fmt: skip

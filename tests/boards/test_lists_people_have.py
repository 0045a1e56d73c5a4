"""Shot lists as people have them: whatever they call a shot, a number is its id and none of its words."""

from __future__ import annotations

import pytest

from daemon.boards.board import Board
from daemon.boards.read import read_board
from daemon.errors import JobError
from daemon.settings import Settings

SAID = ["a street at night", "CU, a phone rings", "Anna picks it up"]


def read(text: str, file: str = "ep.txt") -> Board:
    return read_board(text.encode(), file, name="ep", base=Settings().job_defaults)


def shots(text: str, file: str = "ep.txt") -> dict[str, str]:
    return {shot.id: shot.written for shot in read(text, file).shots}


def scenes(text: str, file: str = "ep.txt") -> list[str]:
    return [shot.told.get("scene", "") for shot in read(text, file).shots]


@pytest.mark.parametrize(
    "written",
    [
        *("{} ", "{}. ", "{}) ", "{}: ", "{}\t", "{}.\t", "{} - ", "{} – ", "{} — ", "{} -> ", "{}.- "),
        *("Shot {}: ", "SHOT {} - ", "shot {} ", "Shot #{} – ", "Shot No. {}: ", "Shot {}.\u00a0"),
        *("Panel {}: ", "Frame {}. ", "Scene {}: ", "#{} ", "({}) ", "[{}] ", "**Shot {}:** ", "**{}.** "),
        *("Einstellung {}: ", "Bild {} – ", "Plan {} : ", "Plano {}: ", "Кадр {}. ", "カット{}\u3000", "镜头{}："),
        *("- Shot {}: ", "* **Shot {}** — ", "• {}. ", "- [ ] {} – "),
    ],
)  # fmt: skip
@pytest.mark.parametrize(
    "ids", [["1", "2", "3"], ["010", "012A", "012B"], ["1.1", "1.2", "2.1"], ["1-1", "1-2", "2-1"]]
)
def test_the_number_of_a_shot_is_its_id_however_it_is_written(written: str, ids: list[str]) -> None:
    lines = [written.format(name) + said for name, said in zip(ids, SAID, strict=True)]
    text = "\n".join(lines) + "\n"

    assert shots(text) == dict(zip(ids, SAID, strict=True))
    assert shots("\n".join(reversed(lines))) == shots(
        text
    )  # in another order they stay who they are


def test_a_letter_of_any_script_is_a_part_of_the_number() -> None:
    assert [*shots("1. Гавань\n2А. Руки\n2Б. Лодка\n")] == ["1", "2А", "2Б"]


@pytest.mark.parametrize("sign", ["–", "—", "•", "·", "▪", "●", "◦", "\uf0b7", "■"])
def test_a_bullet_of_a_word_processor_is_no_word(sign: str) -> None:
    text = "".join(f"{sign}\t{said}\n" for said in SAID)

    assert shots(text) == dict(zip(["010", "020", "030"], SAID, strict=True))


@pytest.mark.parametrize(
    "text",
    [
        "3 boats on the sea\na street\na house\n",
        "1.5 metres of snow\na street\na house\n",
        "1980s diner\na street\n20th century clock\n",
        "(2 girls:1.2), park\n(3 boys:1.1), park\n",
        "[2 dogs], park\n[3 cats], park\n",
        "(1 girl), solo\n(2girls), duet\n",
        "INTERIOR SHOT OF CAR\na street\nINTERIOR SHOT OF BUS\na house\n",
        "24-70 mm lens, a street\n1.2 m tall child\n",
        "a street\n#1 fan in the crowd\n",  # one line only, and a comment
    ],
)
def test_a_number_among_words_stays_a_word(text: str) -> None:
    counting = [line for line in text.splitlines() if not line.startswith("#")]
    if len(counting) > 1:
        assert [*shots(text).values()] == counting


def test_a_numbered_shot_behind_a_hash_is_taken_out_where_others_are_numbered() -> None:
    assert [*shots("010 a\n#020 b\n#030 c\n040 d\n")] == ["010", "040"]
    assert [*shots("# Episode 3\n#1 a street\n#2 a phone\n")] == ["1", "2"]


def test_what_is_broken_off_below_a_numbered_shot_is_more_of_its_words() -> None:
    text = (
        "1. a street at night,\n   cars in the rain\n2. CU, a phone\n\trings\n   loudly\n3. Anna\n"
    )

    assert shots(text) == {
        "1": "a street at night, cars in the rain",
        "2": "CU, a phone rings loudly",
        "3": "Anna",
    }


@pytest.mark.parametrize(
    "headings",
    [
        ("INT. KITCHEN - DAY", "EXT. GARDEN - NIGHT"),
        ("Scene 1", "Scene 2"),
        ("SCENE 1 - INT. KITCHEN - DAY", "SCENE 2 - EXT. GARDEN - NIGHT"),
        ("Scene 1: the kitchen", "Scene 2: the garden"),
        ("**Szene 1:** Küche", "**Szene 2:** Garten"),
        ("ИНТ. КУХНЯ - ДЕНЬ", "НАТ. САД - НОЧЬ"),
    ],
)
def test_a_heading_above_numbered_shots_is_their_scene_and_no_picture(
    headings: tuple[str, str],
) -> None:
    first, second = headings
    through = f"{first}\n\n1. a cook\n2. a pot\n\n{second}\n\n3. a boy\n"
    anew = f"{first}\n1. a cook\n2. a pot\n{second}\n1. a boy\n"

    assert shots(through) == {"1": "a cook", "2": "a pot", "3": "a boy"}
    assert shots(anew) == {"1-1": "a cook", "1-2": "a pot", "2-1": "a boy"}
    kept = [heading.replace("**", "") for heading in (first, first, second)]
    assert scenes(through) == scenes(anew) == kept
    told = f"{kept[0]} (line 1), {kept[2]} (line 6)"
    could_be_a_shot = kept[0] in ("Scene 1: the kitchen", "Szene 1: Küche")
    assert any(told in warning for warning in read(through).warnings) == could_be_a_shot


def test_a_heading_without_numbers_is_a_scene_only_where_shots_stand_below_each() -> None:
    text = "INT. KITCHEN - DAY\na cook\nEXT. GARDEN - NIGHT\na boy\n"
    places = "EXT. HARBOUR - DAWN\nINT. BOAT - DAY\n"

    assert [*shots(text).values()] == ["a cook", "a boy"]
    assert [*shots(places).values()] == places.splitlines()


def test_a_scene_without_shots_is_told_with_its_line() -> None:
    board = read("INT. BAR - DAY\n1. a cook\nINT. CAR - DAY\nEXT. PIER - DAY\n2. a boy\n")

    assert [shot.id for shot in board.shots] == ["1", "2"]
    assert any("INT. CAR - DAY (line 3)" in warning for warning in board.warnings)


def test_a_screenplay_that_was_saved_as_text_is_one() -> None:
    play = (
        "EXT. HARBOUR - DAWN\n\nBoats in the mist.\n\n          ANNA\n     (quietly)\n"
        "   He said dawn.\n\nINT. CABIN - DAY\n\nBen ties a rope.\n"
    )
    board = read(play)

    assert shots(play) == shots(play, "ep.fountain")
    assert [shot.written for shot in board.shots] == ["Boats in the mist.", "Ben ties a rope."]
    assert any("was read as a screenplay" in warning for warning in board.warnings)


def test_two_shots_of_one_number_are_told_with_both_lines() -> None:
    with pytest.raises(JobError, match="line 1 and in line 3") as caught:
        read("Shot 1: a\nShot 2: b\nShot 1: c\n")
    assert caught.value.line == 3


@pytest.mark.parametrize(
    "written",
    ["Sc 1 Sh {}: ", "Scene 1, Shot {} - ", "SC1_SH{} ", "Scene 1 / Shot {}: ", "Szene 1, Bild {}: ",
     "- Scene 1, Shot {}: "],
)  # fmt: skip
def test_a_shot_that_says_its_scene_has_its_number_before_its_own(written: str) -> None:
    lines = [written.format(name) + said for name, said in zip("12", SAID, strict=False)]
    lines.append(written.replace("1", "2").format("1") + SAID[2])

    assert shots("\n".join(lines)) == dict(zip(["1-1", "1-2", "2-1"], SAID, strict=True))


@pytest.mark.parametrize("head", ["Shot {}", "SHOT {}:", "**Shot {}**", "Panel {}.", "Кадр {}"])
def test_words_below_a_line_with_nothing_but_a_number_are_that_shots(head: str) -> None:
    text = (
        f"{head.format(1)}\nVisual: a park, a boy\nCamera: low angle\nDuration: 3s\n\n"
        f"{head.format('2A')}\nThe boy's face.\nTears.\nDialogue: BOY: Oh!\nDialogue: BOY: No!\n"
    )
    board = read(text)

    assert shots(text) == {"1": "a park, a boy, low angle", "2A": "The boy's face. Tears."}
    assert dict(board.shots[0].told) == {"seconds": "3"}
    assert dict(board.shots[1].told) == {"dialogue": "BOY: Oh!\nBOY: No!"}
    assert [shot.line for shot in board.shots] == [1, 6]


def test_a_number_without_words_is_not_lost() -> None:
    assert [*shots("Shot 1\nShot 2\na park\nShot 3\na boy\n").values()][1:] == ["a park", "a boy"]


@pytest.mark.parametrize(
    "text", ["1.a\n2.b\n12A.c\n", "1)a\n2)b\n12A)c\n", "１．a\n２．b\n12A．c\n"]
)
def test_a_sign_needs_no_space_behind_it(text: str) -> None:
    assert [*shots(text).values()] == ["a", "b", "c"]


def test_what_stands_below_a_numbered_shot_with_a_dash_is_told_of_it() -> None:
    text = (
        "1. **Wide shot**: a park\n   - Camera: static\n   - Dialogue: BOY: Fly!\n"
        "   - Duration: 3s\n2. **Close-up**: the boy\n   - fog\n"
    )
    board = read(text)

    assert shots(text) == {"1": "Wide shot: a park", "2": "Close-up: the boy"}
    assert dict(board.shots[0].told) == {
        "dialogue": "BOY: Fly!",
        "seconds": "3",
        "notes": "Camera: static",
    }
    assert board.shots[1].told["notes"] == "fog"


def test_cells_below_no_headings_are_words_between_commas() -> None:
    assert shots("1\tWS\ta park\n2\tCU\ta boy\n") == {"1": "WS, a park", "2": "CU, a boy"}

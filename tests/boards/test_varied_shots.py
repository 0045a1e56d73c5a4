"""Shots vary as jobs do: rows with names and takes of their own, the same at every reading."""

from __future__ import annotations

from support.boards import board, shots

BOTH = "vary: {light: [dawn, night], cfg: [5, 7]}\nstyle: ink\nshots:\n"


def test_each_row_of_a_shot_has_its_own_takes_whose_seeds_the_rows_share() -> None:
    (shot,) = shots(
        "takes: 2\nshots:\n  060:\n    prompt: Anna, {light}\n    vary: {light: [dawn, night]}\n"
    ).values()

    assert shot.written == "Anna, {light}"
    assert [(take.name, take.number, take.label) for take in shot.takes] == [
        ("060-dawn-1", 1, "dawn"),
        ("060-dawn-2", 2, "dawn"),
        ("060-night-1", 1, "night"),
        ("060-night-2", 2, "night"),
    ]
    assert [take.job.sampling.prompt for take in shot.takes[1:3]] == ["Anna, dawn", "Anna, night"]
    seeds = [take.job.seeds for take in shot.takes]
    assert seeds[:2] == seeds[2:]
    assert seeds[0] != seeds[1]
    assert shot.takes[3].job.written["vary"] == {"light": "night"}


def test_what_varies_at_the_top_varies_where_a_shot_has_the_word() -> None:
    found = shots(
        BOTH + "  010: a boat, {light}\n  020: the sea\n  030: {prompt: x, vary: null}\n"
        "  040: {prompt: 'y {z}', vary: {z: [1, 2]}}\n"
    )

    assert [take.label for take in found["010"].takes] == [
        "dawn-cfg-5",
        "dawn-cfg-7",
        "night-cfg-5",
        "night-cfg-7",
    ]
    assert [take.label for take in found["020"].takes] == ["cfg-5", "cfg-7"]
    assert [take.label for take in found["030"].takes] == [""]
    assert [take.job.sampling.prompt for take in found["040"].takes] == ["y 1, ink", "y 2, ink"]


def test_a_shot_says_again_what_varies_at_the_top() -> None:
    (shot,) = shots("vary: {cfg: [5, 7]}\nshots:\n  010: {prompt: a, cfg: 9}\n").values()

    assert [take.job.sampling.guidance_scale for take in shot.takes] == [9, 9]


def test_what_a_board_leaves_to_chance_is_drawn_the_same_when_it_is_read_again() -> None:
    text = (
        "shots:\n  010:\n    prompt: '{x} {red|blue|green} boat'\n    prompt_syntax: a1111\n"
        "    takes: 3\n    vary: {x: {pick: 2, of: [a, b, c, d, e]}}\n"
    )
    first, again = board(text), board(text)

    assert first == again
    assert len(first.shots[0].takes) == 6

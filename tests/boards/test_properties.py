"""What holds for every board: nothing it says is lost, and nothing it says breaks us."""

from __future__ import annotations

import json
from collections.abc import Mapping

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from support.boards import board

from daemon.boards.read import read_board
from daemon.errors import JobError
from daemon.settings import Settings
from daemon.text.failure_letter import explain

BASE = Settings().job_defaults
SOME = settings(max_examples=120, deadline=None, suppress_health_check=[HealthCheck.too_slow])

ids = st.text("0123456789abcdefgh", min_size=1, max_size=6)
keys = st.fixed_dictionaries(
    {},
    optional={
        "prompt": st.sampled_from(["pier", "boat", "harbour at dawn"]),
        "steps": st.integers(1, 150),
        "takes": st.integers(1, 5),
        "seed": st.integers(0, 1_000),
        "negative_prompt": st.sampled_from(["fog", "rain"]),
    },
)
NAMES = ("steps", "takes", "seed", "negative_prompt", "prompt")


def strongest(key: str, *levels: Mapping[str, object]) -> object:
    return next((level[key] for level in levels if key in level), None)


@SOME
@given(keys, st.dictionaries(ids, keys, min_size=1, max_size=8))
def test_ids_order_and_levels_hold(top: dict[str, object], shots: dict[str, dict[str, object]]):
    top = {"prompt": "the board's", **top}

    read = board(json.dumps({**top, "shots": shots}), file="board.json")

    assert [shot.id for shot in read.shots] == list(shots)
    for shot, said in zip(read.shots, shots.values(), strict=True):
        takes = strongest("takes", said, top) or 1
        seed = strongest("seed", said, top)
        jobs = [take.job for take in shot.takes]
        assert len(jobs) == takes
        assert [take.number for take in shot.takes] == list(range(1, len(jobs) + 1))
        assert {job.sampling.prompt for job in jobs} == {strongest("prompt", said, top)}
        assert {job.sampling.steps for job in jobs} == {strongest("steps", said, top) or 15}
        fog = strongest("negative_prompt", said, top)
        assert {job.sampling.negative_prompt or None for job in jobs} == {fog}
        if seed is not None:
            assert [job.seeds for job in jobs] == [(seed + n,) for n in range(len(jobs))]
    names = [take.name for shot in read.shots for take in shot.takes]
    assert len(names) == len({name.casefold() for name in names})


@settings(SOME, max_examples=25)
@given(st.integers(2, 400), st.booleans())
def test_chains_of_any_length_are_read_in_either_direction(length: int, forward: bool) -> None:
    step = 1 if forward else -1
    shots = {
        f"s{n}": {"prompt": "x", **({"like": f"s{n + step}"} if 0 <= n + step < length else {})}
        for n in range(length)
    }

    assert board(json.dumps({"shots": shots}), file="b.json").pictures == length


EPISODE = """\
aspect: 16:9
takes: 3
shots:
  010: wide, harbour at dawn
  060:
    prompt: over Anna's shoulder
    dialogue: "BEN: Up here!"
    takes: 5
    pick: 2
  070: {prompt: "Anna, Ben on the pier", like: 060, seconds: 2.5}
  080: {prompt: insert, from: {shot: 070, strength: 0.4}}
"""
JUNK = st.sampled_from(
    ["\t", "“", "”", ": ", "{", "}", "[", "- ", "\n", "#", "'", '"', "é", "\0", "  "]
)


def read(text: str) -> None:
    """A board, or an error with a letter; anything else is a fault of ours."""
    try:
        read_board(text.encode(), "board.yaml", name="ep03", base=BASE)
    except JobError as error:
        explain(error, file="board.yaml", source=text.encode())


def test_every_beginning_of_a_board_is_a_board_or_a_letter() -> None:
    for end in range(len(EPISODE)):
        read(EPISODE[:end])


@SOME
@given(st.integers(0, len(EPISODE)), st.integers(0, 12), JUNK)
def test_whatever_slips_into_a_board_is_told(at: int, cut: int, junk: str) -> None:
    read(EPISODE[:at] + junk + EPISODE[at + cut :])


@SOME
@given(
    st.recursive(
        st.none() | st.booleans() | st.integers() | st.text(max_size=5),
        lambda inner: st.lists(inner, max_size=3)
        | st.dictionaries(
            st.sampled_from(["shots", "010", "like", "from", "shot", "strength", "prompt", "takes",
                             "pick", "dialogue", "seconds", "name", "image", "seed"]),
            inner, max_size=4),
        max_leaves=20,
    )
)  # fmt: skip
def test_anything_under_shots_is_a_board_or_a_letter(value: object) -> None:
    text = json.dumps({"prompt": "x", "shots": value})
    try:
        read_board(text.encode(), "b.json", name="x", base=BASE)
    except JobError as error:
        explain(error, file="b.json", source=text.encode())

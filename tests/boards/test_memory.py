"""A board that is read again: what was not changed is not read anew, and all else is as if it were
read for the first time."""

from __future__ import annotations

import pytest
from support.boards import board

from daemon.boards.memory import MOST_SHOTS, BoardMemories, ShotMemory
from daemon.boards.read import read_board
from daemon.settings import Settings

TEXT = """\
takes: 2
shots:
  010: harbour
  020: {prompt: pier, like: 010}
  030: boat
"""
BASE = Settings().job_defaults


def again(memory: ShotMemory, text: str, name: str = "ep03", **more: object):
    return read_board(text.encode(), "board.yaml", name=name, base=BASE, memory=memory, **more)


@pytest.mark.parametrize(
    ("text", "same"),
    [
        (TEXT, {"010", "020", "030"}),
        (TEXT.replace("pier", "quay"), {"010", "030"}),
        (TEXT.replace("  030: boat\n", ""), {"010", "020"}),
        (TEXT.replace("  030", "  # a boat\n  030"), {"010", "020"}),
        (TEXT + "  040: night\n", {"010", "020", "030"}),
        (TEXT.replace("takes: 2", "takes: 3"), set()),
        (TEXT.replace("takes: 2", "takes: 2\nsteps: 9"), set()),
        (TEXT.replace("takes: 2", "takes: 2\nscene: 9"), set()),
        (TEXT.replace("takes: 2", "# twice\ntakes: 2"), set()),
        (TEXT.replace("takes: 2", "takes: 2\nname: other"), set()),
    ],
)
def test_shots_that_were_not_changed_are_the_same_objects(text: str, same: set[str]) -> None:
    memory = ShotMemory()
    before = {shot.id: shot for shot in again(memory, TEXT).shots}

    after = again(memory, text)

    assert after == board(text)
    assert {shot.id for shot in after.shots if before.get(shot.id) is shot} == same


def test_another_name_and_other_defaults_are_another_board() -> None:
    memory = ShotMemory()
    first = again(memory, TEXT)

    assert again(memory, TEXT, name="ep04") == board(TEXT, name="ep04")
    other = again(memory, TEXT, name="ep04", defaults=[("_defaults.yaml", b"steps: 9\n")])
    assert {take.job.sampling.steps for shot in other.shots for take in shot.takes} == {9}
    assert again(memory, TEXT) == first


def test_a_list_that_changed_is_read_again() -> None:
    text = "shots: {010: {prompt: '{light}', vary: {light: lights.txt}}, 020: b}\n"
    memory, words = ShotMemory(), ["dawn"]
    first = again(memory, text, lines=lambda _: tuple(words))
    words.append("night")

    second = again(memory, text, lines=lambda _: tuple(words))

    assert [len(shot.takes) for shot in second.shots] == [2, 1]
    assert second.shots[1] is first.shots[1]


def test_a_mistake_does_not_last() -> None:
    memory = ShotMemory()
    first = again(memory, TEXT)
    with pytest.raises(Exception, match="not there"):
        again(memory, TEXT.replace("like: 010", "like: zzz"))

    after = again(memory, TEXT)

    assert after == first
    assert after.shots[0] is first.shots[0]


def test_boards_that_were_not_read_for_long_are_forgotten(tmp_path) -> None:
    memories = BoardMemories()
    large = "shots:\n" + "".join(f"  s{n}: a\n" for n in range(MOST_SHOTS))
    again(memories.of(tmp_path / "a.yaml"), TEXT)
    again(memories.of(tmp_path / "large.yaml"), large)

    assert len(memories.of(tmp_path / "large.yaml")) == MOST_SHOTS
    assert len(memories.of(tmp_path / "a.yaml")) == 0

"""A whole episode in one small file: twelve shots, three takes each, a style, a cast and places."""

from __future__ import annotations

from pathlib import Path

from support.boards import shots

EPISODE = (Path(__file__).parent / "episode.yaml").read_text()


def test_an_episode_of_thirty_six_pictures_is_under_a_kilobyte() -> None:
    read = shots(EPISODE)

    assert len(EPISODE.encode()) < 1_000
    assert [*read] == [f"{number:03d}" for number in range(10, 130, 10)]
    takes = [take for shot in read.values() for take in shot.takes]
    assert len(takes) == 36
    assert len({take.name for take in takes}) == 36
    assert len({take.job.seeds for take in takes}) == 36
    warned = {name for name, shot in read.items() if shot.takes[0].job.warnings}
    assert warned == {"060"}  # two of the cast without a place


def test_style_cast_and_places_are_said_once_and_are_in_every_shot() -> None:
    read = shots(EPISODE)

    for name, shot in read.items():
        said = {take.job.sampling.prompt for take in shot.takes}
        assert len(said) == 1, name
        assert "rough pencil storyboard" in said.pop()
        assert all(take.job.aspect == (16, 9) for take in shot.takes)
    assert {name: shot.who for name, shot in read.items() if shot.who} == {
        **dict.fromkeys(("020", "030", "050", "090", "110"), ("Anna",)),
        **dict.fromkeys(("060", "070"), ("Anna", "Ben")),
        "100": ("Ben",),
    }
    both = read["070"].takes[0].job
    assert both.sampling.prompt.endswith(
        "; Anna: a woman with red hair; Ben: a man of forty, grey beard"
    )
    assert len(both.references) == 2
    assert {name: shot.follows.shot for name, shot in read.items() if shot.follows} == {
        "070": "060", "100": "070", "120": "010"
    }  # fmt: skip
    assert {name: dict(shot.told) for name, shot in read.items() if shot.told} == {
        "060": {"dialogue": "BEN: Up here!"}
    }

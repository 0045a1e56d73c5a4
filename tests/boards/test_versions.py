"""What pictures of a board are called: what belongs together is one version, and reads so."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from daemon.boards.key import TakeId, take_id
from daemon.boards.names import picture_name
from daemon.boards.versions import Row, Versions, versioned
from daemon.inbox.candidates import is_candidate
from daemon.plan.takes import without_take

LABELS = ["", "dawn", "v2", "5"]
"""What a shot varies by, or not; the last two look like a version and like a take."""


def named(versions: Versions, words: str, takes: int, shot: str = "060") -> list[str]:
    recipe = words * 12
    ids = [take_id("ep", shot, recipe, seed) for seed in range(takes)]
    return [versions.name(one, shot, f"{shot}-{n}")[0] for n, one in enumerate(ids, 1)]


def test_new_words_are_a_new_version_and_the_old_words_again_are_the_old_pictures() -> None:
    versions = Versions({})
    assert named(versions, "a", 2) == ["060-1", "060-2"]
    assert named(versions, "b", 3) == ["060-v2-1", "060-v2-2", "060-v2-3"]
    assert named(versions, "a", 3) == ["060-1", "060-2", "060-3"]
    assert named(versions, "c", 1) == ["060-v3-1"]


def test_versions_are_found_again_from_what_is_known() -> None:
    before = Versions({})
    names = dict.fromkeys(named(before, "a", 2) + named(before, "b", 2))
    ids = [take_id("ep", "060", word * 12, seed) for word in "ab" for seed in range(2)]
    again = Versions(dict(zip(ids, names, strict=True)))
    assert named(again, "b", 3) == ["060-v2-1", "060-v2-2", "060-v2-3"]
    assert named(again, "c", 1) == ["060-v3-1"]


def saved(
    known: dict[TakeId, str], shot: str, label: str, recipes: list[str]
) -> dict[TakeId, tuple[str, int]]:
    """The names of a row with a take of each of `recipes`, beside the pictures `known`, which then
    holds them too."""
    versions, given_names = Versions(known), {}
    for number, recipe in enumerate(recipes, 1):
        one = take_id("ep", shot, f"{label} {recipe}", number)
        called = picture_name(shot, label, number, of=len(recipes))
        given_names[one] = versions.name(one, shot, called, label)
    known |= {one: name for one, (name, _) in given_names.items()}
    return given_names


@settings(deadline=None)
@given(
    st.lists(st.tuples(st.sampled_from("abcd"), st.integers(1, 4)), min_size=1, max_size=8),
    st.sampled_from(LABELS),
    st.sampled_from(["060", "intro-v2"]),
)
def test_each_wording_is_one_version_however_often_words_and_takes_change(
    saves: list[tuple[str, int]], label: str, shot: str
) -> None:
    known: dict[TakeId, str] = {}
    versions: dict[str, int] = {}
    for words, takes in saves:
        names = saved(known, shot, label, [words] * takes)
        version = versions.setdefault(words, len(versions) + 1)
        assert {each for _, each in names.values()} == {version}
        assert {Row.of(shot, label).version_in(name) for name, _ in names.values()} == {version}
    assert len(set(known.values())) == len(known)


@given(
    st.integers(1, 6),
    st.sets(st.integers(1, 9)),
    st.sampled_from(LABELS),
    st.integers(1, 6),
)
def test_takes_go_round_pictures_that_the_board_never_asked_for_and_stay_one_version(
    takes: int, strange: set[int], label: str, later: int
) -> None:
    others = [picture_name("060", label, number, of=2) for number in strange]
    known: dict[TakeId, str] = {}
    for asked in (takes, takes + later):
        versions = Versions(known, [*others, *known.values()])
        names = {}
        for number in range(1, asked + 1):
            one = take_id("ep", "060", f"{label} a", number)
            called = picture_name("060", label, number, of=asked)
            names[one], version = versions.name(one, "060", called, label)
            assert version == 1
        assert known.items() <= names.items()
        assert len({*names.values(), *others}) == len(names) + len(others)
        known = names


def test_takes_of_different_words_are_one_version_too() -> None:
    """As with {a|b} in prompts of A1111."""
    known: dict[TakeId, str] = {}
    for recipes, version in ((["a"], 1), (["a", "b"], 1), (["c", "d", "e"], 2), (["c"], 2)):
        names = saved(known, "060", "", recipes)
        assert {each for _, each in names.values()} == {version}


@pytest.mark.parametrize("label", ["night", "v2", "v3", "5", "7"])
def test_a_row_that_is_added_to_a_shot_is_its_first_version(label: str) -> None:
    known: dict[TakeId, str] = {}
    saved(known, "060", "dawn", ["a", "a"])
    saved(known, "060", "dawn", ["b", "b", "b"])
    assert list(saved(known, "060", label, ["c"]).values()) == [(f"060-{label}", 1)]


def test_new_words_and_more_takes_at_once_are_one_version() -> None:
    """060 and 060-1 are two names, and 060-1 beside 060 would be read as a take of the old words."""
    versions = Versions({take_id("ep", "060", "a", 0): "060"})
    assert named(versions, "b", 3) == ["060-v2-1", "060-v2-2", "060-v2-3"]


@pytest.mark.parametrize(
    "shot",
    ["#10", "~", "~$a", "_defaults", "_Default", "a.schema", "~.schema", "a/b", ".a", "CON", "*"],
)
def test_no_id_is_passed_over_in_the_inbox_and_its_versions_and_takes_are_told(shot: str) -> None:
    one, second = picture_name(shot, "", 1, of=1), picture_name(shot, "", 2, of=2)
    inbox = Path("inbox")
    for name in (one, second, picture_name(shot, "dawn", 1, of=1)):
        assert is_candidate(inbox / "ep" / f"{name}.json", inbox)
        assert is_candidate(inbox / "final" / f"{name}.png", inbox)
    row = Row.of(shot, "")
    assert [row.version_in(each) for each in (one, versioned(shot, one, 3))] == [1, 3]
    assert without_take(one, {"shot": shot, "take": 1, "version": 1, "row": ""}) == one

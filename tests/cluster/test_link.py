"""What the bridge tells of machines by what they say of themselves, whatever they said before."""

from __future__ import annotations

from pathlib import Path

import pytest

from daemon.cluster.certificates import Files
from daemon.cluster.link import Link
from daemon.cluster.versions import WIRE, versions
from daemon.protocol.places import PlaceJoined, PlaceLeft, Up

OLD, OTHER_TORCH = {"hotfolder": "0.0.9"}, {"torch": "1.0"}
TWO = ("studio cpu 1", "studio cpu 2")


def hello(*places: str, **version: str) -> dict[str, object]:
    ours = {**versions(), **version}
    return {"wire": WIRE, "machine": "studio", "places": list(places), "versions": ours}


@pytest.fixture
def told() -> list[Up]:
    return []


@pytest.fixture
def link(tmp_path: Path, told: list[Up]) -> Link:
    return Link("tcp://127.0.0.1:8786", Files.of(tmp_path), told.append)


def usable(told: list[Up]) -> dict[str, str]:
    """Every row that was ever told of, with why nothing can be made there, if so."""
    rows: dict[str, str] = {}
    for each in told:
        if isinstance(each, PlaceJoined):
            rows[each.place] = ""
        elif isinstance(each, PlaceLeft):
            rows[each.place] = each.reason
    return rows


@pytest.mark.parametrize(
    ("said", "rows"),
    [
        ((hello(*TWO, **OLD), hello(*TWO)), dict.fromkeys(TWO, "")),
        ((hello(*TWO), hello(*TWO, **OLD)), dict.fromkeys(TWO, "it runs Hotfolder 0.0.9")),
        ((hello(*TWO), hello(TWO[0])), {TWO[0]: "", TWO[1]: "no place of studio"}),
        ((hello(*TWO, **OLD), hello("studio")), {**dict.fromkeys(TWO, "no place"), "studio": ""}),
        (({"error": "it is no worker"}, hello("studio")), {"tls://a": "no place", "studio": ""}),
        ((hello(*TWO), hello(*TWO, **OLD), hello(*TWO)), dict.fromkeys(TWO, "")),
    ],
)
def test_each_row_says_what_is_true_of_the_machine_that_answers_at_an_address_now(
    link: Link, told: list[Up], said, rows
) -> None:
    for each in said:
        link._meet("tls://a", each)

    found = usable(told)
    assert list(found) == list(rows)
    for place, why in rows.items():
        assert why in found[place]
        assert bool(why) == bool(found[place])
        assert link.machine_of(place) == (None if why else "studio")


def test_a_machine_asked_anew_is_told_of_only_where_something_is_new(
    link: Link, told: list[Up]
) -> None:
    for version, news in ((OLD, 1), (OLD, 1), ({}, 2), ({}, 2), (OTHER_TORCH, 3), (OTHER_TORCH, 3)):
        link._meet("tls://a", hello("studio", **version))
        assert len(told) == news, (version, told)

    link.heard_of("studio", hello("studio", **OLD))
    assert "0.0.9" in usable(told)["studio"]
    link.heard_of("studio", hello("studio"))  # nobody is known by that name any more
    assert link.machine_of("studio") is None


def test_whoever_answers_at_an_address_takes_the_place_of_whoever_did(
    link: Link, told: list[Up]
) -> None:
    link._meet("tls://a", hello(*TWO))

    link.heard_of("studio", {**hello("attic"), "machine": "attic"})

    assert link.machine_of("attic") == "attic"
    for place in TWO:
        assert link.machine_of(place) is None
        assert "attic answers at its address" in usable(told)[place]

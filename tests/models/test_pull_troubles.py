"""A hub that misbehaves, a disk that rots, names that mean something else: each by its kind."""

from __future__ import annotations

import hashlib
import os
from pathlib import Path

import pytest
from support.hub import StandIn, fetch, sdxl_files, silent, weights

from daemon.errors import HotfolderError, SetupError, UsageError
from daemon.models import catalogue, hashes
from daemon.models.pull import recipe
from daemon.models.pull.pull import pull

UNET = "unet/diffusion_pytorch_model.fp16.safetensors"
THERE = "text_encoder/model.fp16.safetensors"
SHARED = "text_encoder/model.safetensors"


def whole(home: Path) -> bool:
    return hashes.verify(catalogue.read_card(home)) == []


# --- the disk ------------------------------------------------------------------------------------


@pytest.mark.parametrize("damage", ["changed", "cut", "a folder", "a pipe", "gone", "longer"])
def test_a_shared_file_that_is_damaged_here_is_fetched_instead(
    hub: StandIn, tmp_path: Path, damage: str
) -> None:
    file = fetch(hub, tmp_path) / SHARED
    content = file.read_bytes()
    file.unlink()
    match damage:
        case "changed":
            file.write_bytes(bytes([content[0] ^ 1]) + content[1:])
        case "cut":
            file.write_bytes(content[:1000])
        case "longer":
            file.write_bytes(content + b"x")
        case "a folder":
            file.mkdir()
        case "a pipe":
            os.mkfifo(file)
    before = file.read_bytes() if file.is_file() else None

    home = fetch(hub, tmp_path, "someone/dreams-xl")

    assert whole(home)
    assert (file.read_bytes() if file.is_file() else None) == before  # not ours to mend


def test_a_file_linked_by_a_pull_that_was_killed_is_never_added_to(
    hub: StandIn, tmp_path: Path
) -> None:
    shared = fetch(hub, tmp_path) / SHARED
    shared.write_bytes(shared.read_bytes()[:1000])
    digest = hashlib.sha256(sdxl_files()[THERE]).hexdigest()[:12]
    part = tmp_path / ".dreams-xl.partial" / f"{SHARED}.{digest}.part"
    part.parent.mkdir(parents=True)
    os.link(shared, part)
    (tmp_path / "sdxl" / "card.yaml").unlink()  # so that it is not known any more

    assert whole(fetch(hub, tmp_path, "someone/dreams-xl"))
    assert shared.stat().st_size == 1000


@pytest.mark.parametrize("card", [b"[" * 10_000, b"hashes: 7", b"a: &a [*a]", b"\0", b"{}"])
def test_a_card_of_another_model_that_makes_no_sense_shares_nothing(
    hub: StandIn, tmp_path: Path, card: bytes
) -> None:
    (tmp_path / "odd").mkdir()
    (tmp_path / "odd" / "card.yaml").write_bytes(card)
    (tmp_path / "piped").mkdir()
    os.mkfifo(tmp_path / "piped" / "card.yaml")

    assert whole(fetch(hub, tmp_path, "someone/dreams-xl", adapters=False))


# --- the hub -------------------------------------------------------------------------------------


def test_no_more_is_written_than_was_announced(hub: StandIn, tmp_path: Path) -> None:
    hub.endless.add(UNET)

    home = fetch(hub, tmp_path)

    assert whole(home)
    assert (home / UNET.replace(".fp16", "")).stat().st_size == len(weights("unet half"))


def test_a_body_without_end_and_with_other_bytes_is_damaged(hub: StandIn, tmp_path: Path) -> None:
    hub.endless.add(UNET)
    hub.damaged.add(UNET)

    with pytest.raises(SetupError, match="arrived damaged"):
        fetch(hub, tmp_path)


@pytest.mark.parametrize("announced", [1, 299_999, 300_001, 10**7])
def test_another_size_than_was_announced_is_damage(
    hub: StandIn, tmp_path: Path, announced: int
) -> None:
    hub.claimed[UNET] = announced

    with pytest.raises(SetupError, match=r"damaged|broke off"):
        fetch(hub, tmp_path)
    assert not (tmp_path / "sdxl").exists()


def test_a_range_answered_by_another_one_is_not_taken(hub: StandIn, tmp_path: Path) -> None:
    hub.cuts[UNET] = [100_000]
    hub.astray.add(UNET)

    assert whole(fetch(hub, tmp_path))


def test_a_file_that_changed_between_two_pulls_is_not_glued_together(
    hub: StandIn, tmp_path: Path
) -> None:
    hub.cuts[UNET] = [100_000] + [0] * 20
    with pytest.raises(SetupError, match="broke off"):
        fetch(hub, tmp_path)
    hub.cuts.clear()
    hub.repos[recipe.BASE][UNET] = weights("another")

    home = fetch(hub, tmp_path)

    assert (home / UNET.replace(".fp16", "")).read_bytes() == weights("another")


def test_a_redirect_in_circles_breaks_off(hub: StandIn, tmp_path: Path) -> None:
    hub.circles.add("unet/config.json")

    with pytest.raises(SetupError, match="broke off"):
        fetch(hub, tmp_path)


@pytest.mark.parametrize(
    "page",
    [b"<html>Please log in</html>", b"", b"[]", b"null", b"7", b"[" * 100_000, b"\xff\xfe", b"{}",
     b'{"siblings": 7}', b'{"siblings": [{"rfilename": 7}]}', b'{"id": "a/b", "siblings": [7]}'],
)  # fmt: skip
def test_whatever_answers_in_place_of_the_hub_is_said_plainly(
    hub: StandIn, tmp_path: Path, page: bytes
) -> None:
    hub.page = page

    with pytest.raises(HotfolderError):
        fetch(hub, tmp_path, "someone/dreams-xl")
    assert not (tmp_path / "dreams-xl").exists()


@pytest.mark.parametrize(
    "path",
    ["unet/../../evil.json", "/etc/evil.json", "unet/a\0.json", "unet/a\\b.json", "unet/\n.json"],
)
def test_a_listing_can_not_name_a_place_outside(hub: StandIn, tmp_path: Path, path: str) -> None:
    hub.repos["someone/dreams-xl"][path] = b"{}"

    home = fetch(hub, tmp_path, "someone/dreams-xl", adapters=False)

    assert whole(home)
    assert {entry.name for entry in tmp_path.iterdir()} == {"dreams-xl"}
    assert not [file for file in home.rglob("*") if not file.name.isprintable()]


@pytest.mark.parametrize("index", [b"[]", b"{}", b"[" * 100_000, b'{"weight_map": {"a": 7}}', b""])
def test_a_list_of_parts_that_is_none_is_said_plainly(
    hub: StandIn, tmp_path: Path, index: bytes
) -> None:
    files = hub.repos["someone/dreams-xl"]
    del files[UNET]
    stem = "unet/diffusion_pytorch_model"
    files[f"{stem}.fp16-00001-of-00001.safetensors"] = weights("part")
    files[f"{stem}.safetensors.index.fp16.json"] = index

    with pytest.raises(SetupError, match="list of parts"):
        fetch(hub, tmp_path, "someone/dreams-xl", adapters=False)


# --- names ---------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "name",
    ["a/b-", "a/-b", "-a/b", "a/b.", "a/.b", "a--b/c", "a/b..c", "a/b--c", "a/ü", "a/b c", "a/" + "b" * 97,
     "a/b/", "a/b//c.safetensors", "a/b/../c.safetensors", "a/b/c\n.safetensors", "a\0/b", "https://x/a/b"],
)  # fmt: skip
def test_a_name_no_repository_can_have_is_refused_before_anyone_is_asked(
    tmp_path: Path, name: str
) -> None:
    with pytest.raises(UsageError):
        pull(name, folder=tmp_path, progress=silent, endpoint="http://127.0.0.1:1")
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("last", ["loras", "LoRAs", "sketch", "Sketch", "sdxl", "SDXL", "dry-run"])
def test_a_model_never_takes_a_name_that_means_something_else(
    hub: StandIn, tmp_path: Path, last: str
) -> None:
    hub.repos[f"a/{last}"] = sdxl_files()

    assert fetch(hub, tmp_path, f"a/{last}", adapters=False).name == f"a-{last}"


def test_two_repositories_of_one_last_name_are_two_models(hub: StandIn, tmp_path: Path) -> None:
    hub.repos["b/dreams-xl"] = sdxl_files()
    home = fetch(hub, tmp_path, "someone/dreams-xl", adapters=False)

    assert fetch(hub, tmp_path, "someone/dreams-xl", adapters=False) == home
    with pytest.raises(SetupError, match="is already someone/dreams-xl"):
        fetch(hub, tmp_path, "b/dreams-xl", adapters=False)

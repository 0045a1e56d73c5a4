"""What can't be fetched, or isn't what it should be: named, with what to do, and nothing half kept."""

from __future__ import annotations

from pathlib import Path

import pytest
from support.hub import (
    StandIn,
    fetch,
    sdxl_files,
    silent,
    weights,
)

from daemon.errors import SetupError, UsageError
from daemon.models import catalogue, hashes
from daemon.models.pull import recipe
from daemon.models.pull.pull import pull

UNET = "unet/diffusion_pytorch_model.fp16.safetensors"


def test_a_damaged_large_file_is_not_kept_and_the_next_pull_gets_it_anew(
    hub: StandIn, tmp_path: Path
) -> None:
    hub.damaged.add(UNET)
    with pytest.raises(SetupError, match="arrived damaged"):
        fetch(hub, tmp_path)
    assert not (tmp_path / "sdxl").exists()

    hub.damaged.clear()
    assert hashes.verify(catalogue.read_card(fetch(hub, tmp_path))) == []


def test_a_damaged_small_file_is_noticed_too(hub: StandIn, tmp_path: Path) -> None:
    hub.damaged.add("tokenizer/vocab.json")

    with pytest.raises(SetupError, match=r"tokenizer/vocab\.json .*arrived damaged"):
        fetch(hub, tmp_path)


def test_a_listed_file_that_is_not_there_is_named(hub: StandIn, tmp_path: Path) -> None:
    hub.vanished.add("unet/config.json")

    with pytest.raises(SetupError, match=r"unet/config\.json is listed but not there"):
        fetch(hub, tmp_path)


def test_an_adapter_missing_from_its_repository_is_named(hub: StandIn, tmp_path: Path) -> None:
    del hub.repos[recipe.ADAPTERS][recipe.ADAPTER_FILES["plus"]]

    with pytest.raises(SetupError, match="ip-adapter-plus_sdxl_vit-h"):
        fetch(hub, tmp_path)


def test_too_little_room_is_said_before_anything_is_fetched(hub: StandIn, tmp_path: Path) -> None:
    hub.claimed[UNET] = 10**16

    with pytest.raises(SetupError, match=r"needs 10000000\.0 GB .* free\."):
        fetch(hub, tmp_path)
    assert hub.asked == []


def test_a_repository_that_is_not_there_or_gated_says_what_to_do(
    hub: StandIn, tmp_path: Path
) -> None:
    with pytest.raises(SetupError, match="knows no public repository no/such"):
        fetch(hub, tmp_path, "no/such")
    hub.gated.add("someone/dreams-xl")
    with pytest.raises(SetupError, match="hf auth login"):
        fetch(hub, tmp_path, "someone/dreams-xl")


def test_an_unreachable_hub_says_so(tmp_path: Path) -> None:
    with pytest.raises(SetupError, match="could not be reached"):
        pull("sdxl", folder=tmp_path, progress=silent, endpoint="http://127.0.0.1:1")
    assert list(tmp_path.iterdir()) == []


def test_a_model_of_another_family_is_refused_before_its_weights_are_fetched(
    hub: StandIn, tmp_path: Path
) -> None:
    hub.repos["someone/dreams-xl"]["model_index.json"] = b'{"_class_name": "FluxPipeline"}'

    with pytest.raises(UsageError, match="made for FluxPipeline"):
        fetch(hub, tmp_path, "someone/dreams-xl")
    assert hub.fetched("safetensors") == []


def test_pickled_weights_are_refused(hub: StandIn, tmp_path: Path) -> None:
    hub.repos["a/pickled"] = {"model.ckpt": weights("x")}
    files = hub.repos["someone/dreams-xl"]
    for variant in (".fp16", ""):
        files.pop(f"unet/diffusion_pytorch_model{variant}.safetensors")

    with pytest.raises(SetupError, match="run code"):
        fetch(hub, tmp_path, "a/pickled")
    with pytest.raises(SetupError, match="no safetensors weights for its unet"):
        fetch(hub, tmp_path, "someone/dreams-xl")
    with pytest.raises(UsageError, match="run code"):
        fetch(hub, tmp_path, "a/pickled/model.ckpt")


def test_a_repository_without_a_model_or_with_half_of_one_is_refused(
    hub: StandIn, tmp_path: Path
) -> None:
    hub.repos["a/text"] = {"README.md": b"x"}
    del hub.repos["someone/dreams-xl"]["scheduler/scheduler_config.json"]

    with pytest.raises(SetupError, match="holds no SDXL model"):
        fetch(hub, tmp_path, "a/text")
    with pytest.raises(SetupError, match="lacks scheduler"):
        fetch(hub, tmp_path, "someone/dreams-xl")


@pytest.mark.parametrize("name", ["", "flux", "a/b/../../c.safetensors", "../x", "a/..", "a//b"])
def test_a_name_that_is_no_model_is_refused_with_the_forms_that_are(
    tmp_path: Path, name: str
) -> None:
    with pytest.raises(UsageError, match="OWNER/REPOSITORY"):
        pull(name, folder=tmp_path, progress=silent)


def test_a_model_never_takes_the_name_of_a_built_in_one(hub: StandIn, tmp_path: Path) -> None:
    hub.repos["someone/sketch"] = sdxl_files()

    assert fetch(hub, tmp_path, "someone/sketch", adapters=False).name == "someone-sketch"


def test_something_else_under_the_models_name_is_not_touched(tmp_path: Path) -> None:
    (tmp_path / "sdxl").mkdir()
    (tmp_path / "sdxl" / "mine.txt").write_text("mine")

    with pytest.raises(SetupError, match="in the way"):
        pull("sdxl", folder=tmp_path, progress=silent)
    assert (tmp_path / "sdxl" / "mine.txt").read_text() == "mine"

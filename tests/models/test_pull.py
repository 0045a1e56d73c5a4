"""Fetching models: the real hub client against a small stand-in of the hub on 127.0.0.1.

The stand-in lists repositories and serves their files with byte ranges and redirects, as the hub
does; nothing here was tried against the real one.
"""

from __future__ import annotations

import io
import json
import os
from pathlib import Path

import pytest
import yaml
from rich.console import Console
from support import weight_files
from support.hub import StandIn, fetch, files_in, weights

from daemon.errors import UsageError
from daemon.models import catalogue, hashes
from daemon.models.pull import recipe
from daemon.models.pull.progress_bars import bars
from daemon.models.pull.pull import Arrival, pull


def test_sdxl_arrives_as_one_plain_folder_with_the_safe_vae_and_adapters_for_all_models(
    hub: StandIn, tmp_path: Path
) -> None:
    home = fetch(hub, tmp_path)

    assert home == tmp_path / "sdxl"
    assert files_in(home) == {
        "card.yaml", "model_index.json", "scheduler/scheduler_config.json",
        "tokenizer/merges.txt", "tokenizer/vocab.json",
        "tokenizer_2/merges.txt", "tokenizer_2/vocab.json",
        "unet/config.json", "unet/diffusion_pytorch_model.safetensors",
        "vae/config.json", "vae/diffusion_pytorch_model.safetensors",
        "text_encoder/config.json", "text_encoder/model.safetensors",
        "text_encoder_2/config.json", "text_encoder_2/model.safetensors",
    }  # fmt: skip
    assert files_in(tmp_path / "ip_adapter") == {
        "card.yaml", "base.safetensors", "plus.safetensors", "plus-face.safetensors",
        "image_encoder/config.json", "image_encoder/model.safetensors",
    }  # fmt: skip
    assert (home / "unet/diffusion_pytorch_model.safetensors").read_bytes() == weights("unet half")
    assert (home / "vae/diffusion_pytorch_model.safetensors").read_bytes() == weights("safe vae")
    assert (home / "vae/config.json").read_bytes() == b'{"safe": 1}'
    assert {entry.name for entry in tmp_path.iterdir()} == {"sdxl", "ip_adapter"}


def test_the_card_names_everything_and_its_hashes_hold(hub: StandIn, tmp_path: Path) -> None:
    home = fetch(hub, tmp_path)
    facts = yaml.safe_load((home / "card.yaml").read_text())
    card = catalogue.find_model(str(home), [tmp_path])

    assert facts["licence"] == "openrail++"
    assert facts["native_size"] == 1024
    assert set(facts["hashes"]) == files_in(home) - {"card.yaml"}
    assert set(card.adapters) == {"base", "plus", "plus-face"}
    assert card.image_encoder == tmp_path / "ip_adapter/image_encoder"
    assert hashes.verify(card) == []
    shared = yaml.safe_load((tmp_path / "ip_adapter/card.yaml").read_text())
    assert set(shared["hashes"]) == files_in(tmp_path / "ip_adapter") - {"card.yaml"}
    assert hashes.verify_shared(tmp_path, shared["hashes"]) == []


def test_nothing_but_what_is_needed_is_fetched_and_each_file_once(
    hub: StandIn, tmp_path: Path
) -> None:
    home = fetch(hub, tmp_path)

    paths = [path for path, _ in hub.asked]
    assert len(paths) == len(files_in(tmp_path)) - 2  # the cards are ours
    assert home.is_dir()
    assert not [p for p in paths if p.endswith((".bin", ".msgpack", ".png", ".md", ".xml"))]
    assert "vae/diffusion_pytorch_model.fp16.safetensors" not in paths


def test_another_sdxl_repository_keeps_its_own_vae_and_shares_the_adapters_that_are_here(
    hub: StandIn, tmp_path: Path
) -> None:
    first = fetch(hub, tmp_path)
    hub.asked.clear()

    second = fetch(hub, tmp_path, "someone/dreams-xl")

    assert second.name == "dreams-xl"
    vae = second / "vae/diffusion_pytorch_model.safetensors"
    assert vae.read_bytes() == weights("vae half")
    assert hub.fetched("ip-adapter") == []
    shared = "text_encoder/model.safetensors"
    assert (first / shared).samefile(second / shared)
    for home in (first, second):
        card = catalogue.find_model(str(home), [tmp_path])
        assert card.adapters["plus"] == tmp_path / "ip_adapter/plus.safetensors"
        assert hashes.verify(card) == []


def with_adapters_of_its_own(hub: StandIn, tmp_path: Path) -> Path:
    """An `sdxl` as earlier versions pulled it."""
    home = fetch(hub, tmp_path)
    os.rename(tmp_path / "ip_adapter", home / "ip_adapter")
    shared = yaml.safe_load((home / "ip_adapter/card.yaml").read_text())["hashes"]
    (home / "ip_adapter/card.yaml").unlink()
    facts = yaml.safe_load((home / "card.yaml").read_text())
    facts["hashes"] |= {f"ip_adapter/{path}": digest for path, digest in shared.items()}
    words = ("base", "plus", "plus-face")
    facts["adapters"] = {word: f"ip_adapter/{word}.safetensors" for word in words}
    facts["image_encoder"] = "ip_adapter/image_encoder"
    (home / "card.yaml").write_text(yaml.safe_dump(facts))
    hub.asked.clear()
    return home


def test_an_earlier_pull_with_adapters_of_its_own_keeps_them_and_links_them_for_all(
    hub: StandIn, tmp_path: Path
) -> None:
    home = with_adapters_of_its_own(hub, tmp_path)
    before = catalogue.read_card(home)

    assert fetch(hub, tmp_path) == home

    assert hub.fetched("adapter_sdxl") == []
    assert hub.fetched("safetensors") == []
    assert (tmp_path / "ip_adapter/base.safetensors").samefile(home / "ip_adapter/base.safetensors")
    assert catalogue.find_model(str(home), [tmp_path]).adapters == before.adapters


def test_what_lies_among_the_shared_adapters_stays_and_only_what_lacks_is_fetched(
    hub: StandIn, tmp_path: Path
) -> None:
    mine = tmp_path / "ip_adapter"
    own = weight_files.write(mine / "ip-adapter_sdxl_vit-h.safetensors", weight_files.base())
    odd = weight_files.write(mine / "plus.safetensors", weight_files.FACE_ID)
    big = weight_files.encoder(mine / "image_encoder", weight_files.BIGG)
    kept = {file: file.read_bytes() for file in (own, odd, big / "config.json")}

    home = fetch(hub, tmp_path)

    assert {file: file.read_bytes() for file in kept} == kept
    assert hub.fetched("ip-adapter_sdxl") == []
    card = catalogue.find_model(str(home), [tmp_path])
    assert {name: path.name for name, path in card.adapters.items()} == {
        "base": own.name,
        "plus": "ip-adapter-plus_sdxl_vit-h.safetensors",
        "plus-face": "plus-face.safetensors",
    }
    assert set(card.encoders.values()) == {mine / "image_encoder_vit-h"}
    hub.asked.clear()
    assert fetch(hub, tmp_path) == home
    assert hub.asked == []


def test_a_model_can_be_fetched_without_adapters(hub: StandIn, tmp_path: Path) -> None:
    home = fetch(hub, tmp_path, "someone/dreams-xl", adapters=False)

    card = catalogue.read_card(home)
    assert (dict(card.adapters), card.image_encoder) == ({}, None)


def test_a_single_checkpoint_is_fetched_by_repository_or_by_file(
    hub: StandIn, tmp_path: Path
) -> None:
    hub.repos["a/single"] = {"dream v2.safetensors": weights("dream"), "README.md": b"x"}
    hub.repos["a/many"] = {f"{n}.safetensors": weights(n) for n in ("one", "two")}

    home = fetch(hub, tmp_path, "a/single", adapters=False)
    other = fetch(hub, tmp_path, "a/many/two.safetensors", adapters=False)

    assert catalogue.read_card(home).weights == home / "dream v2.safetensors"
    assert other.name == "two"
    with pytest.raises(UsageError, match=r"Name one: a/many/one\.safetensors, a/many/two"):
        fetch(hub, tmp_path, "a/many")


def test_weights_in_several_files_arrive_with_an_index_that_names_them(
    hub: StandIn, tmp_path: Path
) -> None:
    files = hub.repos["someone/dreams-xl"]
    for variant in (".fp16", ""):
        files.pop(f"unet/diffusion_pytorch_model{variant}.safetensors")
    shards = [f"diffusion_pytorch_model.fp16-0000{n}-of-00002.safetensors" for n in (1, 2)]
    files |= {f"unet/{shard}": weights(shard) for shard in shards}
    table = {"weight_map": {"a": shards[0], "b": shards[1]}}
    files["unet/diffusion_pytorch_model.safetensors.index.fp16.json"] = json.dumps(table).encode()

    home = fetch(hub, tmp_path, "someone/dreams-xl", adapters=False)

    index = json.loads((home / "unet/diffusion_pytorch_model.safetensors.index.json").read_text())
    assert all((home / "unet" / name).is_file() for name in index["weight_map"].values())
    assert not [name for name in files_in(home) if "fp16" in name]
    assert hashes.verify(catalogue.read_card(home)) == []


@pytest.mark.parametrize(
    ("path", "stored"),
    [
        (
            "unet/diffusion_pytorch_model.fp16.safetensors",
            "unet/diffusion_pytorch_model.safetensors",
        ),
        ("model.fp16.safetensors", "model.safetensors"),
        ("x/model-00001-of-00002.fp16.safetensors", "x/model-00001-of-00002.safetensors"),
        ("x/model.safetensors.index.fp16.json", "x/model.safetensors.index.json"),
        ("x/config.json", "x/config.json"),
        ("dream.fp16.safetensors", "dream.fp16.safetensors"),
    ],
)
def test_the_variants_mark_is_dropped_from_weights_and_from_nothing_else(
    path: str, stored: str
) -> None:
    assert recipe.without_variant(path) == stored


# --- progress ------------------------------------------------------------------------------------


def test_progress_only_grows_and_ends_at_the_whole(hub: StandIn, tmp_path: Path) -> None:
    seen: list[Arrival] = []
    pull("sdxl", folder=tmp_path, progress=seen.append, endpoint=hub.endpoint)

    assert [a.done for a in seen] == sorted(a.done for a in seen)
    assert seen[-1].done == seen[-1].size
    fetched = files_in(tmp_path / "sdxl") | files_in(tmp_path / "ip_adapter")
    assert {a.file for a in seen} == fetched - {"card.yaml"}


def test_a_terminal_gets_bars_and_a_file_gets_plain_lines() -> None:
    for terminal in (True, False):
        page = io.StringIO()
        console = Console(file=page, force_terminal=terminal, width=100)
        with bars(console) as progress:
            for done in (0, 50, 100):
                progress(Arrival("unet/a.safetensors", done, 100, done, 200))
            for done in (0, 100):
                progress(Arrival("vae/b.safetensors", done, 100, 100 + done, 200))

        if terminal:
            assert "all files" in page.getvalue()
        else:
            assert page.getvalue() == " 50 %  unet/a.safetensors\n100 %  vae/b.safetensors\n"

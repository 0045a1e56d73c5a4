"""LoRAs for few steps that are fetched by name, with their recipes and licences; from a stand-in of
the hub, never from the real one."""

from __future__ import annotations

from pathlib import Path

import pytest
from support.hub import StandIn, fetch, files_in, weights

from daemon.errors import SetupError
from daemon.jobfile.schema import JobForm
from daemon.models.pull.few_step_loras import KNOWN_LORAS
from daemon.models.recipes import FEW, recipe_of


@pytest.fixture
def hub(hub: StandIn) -> StandIn:
    for known in KNOWN_LORAS.values():
        repo = hub.repos.setdefault(known.repo, {"README.md": b"x", "other.safetensors": b"y"})
        repo[known.file] = weights(known.file)
    return hub


@pytest.mark.parametrize("name", KNOWN_LORAS)
def test_each_arrives_beside_all_models_with_the_recipe_it_was_trained_for(
    hub: StandIn, tmp_path: Path, name: str
) -> None:
    known = KNOWN_LORAS[name]

    place = fetch(hub, tmp_path, name)

    assert place == tmp_path / "loras" / f"{name}.safetensors"
    assert files_in(tmp_path) == {f"loras/{name}.safetensors", f"loras/{name}.yaml"}
    assert place.read_bytes() == weights(known.file)
    recipe = recipe_of(place)
    assert dict(recipe.values) == dict(known.values)
    assert (recipe.source, recipe.licence) == (known.repo, "openrail++")
    assert 1 <= recipe.few_steps <= FEW
    JobForm.model_validate(dict(known.values))
    hub.asked.clear()
    assert fetch(hub, tmp_path, name) == place
    assert hub.asked == []


def test_the_licence_is_the_hubs_word_where_it_has_one(hub: StandIn, tmp_path: Path) -> None:
    hub.licence = ""

    assert "LICENSE.md" in recipe_of(fetch(hub, tmp_path, "hyper-sd-8-cfg")).licence


def test_one_that_broke_off_leaves_another_alone(hub: StandIn, tmp_path: Path) -> None:
    file = KNOWN_LORAS["lcm"].file
    hub.vanished.add(file)
    with pytest.raises(SetupError):
        fetch(hub, tmp_path, "lcm")
    left = tmp_path / "loras" / ".lcm.partial"
    assert left.is_dir()
    assert not (tmp_path / "loras" / "lcm.yaml").exists()

    fetch(hub, tmp_path, "lightning-4")
    assert left.is_dir()

    hub.vanished.clear()
    assert fetch(hub, tmp_path, "lcm").read_bytes() == weights(file)
    assert not list((tmp_path / "loras").glob(".*"))


def test_a_file_of_that_name_that_was_not_pulled_stays(hub: StandIn, tmp_path: Path) -> None:
    (tmp_path / "loras").mkdir()
    mine = tmp_path / "loras" / "lcm.safetensors"
    mine.write_bytes(b"mine")

    with pytest.raises(SetupError, match="in the way"):
        fetch(hub, tmp_path, "lcm")

    assert mine.read_bytes() == b"mine"

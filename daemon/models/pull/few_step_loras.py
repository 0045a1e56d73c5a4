"""The openly licensed LoRAs for few steps that a pull knows by name, each with its recipe.

They end up in `loras` beside all models, the recipe before the weights: without it a LoRA for few
steps is sampled where it was not trained. Fetches nothing.
"""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

from daemon.errors import SetupError
from daemon.fs import atomic
from daemon.models.card import LORAS_NAME
from daemon.models.pull import recipe
from daemon.models.pull.parcels import Parcel
from daemon.models.pull.recipe import Piece
from daemon.models.recipes import recipe_of

if TYPE_CHECKING:
    from daemon.models.pull.hub import Hub


@dataclass(frozen=True, slots=True)
class KnownLora:
    """Where it lies on the hub, under which licence, and how it is used; `values` are of the keys
    of a recipe."""

    repo: str
    file: str
    about: str
    licence: str = "openrail++"
    values: Mapping[str, int | float | str] = field(default_factory=dict)


_LIGHTNING, _HYPER, _LCM = (
    "ByteDance/SDXL-Lightning",
    "ByteDance/Hyper-SD",
    "latent-consistency/lcm-lora-sdxl",
)
_OF_HYPER = "openrail++ (its LICENSE.md; other files there have others)"
_EULER: Mapping[str, int | float | str] = {
    "guidance_scale": 0, "sampler": "euler", "schedule": "trailing",
}  # fmt: skip
_DDIM: Mapping[str, int | float | str] = {**_EULER, "sampler": "ddim"}

KNOWN_LORAS: Mapping[str, KnownLora] = {
    **{
        f"lightning-{steps}": KnownLora(
            _LIGHTNING,
            f"sdxl_lightning_{steps}step_lora.safetensors",
            f"{steps} steps, no guidance",
            values={"steps": steps, **_EULER},
        )
        for steps in (2, 4, 8)
    },
    "hyper-sd-1": KnownLora(
        _HYPER, "Hyper-SDXL-1step-lora.safetensors", "1 step, no guidance", _OF_HYPER,
        {"steps": 1, "guidance_scale": 0, "sampler": "tcd", "eta": 1.0},
    ),
    **{
        f"hyper-sd-{steps}": KnownLora(
            _HYPER,
            f"Hyper-SDXL-{steps}steps-lora.safetensors",
            f"{steps} steps, no guidance",
            _OF_HYPER,
            {"steps": steps, **_DDIM},
        )
        for steps in (2, 4, 8)
    },
    "hyper-sd-8-cfg": KnownLora(
        _HYPER, "Hyper-SDXL-8steps-CFG-lora.safetensors",
        "8 steps, with guidance of 5 to 8 and negative prompts", _OF_HYPER,
        {"steps": 8, **_DDIM, "guidance_scale": 6},
    ),
    "lcm": KnownLora(
        _LCM, "pytorch_lora_weights.safetensors", "4 to 8 steps, guidance of 1 to 2",
        values={"steps": 4, "guidance_scale": 1, "sampler": "lcm"},
    ),
}  # fmt: skip
"""By the names they are pulled and worn by."""


def weights_of(name: str, folder: Path) -> Path:
    """Where a known LoRA lies beside the models in `folder`."""
    return folder / LORAS_NAME / f"{name}.safetensors"


def is_here(name: str, folder: Path) -> bool:
    """Whether it was pulled before; SetupError if something else has its name."""
    place = weights_of(name, folder)
    if not os.path.lexists(place):
        return False
    try:
        found = recipe_of(place)
    except SetupError:
        found = None
    if found is not None and found.source == KNOWN_LORAS[name].repo:
        return True
    raise SetupError(
        f"{place} is in the way: the recipe beside it does not say that it was pulled.",
        remedy="Give that file another name, then try again.",
    )


def of(name: str, folder: Path) -> Callable[[Hub], list[Parcel]]:
    """What asks a hub for the file of a known LoRA. Raises SetupError then."""
    return lambda hub: [_parcel(name, hub, folder)]


def _parcel(name: str, hub: Hub, folder: Path) -> Parcel:
    known = KNOWN_LORAS[name]
    listing = hub.listing(known.repo)
    pieces = recipe.model_pieces(listing, known.file)
    return Parcel(
        weights_of(name, folder).with_suffix(""), pieces, listing.licence or known.licence, _finish
    )


def _finish(
    partial: Path, home: Path, pieces: list[Piece], _hashes: dict[str, str], licence: str
) -> None:
    known = KNOWN_LORAS[home.name]
    facts = {
        **known.values,
        "about": known.about,
        "licence": licence,
        "source": known.repo,
    }
    import yaml

    text = yaml.safe_dump(facts, sort_keys=False, allow_unicode=True)
    atomic.replace(home.with_name(f"{home.name}.yaml"), text.encode("utf-8"))
    file = partial / pieces[0].stored
    with file.open("rb") as stream:
        atomic.fsync(stream.fileno())
    os.replace(file, home.with_name(f"{home.name}.safetensors"))
    shutil.rmtree(partial, ignore_errors=True)
    atomic.fsync_folder(home.parent)

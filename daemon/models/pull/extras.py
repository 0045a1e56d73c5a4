"""What can be pulled by a short name beside whole models, with its licence: control models, and the
networks that make control pictures. Pure.

Openly licensed ones alone; the hub's own word for the licence goes into the card.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from daemon.models.controls import CONTROLS_NAME, ESTIMATORS_NAME
from daemon.models.pull import recipe
from daemon.models.pull.recipe import Listing, Piece

ESTIMATORS = f"{CONTROLS_NAME}/{ESTIMATORS_NAME}"


@dataclass(frozen=True, slots=True)
class Extra:
    """`folder` is where it lies below the models folder; `files` maps the hub's names to the stored
    ones, none where its config and one set of its weights are taken; `also` names another extra
    that it does not work without."""

    repo: str
    licence: str
    about: str
    folder: str
    files: Mapping[str, str] = field(default_factory=dict)
    also: str = ""

    def pieces(self, listing: Listing) -> list[Piece]:
        """What is to be fetched. Raises SetupError."""
        if not self.files:
            return recipe.component_pieces(listing)
        return [recipe.piece(listing, there, here) for there, here in self.files.items()]


def _network(repo: str, about: str, name: str, also: str = "") -> Extra:
    files = ("config.json", "preprocessor_config.json", "model.safetensors")
    return Extra(repo, "Apache-2.0", about, f"{ESTIMATORS}/{name}", {f: f for f in files}, also)


def _t2i(word: str, about: str) -> Extra:
    return Extra(
        f"TencentARC/t2i-adapter-{word}-sdxl-1.0",
        "Apache-2.0",
        about,
        f"{CONTROLS_NAME}/t2i-{word}",
    )


EXTRAS: Mapping[str, Extra] = {
    "t2i-sketch": _t2i("sketch", "T2I-Adapter for rough drawings"),
    "t2i-lineart": _t2i("lineart", "T2I-Adapter for clean lines"),
    "t2i-canny": _t2i("canny", "T2I-Adapter for edges"),
    "union": Extra(
        "xinsir/controlnet-union-sdxl-1.0",
        "Apache-2.0",
        "ControlNet for all kinds (union promax)",
        f"{CONTROLS_NAME}/union",
        {
            "config_promax.json": "config.json",
            "diffusion_pytorch_model_promax.safetensors": "diffusion_pytorch_model.safetensors",
        },
    ),
    "depth": _network(
        "depth-anything/Depth-Anything-V2-Small-hf", "reads the depth of a picture", "depth"
    ),
    "pose": _network(
        "usyd-community/vitpose-base-simple", "reads the poses of people", "pose", "people"
    ),
    "people": _network("PekingU/rtdetr_r50vd_coco_o365", "finds the people", "people"),
}

"""A control model from its file: a T2I-Adapter, a ControlNet or a ControlNet union for one UNet.

Whatever is wrong with it, and whatever it was made for, is said before a library opens it: the
files are looked at first, then the shapes of all their tensors compared with those of the network
they are for.
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import torch
from safetensors import safe_open
from safetensors.torch import load_file

from daemon.engine.interface import RenderError, UnloadableError
from daemon.engine.sdxl.device import Device
from daemon.engine.sdxl.foreign_weights import refusing
from daemon.engine.sdxl.model_files import MEND, check_numbers, check_weights, read_json
from daemon.protocol.control_kinds import T2I, UNION, ControlFacts, control_facts
from daemon.protocol.json_object import JsonObject
from daemon.protocol.render import ControlModel

if TYPE_CHECKING:
    from daemon.engine.sdxl.networks import Network, Unet

Shapes = dict[str, tuple[int, ...]]

OTHER = "Choose one for this model with `model`, or fetch one with `hotfolder models pull`."

#: What a ControlNet has in common with the UNet it is for.
_SHARED = (
    "in_channels", "flip_sin_to_cos", "freq_shift", "down_block_types", "only_cross_attention",
    "block_out_channels", "layers_per_block", "downsample_padding", "mid_block_scale_factor",
    "act_fn", "norm_num_groups", "norm_eps", "cross_attention_dim", "transformer_layers_per_block",
    "attention_head_dim", "num_attention_heads", "use_linear_projection", "upcast_attention",
    "resnet_time_scale_shift", "addition_embed_type", "addition_time_embed_dim",
    "projection_class_embeddings_input_dim",
)  # fmt: skip
#: Of these the two must be alike, or what it adds has no place.
_MUST = ("block_out_channels", "layers_per_block", "cross_attention_dim", "addition_time_embed_dim")


def load_control(model: ControlModel, unet: Unet, device: Device) -> Network:
    """The network in the catalogue's file or folder, on the device. Raises RenderError for one that
    can't be used with this UNet, and what the device raises."""
    with refusing(
        f"The control model {model.name} in {model.path} can't be used.",
        "Its tensors are not those of a control model for this model: it is damaged, or of another "
        "kind.",
    ):
        try:
            return _load(model, unet, device)
        except UnloadableError as error:
            raise RenderError(
                f"The control model {model.name} can't be used. {error.what}", remedy=error.remedy
            ) from error


def _load(model: ControlModel, unet: Unet, device: Device) -> Network:
    file, config = _files(Path(model.path))
    check_weights(file)
    shapes = _shapes(file)
    facts = control_facts(shapes)
    if facts is None or facts.refused:
        told = facts.refused if facts else "It is no control model"
        raise UnloadableError(f"{file}: {told}.", OTHER)
    with torch.device("meta"):
        is_t2i = facts.family == T2I
        network = _t2i(facts, shapes) if is_t2i else _controlnet(facts, shapes, config, unet)
    _check_fits(file, facts, unet)
    _check_shapes(file, network, shapes)
    network.load_state_dict(_checked(file), assign=True)
    return network.to(device.place, device.dtype).eval()


def _files(place: Path) -> tuple[Path, JsonObject]:
    """The weights of a file or folder, and what its config.json says, if it has one."""
    if not place.is_dir():
        return place, {}
    found = sorted(place.glob("*.safetensors"))
    plain = [file for file in found if ".fp16" not in file.name] or found
    if not plain:
        raise UnloadableError(f"There are no weights in {place}.", MEND)
    config = place / "config.json"
    if not config.exists():
        return plain[0], {}
    said = read_json(config)
    check_numbers(config, said)
    return plain[0], said


def _shapes(file: Path) -> Shapes:
    with safe_open(file, framework="pt") as opened:
        return {key: tuple(opened.get_slice(key).get_shape()) for key in opened.keys()}  # noqa: SIM118


def _t2i(facts: ControlFacts, shapes: Shapes) -> Any:
    from diffusers.models.adapter import T2IAdapter

    blocks = sum(
        1 for key in shapes if key.startswith("adapter.body.0.") and key.endswith(".block1.weight")
    )
    return T2IAdapter(
        in_channels=facts.picture,
        channels=list(facts.channels),
        num_res_blocks=blocks,
        downscale_factor=16,
        adapter_type="full_adapter_xl",
    )


def _controlnet(facts: ControlFacts, shapes: Shapes, config: JsonObject, unet: Unet) -> Any:
    """As its config says, else as the UNet is."""
    from diffusers.models.controlnets.controlnet import ControlNetModel
    from diffusers.models.controlnets.controlnet_union import ControlNetUnionModel

    kind: Any = ControlNetUnionModel if facts.family == UNION else ControlNetModel
    said = config or _like(unet, facts, shapes)
    for key in _MUST:
        if _plain(said.get(key, unet.config[key])) != _plain(unet.config[key]):
            raise _of_another(str(key), said.get(key), _plain(unet.config[key]))
    known = {key: value for key, value in said.items() if not key.startswith("_")}
    return kind.from_config(known)


def _plain(value: object) -> object:
    return list(value) if isinstance(value, tuple) else value


def _like(unet: Unet, facts: ControlFacts, shapes: Shapes) -> JsonObject:
    said = {key: _plain(unet.config[key]) for key in _SHARED if key in unet.config}
    said["in_channels"] = 4
    sides: list[int] = []
    while (key := f"controlnet_cond_embedding.blocks.{len(sides)}.weight") in shapes:
        sides.append(shapes[key][1])
    last = shapes.get("controlnet_cond_embedding.conv_out.weight", (0, 0))
    said["conditioning_embedding_out_channels"] = [*sides[::2], last[1]]
    said["conditioning_channels"] = facts.picture
    if facts.family == UNION:
        layers = {key.split(".")[1] for key in shapes if key.startswith("transformer_layes.")}
        said |= {
            "num_control_type": facts.modes,
            "num_trans_channel": shapes["task_embedding"][1],
            "num_trans_layer": len(layers),
            "num_proj_channel": shapes["spatial_ch_projs.weight"][0],
        }
    return said


def _check_fits(file: Path, facts: ControlFacts, unet: Unet) -> None:
    """That what it adds has a place in this UNet."""
    wide = tuple(unet.config.block_out_channels)
    if facts.family == T2I:
        have, want = facts.channels, (*wide, wide[-1])[: len(facts.channels)]
        good = have == want and len(have) in (len(wide), len(wide) + 1)
    else:
        have, want = tuple(dict.fromkeys(facts.channels)), tuple(dict.fromkeys(wide))
        good = have == want and facts.text == unet.config.cross_attention_dim
    if not good:
        raise UnloadableError(
            f"{file} is for another model: its blocks have {_listed(have)} channels, this model's "
            f"{_listed(want)}.",
            OTHER,
        )


def _listed(channels: tuple[int, ...]) -> str:
    return ", ".join(map(str, channels))


def _of_another(key: str, said: object, wanted: object) -> UnloadableError:
    return UnloadableError(
        f"It is for another model: its config.json says {key} {said}, this model's {wanted}.", OTHER
    )


def _check_shapes(file: Path, network: Any, shapes: Shapes) -> None:
    wanted = {key: tuple(value.shape) for key, value in network.state_dict().items()}
    strange = sorted(key for key in wanted.keys() | shapes.keys()
                     if wanted.get(key) != shapes.get(key))  # fmt: skip
    if strange:
        key = strange[0]
        here, there = shapes.get(key), wanted.get(key)
        raise UnloadableError(
            f"{file} is not whole, or for another model: {key} is "
            f"{list(here) if here else 'missing'}, and should be "
            f"{list(there) if there else 'absent'}.",
            MEND,
        )


def _checked(file: Path) -> dict[str, torch.Tensor]:
    """Its weights, which would spoil every picture in silence if they were no numbers.

    Copied to where torch lays its tensors: in the mapped file they begin at odd multiples of eight
    bytes, and MKL chooses its kernels by the address, so that the same weights gave other last bits
    than those that diffusers was handed.
    """
    weights = load_file(file)
    for key, weight in weights.items():
        if not (weight.is_floating_point() and bool(torch.isfinite(weight.float()).all())):
            raise UnloadableError(
                f"{file} is broken: {key} holds whole numbers, or values that are not numbers "
                "(NaN or infinite).",
                MEND,
            )
        weights[key] = weight.clone()
    return weights

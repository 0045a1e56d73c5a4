"""What a control model is, by the names and shapes of its tensors: told once for catalogue and
engine.

A T2I-Adapter, a ControlNet or a ControlNet union in diffusers' names, or why it can't be used with
SDXL, in a sentence without its full stop. Pure. Knows nothing of where it lies.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

Shapes = Mapping[str, tuple[int, ...]]

T2I, CONTROLNET, UNION = "t2i", "controlnet", "union"

PATCH = 256
"""Pixels that SDXL's T2I-Adapters fold into one place (16 a side); Stable Diffusion 1.5's: 64."""

UNION_MODES = {"pose": 0, "depth": 1, "drawing": 2, "lines": 3, "edges": 3, "tile": 6}
"""Which of a union's kinds of control a job's kind is."""


@dataclass(frozen=True, slots=True)
class ControlFacts:
    """`channels` are those of what it adds, block by block; `text` is how wide the prompt's tokens
    are that it reads, 0 where it reads none; `picture` the channels of its picture, `modes` how
    many kinds a union knows; `refused` says why it can't be used with any SDXL."""

    family: str
    channels: tuple[int, ...] = ()
    text: int = 0
    picture: int = 3
    modes: int = 0
    refused: str = ""


def control_facts(shapes: Shapes) -> ControlFacts | None:
    """What a file of these tensors is; None where it is no control model of any kind."""
    if "adapter.conv_in.weight" in shapes or any(key.startswith("adapter.body.") for key in shapes):
        return _t2i(shapes)
    if _FIRST_ZERO in shapes or _HINT in shapes:
        return _controlnet(shapes)
    refused = next((told for mark, told in _OTHERS if _has(shapes, mark)), "")
    return ControlFacts(CONTROLNET, refused=refused) if refused else None


_HINT = "controlnet_cond_embedding.conv_in.weight"
_FIRST_ZERO = "controlnet_down_blocks.0.weight"
_MIDDLE = "controlnet_mid_block.weight"
_TASKS = "task_embedding"
_PROMPT_WIDTHS = {768: "Stable Diffusion 1.5", 1024: "Stable Diffusion 2"}
_OTHERS = (
    ("controlnet_x_embedder", "It is a ControlNet for Flux"),
    ("controlnet_single_blocks", "It is a ControlNet for Flux"),
    ("controlnet_blocks.", "It is a ControlNet for Flux or Stable Diffusion 3"),
    ("lllite_", "It is a ControlNet-LLLite, which is not read"),
    ("lora_controlnet", "It is a Control-LoRA, which is not read"),
    ("control_model.", "It is a ControlNet in the names of the original code, which are not read; "
     "get the one for diffusers"),
    ("input_hint_block.", "It is a ControlNet in the names of the original code, which are not "
     "read; get the one for diffusers"),
)  # fmt: skip


def _has(shapes: Iterable[str], mark: str) -> bool:
    return any(mark in key for key in shapes)


def _t2i(shapes: Shapes) -> ControlFacts:
    first = shapes.get("adapter.conv_in.weight", ())
    channels: list[int] = []
    while (key := f"adapter.body.{len(channels)}.resnets.0.block1.weight") in shapes:
        channels.append(shapes[key][0])
    if len(first) != 4 or not channels:
        light = "adapter.body.0.in_conv.weight" in shapes and len(first) != 4
        return ControlFacts(
            T2I,
            refused="It is a T2I-Adapter for Stable Diffusion 1.5 (a light one)"
            if light
            else "It is a T2I-Adapter that is not whole",
        )
    picture, rest = divmod(first[1], PATCH)
    refused = ""
    if rest or picture not in (1, 3):
        told = {64: 1, 192: 3}.get(first[1])
        refused = (
            "It is a T2I-Adapter for Stable Diffusion 1.5"
            if told
            else f"It is a T2I-Adapter whose first layer takes {first[1]} channels, which none for "
            "SDXL does"
        )
    return ControlFacts(T2I, tuple(channels), 0, picture or 3, refused=refused)


def _controlnet(shapes: Shapes) -> ControlFacts:
    channels: list[int] = []
    while (key := f"controlnet_down_blocks.{len(channels)}.weight") in shapes:
        channels.append(shapes[key][0])
    widths = {
        shape[1]
        for key, shape in shapes.items()
        if key.endswith("attn2.to_k.weight") and len(shape) == 2
    }
    text, hint = max(widths, default=0), shapes.get(_HINT, ())
    tasks = shapes.get(_TASKS, ())
    refused = ""
    if text in _PROMPT_WIDTHS:
        refused = f"It is a ControlNet for {_PROMPT_WIDTHS[text]}"
    elif not channels or not text or len(hint) != 4 or _MIDDLE not in shapes:
        refused = "It is a ControlNet that is not whole"
    return ControlFacts(
        UNION if tasks else CONTROLNET,
        tuple(channels),
        text,
        hint[1] if len(hint) == 4 else 3,
        tasks[0] if tasks else 0,
        refused,
    )

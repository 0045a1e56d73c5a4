"""LoRA files in the layouts people have, made small, each with the change it means worked out by
hand: straight from the formula, in double precision, sharing nothing with the reader under test.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

from daemon.models.catalogue import BUNDLED

if TYPE_CHECKING:
    import torch

UNET, TE1, TE2 = "unet", "text_encoder", "text_encoder_2"
RANK = 4

#: Layers of the UNet: diffusers' name -> that of the original code. SDXL's own blocks have the same.
LAYERS = {
    "down_blocks.1.attentions.0.transformer_blocks.0.attn1.to_q": "input_blocks.4.1.transformer_blocks.0.attn1.to_q",
    "down_blocks.2.attentions.1.transformer_blocks.0.attn2.to_k": "input_blocks.8.1.transformer_blocks.0.attn2.to_k",
    "mid_block.attentions.0.transformer_blocks.0.attn1.to_out.0": "middle_block.1.transformer_blocks.0.attn1.to_out.0",
    "up_blocks.0.attentions.1.transformer_blocks.0.ff.net.0.proj": "output_blocks.1.1.transformer_blocks.0.ff.net.0.proj",
    "up_blocks.1.attentions.2.transformer_blocks.0.attn1.to_out.0": "output_blocks.5.1.transformer_blocks.0.attn1.to_out.0",
    "up_blocks.1.attentions.0.proj_in": "output_blocks.3.1.proj_in",
    "mid_block.resnets.1.time_emb_proj": "middle_block.2.emb_layers.1",
}
CONVS = {
    "down_blocks.0.resnets.0.conv1": "input_blocks.1.0.in_layers.2",
    "down_blocks.0.downsamplers.0.conv": "input_blocks.3.0.op",
    "down_blocks.1.resnets.0.conv_shortcut": "input_blocks.4.0.skip_connection",
    "up_blocks.0.upsamplers.0.conv": "output_blocks.2.2.conv",
    "up_blocks.2.resnets.2.conv2": "output_blocks.8.0.out_layers.3",
}
NORMS = {
    "down_blocks.0.resnets.0.norm1": "input_blocks.1.0.in_layers.0",
    "mid_block.attentions.0.transformer_blocks.0.norm2": "middle_block.1.transformer_blocks.0.norm2",
    "conv_norm_out": "out.0",
}
ENCODER_LAYERS = (
    "text_model.encoder.layers.0.self_attn.q_proj",
    "text_model.encoder.layers.0.self_attn.out_proj",
    "text_model.encoder.layers.1.mlp.fc1",
)
LDM = {**LAYERS, **CONVS, **NORMS}

#: (part, diffusers' path of the layer) -> the change of its weight, given the weight.
Changes = dict[tuple[str, str], "Callable[[torch.Tensor], torch.Tensor]"]


@dataclass
class Made:
    """What is in one file, and what it means."""

    tensors: dict[str, torch.Tensor] = field(default_factory=dict)
    weights: Changes = field(default_factory=dict)
    biases: Changes = field(default_factory=dict)
    metadata: dict[str, str] = field(default_factory=dict)

    def save(self, path: Path) -> Path:
        from safetensors.torch import save_file

        save_file({key: tensor.contiguous() for key, tensor in self.tensors.items()}, path,
                  metadata={"format": "pt", **self.metadata})  # fmt: skip
        return path


class Maker:
    """Makes matrices for layers of the given shapes, (part, path) -> shape of the weight."""

    def __init__(self, shapes: dict[tuple[str, str], tuple[int, ...]], seed: int = 1) -> None:
        import torch

        self.shapes = shapes
        self._chance = torch.Generator().manual_seed(seed)
        self.alphas = iter([1.0, 2.0, 8.0, 0.5, 3.0, 16.0] * 99)

    def draw(self, *shape: int, size: float = 0.35) -> torch.Tensor:
        import torch

        return torch.randn(*shape, generator=self._chance) * size


# --- names ---------------------------------------------------------------------------------------

Naming = Callable[[str, str], str]


def dotted(unet: str, te1: str, te2: str, *, ldm: bool = False, bare: bool = False) -> Naming:
    def name(part: str, path: str) -> str:
        head = {UNET: unet, TE1: te1, TE2: te2}[part]
        path = LDM[path] if ldm and part == UNET else path
        return head + (path.removeprefix("text_model.") if bare else path)

    return name


def joined(unet: str = "lora_unet_", *, ldm: bool = False) -> Naming:
    def name(part: str, path: str) -> str:
        head = {UNET: unet, TE1: "lora_te1_", TE2: "lora_te2_"}[part]
        return head + (LDM[path] if ldm and part == UNET else path).replace(".", "_")

    return name


KOHYA, KOHYA_LDM = joined(), joined(ldm=True)
PEFT = dotted("unet.", "text_encoder.", "text_encoder_2.")
Layers = tuple[tuple[str, str], ...]
EVERYWHERE: Layers = (
    *((UNET, path) for path in (*LAYERS, *CONVS)),
    *((part, path) for part in (TE1, TE2) for path in ENCODER_LAYERS),
)
LINEAR: Layers = tuple((UNET, path) for path in LAYERS)
IN_UNET: Layers = tuple((UNET, path) for path in (*LAYERS, *CONVS))


# --- plain LoRA ------------------------------------------------------------------------------------


def lora(
    maker: Maker,
    naming: Naming,
    layers: Layers = EVERYWHERE,
    *,
    down: str = ".lora_down.weight",
    up: str = ".lora_up.weight",
    alpha: str | None = ".alpha",
    some_alphas: bool = False,
    dtype: str = "float32",
    rank: int = RANK,
) -> Made:
    import torch

    made = Made()
    for place, (part, path) in enumerate(layers):
        shape = maker.shapes[part, path]
        size = rank + place % 3  # mixed ranks
        one, two = maker.draw(size, *shape[1:]), maker.draw(shape[0], size, *[1] * (len(shape) - 2))
        one, two = one.to(getattr(torch, dtype)), two.to(getattr(torch, dtype))
        stem, factor = naming(part, path), 1.0
        made.tensors[stem + down], made.tensors[stem + up] = one, two
        if alpha and not (some_alphas and place % 2):
            value = next(maker.alphas)
            made.tensors[stem + alpha] = torch.tensor(value)
            factor = value / size
        product = torch.einsum("or,rx->ox", two.double().flatten(1), one.double().flatten(1))
        made.weights[part, path] = fixed((product * factor).reshape(shape))
    return made


def fixed(change: torch.Tensor) -> Callable[[torch.Tensor], torch.Tensor]:
    return lambda _weight: change


def processors(maker: Maker) -> Made:
    """As diffusers' first trainers wrote it: matrices on the attention's processor."""
    import torch

    made = Made()
    for part, path in [each for each in LINEAR if ".attn" in each[1]]:
        shape = maker.shapes[part, path]
        one, two = maker.draw(RANK, shape[1]), maker.draw(shape[0], RANK)
        head, _, last = path.removesuffix(".0").rpartition(".")
        made.tensors[f"unet.{head}.processor.{last}_lora.down.weight"] = one
        made.tensors[f"unet.{head}.processor.{last}_lora.up.weight"] = two
        made.weights[part, path] = fixed(torch.einsum("or,ri->oi", two.double(), one.double()))
    return made


def with_settings(maker: Maker, *, rslora: bool = False) -> Made:
    """peft's alphas in the metadata, one of a part and others of layers, as diffusers saves them."""
    made = lora(maker, PEFT, LINEAR, down=".lora_A.weight", up=".lora_B.weight", alpha=None)
    first = LINEAR[0][1]
    settings = {"unet.lora_alpha": 6, "unet.r": RANK, "unet.alpha_pattern": {first: 20},
                "unet.use_rslora": rslora}  # fmt: skip
    made.metadata = {"lora_adapter_metadata": json.dumps(settings)}
    for part, path in LINEAR:
        size = made.tensors[f"unet.{path}.lora_A.weight"].shape[0]
        factor = (20 if path == first else 6) / (size**0.5 if rslora else size)
        before = made.weights[part, path]
        made.weights[part, path] = lambda w, before=before, factor=factor: before(w) * factor
    return made


def with_biases(maker: Maker, naming: Naming = KOHYA) -> Made:
    made = lora(maker, naming, IN_UNET)
    for part, path in IN_UNET[::2]:
        change = maker.draw(maker.shapes[part, path][0])
        made.tensors[naming(part, path) + ".diff_b"] = change
        made.biases[part, path] = fixed(change.double())
    return made


def with_scalars(maker: Maker) -> Made:
    """As early LyCORIS wrote it: a number learnt beside a layer's matrices."""
    import torch

    made = lora(maker, KOHYA, IN_UNET)
    for part, path in IN_UNET:
        made.tensors[KOHYA(part, path) + ".scalar"] = torch.tensor(0.4)
        before = made.weights[part, path]
        made.weights[part, path] = lambda w, before=before: before(w) * 0.4
    return made


def with_whole_alphas(maker: Maker) -> Made:
    made = lora(maker, KOHYA)
    for key, tensor in made.tensors.items():
        if key.endswith(".alpha") and float(tensor).is_integer():
            made.tensors[key] = tensor.long()
    return made


def together(_: Maker, *files: Made) -> Made:
    """Several methods on the same layers, in one file: they add up."""
    made = Made()
    for file in files:
        made.tensors |= file.tensors
        for key, change in file.weights.items():
            before = made.weights.get(key, lambda w: 0 * w)
            made.weights[key] = lambda w, a=before, b=change: a(w) + b(w)
        made.biases |= file.biases
    return made


# --- LyCORIS' methods --------------------------------------------------------------------------------


def tucker(maker: Maker) -> Made:
    """LoCon with a core: up[o, m] core[m, n, x, y] down[n, i], summed over m and n."""
    import torch

    made = Made()
    for path in CONVS:
        shape = maker.shapes[UNET, path]
        one, two = maker.draw(3, shape[1], 1, 1, size=0.3), maker.draw(shape[0], 5, 1, 1, size=0.3)
        core, value = maker.draw(5, 3, *shape[2:], size=0.3), next(maker.alphas)
        stem = KOHYA(UNET, path)
        made.tensors |= {
            f"{stem}.lora_down.weight": one,
            f"{stem}.lora_up.weight": two,
            f"{stem}.lora_mid.weight": core,
            f"{stem}.alpha": torch.tensor(value),
        }
        whole = torch.einsum(
            "om,mnxy,ni->oixy", two[..., 0, 0].double(), core.double(), one[..., 0, 0].double()
        )
        made.weights[UNET, path] = fixed(whole * value / 3)
    return made


def loha(maker: Maker, naming: Naming, layers: Layers, *, core: bool = False) -> Made:
    import torch

    made = Made()
    for part, path in layers:
        shape, stem, value = maker.shapes[part, path], naming(part, path), next(maker.alphas)
        factors = []
        for which in "12":
            if core and len(shape) == 4:
                out, back = (
                    maker.draw(RANK, shape[0], size=0.4),
                    maker.draw(RANK, shape[1], size=0.4),
                )
                middle = maker.draw(RANK, RANK, *shape[2:], size=0.4)
                made.tensors[f"{stem}.hada_t{which}"] = middle
                whole = torch.einsum(
                    "pqxy,po,qi->oixy", middle.double(), out.double(), back.double()
                )
            else:
                out = maker.draw(shape[0], RANK, size=0.4)
                back = maker.draw(RANK, int(torch.tensor(shape[1:]).prod()), size=0.4)
                whole = (out.double() @ back.double()).reshape(shape)
            made.tensors[f"{stem}.hada_w{which}_a"] = out
            made.tensors[f"{stem}.hada_w{which}_b"] = back
            factors.append(whole)
        made.tensors[f"{stem}.alpha"] = torch.tensor(value)
        made.weights[part, path] = fixed(factors[0] * factors[1] * value / RANK)
    return made


def lokr(maker: Maker, naming: Naming, layers: Layers, *, first: str, second: str) -> Made:
    """`first` and `second` say how the factors are kept: whole, product, or core."""
    import torch

    made = Made()
    for part, path in layers:
        shape, stem, value = maker.shapes[part, path], naming(part, path), next(maker.alphas)
        small = (4, 2)
        large = (shape[0] // 4, shape[1] // 2, *shape[2:])
        made.tensors[f"{stem}.alpha"] = torch.tensor(value)
        one = factor(maker, made, f"{stem}.lokr_w1", small, first)
        kept = "product" if second == "core" and len(shape) == 2 else second
        two = factor(maker, made, f"{stem}.lokr_w2", large, kept)
        scale = 1.0 if first == second == "whole" else value / 2
        blocks = torch.einsum("ab,cd...->acbd...", one, two)
        made.weights[part, path] = fixed(blocks.reshape(shape) * scale)
    return made


def factor(maker: Maker, made: Made, stem: str, shape: tuple[int, ...], kept: str) -> torch.Tensor:
    import torch

    if kept == "whole":
        made.tensors[stem] = maker.draw(*shape, size=0.2)
        return made.tensors[stem].double()
    if kept == "core":
        left, right = maker.draw(2, shape[0], size=0.3), maker.draw(2, shape[1], size=0.3)
        middle = maker.draw(2, 2, *shape[2:], size=0.3)
        made.tensors[stem.replace("_w", "_t")] = middle
        whole = torch.einsum("pqxy,po,qi->oixy", middle.double(), left.double(), right.double())
    else:
        left = maker.draw(shape[0], 2, size=0.3)
        right = maker.draw(2, int(torch.tensor(shape[1:]).prod()), size=0.3)
        whole = (left.double() @ right.double()).reshape(shape)
    made.tensors[f"{stem}_a"], made.tensors[f"{stem}_b"] = left, right
    return whole


def glora(maker: Maker, *, later: bool = False) -> Made:
    """b2 b1 + W a2 a1; `later` files have both pairs the other way round."""
    import torch

    made = Made()
    for part, path in LINEAR:
        outputs, inputs = maker.shapes[part, path]
        stem, value = KOHYA(part, path), next(maker.alphas)
        a1, a2 = maker.draw(RANK, inputs), maker.draw(inputs, RANK)
        b1, b2 = maker.draw(RANK, inputs), maker.draw(outputs, RANK)
        named = dict(
            zip(
                ("a1", "a2", "b1", "b2"),
                (a2, a1, b2, b1) if later else (a1, a2, b1, b2),
                strict=True,
            )
        )
        made.tensors |= {f"{stem}.{name}.weight": matrix for name, matrix in named.items()}
        made.tensors[f"{stem}.alpha"] = torch.tensor(value)
        fixed_part = b2.double() @ b1.double()
        turn = a2.double() @ a1.double()
        made.weights[part, path] = lambda w, fixed_part=fixed_part, turn=turn, s=value / RANK: (
            (fixed_part + w @ turn) * s
        )
    return made


def ia3(maker: Maker) -> Made:
    import torch

    made = Made()
    for place, (part, path) in enumerate(LINEAR):
        outputs, inputs = maker.shapes[part, path]
        on_input = bool(place % 2)
        row = maker.draw(inputs if on_input else outputs, size=0.4)
        stem = KOHYA(part, path)
        made.tensors[f"{stem}.weight"] = row
        made.tensors[f"{stem}.on_input"] = torch.tensor(on_input)
        shaped = row.double().reshape((1, -1) if on_input else (-1, 1))
        made.weights[part, path] = lambda w, shaped=shaped: w * shaped
    return made


def full(maker: Maker, naming: Naming) -> Made:
    made = Made()
    for path in (*LAYERS, *CONVS):
        shape, stem = maker.shapes[UNET, path], naming(UNET, path)
        change, bias = maker.draw(*shape, size=0.02), maker.draw(shape[0], size=0.05)
        made.tensors |= {f"{stem}.diff": change, f"{stem}.diff_b": bias}
        made.weights[UNET, path] = fixed(change.double())
        made.biases[UNET, path] = fixed(bias.double())
    return made


def norms(maker: Maker, naming: Naming) -> Made:
    made = lora(maker, naming, LINEAR[:2])
    for path in NORMS:
        shape, stem = maker.shapes[UNET, path], naming(UNET, path)
        change, bias = maker.draw(*shape, size=0.3), maker.draw(*shape, size=0.3)
        made.tensors |= {f"{stem}.w_norm": change, f"{stem}.b_norm": bias}
        made.weights[UNET, path] = fixed(change.double())
        made.biases[UNET, path] = fixed(bias.double())
    return made


# --- DoRA ---------------------------------------------------------------------------------------------


def dora(
    made: Made, maker: Maker, naming: Naming, *, by: str, key: str, some: bool = False
) -> Made:
    """Any file with magnitudes laid over: m (W + D) / |W + D| - W, |.| of each output or input."""
    import torch

    for place, ((part, path), before) in enumerate(list(made.weights.items())):
        if some and place % 2:
            continue
        shape = maker.shapes[part, path]
        size = shape[0] if by == "output" else shape[1]
        kept = torch.rand(size, generator=maker._chance) + 0.5
        form = {
            "output": (size, *[1] * (len(shape) - 1)),
            "input": (1, size, *[1] * (len(shape) - 2)),
            "peft": (size,),
        }
        if key.startswith(".lora_magnitude"):
            written = form["peft"] if len(shape) == 2 else (1, size, 1, 1)
        else:
            written = form[by]
        made.tensors[naming(part, path) + key] = kept.reshape(written)

        def change(w, before=before, kept=kept.double().reshape(form[by])):
            whole = w + before(w)
            dims = [d for d in range(w.dim()) if d != (0 if by == "output" else 1)]
            return whole * kept / whole.pow(2).sum(dims, keepdim=True).sqrt() - w

        made.weights[part, path] = change
    return made


def layouts() -> dict[str, Callable[[Maker], Made]]:
    """Every layout by its name."""
    a, b = ".lora_A.weight", ".lora_B.weight"
    peft = {"down": a, "up": b, "alpha": None}

    def prefixed(unet: str, te1: str, te2: str, **how: bool) -> Naming:
        return dotted(unet, te1, te2, **how)

    return {
        "kohya, alpha of its own per layer": lambda m: lora(m, KOHYA),
        "kohya with LDM's blocks, alpha per layer": lambda m: lora(m, KOHYA_LDM),
        "kohya, alpha in some layers only": lambda m: lora(m, KOHYA, some_alphas=True),
        "kohya without alpha": lambda m: lora(m, KOHYA, alpha=None),
        "kohya in fp16": lambda m: lora(m, KOHYA, dtype="float16"),
        "kohya in bf16": lambda m: lora(m, KOHYA, dtype="bfloat16"),
        "kohya in fp8": lambda m: lora(m, KOHYA, dtype="float8_e4m3fn"),
        "kohya, rank 1": lambda m: lora(m, KOHYA, rank=1),
        "kohya, UNet only": lambda m: lora(m, KOHYA, IN_UNET),
        "kohya, text encoders only": lambda m: lora(m, KOHYA, EVERYWHERE[len(IN_UNET) :]),
        "LyCORIS' prefix": lambda m: lora(m, joined("lycoris_"), IN_UNET),
        "diffusers": lambda m: lora(m, PEFT, **peft),
        "diffusers with kohya's alphas": lambda m: lora(m, PEFT, down=a, up=b),
        "diffusers with lora.down": lambda m: lora(
            m, PEFT, down=".lora.down.weight", up=".lora.up.weight", alpha=None
        ),
        "diffusers with lora_linear_layer": lambda m: lora(
            m, PEFT, LINEAR, down=".lora_linear_layer.down.weight",
            up=".lora_linear_layer.up.weight", alpha=None,
        ),
        "diffusers' old processors": processors,
        "unet. with lora_down": lambda m: lora(m, PEFT, IN_UNET),
        "peft's base_model.model.": lambda m: lora(
            m, prefixed("base_model.model.", "", ""), IN_UNET, **peft
        ),
        "peft without a prefix": lambda m: lora(m, prefixed("", "", ""), IN_UNET, **peft),
        "peft, unet.base_model.model.": lambda m: lora(
            m, prefixed("unet.base_model.model.", "text_encoder.base_model.model.",
                        "text_encoder_2.base_model.model."), **peft,
        ),
        "peft, base_model.model.unet.": lambda m: lora(
            m, prefixed("base_model.model.unet.", "", ""), IN_UNET, **peft
        ),
        "peft, lora_A.default": lambda m: lora(
            m, PEFT, down=".lora_A.default.weight", up=".lora_B.default.weight", alpha=None
        ),
        "diffusers' settings in the metadata": with_settings,
        "diffusers' settings, rank-stabilised": lambda m: with_settings(m, rslora=True),
        "LDM, diffusion_model.": lambda m: lora(
            m, prefixed("diffusion_model.", "", "", ldm=True), IN_UNET, **peft
        ),
        "LDM, model.diffusion_model. with lora_down": lambda m: lora(
            m, prefixed("model.diffusion_model.", "", "", ldm=True), IN_UNET
        ),
        "ComfyUI's text encoders": lambda m: lora(
            m, prefixed("diffusion_model.", "text_encoders.clip_l.transformer.",
                        "text_encoders.clip_g.transformer.", ldm=True),
        ),
        "encoders without text_model": lambda m: lora(
            m, prefixed("unet.", "text_encoder.", "text_encoder_2.", bare=True), **peft
        ),
        "with biases (diff_b)": with_biases,
        "with biases, LDM's blocks": lambda m: with_biases(m, KOHYA_LDM),
        "LoCon with a core (lora_mid)": tucker,
        "LoHa": lambda m: loha(m, KOHYA, EVERYWHERE),
        "LoHa, LDM's blocks": lambda m: loha(m, KOHYA_LDM, IN_UNET),
        "LoHa with cores": lambda m: loha(m, KOHYA, IN_UNET, core=True),
        "LoKr, both whole": lambda m: lokr(m, KOHYA, IN_UNET, first="whole", second="whole"),
        "LoKr, whole and product": lambda m: lokr(
            m, KOHYA, EVERYWHERE, first="whole", second="product"
        ),
        "LoKr, product and product": lambda m: lokr(
            m, KOHYA_LDM, IN_UNET, first="product", second="product"
        ),
        "LoKr, product and whole": lambda m: lokr(
            m, KOHYA, IN_UNET, first="product", second="whole"
        ),
        "LoKr with a core": lambda m: lokr(m, KOHYA, IN_UNET, first="whole", second="core"),
        "GLoRA": glora,
        "GLoRA of later files": lambda m: glora(m, later=True),
        "IA3": ia3,
        "full difference": lambda m: full(m, KOHYA),
        "full difference, LDM's blocks": lambda m: full(m, KOHYA_LDM),
        "scalars of early LyCORIS": with_scalars,
        "alphas that are whole numbers": with_whole_alphas,
        "LoRA and full difference on one layer": lambda m: together(
            m, lora(m, KOHYA, IN_UNET), full(m, KOHYA)
        ),
        "norms": lambda m: norms(m, KOHYA),
        "norms, LDM's blocks": lambda m: norms(m, KOHYA_LDM),
        "DoRA by inputs (LyCORIS)": lambda m: dora(
            lora(m, KOHYA, IN_UNET), m, KOHYA, by="input", key=".dora_scale"
        ),
        "DoRA by outputs": lambda m: dora(
            lora(m, KOHYA), m, KOHYA, by="output", key=".dora_scale"
        ),
        "DoRA on some layers": lambda m: dora(
            lora(m, KOHYA_LDM, IN_UNET), m, KOHYA_LDM, by="output", key=".dora_scale", some=True
        ),
        "DoRA of peft": lambda m: dora(
            lora(m, PEFT, **peft), m, PEFT, by="output", key=".lora_magnitude_vector"
        ),
        "DoRA of peft, named": lambda m: dora(
            lora(m, PEFT, LINEAR, **peft), m, PEFT, by="output",
            key=".lora_magnitude_vector.default.weight",
        ),
        "DoRA over LoHa": lambda m: dora(
            loha(m, KOHYA, IN_UNET), m, KOHYA, by="input", key=".dora_scale"
        ),
        "DoRA over LoKr": lambda m: dora(
            lokr(m, KOHYA, IN_UNET, first="whole", second="product"), m, KOHYA,
            by="output", key=".dora_scale",
        ),
    }  # fmt: skip


def small_lora(path: Path, *, kohya: bool = False) -> Path:
    """A small LoRA with random matrices, as peft names them or as kohya's trainer does."""
    import torch
    from diffusers import UNet2DConditionModel
    from safetensors.torch import save_file
    from transformers import CLIPTextModel, CLIPTextModelWithProjection

    networks = {
        "unet": UNet2DConditionModel.from_pretrained(BUNDLED / "unet"),
        "text_encoder": CLIPTextModel.from_pretrained(BUNDLED / "text_encoder"),
        "text_encoder_2": CLIPTextModelWithProjection.from_pretrained(BUNDLED / "text_encoder_2"),
    }
    short = {"unet": "lora_unet", "text_encoder": "lora_te1", "text_encoder_2": "lora_te2"}
    generator = torch.Generator().manual_seed(5)
    weights = {}
    for part, network in networks.items():
        ends = ("attn2.to_k", "attn1.to_q", "q_proj", "v_proj", "out_proj")
        for name, layer in network.named_modules():
            if not name.endswith(ends):
                continue
            down = torch.randn(4, layer.in_features, generator=generator) * 0.1
            up = torch.randn(layer.out_features, 4, generator=generator) * 0.1
            if kohya:
                if part != UNET and not name.startswith("text_model"):
                    name = f"text_model.{name}"
                stem = f"{short[part]}_{name.replace('.', '_')}"
                weights[f"{stem}.lora_down.weight"] = down
                weights[f"{stem}.lora_up.weight"] = up
                weights[f"{stem}.alpha"] = torch.tensor(2.0)
            else:
                weights[f"{part}.{name}.lora_A.weight"] = down
                weights[f"{part}.{name}.lora_B.weight"] = up
    save_file(weights, path, metadata={"format": "pt"})
    return path

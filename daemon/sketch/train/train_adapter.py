"""Both IP-Adapters and the LoRA, on top of a finished UNet and image encoder.

The diffusion loss trains an adapter, the UNet held fast, on vague prompts; the LoRA learns chalk
from captions that do not say so.
"""

from __future__ import annotations

from typing import Any

import torch
from safetensors.torch import load_file
from torch import Tensor, nn

from daemon.sketch import precision
from daemon.sketch.train import adapters, stages
from daemon.sketch.train.blueprint import CROSS, SCALING
from daemon.sketch.train.diffusion import Diffusion
from daemon.sketch.train.galleries import GALLERIES
from daemon.sketch.train.stage_run import Course, replacing
from daemon.sketch.train.stages import Room
from daemon.sketch.train.stock import stock
from daemon.sketch.train.train_text import Reader
from daemon.sketch.train.train_vision import OFFSETS, references, state_path, views

#: Shares that have neither text nor reference, as the side that guidance leads away from, and
#: that have no reference.
DROPPED = (0.04, 0.06)


def _fit(unet: Any, state: dict[str, Tensor], tokens: int) -> nn.ModuleDict:
    """Put trainable adapter processors into a frozen UNet, the kind quick on a CPU."""
    from diffusers.models.attention_processor import AttnProcessor, IPAdapterAttnProcessor

    unet.requires_grad_(False)
    attentions = adapters.cross_attentions(unet)
    processors: dict[str, Any] = {}
    kept: dict[str, nn.Module] = {}
    for number, name in enumerate(unet.attn_processors):
        if number not in attentions:
            processors[name] = AttnProcessor()
            continue
        width = attentions[number].to_k.weight.shape[0]
        made = IPAdapterAttnProcessor(width, CROSS, num_tokens=(tokens,), scale=1.0)
        made.to_k_ip[0].weight.data.copy_(state[f"ip_adapter.{number}.to_k_ip.weight"])
        made.to_v_ip[0].weight.data.copy_(state[f"ip_adapter.{number}.to_v_ip.weight"])
        processors[name] = kept[str(number)] = made
    unet.set_attn_processor(processors)
    return nn.ModuleDict(kept).to(unet.device)


class _Through(nn.Module):
    """Stands where diffusers puts its projections: the tokens come ready-made."""

    def forward(self, tokens: Tensor) -> list[Tensor]:
        return [tokens]


@torch.no_grad()
def unconditional(encoder: Any, kind: str) -> Tensor:
    """What diffusers' pipeline gives an adapter where it must not speak: zeros for a pooled
    embedding, the hidden states of a grey picture for a resampler."""
    edge = encoder.config.image_size
    grey = torch.zeros(1, 3, edge, edge, device=encoder.device)
    view = views(encoder(grey, output_hidden_states=True))[kind][0].float()
    return torch.zeros_like(view) if kind == "base" else view


def adapter(room: Room, kind: str) -> None:
    """One adapter with the diffusion loss."""
    torch.manual_seed(room.seed + 7)
    reader, diffusion, gallery = Reader(room), Diffusion(room.device), GALLERIES[room.world]
    encoder = stages.load(room, "ip_adapter/image_encoder").eval()
    state = load_file(state_path(room, kind))
    unet = stages.load(room, "unet").eval().to(memory_format=torch.channels_last)
    unet._load_ip_adapter_weights([adapters.nested(state)])
    project = unet.encoder_hid_proj.image_projection_layers[0].train()
    fitted = _fit(unet, state, len(OFFSETS[kind]))  # freezes all that is in the UNet by now
    unet.encoder_hid_proj = _Through()
    project.requires_grad_(True)
    groups: list[dict[str, Any]] = [
        {"params": list(fitted.parameters())},
        {"params": list(project.parameters()), "factor": 0.5},
    ]
    parameters = [p for g in groups for p in g["params"]]
    opt = stages.optimizer(groups, 6e-4)
    nothing = unconditional(encoder, kind)
    course = Course(room, kind, fitted=fitted, project=project, opt=opt)
    rng = course.rng(room.seed + 71)
    pool = stock(room, room.seed + 72)
    for done, figures in course:
        stages.set_rate(opt, 6e-4 * stages.pace(done, warm=0.03))
        batch = pool.take(8)
        texts = [gallery.beside(rng, p) for p in batch.pictures]
        said, pooled = reader(texts)
        silent, dropped = (torch.rand(len(texts), device=room.device) < share for share in DROPPED)
        said[silent], pooled[silent] = 0, 0
        with torch.no_grad(), precision.mixed(room.device):
            chosen = [gallery.reference(rng, p) for p in batch.pictures]
            seen = references(rng, chosen, gallery).to(room.device)
            view = views(encoder(seen, output_hidden_states=True))[kind].float()
        view[dropped | silent] = nothing
        with precision.mixed(room.device):
            tokens = project(view)[:, None].float()
        told = {"tokens": said, "pooled": pooled, "times": batch.times}
        loss = diffusion.loss(unet, batch.latents, told, image_embeds=tokens)
        opt.zero_grad(set_to_none=True)
        loss.backward()
        torch.nn.utils.clip_grad_norm_(parameters, 1.0)
        opt.step()
        figures["loss"] = 0.98 * figures.get("loss", loss.item()) + 0.02 * loss.item()
    pool.close()
    for number, processor in fitted.items():
        state[f"ip_adapter.{number}.to_k_ip.weight"] = processor.to_k_ip[0].weight.detach()  # type: ignore[index, union-attr]
        state[f"ip_adapter.{number}.to_v_ip.weight"] = processor.to_v_ip[0].weight.detach()  # type: ignore[index, union-attr]
    with replacing(state_path(room, kind)) as path:
        adapters.save(state | adapters.projection_state(project, kind), path)
    course.end()


def base(room: Room) -> None:
    """The adapter that sees a reference's embedding."""
    adapter(room, "base")


def plus(room: Room) -> None:
    """The adapter that sees a reference patch by patch."""
    adapter(room, "plus")


def lora(room: Room) -> None:
    """Chalk without being asked for: pictures in chalk, captions that do not say so."""
    from diffusers.models.attention_processor import AttnProcessor

    torch.manual_seed(room.seed + 8)
    reader, diffusion, gallery = Reader(room), Diffusion(room.device), GALLERIES[room.world]
    vae = stages.load(room, "vae").eval().to(memory_format=torch.channels_last)
    unet = stages.load(room, "unet").train()
    unet.set_attn_processor(AttnProcessor())
    parameters = adapters.add_lora(unet)
    unet.to(memory_format=torch.channels_last)
    opt = stages.optimizer(parameters, 1e-3)
    course = Course(room, "lora", layers=nn.ParameterList(parameters), opt=opt)
    rng = course.rng(room.seed + 81)
    chalked = [gallery.chalked(rng) for _ in range(room.enough(400))]
    latents: list[Tensor] = []
    for k in range(0, len(chalked), 8):
        x = torch.stack([drawing for drawing, _ in chalked[k : k + 8]]) * 2 - 1
        with torch.no_grad(), precision.mixed(room.device):
            latents += list(vae.encode(x.to(room.device)).latent_dist.mean.float() * SCALING)
    for done, figures in course:
        stages.set_rate(opt, 1e-3 * stages.pace(done, warm=0.05))
        rows = rng.sample(range(len(chalked)), 8)
        tokens, pooled = reader([gallery.unchalked(rng, chalked[k][1]) for k in rows])
        times = torch.tensor(
            [[256, 256, 0, 0, 256, 256]] * 8, dtype=torch.float32, device=room.device
        )
        said = {"tokens": tokens, "pooled": pooled, "times": times}
        loss = diffusion.loss(unet, torch.stack([latents[k] for k in rows]), said)
        opt.zero_grad(set_to_none=True)
        loss.backward()
        torch.nn.utils.clip_grad_norm_(parameters, 1.0)
        opt.step()
        figures["loss"] = 0.97 * figures.get("loss", loss.item()) + 0.03 * loss.item()
    adapters.save_lora(unet, room.model / "loras" / "chalk.safetensors")
    course.end()

"""The image encoder, both IP-Adapters and the LoRA, on top of a finished UNet.

The encoder learns to tell everything that is true of a reference, and at the same time the
tokens of both adapters learn to imitate what the text encoders emit for a caption that says it
all.  Only then does the diffusion loss train an adapter, the UNet held fast, on vague prompts.
"""

from __future__ import annotations

import random
from typing import Any

import torch
import torch.nn.functional as F
from safetensors.torch import load_file
from torch import Tensor, nn

from . import adapters, captions, stages, words, world
from .blueprint import CROSS, REFERENCE_SIZE, SCALING
from .draw import draw
from .muon import Muon
from .pool import Pool
from .stages import Room
from .train_text import Heads, Reader, answers, trained_heads
from .train_unet import Diffusion
from .world import Picture

#: How far after the end of the text the imitated states lie, token by token.
OFFSETS = {"base": (0, 1, 4, 16), "plus": (0, 1, 2, 3, 6, 10, 16, 24)}
#: What the facts weigh against resemblance: a shape is a small part of what a text state holds.
FACTS = 4.0
VAGUE = (*words.EMPTY, "a picture", "a picture", "something")
MEAN, SPREAD = (0.48145466, 0.4578275, 0.40821073), (0.26862954, 0.26130258, 0.27577711)


def pixels(images: Tensor) -> Tensor:
    """0..1 pictures as CLIP's image processor would hand them over."""
    if images.shape[-1] != REFERENCE_SIZE:
        images = F.interpolate(
            images, (REFERENCE_SIZE, REFERENCE_SIZE), mode="bicubic", antialias=True
        )
    middle = torch.tensor(MEAN, device=images.device).view(1, 3, 1, 1)
    spread = torch.tensor(SPREAD, device=images.device).view(1, 3, 1, 1)
    return (images.clamp(0, 1) - middle) / spread


def references(rng: random.Random, chosen: list[Picture]) -> Tensor:
    """The pictures as references, drawn at a size of their own now and then."""
    size = rng.choice((REFERENCE_SIZE,) * 5 + (160, 256))
    return pixels(torch.stack([draw(p, size, size) for p in chosen]))


def look(encoder: Any, seen: Tensor) -> dict[str, Tensor]:
    """What either adapter starts from."""
    out = encoder(seen, output_hidden_states=True)
    return {"base": out.image_embeds, "plus": out.hidden_states[-2]}


@torch.no_grad()
def targets(reader: Reader, chosen: list[Picture]) -> dict[str, Tensor]:
    """The text states that each adapter's tokens should resemble."""
    ids = reader.ids([captions.plainly(p) for p in chosen])
    states, _ = reader.states(ids)
    end = (ids == 1).int().argmax(1)
    rows = torch.arange(len(ids), device=ids.device)[:, None]
    last = states.shape[1] - 1
    return {
        kind: states[
            rows, (end[:, None] + torch.tensor(offsets, device=ids.device)).clamp(max=last)
        ]
        for kind, offsets in OFFSETS.items()
    }


def _state_path(room: Room, kind: str) -> Any:
    return room.model / "ip_adapter" / f"{kind}.safetensors"


def vision(room: Room) -> None:
    """The image encoder and both projections, by telling and by imitation."""
    torch.manual_seed(room.seed + 6)
    rng = random.Random(room.seed + 61)
    reader = Reader(room)
    encoder = stages.load(room, "ip_adapter/image_encoder").train()
    projections = nn.ModuleDict({k: adapters.projection(k) for k in adapters.KINDS}).to(room.device)
    told = Heads(128).to(room.device)
    read = trained_heads(room, reader)
    made_of = nn.ModuleList([encoder, projections])
    parameters = [*made_of.parameters(), *told.parameters()]
    opt, told_opt = Muon(made_of, query_key=1.0), stages.optimizer(told.parameters(), 2e-3)
    for done, figures in stages.clock("vision", room.seconds(8)):
        opt.set_rate(stages.pace(done, warm=0.05))
        stages.set_rate(told_opt, 2e-3 * stages.pace(done, warm=0.05))
        chosen = [world.sample(rng, mix=(0.6, 0.2, 0.2)) for _ in range(32)]
        seen = references(rng, chosen).to(room.device)
        wanted = targets(reader, chosen)
        truth = answers([captions.truth(p) for p in chosen]).to(room.device)
        with torch.autocast(room.device.type, torch.bfloat16):
            views = look(encoder, seen)
            tokens = {k: projections[k](views[k]).float() for k in adapters.KINDS}
        facts, right = told.loss(views["base"].float(), truth)
        loss = torch.zeros((), device=room.device)
        for kind, made in tokens.items():
            loss = loss + F.mse_loss(made, wanted[kind])
            facts = facts + read[0].loss(made[:, 0], truth)[0] + read[1].loss(made[:, 1], truth)[0]  # type: ignore[operator]
        loss = loss + FACTS * facts
        opt.zero_grad()
        told_opt.zero_grad(set_to_none=True)
        loss.backward()
        torch.nn.utils.clip_grad_norm_(parameters, 1.0)
        opt.step()
        told_opt.step()
        figures["loss"] = 0.97 * figures.get("loss", loss.item()) + 0.03 * loss.item()
        figures["told"] = 0.97 * figures.get("told", right.item()) + 0.03 * right.item()
    encoder.save_pretrained(room.model / "ip_adapter" / "image_encoder")
    unet = stages.load(room, "unet")
    for kind in adapters.KINDS:
        state = adapters.start(unet, kind) | adapters.projection_state(projections[kind], kind)
        adapters.save(state, _state_path(room, kind))


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


def adapter(room: Room, kind: str, default_minutes: float = 8) -> None:
    """One adapter with the diffusion loss."""
    torch.manual_seed(room.seed + 7)
    rng = random.Random(room.seed + 71)
    reader, diffusion = Reader(room), Diffusion(room.device)
    encoder = stages.load(room, "ip_adapter/image_encoder").eval()
    state = load_file(_state_path(room, kind))
    unet = stages.load(room, "unet").eval().to(memory_format=torch.channels_last)
    unet._load_ip_adapter_weights([adapters.nested(state)])
    project = unet.encoder_hid_proj.image_projection_layers[0].train().requires_grad_(True)
    fitted = _fit(unet, state, len(OFFSETS[kind]))
    unet.encoder_hid_proj = _Through()
    project.requires_grad_(True)
    groups: list[dict[str, Any]] = [
        {"params": list(fitted.parameters())},
        {"params": list(project.parameters()), "factor": 0.5},
    ]
    parameters = [p for g in groups for p in g["params"]]
    opt = stages.optimizer(groups, 6e-4)
    pool = Pool(room, room.seed + 72)
    for done, figures in stages.clock(f"adapter-{kind}", room.seconds(default_minutes)):
        stages.set_rate(opt, 6e-4 * stages.pace(done, warm=0.03))
        batch = pool.take(8)
        texts = [
            rng.choice(VAGUE) if rng.random() < 0.75 else captions.caption(rng, p)[0]
            for p in batch.pictures
        ]
        said, pooled = reader(texts)
        with torch.no_grad(), torch.autocast(room.device.type, torch.bfloat16):
            seen = references(rng, list(batch.pictures)).to(room.device)
            views = look(encoder, seen)[kind].float()
        views = views * (torch.rand(len(views), device=room.device) > 0.08).view(
            -1, *[1] * (views.ndim - 1)
        )
        with torch.autocast(room.device.type, torch.bfloat16):
            tokens = project(views)[:, None].float()
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
    adapters.save(state | adapters.projection_state(project, kind), _state_path(room, kind))


def base(room: Room) -> None:
    adapter(room, "base")


def plus(room: Room) -> None:
    adapter(room, "plus")


def lora(room: Room) -> None:
    """Chalk without being asked for: pictures in chalk, captions that do not say so."""
    from dataclasses import replace

    from diffusers.models.attention_processor import AttnProcessor

    torch.manual_seed(room.seed + 8)
    rng = random.Random(room.seed + 81)
    reader, diffusion = Reader(room), Diffusion(room.device)
    vae = stages.load(room, "vae").eval().to(memory_format=torch.channels_last)
    unet = stages.load(room, "unet").train()
    unet.set_attn_processor(AttnProcessor())
    parameters = adapters.add_lora(unet)
    unet.to(memory_format=torch.channels_last)
    opt = stages.optimizer(parameters, 1e-3)
    pictures = [replace(world.sample(rng), style="flat") for _ in range(400)]
    latents = []
    for k in range(0, len(pictures), 8):
        x = (
            torch.stack([draw(replace(p, style="chalk"), 256, 256) for p in pictures[k : k + 8]])
            * 2
            - 1
        )
        with torch.no_grad(), torch.autocast(room.device.type, torch.bfloat16):
            latents += list(vae.encode(x.to(room.device)).latent_dist.mean.float() * SCALING)
    for done, figures in stages.clock("lora", room.seconds(4)):
        stages.set_rate(opt, 1e-3 * stages.pace(done, warm=0.05))
        rows = rng.sample(range(len(pictures)), 8)
        tokens, pooled = reader([captions.caption(rng, pictures[k])[0] for k in rows])
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

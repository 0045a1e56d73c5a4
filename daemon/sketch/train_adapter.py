"""The image encoder, both IP-Adapters and the LoRA, on top of a finished UNet.

The encoder learns to tell everything that is true of a reference; once it does, the tokens of
both adapters learn to imitate what the text encoders emit for a caption that says it all.  Only
then does the diffusion loss train an adapter, the UNet held fast, on vague prompts.
"""

from __future__ import annotations

import random
from typing import Any

import torch
import torch.nn.functional as F
from safetensors.torch import load_file
from torch import Tensor, nn

from . import adapters, captions, export, stages, words, world
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
#: The hardest question weighs most, those that every prompt asks come next.
WEIGHTS = {"a.shape": 8.0, "b.shape": 4.0} | dict.fromkeys(
    ("kind", "style", "pattern", "ground", "a.colour", "a.size", "place"), 2.0
)
#: At full speed Muon is too fast for an encoder as small as this.
VISION_RATE = 0.2
#: Up to this share of its time the encoder only tells; imitation is for one that sees.
TELLING = 0.3
VAGUE = (*words.EMPTY, "a picture", "a picture", "something")
#: Shares that have neither text nor reference, as the side that guidance leads away from, and
#: that have no reference.
DROPPED = (0.04, 0.06)
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


def views(out: Any) -> dict[str, Tensor]:
    """What either adapter starts from, of what the encoder put out."""
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


class Patches(nn.Module):
    """What every patch that lies on an object should know of it: its shape, colour and size.

    Sixty-four questions a picture instead of one.  From the one answer of the whole picture the
    encoder had told shapes apart no better than every other time after an hour; with these
    beside it it does so within minutes.
    """

    ANSWERS = (world.SHAPES, tuple(world.COLOURS), world.SIZES)
    #: Distance from the middle of an object, in radii, up to which a patch is asked.
    REACH = 1.1
    NOT_ASKED = -100  # what cross entropy ignores

    def __init__(self, width: int) -> None:
        super().__init__()
        self.sizes = [len(possible) for possible in self.ANSWERS]
        self.linear = nn.Linear(width, sum(self.sizes))

    def loss(self, states: Tensor, chosen: list[Picture]) -> Tensor:
        """Mean cross entropy of the patch states, (pictures, patches, width)."""
        truth = self.truth(chosen, int(states.shape[1] ** 0.5)).to(states.device)
        parts = self.linear(states).split(self.sizes, -1)
        total = torch.zeros((), device=states.device)
        for number, logits in enumerate(parts):
            if (truth[:, number] >= 0).any():
                total = total + F.cross_entropy(logits.transpose(1, 2), truth[:, number])
        return total

    def truth(self, chosen: list[Picture], edge: int) -> Tensor:
        """(pictures, questions, patches): the number of each answer, or `NOT_ASKED`."""
        middles = (torch.arange(edge) + 0.5) / edge
        y, x = torch.meshgrid(middles, middles, indexing="ij")
        known = torch.full((len(chosen), len(self.ANSWERS), edge * edge), self.NOT_ASKED)
        for row, picture in enumerate(chosen):
            for thing in picture.things:
                on = (x - thing.x).hypot(y - thing.y).flatten() < self.REACH * thing.r
                told = (thing.shape, thing.colour, thing.size)
                for number, (fact, possible) in enumerate(zip(told, self.ANSWERS, strict=True)):
                    known[row, number, on] = possible.index(fact)
        return known


def vision(room: Room) -> None:
    """The image encoder and both projections, by telling and by imitation."""
    torch.manual_seed(room.seed + 6)
    reader = Reader(room)
    encoder = stages.load(room, "ip_adapter/image_encoder").train()
    projections = nn.ModuleDict({k: adapters.projection(k) for k in adapters.KINDS}).to(room.device)
    told = Heads(128, WEIGHTS).to(room.device)
    patches = Patches(encoder.config.hidden_size).to(room.device)
    read = trained_heads(room, reader)
    for head in read:
        head.weights = told.weights
    made_of = nn.ModuleList([encoder, projections])
    answering = [*told.parameters(), *patches.parameters()]
    parameters = [*made_of.parameters(), *answering]
    opt, told_opt = Muon(made_of, query_key=1.0), stages.optimizer(answering, 2e-3)
    course = stages.Course(
        room, "vision", model=made_of, told=told, patches=patches, opt=opt, told_opt=told_opt
    )
    rng = course.rng(room.seed + 61)
    for done, figures in course:
        pace = stages.pace(done, warm=0.03)
        opt.set_rate(VISION_RATE * pace)
        stages.set_rate(told_opt, 2e-3 * pace)
        chosen = [any_reference(rng) for _ in range(32)]
        truth = answers([captions.truth(p) for p in chosen]).to(room.device)
        with torch.autocast(room.device.type, torch.bfloat16):
            out = encoder(references(rng, chosen).to(room.device), output_hidden_states=True)
        facts, right = told.loss(out.image_embeds.float(), truth)
        loss = FACTS * facts + patches.loss(out.last_hidden_state[:, 1:].float(), chosen)
        if done > TELLING:
            with torch.autocast(room.device.type, torch.bfloat16):
                tokens = {k: projections[k](v).float() for k, v in views(out).items()}
            wanted = targets(reader, chosen)
            for kind, made in tokens.items():
                loss = loss + F.mse_loss(made, wanted[kind])
                for number in (0, 1):  # what is read at the end of a text and just after it
                    loss = loss + FACTS * read[number].loss(made[:, number], truth)[0]
        opt.zero_grad()
        told_opt.zero_grad(set_to_none=True)
        loss.backward()
        torch.nn.utils.clip_grad_norm_(parameters, 1.0)
        opt.step()
        told_opt.step()
        figures["loss"] = 0.97 * figures.get("loss", loss.item()) + 0.03 * loss.item()
        figures["told"] = 0.97 * figures.get("told", right.item()) + 0.03 * right.item()
    export.save_part(encoder, room.model / "ip_adapter" / "image_encoder")
    unet = stages.load(room, "unet")
    for kind in adapters.KINDS:
        state = adapters.start(unet, kind) | adapters.projection_state(projections[kind], kind)
        with stages.replacing(_state_path(room, kind)) as path:
            adapters.save(state, path)
    course.end()


def any_reference(rng: random.Random) -> Picture:
    """Mostly one object, as most references are, and more often than not on plain ground."""
    if rng.random() < 0.6:
        return world.single(rng, plain=rng.random() < 0.6)
    return world.sample(rng, mix=(0, 0.5, 0.5))


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
    reader, diffusion = Reader(room), Diffusion(room.device)
    encoder = stages.load(room, "ip_adapter/image_encoder").eval()
    state = load_file(_state_path(room, kind))
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
    course = stages.Course(room, kind, fitted=fitted, project=project, opt=opt)
    rng = course.rng(room.seed + 71)
    pool = Pool(room, room.seed + 72)
    for done, figures in course:
        stages.set_rate(opt, 6e-4 * stages.pace(done, warm=0.03))
        batch = pool.take(8)
        texts = [
            rng.choice(VAGUE) if rng.random() < 0.75 else captions.caption(rng, p)[0]
            for p in batch.pictures
        ]
        said, pooled = reader(texts)
        silent, dropped = (torch.rand(len(texts), device=room.device) < share for share in DROPPED)
        said[silent], pooled[silent] = 0, 0
        with torch.no_grad(), torch.autocast(room.device.type, torch.bfloat16):
            seen = references(rng, list(batch.pictures)).to(room.device)
            view = views(encoder(seen, output_hidden_states=True))[kind].float()
        view[dropped | silent] = nothing
        with torch.autocast(room.device.type, torch.bfloat16):
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
    with stages.replacing(_state_path(room, kind)) as path:
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
    from dataclasses import replace

    from diffusers.models.attention_processor import AttnProcessor

    torch.manual_seed(room.seed + 8)
    reader, diffusion = Reader(room), Diffusion(room.device)
    vae = stages.load(room, "vae").eval().to(memory_format=torch.channels_last)
    unet = stages.load(room, "unet").train()
    unet.set_attn_processor(AttnProcessor())
    parameters = adapters.add_lora(unet)
    unet.to(memory_format=torch.channels_last)
    opt = stages.optimizer(parameters, 1e-3)
    course = stages.Course(room, "lora", layers=nn.ParameterList(parameters), opt=opt)
    rng = course.rng(room.seed + 81)
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
    for done, figures in course:
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
    course.end()

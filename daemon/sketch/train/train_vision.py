"""The image encoder and the projections of both IP-Adapters, before any diffusion.

The encoder learns to tell everything that is true of a reference; once it does, the tokens of
both adapters learn to imitate what the text encoders emit for a caption that says it all.
"""

from __future__ import annotations

import random
from pathlib import Path
from typing import Any

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from daemon.sketch import precision
from daemon.sketch.train import adapters, export, stages
from daemon.sketch.train.blueprint import REFERENCE_SIZE
from daemon.sketch.train.muon import Muon
from daemon.sketch.train.stage_run import Course, replacing
from daemon.sketch.train.stages import Room
from daemon.sketch.train.train_text import Heads, Reader, answers, trained_heads
from daemon.sketch.world import facts as truths
from daemon.sketch.world import world
from daemon.sketch.world.draw import draw
from daemon.sketch.world.world import Picture

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
    ids = reader.ids([truths.plainly(p) for p in chosen])
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


def state_path(room: Room, kind: str) -> Path:
    """Where an adapter lies."""
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
    course = Course(
        room, "vision", model=made_of, told=told, patches=patches, opt=opt, told_opt=told_opt
    )
    rng = course.rng(room.seed + 61)
    for done, figures in course:
        pace = stages.pace(done, warm=0.03)
        opt.set_rate(VISION_RATE * pace)
        stages.set_rate(told_opt, 2e-3 * pace)
        chosen = [any_reference(rng) for _ in range(32)]
        truth = answers([truths.truth(p) for p in chosen]).to(room.device)
        with precision.mixed(room.device):
            out = encoder(references(rng, chosen).to(room.device), output_hidden_states=True)
        facts, right = told.loss(out.image_embeds.float(), truth)
        loss = FACTS * facts + patches.loss(out.last_hidden_state[:, 1:].float(), chosen)
        if done > TELLING:
            with precision.mixed(room.device):
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
        with replacing(state_path(room, kind)) as path:
            adapters.save(state, path)
        (room.work / f"{kind}.pt").unlink(missing_ok=True)  # of another projection
    course.end()


def any_reference(rng: random.Random) -> Picture:
    """Mostly one object, as most references are, and more often than not on plain ground."""
    if rng.random() < 0.6:
        return world.single(rng, plain=rng.random() < 0.6)
    return world.sample(rng, mix=(0, 0.5, 0.5))

"""The image encoder and the projections of both IP-Adapters, before any diffusion.

The encoder learns to tell everything that is true of a reference; once it does, the tokens of
both adapters learn to imitate what the text encoders emit for a caption that says it all.
"""

from __future__ import annotations

import random
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import torch
import torch.nn.functional as F
from torch import Tensor, nn
from torch.utils.data import Dataset

from daemon.sketch import precision
from daemon.sketch.train import adapters, ahead, blueprint, export, stages
from daemon.sketch.train.blueprint import PATCH, REFERENCE_SIZE
from daemon.sketch.train.galleries import GALLERIES, Gallery
from daemon.sketch.train.muon import Muon
from daemon.sketch.train.shape_gallery import NOT_ASKED
from daemon.sketch.train.stage_run import Course, replacing
from daemon.sketch.train.stages import Room
from daemon.sketch.train.train_text import Heads, Reader, answers, trained_heads
from daemon.sketch.train.worlds import WORLDS

#: How far after the end of the text the imitated states lie, token by token.
OFFSETS = {"base": (0, 1, 4, 16), "plus": (0, 1, 2, 3, 6, 10, 16, 24)}
#: What the facts weigh against resemblance: a shape is a small part of what a text state holds.
FACTS = 4.0
ENCODER = "ip_adapter/image_encoder"
EDGE = REFERENCE_SIZE // PATCH
"""Patches a side."""
BATCH = 32
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


def references(rng: random.Random, chosen: Sequence[Any], gallery: Gallery) -> Tensor:
    """The pictures as references, drawn at a size of their own now and then."""
    sizes = (REFERENCE_SIZE,) * 5 + (160, 256)
    drawn = [gallery.draw(p, size, size) for p in chosen for size in [rng.choice(sizes)]]
    return torch.cat([pixels(one[None]) for one in drawn])


@dataclass(frozen=True)
class Lessons(Dataset[tuple[Tensor, Tensor, Tensor, str]]):
    """References of a world without end, each with all that is to be told of it: (3, edge, edge)
    as the encoder takes it, the answers about the whole and about its patches, a sentence."""

    seed: str
    world: str

    def __len__(self) -> int:
        return ahead.ENDLESS

    def __getitem__(self, number: int) -> tuple[Tensor, Tensor, Tensor, str]:
        chance, gallery = random.Random(f"{self.seed} {number}"), GALLERIES[self.world]
        picture = gallery.seen(chance)
        return (
            references(chance, [picture], gallery)[0],
            answers([gallery.truth(picture)], WORLDS[self.world])[0],
            gallery.patches(picture, EDGE),
            gallery.plainly(picture),
        )


def views(out: Any) -> dict[str, Tensor]:
    """What either adapter starts from, of what the encoder put out."""
    return {"base": out.image_embeds, "plus": out.hidden_states[-2]}


@torch.no_grad()
def targets(reader: Reader, texts: list[str]) -> dict[str, Tensor]:
    """The text states that each adapter's tokens should resemble."""
    ids = reader.ids(texts)
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
    """What every patch that lies on a thing should know of it.

    Sixty-four questions a picture instead of one.  From the one answer of the whole picture the
    encoder had told shapes apart no better than every other time after an hour; with these
    beside it it does so within minutes.
    """

    def __init__(self, width: int, questions: Mapping[str, tuple[str, ...]]) -> None:
        super().__init__()
        self.sizes = [len(possible) for possible in questions.values()]
        self.linear = nn.Linear(width, sum(self.sizes))

    def loss(self, states: Tensor, truth: Tensor) -> Tensor:
        """Mean cross entropy of the patch states, (pictures, patches, width), by the number of
        every answer, (pictures, questions, patches), or `NOT_ASKED`."""
        truth = truth.to(states.device)
        parts = self.linear(states).split(self.sizes, -1)
        total = torch.zeros((), device=states.device)
        for number, logits in enumerate(parts):
            if (truth[:, number] != NOT_ASKED).any():
                asked = F.cross_entropy(
                    logits.transpose(1, 2), truth[:, number], ignore_index=NOT_ASKED
                )
                total = total + asked
        return total


def _encoder(room: Room) -> Any:
    """The one in the working folder, or a new one where there is none."""
    if (room.model / ENCODER).exists():
        return stages.load(room, ENCODER)
    return blueprint.image_encoder().to(room.device)


def vision(room: Room) -> None:
    """The image encoder and both projections, by telling and by imitation."""
    torch.manual_seed(room.seed + 6)
    reader, gallery, of = Reader(room), GALLERIES[room.world], WORLDS[room.world]
    encoder = _encoder(room).train()
    projections = nn.ModuleDict({k: adapters.projection(k) for k in adapters.KINDS}).to(room.device)
    told = Heads(128, dict(gallery.weights), of).to(room.device)
    patches = Patches(encoder.config.hidden_size, gallery.questions).to(room.device)
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
    lessons = ahead.batches(
        Lessons(f"{room.seed} vision", room.world), BATCH, course.total, room.device
    )
    for done, figures in course:
        pace = stages.pace(done, warm=0.03)
        opt.set_rate(VISION_RATE * pace)
        stages.set_rate(told_opt, 2e-3 * pace)
        seen, truth, asked, said = next(lessons)
        truth = truth.to(room.device)
        with precision.mixed(room.device):
            out = encoder(seen.to(room.device), output_hidden_states=True)
        facts, right = told.loss(out.image_embeds.float(), truth)
        loss = FACTS * facts + patches.loss(out.last_hidden_state[:, 1:].float(), asked)
        if done > TELLING:
            with precision.mixed(room.device):
                tokens = {k: projections[k](v).float() for k, v in views(out).items()}
            wanted = targets(reader, said)
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
    export.save_part(encoder, room.model / ENCODER)
    unet = stages.load(room, "unet")
    for kind in adapters.KINDS:
        state = adapters.start(unet, kind) | adapters.projection_state(projections[kind], kind)
        with replacing(state_path(room, kind)) as path:
            adapters.save(state, path)
        (room.work / f"{kind}.pt").unlink(missing_ok=True)  # of another projection
    course.end()

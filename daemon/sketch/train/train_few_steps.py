"""The four-step LoRA: what the UNet makes of noise in sixteen guided steps, in four unguided ones.

The teacher is the UNet itself.  The student, which is the UNet with a LoRA, learns from every
fourth of the teacher's steps where the teacher is four steps later, guidance and all; first on the
teacher's own way, and then more and more from where the student itself has gone astray
(progressive distillation, arXiv 2202.00512, on the student's own states as in arXiv 1011.0686).
Nothing is drawn or encoded for it: noise and captions are all that it takes.
"""

from __future__ import annotations

import random
from collections import deque
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import torch
import yaml
from torch import Tensor, nn

from daemon.sketch import precision
from daemon.sketch.train import adapters, stages
from daemon.sketch.train.batches import NATIVE
from daemon.sketch.train.blueprint import alphas_cumprod
from daemon.sketch.train.diffusion import WORTH_COMPILING, compiled
from daemon.sketch.train.galleries import GALLERIES
from daemon.sketch.train.stage_run import Average, Course
from daemon.sketch.train.stages import Room
from daemon.sketch.train.train_text import Reader
from daemon.sketch.train.worlds import WORLDS

NAME = "four-steps"
#: Jumps of the student, the teacher's steps in one of them, and the guidance that is folded in.
JUMPS, WITHIN, GUIDANCE = 4, 4, 7.0
#: What stands beside the LoRA, for whoever wears it.
RECIPE: dict[str, Any] = {
    "steps": JUMPS,
    "guidance_scale": 0,
    "sampler": "euler",
    "schedule": "trailing",
    "scale": 1.0,
}
RATE = 1e-3
#: Pictures made at a time, steps between them, pictures in a step, and jumps that are kept.
MADE, EVERY, TAKEN, KEPT = 8, 8, 16, 1600
#: Pictures of another size than the native one, and captions that say nothing.
RARE, VAGUE = 0.08, 0.05


def angles(steps: int) -> list[float]:
    """How much of a picture is noise, as an angle, at each of so many steps' beginnings and at the
    last one's end: quarter turns of pure noise, 0 without any."""
    kept = alphas_cumprod()[timesteps(steps)]
    return [*torch.acos(kept.sqrt()).tolist(), 0.0]


def timesteps(steps: int) -> list[int]:
    """Where so many steps begin, spaced so that the first is the last one of training."""
    return [round(1000 - k * 1000 / steps) - 1 for k in range(steps)]


def glide(x: Tensor, velocity: Tensor, turn: Tensor) -> Tensor:
    """Where a step ends that leads `turn` radians towards the picture: Euler's, and DDIM's."""
    return turn.cos() * x - turn.sin() * velocity


def velocity_between(x: Tensor, later: Tensor, turn: Tensor) -> Tensor:
    """The velocity that leads from `x` to `later` in one step: the way back of `glide`."""
    return (turn.cos() * x - later) / turn.sin()


@dataclass(frozen=True)
class Told:
    """What a UNet is told of some pictures, row by row."""

    tokens: Tensor
    pooled: Tensor
    times: Tensor

    def rows(self, places: Sequence[int]) -> Told:
        some = list(places)
        return Told(self.tokens[some], self.pooled[some], self.times[some])

    def twice(self) -> Told:
        """Beside each of them nothing at all, which is what guidance leads away from."""
        none = torch.zeros_like
        return Told(
            torch.cat([none(self.tokens), self.tokens]),
            torch.cat([none(self.pooled), self.pooled]),
            torch.cat([self.times, self.times]),
        )


def predict(unet: Any, x: Tensor, steps: Tensor, told: Told) -> Tensor:
    """The velocity a UNet sees."""
    x = x.contiguous(memory_format=torch.channels_last)
    extra = {"text_embeds": told.pooled, "time_ids": told.times}
    with precision.mixed(x.device):
        out = unet(x, steps, told.tokens, added_cond_kwargs=extra, return_dict=False)[0]
    return out.float()  # type: ignore[no-any-return]


class Swift:
    """A UNet that is compiled for pictures of the native size, where that is worth it."""

    def __init__(self, unet: Any, worth: bool) -> None:
        self.plain = unet
        self.native = compiled(unet) if worth else unet

    def __call__(self, x: Tensor, *given: Any, **more: Any) -> Any:
        edges = tuple(8 * edge for edge in x.shape[-2:])
        return (self.native if edges == NATIVE else self.plain)(x, *given, **more)


@dataclass(frozen=True)
class Jump:
    """One thing to learn: at this noisy picture and timestep, this velocity."""

    x: Tensor
    step: int
    velocity: Tensor
    told: Told


@dataclass(frozen=True)
class Subject:
    """What is painted: a world, in latents of so many channels."""

    world: str
    channels: int


class Lessons:
    """Jumps to learn, renewed as the student changes."""

    def __init__(
        self, reader: Reader, rng: random.Random, teacher: Any, student: Any, subject: Subject
    ) -> None:
        self.reader, self.rng, self.teacher, self.student = reader, rng, teacher, student
        self.subject = subject
        self.kept: dict[tuple[int, int], deque[Jump]] = {}
        self.starts = timesteps(JUMPS)
        self.fine, self.turns = timesteps(JUMPS * WITHIN), angles(JUMPS * WITHIN)

    def _told(self, count: int, size: tuple[int, int]) -> Told:
        of = WORLDS[self.subject.world]
        texts = [
            self.rng.choice(of.vague)
            if self.rng.random() < VAGUE
            else of.caption(self.rng, False)[0]
            for _ in range(count)
        ]
        tokens, pooled = self.reader(texts)
        times = torch.tensor([[*size, 0, 0, *size]] * count, dtype=torch.float32)
        return Told(tokens, pooled, times.to(tokens.device))

    @torch.no_grad()
    def make(self, count: int, astray: float) -> None:
        """So many pictures from noise on, jump by jump; that share of the jumps is followed by
        where the student has come to instead of where the teacher has."""
        others = GALLERIES[self.subject.world].sizes
        size = self.rng.choice(others) if self.rng.random() < RARE else NATIVE
        told = self._told(count, size)
        angle = torch.tensor(self.turns[0])
        shape = (count, self.subject.channels, size[0] // 8, size[1] // 8)
        x = angle.sin() * torch.randn(shape, device=told.tokens.device)
        for jump, step in enumerate(self.starts):
            turn = torch.tensor(self.turns[jump * WITHIN] - self.turns[(jump + 1) * WITHIN])
            later = self._taught(x, jump, told)
            wanted = velocity_between(x, later, turn)
            kept = self.kept.setdefault(size, deque(maxlen=KEPT))
            kept += [Jump(x[k], step, wanted[k], told.rows([k])) for k in range(count)]
            here = x
            x = later
            if jump + 1 < JUMPS and astray > 0:
                steps = torch.full((count,), step, device=x.device)
                own = glide(here, predict(self.student, here, steps, told), turn)
                strays = torch.tensor([self.rng.random() < astray for _ in range(count)])
                x = torch.where(strays.to(x.device).view(-1, 1, 1, 1), own, later)

    def _taught(self, x: Tensor, jump: int, told: Told) -> Tensor:
        """Where the teacher comes to within one of the student's jumps."""
        both = told.twice()
        for k in range(jump * WITHIN, (jump + 1) * WITHIN):
            steps = torch.full((2 * len(x),), self.fine[k], device=x.device)
            none, said = predict(self.teacher, torch.cat([x, x]), steps, both).chunk(2)
            turn = torch.tensor(self.turns[k] - self.turns[k + 1])
            x = glide(x, none + GUIDANCE * (said - none), turn)
        return x

    def take(self, count: int) -> tuple[Tensor, Tensor, Told, Tensor]:
        """Noisy pictures of one size, their timesteps, what is said of them, and velocities."""
        sizes = list(self.kept)
        size = self.rng.choices(sizes, [len(self.kept[each]) for each in sizes])[0]
        some = [self.rng.choice(self.kept[size]) for _ in range(count)]
        told = Told(
            torch.cat([each.told.tokens for each in some]),
            torch.cat([each.told.pooled for each in some]),
            torch.cat([each.told.times for each in some]),
        )
        steps = torch.tensor([each.step for each in some], device=told.tokens.device)
        return (
            torch.stack([each.x for each in some]),
            steps,
            told,
            torch.stack([each.velocity for each in some]),
        )


def _student(room: Room) -> tuple[Any, list[Tensor]]:
    from diffusers.models.attention_processor import AttnProcessor

    unet = stages.load(room, "unet").train()
    if room.device.type == "cpu":  # the bf16 backward of fused attention is slow there
        unet.set_attn_processor(AttnProcessor())
    parameters = adapters.add_lora(unet, targets=adapters.EVERYWHERE)
    return unet.to(memory_format=torch.channels_last), parameters


def distil(room: Room) -> None:
    """The LoRA, and its recipe beside it."""
    torch.manual_seed(room.seed + 9)
    student, parameters = _student(room)
    teacher = stages.load(room, "unet").eval().to(memory_format=torch.channels_last)
    layers = nn.ParameterList(parameters)
    opt = stages.optimizer(parameters, RATE)
    average = Average(layers, 0.99)
    course = Course(room, NAME, layers=layers, opt=opt, average=average)
    taught, learns = (Swift(each, room.minutes >= WORTH_COMPILING) for each in (teacher, student))
    subject = Subject(room.world, teacher.config.in_channels)
    lessons = Lessons(Reader(room), course.rng(room.seed + 91), taught, learns, subject)
    made = min(MADE, room.steps or MADE)
    for _ in range(1 if room.steps else 4):
        lessons.make(made, _astray(course.done))
    for done, figures in course:
        stages.set_rate(opt, RATE * stages.pace(done, warm=0.03))
        if course.steps % EVERY == EVERY - 1:
            lessons.make(made, _astray(done))
        x, steps, told, wanted = lessons.take(TAKEN)
        loss = (predict(learns, x, steps, told) - wanted).square().mean()
        opt.zero_grad(set_to_none=True)
        loss.backward()
        torch.nn.utils.clip_grad_norm_(parameters, 1.0)
        opt.step()
        average.update(layers)
        figures["loss"] = 0.98 * figures.get("loss", loss.item()) + 0.02 * loss.item()
    layers.load_state_dict(average.shadow)
    adapters.save_lora(student, room.model / "loras" / f"{NAME}.safetensors")
    write_recipe(room)
    course.end()


def _astray(done: float) -> float:
    """What share of the jumps begins where the student came to."""
    return min(0.9, 2 * done)


def write_recipe(room: Room) -> None:
    """How the LoRA is to be used, where Hotfolder looks for it."""
    path = room.model / "loras" / f"{NAME}.yaml"
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(yaml.safe_dump(RECIPE, sort_keys=False), encoding="utf-8")

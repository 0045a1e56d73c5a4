"""Random jobs against plain diffusers: every sampler, schedule and option, alone and together.

A few in the suite; `HOTFOLDER_FAULTS=full` makes 300 of another seed each time it is told one by
`HOTFOLDER_FAULTS_SEED`. diffusers' side is made of its own classes alone, as its manual says, but
for the beta schedule, which it asks scipy for (see test_beta_schedule).
"""

from __future__ import annotations

import inspect
import json
import os
import random
import shutil
import sys
from collections import Counter
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from PIL import Image, ImageDraw
from support.levels import SEED, counts
from support.renders import make_render
from support.spacing import OWN, eta_of
from support.warm_engine import BARE, DEVICE, MODEL, THEIRS_TO_MEND, kept, ours, warm

from daemon.protocol.render import Hires, Render
from daemon.protocol.samplers import SAMPLERS, SCHEDULES

pytestmark = THEIRS_TO_MEND

JOBS = counts(9, 60, 300)

#: The bundled model, and what its scheduler's config says otherwise in other models.
MODELS = {
    "sketch": {},
    "trailing": {"timestep_spacing": "trailing"},
    "leading": {"timestep_spacing": "leading", "steps_offset": 1},
    "velocity": {"prediction_type": "v_prediction"},
}
if JOBS == 300:  # each costs a pipeline of its own
    MODELS |= {
        "zero SNR": {"rescale_betas_zero_snr": True, "timestep_spacing": "trailing"},
        "linear betas": {"beta_schedule": "linear", "beta_start": 0.0001, "beta_end": 0.02},
        "karras by itself": {"use_karras_sigmas": True},
        "log-linear": {"interpolation_type": "log_linear"},
        "continuous": {"timestep_type": "continuous"},
        "other bounds": {"sigma_min": 0.03, "sigma_max": 10.0, "final_sigmas_type": "sigma_min"},
        "samples": {"prediction_type": "sample"},
        "500 steps of training": {"num_train_timesteps": 500},
    }
#: Those that can begin at noise alone.
FROM_NOTHING = {None, "euler", "euler_a", "dpmpp_2m", "dpmpp_2m_sde", "ddim", "unipc", "lcm", "tcd"}
WORDS = [
    "a",
    "red",
    "circle",
    "on",
    "blue",
    "hills",
    "with",
    "(two)",
    "birds,",
    "маяк",
    "и",
    "лодка",
    "at",
    "night",
    "🗼",
    "chalk",
]
SPACED = {"euler", "heun", "dpmpp_2m", "dpmpp_2m_sde", "dpmpp_sde", "unipc"}
"""Samplers whose class in diffusers spaces its steps in other ways."""


@pytest.fixture(scope="module")
def models(tmp_path_factory) -> dict[str, Path]:
    found = {}
    for name, changes in MODELS.items():
        home = tmp_path_factory.mktemp("models") / name
        leave = shutil.ignore_patterns("ip_adapter", "loras")
        shutil.copytree(MODEL, home, ignore=leave, copy_function=os.symlink)
        config = home / "scheduler" / "scheduler_config.json"
        said = json.loads(config.read_text())
        config.unlink()
        config.write_text(json.dumps({**said, **changes}))
        found[name] = home
    return found


class Studio:
    """Ours and diffusers' pipelines on one model."""

    def __init__(self, home: Path) -> None:
        from diffusers import (
            StableDiffusionXLImg2ImgPipeline,
            StableDiffusionXLInpaintPipeline,
            StableDiffusionXLPipeline,
        )

        self.engine = warm(replace(BARE, model=str(home)))
        text = StableDiffusionXLPipeline.from_pretrained(home, add_watermarker=False).to(DEVICE)
        kinds = (StableDiffusionXLImg2ImgPipeline, StableDiffusionXLInpaintPipeline)
        parts = text.components
        self.pipes = (text, *(kind(**parts, add_watermarker=False) for kind in kinds))
        self.config = {"_class_name": type(text.scheduler).__name__, **text.scheduler.config}
        for pipe in self.pipes:
            pipe.set_progress_bar_config(disable=True)

    def scheduler(self, wanted: Render):
        import diffusers

        from daemon.engine.sdxl.schedulers import build_scheduler

        said = wanted.sampling
        if said.schedule == "beta":
            return build_scheduler(self.config, said.sampler, said.schedule)
        row = next((each for each in SAMPLERS if each.name == said.sampler), None)
        kind = getattr(diffusers, row.scheduler if row else self.config["_class_name"])
        options = dict(row.options) if row else {}
        known = inspect.signature(kind).parameters
        if said.schedule is not None:
            spacings = {each.spacing: each.name == said.schedule for each in SCHEDULES}
            options |= {key: wanted for key, wanted in spacings.items() if key in known}
        if said.schedule in ("trailing", "leading", "linspace"):
            options["timestep_spacing"] = said.schedule
        return kind.from_config({**self.config, **options})

    def theirs(self, wanted: Render, image: Image.Image | None, mask: Image.Image | None):
        """As somebody would write it who reads diffusers' manual."""
        text, over, inside = self.pipes
        size = {"width": wanted.width, "height": wanted.height}
        if image is None:
            painted = self.paint(text, wanted, **size)
        elif mask is None:
            painted = self.paint(over, wanted, image=image, strength=wanted.strength)
        else:
            given = {"image": image, "mask_image": mask, "strength": wanted.strength}
            painted = self.paint(inside, wanted, **given, **size)
            painted = Image.composite(painted, image, mask)
        if wanted.hires is None:
            return np.asarray(painted)
        larger = painted.resize((wanted.hires.width, wanted.hires.height), Image.Resampling.LANCZOS)
        again = {"steps": wanted.hires.steps, "strength": wanted.hires.strength}
        return np.asarray(self.paint(over, wanted, image=larger, **again))

    def paint(self, pipe, wanted: Render, *, steps: int = 0, **given) -> Image.Image:
        import torch

        said = wanted.sampling
        pipe.register_modules(scheduler=self.scheduler(wanted))
        for name in ("original_size", "target_size"):
            if (pair := getattr(said, name)) is not None:
                given[name] = (pair[1], pair[0])  # diffusers says the height first
        if said.crops_coords_top_left is not None:
            given["crops_coords_top_left"] = said.crops_coords_top_left
        # None beside a second one would make diffusers leave that out.
        negative = said.negative_prompt or (None if said.negative_prompt_2 is None else "")
        return pipe(
            prompt=said.prompt,
            prompt_2=said.prompt_2,
            negative_prompt=negative,
            negative_prompt_2=said.negative_prompt_2,
            num_inference_steps=steps or said.steps,
            guidance_scale=said.guidance_scale,
            clip_skip=said.clip_skip,
            eta=eta_of(said),
            generator=torch.Generator("cpu").manual_seed(wanted.seed),
            **given,
        ).images[0]


def photo(path: Path, size: tuple[int, int], chance: random.Random) -> Image.Image:
    image = Image.linear_gradient("L").resize(size).convert("RGB")
    colour = tuple(chance.randrange(256) for _ in range(3))
    ImageDraw.Draw(image).ellipse((8, 8, size[0] - 20, size[1] - 8), fill=colour)
    image.save(path)
    return image


def hole(path: Path, size: tuple[int, int], chance: random.Random) -> Image.Image:
    mask = Image.new("L", size, 0)
    edge = chance.randrange(8, size[0] - 8)
    ImageDraw.Draw(mask).rectangle((edge, 0, *size), fill=255)
    mask.save(path)
    return mask


def some(chance: random.Random) -> dict[str, object]:
    """What a job says of sampling, at random, and only what its sampler can."""

    def words() -> str:
        return " ".join(chance.choices(WORDS, k=chance.randrange(1, 9)))

    def maybe(value, share: float = 0.3):
        return value if chance.random() < share else None

    sampler = chance.choice([None, *(row.name for row in SAMPLERS)])
    plain = [] if sampler in OWN else ["trailing", "leading", "linspace"]
    schedule = chance.choice(["normal", "karras", "exponential", "beta", *plain])
    return {
        "prompt": words(),
        "negative_prompt": maybe(words(), 0.6) or "",
        "prompt_2": maybe(words()),
        "negative_prompt_2": maybe(words(), 0.2),
        "steps": chance.randrange(2, 9),
        "guidance_scale": chance.choice([0.0, 1.0, 1.5, 4.0, 7.5, 12.0]),
        "sampler": sampler,
        "schedule": maybe(schedule, 0.7) if sampler in SPACED else None,
        "eta": maybe(0.5) if sampler in ("ddim", "tcd") else None,
        "clip_skip": maybe(1, 0.2),
        "original_size": maybe((chance.randrange(64, 2048), chance.randrange(64, 2048))),
        "target_size": maybe((chance.randrange(64, 2048), chance.randrange(64, 2048)), 0.2),
        "crops_coords_top_left": maybe((chance.randrange(64), chance.randrange(64)), 0.2),
        "strict": True,
    }


def job(chance: random.Random, folder: Path, model: str = "") -> tuple[Render, object, object]:
    size = chance.choice([(64, 64), (72, 64), (64, 96), (80, 80)])
    said = {"job": 1, "index": 1, "stage": "", "seed": chance.getrandbits(32)}
    said |= {"width": size[0], "height": size[1], **some(chance)}
    if model == "zero SNR" and said["sampler"] not in FROM_NOTHING:
        said |= {"sampler": None, "schedule": None}
    image = mask = None
    if chance.random() < 0.5:
        image = photo(folder / "photo.png", size, chance)
        said |= {"image": kept(folder / "photo.png"), "strength": chance.choice([0.5, 0.7, 1.0])}
        if chance.random() < 0.5:
            mask = hole(folder / "hole.png", size, chance)
            said["mask"] = kept(folder / "hole.png")
    if mask is None and chance.random() < 0.25:
        said["hires"] = Hires(size[0] + 24, size[1] + 16, chance.randrange(3, 7), 0.6)
    return make_render(**said), image, mask


def test_random_jobs_are_what_plain_diffusers_makes_of_them(models, tmp_path) -> None:
    chance = random.Random(SEED)
    kinds = [chance.choice(list(MODELS)) for _ in range(JOBS)]
    count, other = Counter(), []
    for name, home in models.items():
        studio = Studio(home) if name in kinds else None
        for _ in range(kinds.count(name)):
            wanted, image, mask = job(chance, tmp_path, name)
            got, theirs = ours(studio.engine, wanted), studio.theirs(wanted, image, mask)
            is_equal = np.array_equal(got, theirs)
            count[name, is_equal] += 1
            if not is_equal:
                off = np.abs(got.astype(int) - theirs)
                other.append(f"{name}: {off.max()} at most, {off.mean():.3f} mean, {wanted}")
    print(dict(count), file=sys.__stdout__, flush=True)
    assert not other, "\n".join(other[:20])

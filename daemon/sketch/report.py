"""The full measurement behind the card, part by part, and the contact sheet.

Each part takes (folder, scale) and returns what goes on the card; `scale` shrinks the samples.
"""

from __future__ import annotations

import random
import subprocess
import sys
import time
from collections.abc import Callable
from contextlib import AbstractContextManager
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import torch
import yaml
from numpy.typing import NDArray

from . import export, judge, sampling, score, stages, words, world

Pixels = NDArray[np.float32]
Part = Callable[[Path, float], Any]
#: Below this share of the pictures a report is only printed.
FULL = 0.3
#: A prompt that leaves everything to the reference.
VAGUE = "a picture"
SLATE = np.array((46, 58, 56), dtype=np.float32) / 255
STEPS = {"fast": (10, 6.5), "balanced": (15, 7.0), "quality": (20, 7.5)}


def _count(full: int, scale: float) -> int:
    return max(8, round(full * scale))


def ceiling(_folder: Path, scale: float) -> Any:
    """The judge on true drawings."""
    return score.ceiling(_count(500, scale))


def prompts(folder: Path, scale: float) -> Any:
    """The main figure, at the steps of each preset."""
    pipe = sampling.load(folder)
    table: dict[str, Any] = {}
    for name, (steps, guidance) in STEPS.items():
        share = scale if name == "balanced" else 0.4 * scale
        one = score.score_singles(pipe, _count(500, share), steps=steps, guidance=guidance)
        two = score.score_pairs(pipe, _count(200, share), steps=steps, guidance=guidance)
        table[name] = {
            "steps": steps,
            "guidance": guidance,
            "single": one.shares(),
            "pair": two.shares(),
        }
        if name == "balanced":
            table[name]["scene"] = score.score_scenes(pipe, _count(100, scale)).shares()
    return table


def samplers(folder: Path, scale: float) -> Any:
    """Every general sampler at 15 steps on the same prompts and noise."""
    pipe = sampling.load(folder)
    table = {}
    for name in sampling.SAMPLERS:
        sampling.set_sampler(pipe, name)
        table[name] = score.score_singles(pipe, _count(100, scale), seed=2).shares()
    return table


def references(folder: Path, scale: float) -> Any:
    """Both adapters over their scale, with a prompt that says nothing."""
    table: dict[str, Any] = {}
    for kind in ("base", "plus"):
        pipe = sampling.load(folder)
        sampling.load_adapter(pipe, folder, kind)
        table[kind] = {
            f"{strength:.1f}": score.score_references(
                pipe, _count(100 if strength == 1 else 50, scale), strength
            ).shares()
            for strength in (1.0, 0.6, 0.3, 0.0)
        }
    return table


def is_slate(image: Pixels) -> bool:
    """Whether the picture stands on the blackboard of the chalk style."""
    return bool(np.abs(judge._border(image) - SLATE).max() < 0.09)


def is_hollow(image: Pixels) -> bool:
    """Whether what is drawn is a line: little of its box is filled in."""
    _, mask = judge.foreground(image)
    if mask.sum() < 20:
        return False
    ys, xs = np.nonzero(mask)
    return bool(mask.sum() < 0.34 * (np.ptp(ys) + 1) * (np.ptp(xs) + 1))


def is_dark_blue(image: Pixels) -> bool:
    """Whether the background is a night's."""
    ground = judge._border(image)
    return bool(ground.mean() < 0.38 and ground[2] > max(ground[0], 0.16))


STYLE_TESTS: dict[str, Callable[[Pixels], bool]] = {
    "outline": is_hollow,
    "chalk": is_slate,
    "night": is_dark_blue,
}


def _filled_singles(count: int, seed: int) -> list[tuple[world.Picture, str]]:
    """Prompts of solid shapes on bright grounds, so that a style can show."""
    found = [
        (p, t)
        for p, t in score.singles(count * 8, seed, unseen=False)
        if p.things[0].shape in ("circle", "square", "triangle", "heart")
        and p.ground not in ("black", "blue", "purple")
    ]
    return found[:count]


def styles(folder: Path, scale: float) -> Any:
    """Style words, the negative prompt, and the LoRA: share of pictures with and without."""
    pipe = sampling.load(folder)
    count = _count(40, scale)
    texts = [t for _, t in _filled_singles(count, 3)]
    plain = sampling.render(pipe, texts, range(count))
    table: dict[str, Any] = {}
    for style, test in STYLE_TESTS.items():
        styled = sampling.render(
            pipe, [f"{t}, {words.STYLE_WORDS[style][0]}" for t in texts], range(count)
        )
        table[style] = {"without": score.share(plain, test), "with": score.share(styled, test)}
    table["negative prompt"] = negative(pipe, count)
    pipe.load_lora_weights(
        str(folder / "loras"), weight_name="chalk.safetensors", adapter_name="chalk"
    )
    drawn = sampling.render(pipe, texts, range(count))
    table["LoRA chalk"] = {
        "without": score.share(plain, is_slate),
        "with": score.share(drawn, is_slate),
    }
    return table


def shown_styles(folder: Path, scale: float) -> Any:
    """Styles by reference, the prompt silent: share of pictures after a flat reference and after
    one of the same things in the style."""
    pipe = sampling.load(folder)
    sampling.load_adapter(pipe, folder)
    pipe.set_ip_adapter_scale(1.0)
    count = _count(40, scale)
    pictures = [p for p, _ in _filled_singles(count, 6)]
    table: dict[str, Any] = {}
    for style, test in STYLE_TESTS.items():
        table[style] = {}
        for label, shown in (("without", "flat"), ("with", style)):
            given = [score.reference_picture(replace(p, style=shown)) for p in pictures]
            drawn = sampling.render(pipe, [VAGUE] * count, range(count), references=given)
            table[style][label] = score.share(drawn, test)
    return table


def blend(folder: Path, scale: float) -> Any:
    """Two references at once, the prompt silent: how often each fact is one of theirs, and how
    often a picture has something that only the one shows and something that only the other does.
    Beside it the same of pictures that were shown only the first."""
    pipe = sampling.load(folder)
    sampling.load_adapter(pipe, folder)
    pipe.set_ip_adapter_scale(1.0)
    count = _count(50, scale)
    pictures = [p for p, _ in score.singles(2 * count, 61)]
    shown = list(zip(pictures[:count], pictures[count:], strict=True))
    table: dict[str, Any] = {}
    for label, number in (("both", 2), ("one", 1)):
        given = [[[score.reference_picture(p) for p in both[:number]]] for both in shown]
        drawn = sampling.render(pipe, [VAGUE] * count, range(count), references=given)
        tally = score.Tally()
        for both, image in zip(shown, drawn, strict=True):
            one, two = (score.mark_single(p, image) for p in both)
            either = {fact: one[fact] or two[fact] for fact in score.FACTS}
            of_one = any(one[fact] and not two[fact] for fact in score.FACTS)
            of_two = any(two[fact] and not one[fact] for fact in score.FACTS)
            tally.note({**either, "something of each": of_one and of_two})
        table[label] = tally.shares()
    return table


def negative(pipe: Any, count: int, **how: Any) -> dict[str, float]:
    """The prompt leaves a colour open; how many objects keep the one they had, from the same
    noise, once the negative prompt forbids it, and how many where it forbids another."""
    rng = random.Random(4)
    texts = [f"a big {rng.choice(world.SHAPES)} on a white background" for _ in range(count)]

    def colours(forbidden: list[str] | None) -> list[str]:
        drawn = sampling.render(pipe, texts, range(count), negative=forbidden, **how)
        return [v.things[0].colour if v.things else "" for v in map(judge.judge, drawn)]

    had = colours(None)
    others = [rng.choice([c for c in world.COLOURS if c not in (one, "white")]) for one in had]
    kept = {"it forbidden": colours(had), "another forbidden": colours(others)}
    return {
        label: sum(a == b for a, b in zip(had, now, strict=True)) / count
        for label, now in kept.items()
    }


def diversity(folder: Path, scale: float) -> Any:
    """Pictures of one vague prompt differ from seed to seed, as much as drawings do."""
    pipe = sampling.load(folder)
    rng = random.Random(7)
    count = _count(24, scale)
    drawn = [score.to_pixels(world.sample(rng)) for _ in range(count)]
    gaps = [float(np.abs(drawn[i] - drawn[j]).mean()) for i in range(count) for j in range(i)]
    return {"model": score.diversity(pipe, count), "drawings": float(np.mean(gaps))}


def sizes(folder: Path, scale: float) -> Any:
    """Other sizes than the native one."""
    pipe = sampling.load(folder)
    table = {}
    for height, width in ((192, 192), (256, 384), (384, 256), (384, 384)):
        tally = score.score_singles(pipe, _count(60, scale), seed=5, size=(height, width))
        table[f"{width}x{height}"] = tally.shares()
    return table


def conditioning(folder: Path, scale: float) -> Any:
    """Size conditioning: where the middle of a circle "in the middle" comes to lie, in shares of
    width and height, for a picture said to be a crop of a larger one, and where it should."""
    pipe = sampling.load(folder)
    colours = [c for c in world.COLOURS if c != "white"][: _count(11, scale)]
    texts = [f"a big {colour} circle in the middle on a white background" for colour in colours]
    table = {}
    for original, top, left in ((256, 0, 0), (320, 0, 64), (320, 64, 0)):
        drawn = sampling.render(
            pipe,
            texts,
            range(len(texts)),
            original_size=(original, original),
            crops_coords_top_left=(top, left),
        )
        seen = [verdict.things[0] for verdict in map(judge.judge, drawn) if verdict.things]
        table[f"{original} px, crop at {left},{top}"] = {
            "is": [round(float(np.median([getattr(s, axis) for s in seen])), 3) for axis in "xy"],
            "should be": [(original / 2 - corner) / 256 for corner in (left, top)],
        }
    return table


LOADING = """
import sys, time, torch, diffusers, transformers
from pathlib import Path
from diffusers import StableDiffusionXLPipeline
from daemon.sketch import sampling
began = time.perf_counter()
sampling.load(Path(sys.argv[1]))
print("seconds", time.perf_counter() - began)
"""


def speed(folder: Path, _scale: float) -> Any:
    """Load time in a new process (libraries imported, files in the page cache), seconds per
    picture, and the size on disk."""
    command = [sys.executable, "-c", LOADING, str(folder)]
    said = subprocess.run(command, capture_output=True, text=True, check=True).stdout
    pipe = sampling.load(folder)
    prompt = ["a small red circle on the left on a white background"]
    sampling.render(pipe, prompt, [1], steps=2)
    times = []
    for k in range(5):
        began = time.perf_counter()
        sampling.render(pipe, prompt, [k])
        times.append(time.perf_counter() - began)
    size = sum(p.stat().st_size for p in folder.rglob("*") if p.is_file())
    return {
        "load_seconds": round(float(said.split("seconds")[-1]), 2),
        "seconds_per_picture": round(float(np.median(times)), 2),
        "threads": torch.get_num_threads(),
        "megabytes": round(size / 1e6, 1),
    }


def storage(folder: Path, scale: float) -> Any:
    """Half precision on disk against full (where the folder of their training is here), and
    float32 arithmetic against bfloat16."""
    count = _count(40, scale)
    asked = score.singles(count, 12)
    table: dict[str, Any] = {}
    pictures: dict[str, list[Pixels]] = {}
    full = stages.DEFAULT_WORK / "model"
    folders = {"float16 file": folder}
    if full.exists() and export.is_export(full, folder):
        folders["float32 file"] = full
    for name, place in folders.items():
        pipe = sampling.load(place)
        pictures[name] = sampling.render(pipe, [t for _, t in asked], range(count))
    with _arithmetic(True):
        pipe = sampling.load(folder)
        pictures["bfloat16 arithmetic"] = sampling.render(pipe, [t for _, t in asked], range(count))
    for name, images in pictures.items():
        tally = score.Tally()
        for (picture, _), image in zip(asked, images, strict=True):
            tally.note(score.mark_single(picture, image))
        gap = max(
            np.abs(a - b).mean() for a, b in zip(images, pictures["float16 file"], strict=True)
        )
        table[name] = {"all": round(tally.share("all"), 3), "largest mean difference": float(gap)}
    return table


PARTS: dict[str, Part] = {
    "ceiling": ceiling,
    "prompts": prompts,
    "samplers": samplers,
    "references": references,
    "blend": blend,
    "styles": styles,
    "styles by reference": shown_styles,
    "diversity": diversity,
    "sizes": sizes,
    "size conditioning": conditioning,
    "speed": speed,
    "storage": storage,
}


def _arithmetic(half: bool) -> AbstractContextManager[Any]:
    """bfloat16 where asked for: twice as fast on a CPU; `storage` shows what that costs."""
    return torch.autocast("cpu", torch.bfloat16, enabled=half)


def run(
    folder: Path, scale: float = 1.0, only: list[str] | None = None, half: bool = False
) -> dict[str, Any]:
    """Measure, print as it goes, and write each part on the card as it is finished."""
    table: dict[str, Any] = {}
    for name, part in PARTS.items():
        if only is not None and name not in only:
            continue
        began = time.perf_counter()
        with _arithmetic(half and name not in ("speed", "storage")):
            table[name] = part(folder, scale)
        print(f"# {name}, {time.perf_counter() - began:.0f} s", flush=True)
        dump = yaml.safe_dump(
            {name: table[name]}, sort_keys=False, default_flow_style=None, width=150
        )
        print(dump, flush=True)
        if scale >= FULL:
            card = yaml.safe_load((folder / "card.yaml").read_text())
            export.write_card(folder, score={**card.get("score", {}), name: table[name]})
    return table

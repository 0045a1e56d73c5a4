"""Whether somebody given as a reference keeps their looks from shot to shot, told by the judge.

Several people, each drawn once on paper and painted through twelve shots whose captions leave out
what they look like: beside it stand true drawings of the same shots, and how often another's looks
would have been right.
"""

from __future__ import annotations

import random
from dataclasses import replace
from typing import Any

import numpy as np
import torch
from PIL import Image

from daemon.sketch import precision
from daemon.sketch.score import panels as scored
from daemon.sketch.score.panels import Asked
from daemon.sketch.score.sampling import load_adapter, render
from daemon.sketch.storyboard import drawn, looks, panels
from daemon.sketch.storyboard.panels import Mix
from daemon.sketch.train import export, panel_judge
from daemon.sketch.train.panel_shards import as_tensor
from daemon.sketch.train.stages import Room
from daemon.thumbs.scene import Scene

NAME = "looks"
PEOPLE, SHOTS = 6, 12
KIND = "plus"
SCALE = 0.8
SITTING = Mix((0, 1, 0, 0, 0), pencil=0, paper=1, nobody=0, pairs=0, props=0, held=0)
"""How somebody is drawn for a reference: all of them, on paper."""
STORY = Mix((0.15, 0.45, 0.25, 0.15, 0), pencil=0, nobody=0, pairs=0)
"""The shots that they are in."""


def cast(people: int) -> list[Scene]:
    """References that no training sees: always the same ones, all with another look."""
    return [drawn.scene_of("cast", number, SITTING) for number in range(people)]


def story(somebody: Scene, number: int, shots: int) -> list[Asked]:
    """Shots of whom a reference shows; what is asked for is how they look."""
    chance = random.Random(f"story {number}")
    asked: list[Asked] = []
    while len(asked) < shots:
        scene = panels.sample(chance, STORY)
        (figure,) = scene.figures
        scene = replace(scene, figures=(replace(figure, look=somebody.figures[0].look),))
        asked.append(Asked(scene, looks.caption(chance, scene), looks.looks(scene)))
    return asked


def score(room: Room, scale: float) -> dict[str, Any]:
    """Paint them all, judge them, and leave `panels-looks.yaml` and a sheet in the working folder.
    SystemExit where there is no judge or no adapter."""
    adapter = room.model / "ip_adapter" / f"{KIND}.safetensors"
    if not adapter.exists():
        raise SystemExit(f"there is no adapter in {adapter}: run the stage `{KIND}`")
    judge = panel_judge.load(room.model / "judge", room.device)
    people, shots = max(2, round(PEOPLE * scale)), max(2, round(SHOTS * scale))
    shown = cast(people)
    stories = [story(one, number, shots) for number, one in enumerate(shown)]
    asked = [told[shot] for shot in range(shots) for told in stories]  # beside each, another's
    references = [Image.fromarray(drawn.pixels(one)) for one in shown]
    pipe = scored.pipeline(room)
    load_adapter(pipe, room.model, KIND)
    pipe.set_ip_adapter_scale(SCALE)
    with precision.mixed(room.device):
        painted = render(
            pipe,
            [one.caption for one in asked],
            range(len(asked)),
            scored.STEPS,
            scored.GUIDANCE,
            references=references * shots,
        )
    given = [(np.asarray(one) / 255).astype(np.float32) for one in references]
    notes = [looks.plainly(one) for one in shown] + [one.caption for one in asked]
    scored.sheet([*given, *painted], notes, people).save(room.work / f"panels-{NAME}.png")
    true = as_tensor(np.stack([drawn.pixels(one.scene) for one in asked]))
    read = judge.read(torch.stack([scored.as_seen(one) for one in painted]))
    told = scored.table(asked, read, judge.read(true))
    export.write_yaml(room.work / f"panels-{NAME}.yaml", told)
    return told

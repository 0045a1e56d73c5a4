"""What compiling the bundled model brings on this machine: `python tests/measure_compile.py`.

Minutes long, the first time. Prints how long compiling took, how long a worker takes to have the
compiled code again after a restart, what it gains, that nothing is compiled again in a soak of
mixed pictures, and what a picture costs that is made while the compiler is at work.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
import time
import warnings
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import Any

from PIL import Image
from support import warm_engine
from support.warm_engine import LOAD, no_step, reference, warm

from daemon.protocol.messages import Load
from daemon.protocol.render import Reference, Render

SIDE, STEPS, ROUNDS = 256, 4, 3

render = partial(warm_engine.render, negative_prompt="grey", width=SIDE, height=SIDE, steps=STEPS)


def load(caches: Path, wish: str) -> Load:
    threads = int(os.environ.get("OMP_NUM_THREADS", "1"))
    options = {"compile": wish}
    return replace(LOAD, threads=threads, max_batch=4, caches=str(caches), options=options)


def seconds_of(engine: Any, wanted: Render) -> float:
    """Processor seconds of this thread for one picture's steps and decoding."""
    began = time.thread_time()
    engine.render(wanted, no_step)
    return time.thread_time() - began


def mixed(folder: Path, count: int) -> list[Render]:
    """Prompts, sizes, references, scales, guidance and samplers in every combination."""
    face = folder / "face.png"
    Image.linear_gradient("L").convert("RGB").save(face)

    def shown(number: int) -> tuple[Reference, ...]:
        which = ((), ("base",), ("plus",), ("base", "base"))[number % 4]
        return tuple(reference(face, scale=0.2 + 0.1 * (number % 7), model=name) for name in which)

    return [
        render(
            prompt=f"picture {number} " + "of many words " * (number % 3 * 14),
            width=(128, 192, 256)[number % 3],
            height=(128, 160)[number % 2],
            guidance_scale=(5.0, 7.5, 1.0)[number % 3],
            sampler=("euler", "dpmpp_2m", "ddim")[number % 3],
            references=shown(number),
            seed=number,
            steps=2,
        )
        for number in range(count)
    ]


def soak(engine: Any, folder: Path) -> int:
    """How many pictures of a mixed soak met code that was not compiled; shared calls too."""
    import torch

    missed = 0
    torch.compiler.set_stance("fail_on_recompile")
    for wanted in mixed(folder, 24):
        try:
            engine.render(wanted, no_step)
        except RuntimeError as error:
            missed += 1
            print("recompile:", str(error)[:600], file=sys.stderr)
    for size in (2, 3, 4):
        flights = [
            engine.board(render(steps=2, seed=n, prompt=f"one of {size}"), no_step)
            for n in range(size)
        ]
        while not all(flight.is_over for flight in flights):
            engine._move([flight for flight in flights if not flight.is_over])
        missed += sum(flight.failure is not None for flight in flights)
    torch.compiler.set_stance("eager_on_recompile")
    return missed


def one_worker(caches: Path, folder: Path) -> dict[str, Any]:
    """What a worker finds: run in a process of its own."""
    from daemon.engine.sdxl.speed import compilation

    compilation.LOW_PRIORITY = 0  # there is nothing else here to give way to
    engine = warm(load(caches, "on"))
    engine.render(render(steps=1), no_step)
    eager = min(seconds_of(engine, render()) for _ in range(ROUNDS))
    idle_work = engine._idle_work
    idle_work._canary = None
    before = os.times()
    idle_work.do(lambda *_: None)
    meanwhile = seconds_of(engine, render())
    said: list[str] = []
    idle_work.finish(lambda level, text: said.append(f"{level}: {text}"))
    after = os.times()
    spent = (after.user + after.system + after.children_user + after.children_system) - (
        before.user + before.system + before.children_user + before.children_system
    )
    done = engine.render(render(), no_step)
    compiled = min(seconds_of(engine, render()) for _ in range(ROUNDS))
    from torch._dynamo.utils import counters

    graphs = counters["stats"]["unique_graphs"]
    missed = soak(engine, folder)
    return {
        "said": said,
        "processor seconds of compiling": round(spent - meanwhile, 1),
        "seconds of compiling": round(idle_work._compiler.facts.get("seconds", 0.0), 1),
        "eager": round(eager, 3),
        "while compiling": round(meanwhile, 3),
        "compiled": round(compiled, 3),
        "in use": idle_work.steps.ready or idle_work.decoding.ready,
        "exact": done.exact,
        "graphs": graphs,
        "graphs after the soak": counters["stats"]["unique_graphs"],
        "missed in the soak": missed,
    }


def main() -> None:
    warnings.simplefilter("ignore")
    if len(sys.argv) == 3:
        print(json.dumps(one_worker(Path(sys.argv[1]), Path(sys.argv[2]))))
        return
    with tempfile.TemporaryDirectory() as folder:
        caches = Path(folder) / "caches"
        for name in ("a first worker", "the next worker"):
            command = [sys.executable, __file__, str(caches), folder]
            asked = subprocess.run(command, stdout=subprocess.PIPE, check=True, text=True)
            found = json.loads(asked.stdout.splitlines()[-1])
            print(name)
            for key, value in found.items():
                print(f"  {key}: {value}")
            print(f"  gain: x{found['eager'] / found['compiled']:.2f}")


if __name__ == "__main__":
    main()

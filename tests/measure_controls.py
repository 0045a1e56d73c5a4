"""What a drawing costs: seconds of a picture with a T2I-Adapter, a ControlNet or a union beside the
same picture without, and what a draft in four steps takes, all in one run and in turn.

    PYTHONPATH=tests python tests/measure_controls.py [--rounds 9] [--side 256] [--steps 15]

The networks have random weights and the shapes that belong to the bundled model, so the pictures
show nothing; the T2I-Adapter is also measured as it is shipped. Seconds are the processor's, on one
thread, so that neighbours cost little; each row is the median of the ratios within a round, with
their quartiles.
"""

from __future__ import annotations

import argparse
import statistics
import tempfile
import time
from dataclasses import replace
from pathlib import Path
from typing import Any

from PIL import Image, ImageDraw
from support import control_files
from support.warm_engine import BARE, MODEL, kept, no_step, render, warm

from daemon.protocol.render import Control, ControlModel, ControlParams, Lora, Render

MAKERS: dict[str, Any] = {
    "t2i": control_files.t2i,
    "controlnet": control_files.controlnet,
    "union": control_files.union,
}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=int, default=9)
    parser.add_argument("--side", type=int, default=256)
    parser.add_argument("--steps", type=int, default=15)
    parser.add_argument("--threads", type=int, default=1)
    asked = parser.parse_args()
    engine = warm(replace(BARE, threads=asked.threads))
    with tempfile.TemporaryDirectory() as folder:
        ways = renders(Path(folder), asked.side, asked.steps)
        for wanted in ways.values():
            engine.render(wanted, no_step)  # loads what it uses
        seconds: dict[str, list[float]] = {name: [] for name in ways}
        for number in range(asked.rounds):
            turn = list(ways.items())
            for name, wanted in turn if number % 2 else reversed(turn):
                # another picture each time: what was remembered of the last one costs nothing
                begun = time.process_time()
                engine.render(replace(wanted, seed=100 + number), no_step)
                seconds[name].append(time.process_time() - begun)
    print(f"{'a picture':<34} {'seconds':>8} {'beside without':>16} {'quartiles':>14}")
    plain = seconds["without"]
    for name, each in seconds.items():
        ratios = [one / other for one, other in zip(each, plain, strict=True)]
        low, middle, high = statistics.quantiles(ratios, n=4)
        median = statistics.median(each)
        print(f"{name:<34} {median:>8.3f} {middle - 1:>+15.1%} {low - 1:>+7.1%} {high - 1:>+6.1%}")


def renders(folder: Path, side: int, steps: int) -> dict[str, Render]:
    """What is measured, by what it is called."""
    drawing = folder / "drawing.png"
    image = Image.new("RGB", (side, side))
    ImageDraw.Draw(image).ellipse((side // 8, side // 4, side // 2, side * 3 // 4), outline="white")
    image.save(drawing)
    sized = {"width": side, "height": side, "steps": steps, "guidance_scale": 7.0}

    def drawn(model: ControlModel, end: float = 1.0) -> Render:
        params = ControlParams(scale=0.8, end=end, ready=True)
        return render(controls=(Control(kept(drawing), params, None, model),), **sized)

    found = {"without": render(**sized)}
    shipped = MODEL / "controls" / "drawing"
    found["T2I-Adapter, the bundled one"] = drawn(ControlModel("own", str(shipped), None, "t2i"))
    for family, make in MAKERS.items():
        make(folder / family)
        model = ControlModel(family, str(folder / family), None, family)
        found[f"{family}, to the end"] = drawn(model)
        if family != "t2i":
            found[f"{family}, until 0.6"] = drawn(model, 0.6)
    lora = Lora("four-steps", str(MODEL / "loras" / "four-steps.safetensors"), None, 1.0)
    few = {**sized, "steps": 4}
    found["4 steps"] = render(**few)
    drafted = {"guidance_scale": 0.0, "sampler": "euler", "schedule": "trailing"}
    found["4 steps, no guidance, the LoRA"] = render(**{**few, **drafted}, loras=(lora,))
    return found


if __name__ == "__main__":
    main()

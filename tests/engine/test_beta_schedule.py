"""The beta schedule lies between the ends that diffusers takes: the model's own where it names any."""

from __future__ import annotations

import json

import pytest
from support.warm_engine import MODEL

pytestmark = pytest.mark.filterwarnings("ignore")

CONFIG = json.loads((MODEL / "scheduler" / "scheduler_config.json").read_text())
FREE = {key: value for key, value in CONFIG.items() if key not in ("sigma_min", "sigma_max")}


@pytest.mark.parametrize("sampler", ["euler", "heun", "dpmpp_2m", "unipc"])
@pytest.mark.parametrize(
    "config",
    [FREE, {**FREE, "sigma_min": 0.1, "sigma_max": 20.0}, {**FREE, "sigma_max": 9.0}],
    ids=["ends of its own steps", "both named", "one named"],
)
def test_its_ends_are_those_of_the_exponential_schedule(config, sampler) -> None:
    from daemon.engine.sdxl.schedulers import build_scheduler

    ends = []
    for schedule in ("beta", "exponential"):
        scheduler = build_scheduler(config, sampler, schedule)
        scheduler.set_timesteps(7)
        sigmas = [float(sigma) for sigma in scheduler.sigmas if sigma > 0]
        ends.append((sigmas[0], sigmas[-1]))

    assert ends[0] == pytest.approx(ends[1], rel=1e-5)
    for name, end in (("sigma_max", ends[0][0]), ("sigma_min", ends[0][1])):
        if name in config:
            assert end == pytest.approx(config[name], rel=1e-5)

"""Renders that follow control models of random weights."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from support import warm_engine
from support.warm_engine import kept

from daemon.protocol.render import Control, ControlParams, Render

T2I, NET, UNION = "t2i", "controlnet", "union"


def control(nets, name: str, path: Path, **params: Any) -> Control:
    mask = params.pop("mask", None)
    said = {"kind": "drawing", "scale": 0.8, "start": 0.0, "end": 1.0, "ready": True, **params}
    return Control(kept(path), ControlParams(**said), mask, nets[name][0])


def render(*controls: Control, **facts: Any) -> Render:
    return warm_engine.render(controls=controls, negative_prompt="grey", **facts)

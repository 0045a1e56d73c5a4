"""The paths in a saved plan, brought home: a root may be moved while a job is half done.

Pure.
"""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from daemon.plan.plan import Plan
from daemon.protocol.render import KeptPicture, Render
from daemon.root.layout import Layout


def at_home(plan: Plan, layout: Layout) -> Plan:
    """`plan` with its paths in the root of `layout`, wherever that lay when it was planned."""
    moved = (replace(one, render=_moved(one.render, layout)) for one in plan.pictures)
    return replace(plan, pictures=tuple(moved))


def _moved(render: Render, layout: Layout) -> Render:
    inputs = (replace(one, source=_home(one.source, layout)) for one in render.inputs)
    return replace(render, stage=str(layout.stage / Path(render.stage).name), inputs=tuple(inputs))


def _home(source: KeptPicture, layout: Layout) -> KeptPicture:
    if Path(source.path).name != source.sha256:
        return source
    return replace(source, path=str(layout.references / source.sha256))

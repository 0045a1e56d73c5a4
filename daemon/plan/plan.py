"""A plan: the pictures of one job with nothing left open, and how that is kept on disk.

It is written before the first step, so a job that is interrupted goes on as the same pictures,
even if another version of Hotfolder takes it up.
"""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass

from daemon.protocol.codec import build_checked
from daemon.protocol.json_object import JsonObject
from daemon.protocol.render import (
    IMAGE,
    MASK,
    REFERENCE,
    REFERENCE_MASK,
    Render,
)
from daemon.protocol.sampling import SAMPLING_KEYS


@dataclass(frozen=True, slots=True)
class Picture:
    """`output` is relative to the outbox, without suffix; `block` is the sidecar's `job`."""

    render: Render
    output: str
    block: JsonObject


@dataclass(frozen=True, slots=True)
class Plan:
    """The pictures of job `number`; `name` and `project` are its own."""

    number: int
    name: str
    project: str
    pictures: tuple[Picture, ...]
    warnings: tuple[str, ...] = ()


def plan_to_json(plan: Plan) -> str:
    return json.dumps(asdict(plan), allow_nan=False)


def plan_from_json(text: str) -> Plan:
    """The same plan again; raises ValueError if `text` is none of ours."""
    try:
        body = json.loads(text)
        for picture in body["pictures"]:
            picture["render"] = _upgraded(picture["render"])
        return build_checked(Plan, body)
    except (KeyError, TypeError, AttributeError, RecursionError) as error:
        raise ValueError(f"not a plan: {error}") from error


def _upgraded(render: JsonObject) -> JsonObject:
    """A render as version 0.1 wrote it, in today's shape: what is sampled by and the pictures lay
    flat among the rest."""
    if "sampling" in render:
        return render
    flat = dict(render)
    sampling = {key: flat.pop(key) for key in SAMPLING_KEYS if key in flat}
    inputs: list[JsonObject] = []
    for item, params in enumerate(flat.pop("references", ())):
        params = dict(params)
        mask = params.pop("mask", None)
        source = {key: params.pop(key) for key in ("path", "sha256")}
        inputs.append({"role": REFERENCE, "source": source, "item": item, "reference": params})
        if mask:
            inputs.append({"role": REFERENCE_MASK, "source": mask, "item": item})
    for key, role in (("image", IMAGE), ("mask", MASK)):
        if source := flat.pop(key, None):
            inputs.append({"role": role, "source": source})
    return {**flat, "sampling": sampling, "inputs": inputs}

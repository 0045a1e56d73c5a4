"""A plan: the pictures of one job with nothing left open, and how that is kept on disk.

It is written before the first step, so a job that is interrupted goes on as the same pictures,
even if another version of Hotfolder takes it up.
"""

from __future__ import annotations

from dataclasses import asdict, dataclass, replace

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
from daemon.records.png_text import png_text


@dataclass(frozen=True, slots=True)
class Picture:
    """`output` is relative to the outbox, without suffix; `block` is the sidecar's `job`."""

    render: Render
    output: str
    block: JsonObject


@dataclass(frozen=True, slots=True)
class ModelMark:
    """What a picture's text says of its model."""

    name: str
    sha256: str | None = None
    sampler: str = ""


@dataclass(frozen=True, slots=True)
class Plan:
    """The pictures of job `number`; `name` and `project` are its own. They differ in index, seed,
    stage and output alone: all else they share, in memory and on disk. `model` is None in plans of
    version 0.1, whose renders hold their text themselves. `image_size` is that of the image whose
    shape was taken; on disk only what came of it is kept."""

    number: int
    name: str
    project: str
    pictures: tuple[Picture, ...]
    warnings: tuple[str, ...] = ()
    model: ModelMark | None = None
    image_size: tuple[int, int] | None = None

    def to_send(self, picture: Picture) -> Render:
        """The picture's render with the text that is embedded in it, made when it is needed: of
        hundreds of pictures it would be most of the memory."""
        if self.model is None:
            return picture.render
        text = png_text(picture.render, picture.block, self.model, self.project)
        return replace(picture.render, png_text=text)


_OWN = ("index", "seed", "stage")
"""The fields of a render that no two pictures of a job share."""


def plan_to_json(plan: Plan) -> JsonObject:
    """As it is kept on disk."""
    first = plan.pictures[0]
    render = {key: value for key, value in asdict(first.render).items() if key not in _OWN}
    if plan.model is None:
        body = asdict(plan)
        return {key: value for key, value in body.items() if key not in ("model", "image_size")}
    return {
        "number": plan.number,
        "name": plan.name,
        "project": plan.project,
        "warnings": list(plan.warnings),
        "model": asdict(plan.model),
        "common": {"render": render, "block": {**first.block, "seed": None}},
        "pictures": [
            {key: getattr(picture.render, key) for key in _OWN} | {"output": picture.output}
            for picture in plan.pictures
        ],
    }


def plan_from_json(body: JsonObject) -> Plan:
    """The same plan again; raises ValueError if `body` is none of ours."""
    try:
        if "common" in body:
            return _expanded(body)
        for picture in body["pictures"]:
            picture["render"] = _upgraded(picture["render"])
        return build_checked(Plan, body)
    except (LookupError, TypeError, AttributeError, RecursionError) as error:
        raise ValueError(f"not a plan: {error}") from error


def _expanded(body: JsonObject) -> Plan:
    common, own = body["common"], body["pictures"]
    like = build_checked(Render, {**common["render"], **{key: own[0][key] for key in _OWN}})
    pictures = tuple(
        Picture(
            replace(like, index=each["index"], seed=each["seed"], stage=each["stage"]),
            each["output"],
            {**common["block"], "seed": each["seed"]},
        )
        for each in own
    )
    shared = {key: body[key] for key in ("number", "name", "project", "warnings", "model")}
    return replace(build_checked(Plan, {**shared, "pictures": []}), pictures=pictures)


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

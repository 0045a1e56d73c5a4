"""A plan: the pictures of one job with nothing left open, and how that is kept on disk.

It is written before the first step, so a job that is interrupted goes on as the same pictures,
even if another version of Hotfolder takes it up.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

from daemon.protocol.codec import as_body, build_checked
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
    """As it is kept on disk: what pictures share stands there once, and of every row of a job that
    varies only what differs from its first."""
    if plan.model is None:
        body = as_body(plan)
        return {key: value for key, value in body.items() if key not in ("model", "image_size")}
    rows, pictures = _in_rows(plan.pictures)
    shared = {"common": rows[0]} if len(rows) == 1 else {"rows": rows}
    return {
        "number": plan.number,
        "name": plan.name,
        "project": plan.project,
        "warnings": list(plan.warnings),
        "model": as_body(plan.model),
        **shared,
        "pictures": pictures,
    }


def _in_rows(pictures: tuple[Picture, ...]) -> tuple[list[JsonObject], list[JsonObject]]:
    """What each row of pictures shares, and what is each picture's own."""
    first = _shared(pictures[0])
    rows: list[JsonObject] = []
    own: list[JsonObject] = []
    block, like = None, None
    for picture in pictures:
        alike = replace(picture.render, index=0, seed=-1, stage="")
        if like != alike or block != {**picture.block, "seed": None}:
            like, block = alike, {**picture.block, "seed": None}
            rows.append(_difference(_shared(picture), first) if rows else first)
        row = {"row": len(rows) - 1} if len(rows) > 1 else {}
        mine = {key: getattr(picture.render, key) for key in _OWN}
        own.append({**mine, **row, "output": picture.output})
    return rows, own


def _shared(picture: Picture) -> JsonObject:
    render = {key: value for key, value in as_body(picture.render).items() if key not in _OWN}
    return {"render": render, "block": {**picture.block, "seed": None}}


def _difference(row: JsonObject, first: JsonObject) -> JsonObject:
    return {
        part: {key: value for key, value in row[part].items() if value != first[part][key]}
        for part in ("render", "block")
    }


def plan_from_json(body: JsonObject) -> Plan:
    """The same plan again; raises ValueError if `body` is none of ours."""
    try:
        if "common" in body or "rows" in body:
            return _expanded(body)
        for picture in body["pictures"]:
            picture["render"] = _upgraded(picture["render"])
        return build_checked(Plan, body)
    except (LookupError, TypeError, AttributeError, RecursionError) as error:
        raise ValueError(f"not a plan: {error}") from error


@dataclass(frozen=True, slots=True)
class _Own:
    """What is one picture's own, as it is saved."""

    index: int
    seed: int
    stage: str
    output: str
    row: int = 0


def _expanded(body: JsonObject) -> Plan:
    own = [build_checked(_Own, picture) for picture in body["pictures"]]
    rows = [body["common"]] if "common" in body else body["rows"]
    first = {key: getattr(own[0], key) for key in _OWN}
    likes = [build_checked(Render, {**rows[0]["render"], **row["render"], **first}) for row in rows]
    blocks = [{**rows[0]["block"], **row["block"]} for row in rows]
    pictures = tuple(
        Picture(
            replace(likes[_row(each)], index=each.index, seed=each.seed, stage=each.stage),
            each.output,
            {**blocks[_row(each)], "seed": each.seed},
        )
        for each in own
    )
    shared = {key: body[key] for key in ("number", "name", "project", "warnings", "model")}
    return replace(build_checked(Plan, {**shared, "pictures": []}), pictures=pictures)


def _row(picture: _Own) -> int:
    if picture.row < 0:
        raise ValueError(f"no row of a plan: {picture.row}")
    return picture.row


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

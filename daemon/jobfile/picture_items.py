"""The items of `references` and `controls` as a job has them, once its levels are merged.

Knows nothing of the rest of a job.
"""

from __future__ import annotations

from collections.abc import Iterator

from daemon.errors import JobError
from daemon.jobfile.casting import Casting, is_named
from daemon.jobfile.control_items import LAYERS
from daemon.jobfile.job import CONTROLLING, FOLLOWING, JobControl, JobReference
from daemon.jobfile.precedence import Merged
from daemon.protocol.closeness import followed
from daemon.protocol.codec import build
from daemon.protocol.json_object import JsonObject
from daemon.protocol.render import ControlParams, ReferenceParams


def references_of(merged: Merged, cast: Casting) -> tuple[JobReference, ...]:
    """The job's own, then those of its characters."""
    own: list[JobReference] = []
    for item in merged.values.get("references") or ():
        called = item["image"] in cast.shown and is_named(item)
        own += cast.references_of(item) if called else (_reference(item, merged),)
    return (*own, *cast.references)


def _reference(item: JsonObject, merged: Merged) -> JobReference:
    return JobReference(
        image=item["image"],
        sha256=item.get("sha256"),
        params=build(ReferenceParams, {key: item[key] for key in FOLLOWING if key in item}),
        mask=item.get("mask"),
        mask_sha256=item.get("mask_sha256") if item.get("mask") else None,
        line=_line(merged, "references"),
    )


def _line(merged: Merged, key: str) -> int | None:
    place = merged.place(key)
    return None if place.file else place.line


def controls_of(merged: Merged) -> Iterator[JobControl]:
    """The drawing, then the others."""
    drawing, others = merged.values.get("drawing"), merged.values.get("controls") or ()
    if drawing and drawing["image"] == LAYERS:
        _check_layers(merged)
        drawing = None
    for key, items in (("drawing", (drawing,) if drawing else ()), ("controls", others)):
        for item in items:
            how = followed(item)
            said = {one: item[one] for one in CONTROLLING if one in item}
            yield JobControl(
                image=item["image"],
                sha256=item.get("sha256"),
                params=build(ControlParams, {**said, "scale": how.scale, "end": how.end}),
                mask=item.get("mask"),
                mask_sha256=item.get("mask_sha256") if item.get("mask") else None,
                model_sha256=item.get("model_sha256"),
                key=key,
                line=_line(merged, key),
                word=how.word,
                left_open=how.left_open,
            )


def _check_layers(merged: Merged) -> None:
    """As a default `drawing: layers` says nothing of what is no scene of Storyboarder. Raises
    JobError."""
    place = merged.place("drawing")
    if place.file or "drawing" not in merged.places:
        return
    raise JobError(
        f"`{place.key}: {LAYERS}` can't stand here.",
        line=place.line,
        key=place.key,
        why="It asks that the drawings in scenes of Storyboarder be followed, and this is none.",
        remedy="Name the drawing, for instance drawing: 010.png; for scenes, write it into "
        "boards/_defaults.yaml.",
    )

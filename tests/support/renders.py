"""Renders as a test likes to say them: every fact by its own name, wherever a render keeps it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from daemon.protocol.render import (
    CONTROL,
    CONTROL_MASK,
    IMAGE,
    MASK,
    REFERENCE,
    REFERENCE_MASK,
    Control,
    ControlModel,
    InputPicture,
    KeptPicture,
    Reference,
    Render,
)
from daemon.protocol.sampling import SAMPLING_KEYS, SamplingParams

PICTURES = ("references", "controls", "image", "mask")


def make_render(**facts: Any) -> Render:
    """A render; `references`, `controls`, `image` and `mask` are put among its inputs."""
    sampling = {key: facts.pop(key) for key in SAMPLING_KEYS if key in facts}
    pictures = {key: facts.pop(key) for key in PICTURES if key in facts}
    models = models_of(pictures.get("controls", ()))
    return Render(
        sampling=SamplingParams(**sampling),
        inputs=inputs(**pictures),
        control_models=models,
        **facts,
    )


def models_of(controls: Sequence[Control]) -> tuple[ControlModel, ...]:
    return tuple(one.model for one in controls if one.model is not None)


def changed(render: Render, **facts: Any) -> Render:
    """The same render but for these facts."""
    sampling = {key: facts.pop(key) for key in SAMPLING_KEYS if key in facts}
    pictures = {key: facts.pop(key, getattr(render, key)) for key in PICTURES}
    return replace(
        render,
        sampling=replace(render.sampling, **sampling),
        inputs=inputs(**pictures),
        control_models=models_of(pictures["controls"]),
        **facts,
    )


def inputs(
    references: Sequence[Reference] = (),
    controls: Sequence[Control] = (),
    image: KeptPicture | None = None,
    mask: KeptPicture | None = None,
) -> tuple[InputPicture, ...]:
    """Pictures by what they are for, as a render lists them."""
    found = []
    for item, one in enumerate(references):
        found.append(InputPicture(REFERENCE, one.source, item, one.params))
        if one.mask:
            found.append(InputPicture(REFERENCE_MASK, one.mask, item))
    for item, control in enumerate(controls):
        found.append(InputPicture(CONTROL, control.source, item, control=control.params))
        if control.mask:
            found.append(InputPicture(CONTROL_MASK, control.mask, item))
    only = ((IMAGE, image), (MASK, mask))
    return (*found, *(InputPicture(role, source) for role, source in only if source))


def follow(reference: Reference, **params: Any) -> Reference:
    """The same picture to follow, but in another way."""
    return replace(reference, params=replace(reference.params, **params))

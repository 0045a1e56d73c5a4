"""What of a picture is followed in no step at all: told, since few steps leave windows empty.

Pure: a render and the job that it is of say everything.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from daemon.protocol.following import controls_in, looked_at
from daemon.protocol.render import ControlParams, ReferenceParams, Render
from daemon.text.counted import agrees, counted
from daemon.text.printable import one_line

if TYPE_CHECKING:
    from daemon.jobfile.job import Job

Params = ControlParams | ReferenceParams


def unfollowed(job: Job, render: Render) -> Iterator[str]:
    """A warning of each picture that nothing is made of, and of those that are followed twice."""
    yield from _twice(job)
    for named, picture in zip(job.inputs, render.inputs, strict=True):
        params = picture.control or picture.reference
        if params is None:
            continue
        called = f"The {named.what} {one_line(named.sought, 120)}"
        if params.scale == 0:
            yield f"{called} is not followed: its scale is 0."
        elif not any(_acts(params, calls) for calls in _calls(render)):
            yield f"{called} {_in_vain(params, render)}"


def _twice(job: Job) -> Iterator[str]:
    """The same picture as the same thing in the same place: it is heard twice as loudly."""
    seen: set[tuple[str, str, str | None]] = set()
    for each in job.controls:
        key = (each.image, each.params.kind, each.mask)
        if key in seen:
            yield (
                f"{one_line(each.image, 120)} is named twice as {each.params.kind}: it is followed "
                "twice, and its scales add up."
            )
        seen.add(key)


def _acts(params: Params, calls: int) -> bool:
    if isinstance(params, ControlParams):
        return any(controls_in(params.start, params.end, call, calls) for call in range(calls))
    return any(looked_at(params.start, params.end, call / calls) for call in range(calls))


def _calls(render: Render) -> Iterator[int]:
    """How often the model is asked in each pass; Heun asks twice for each step but the last."""
    for _, _, steps in render.passes:
        yield 2 * steps - 1 if render.sampling.sampler == "heun" else steps


def _in_vain(params: Params, render: Render) -> str:
    steps = render.total_steps
    which = agrees(steps, "the only step", f"any of the {counted(steps, 'step')}")
    return (
        f"is not followed in {which}: none lies wholly within {params.start:g} to {params.end:g}. "
        "Give it another `start` or `end`, or the picture more steps."
    )

"""Every render is answered by exactly one outcome; here is how it is put, and timed."""

from __future__ import annotations

import time
import traceback
from collections.abc import Sequence

from daemon.engine.host.png import Staged
from daemon.engine.interface import Picture, RenderError, Stages
from daemon.errors import CancelledError
from daemon.protocol.messages import Cancelled, Event, Rendered, RenderFailed
from daemon.protocol.render import Render
from daemon.protocol.timings import SecondPass, Timings
from daemon.text.printable import iso


def outcome_of(error: BaseException, render: Render) -> Event:
    """What ended a render, as its outcome; what nobody foresaw goes to the log too."""
    job, index = render.job, render.index
    if isinstance(error, CancelledError):
        return Cancelled(job, index)
    if isinstance(error, RenderError):
        return RenderFailed(
            job,
            index,
            error.what,
            error.why,
            error.remedy,
            transient=error.transient,
            out_of_memory=error.out_of_memory,
        )
    if isinstance(error, MemoryError):
        return RenderFailed(
            job,
            index,
            "This machine ran out of memory.",
            describe(error),
            "Ask for a smaller picture, or close other programs.",
            transient=True,
            out_of_memory=True,
        )
    traceback.print_exception(error)
    return RenderFailed(
        job,
        index,
        "The engine failed on this picture.",
        describe(error),
        "The log holds the details. Try it again; if it fails the same way, report it.",
    )


class Turn:
    """The clock of one render, from being taken up to the staged PNG."""

    def __init__(self, taken_at: float, *, waited: bool) -> None:
        now = time.monotonic()
        self._taken_at = taken_at
        self._load = now - taken_at if waited else 0.0
        self._started_wall = time.time() - (now - taken_at)

    def rendered(
        self,
        render: Render,
        picture: Picture,
        staged: Staged,
        developed_at: float,
        staged_at: float,
    ) -> Rendered:
        """The record of a picture that had its last pixel at `developed_at` and was staged at
        `staged_at` (monotonic). Stages are measured each by itself; `waited` is what they leave
        of the total: for other pictures to be decoded or saved, and for memory."""
        second = _second_pass(picture.stages) if render.hires else None
        return Rendered(
            job=render.job,
            index=render.index,
            stage=render.stage,
            sha256=staged.sha256,
            pixels_sha256=staged.pixels_sha256,
            width=picture.image.width,
            height=picture.image.height,
            started_at=iso(self._started_wall),
            finished_at=iso(time.time()),
            timings=self._timings(picture.stages, second, developed_at, staged_at),
            cache=picture.cache,
            batch=picture.batch,
            exact=picture.exact,
            adapters=picture.adapters,
            peak_memory_bytes=picture.peak_memory_bytes,
            warnings=picture.warnings,
            kept_bytes=picture.kept_bytes,
        )

    def _timings(
        self, stages: Stages, second: SecondPass | None, developed_at: float, staged_at: float
    ) -> Timings:
        total = staged_at - self._taken_at
        load = self._load + stages.load
        encoded = stages.encode_prompt + stages.encode_references + stages.encode_image
        painted = stages.denoise + stages.enlarge + stages.denoise_again + stages.decode
        save = staged_at - developed_at
        steps, per_step = _steps(stages.steps)
        return Timings(
            load=_rounded(load),
            encode_prompt=_rounded(stages.encode_prompt),
            encode_references=_rounded(stages.encode_references),
            encode_image=_rounded(stages.encode_image),
            steps=steps,
            denoise=_rounded(stages.denoise),
            decode=_rounded(stages.decode),
            save=_rounded(save),
            waited=_rounded(max(0.0, total - load - encoded - painted - save)),
            total=_rounded(total),
            seconds_per_step=per_step,
            hires=second,
        )


def _rounded(seconds: float) -> float:
    return round(seconds, 6)


def _steps(seconds: Sequence[float]) -> tuple[tuple[float, ...], float]:
    """Each step's seconds, and their mean."""
    steps = tuple(map(_rounded, seconds))
    return steps, _rounded(sum(steps) / len(steps)) if steps else 0.0


def _second_pass(stages: Stages) -> SecondPass:
    steps, per_step = _steps(stages.steps_again)
    return SecondPass(
        enlarge=_rounded(stages.enlarge),
        steps=steps,
        denoise=_rounded(stages.denoise_again),
        seconds_per_step=per_step,
    )


def describe(error: BaseException) -> str:
    """An exception in one line, for a person."""
    text = " ".join(str(error).split())
    return f"{type(error).__name__}: {text}" if text else type(error).__name__

"""A small picture that is always the same, made when nobody waits: does this machine still compute
what it computed before?

Kept is what came out, per model, with what must be the same for it to be the same: libraries,
device, system and its build. Known updates of a graphics driver have turned every picture into
noise without a single error. Knows no engine: it is handed pixels.
"""

from __future__ import annotations

import base64
import hashlib
import json
import zlib
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from daemon.fs.atomic import write_cache
from daemon.fs.read import read_json
from daemon.protocol.json_object import JsonObject
from daemon.protocol.render import Render
from daemon.protocol.sampling import SamplingParams

SIDE = 128
STEPS = 2

FAR = 10.0
"""Mean difference of two pictures, of 255, above which they are not the same picture any more."""

MOST_KEPT = 20


def canary_render(side: int = SIDE, steps: int = STEPS) -> Render:
    """Small and quick unless told otherwise, and through everything that paints."""
    return Render(
        job=0,
        index=0,
        width=side,
        height=side,
        seed=20,
        stage="",
        sampling=SamplingParams(
            prompt="a red circle on a white background",
            steps=steps,
            guidance_scale=5.0,
            sampler="euler",
            strict=True,
        ),
    )


@dataclass(frozen=True, slots=True)
class CanaryResult:
    """What a canary says: a level for the log, and words; `alive` unless the machine paints
    nonsense."""

    level: str
    text: str
    alive: bool = True


class Canary:
    """The canary of one model on one machine. `model` names the model and its precision, `facts`
    all else that the pixels depend on; without a `path` nothing is kept."""

    def __init__(self, path: Path | None, model: str, facts: dict[str, str]) -> None:
        self._path = path
        self._model = model
        self._facts = facts

    def hear(self, pixels: bytes) -> CanaryResult:
        """Compare the canary's pixels (RGB) with those before, and keep them."""
        known = self._read()
        before = known.get(self._model)
        song = self._compare(before, pixels)
        if song.alive:
            self._write(known, pixels, song)
        return song

    def choked(self, why: str) -> CanaryResult:
        """It could not even be painted."""
        song = CanaryResult(
            "ERROR", f"the canary, a small picture, can't be painted: {why}", alive=False
        )
        known = self._read()
        self._write(known, None, song)
        return song

    def _compare(self, before: JsonObject | None, pixels: bytes) -> CanaryResult:
        if before is None or "pixels" not in before:
            return CanaryResult("INFO", "the canary is painted for the first time here")
        if before["sha256"] == hashlib.sha256(pixels).hexdigest():
            return CanaryResult("INFO", "the canary looks as it always did, to the last bit")
        change = self._change(before.get("facts", {}))
        apart = _apart(_unpacked(before["pixels"]), pixels)
        far = apart is None or apart > FAR
        if not change:
            return CanaryResult(
                "WARNING",
                "the same small picture came out differently than before though nothing has "
                f"changed ({_told(apart)}): the memory or the graphics of this machine may be bad",
            )
        if far:
            return CanaryResult(
                "WARNING",
                f"pictures look different since {change} ({_told(apart)}); if they are noise, go "
                "back to what was before",
            )
        return CanaryResult(
            "INFO", f"pictures differ in their last bits since {change} ({_told(apart)})"
        )

    def _change(self, before: dict[str, str]) -> str:
        """What has changed since then, in words; empty if nothing has."""
        changes = [
            f"{name} changed from {before.get(name, 'unknown')} to {now}"
            for name, now in self._facts.items()
            if before.get(name) != now
        ]
        return ", ".join(changes)

    def _read(self) -> JsonObject:
        if self._path is None:
            return {}
        try:
            known = read_json(self._path)
        except (OSError, ValueError):
            return {}
        entries = known.items() if isinstance(known, dict) else ()
        return {name: entry for name, entry in entries if isinstance(entry, dict)}

    def _write(self, known: JsonObject, pixels: bytes | None, song: CanaryResult) -> None:
        if self._path is None:
            return
        entry = {
            "level": song.level,
            "text": song.text,
            "at": datetime.now(UTC).isoformat(timespec="seconds"),
            "facts": self._facts,
        }
        if pixels is not None:
            entry["sha256"] = hashlib.sha256(pixels).hexdigest()
            entry["pixels"] = base64.b64encode(zlib.compress(pixels)).decode("ascii")
        elif self._model in known:  # what it looked like when it was well
            entry = {**known[self._model], **entry}
        known.pop(self._model, None)
        known[self._model] = entry
        while len(known) > MOST_KEPT:
            del known[next(iter(known))]
        write_cache(self._path, json.dumps(known, indent=1).encode())


def _unpacked(text: str) -> bytes:
    try:
        return zlib.decompress(base64.b64decode(text))
    except (ValueError, zlib.error, TypeError):
        return b""


def _apart(one: bytes, other: bytes) -> float | None:
    """The mean difference; None if they can't be compared."""
    if len(one) != len(other) or not one:
        return None
    return sum(abs(a - b) for a, b in zip(one, other, strict=True)) / len(one)


def _told(apart: float | None) -> str:
    return "it can't be compared" if apart is None else f"by {apart:.2f} of 255 on average"

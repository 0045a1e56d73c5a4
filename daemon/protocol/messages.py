"""Every message between supervisor and worker, one JSON object a line, in one file.

Commands go down the worker's standard input; events come up a pipe of their own (so that a
library printing to stdout can't corrupt the wire). Image bytes never cross: a worker writes the
finished PNG to the stage path it was given and says so. This room knows no file and no tensor.

The first thing a worker reads is `Load`; `RenderBatch` may follow at once, before loading is
done. A worker leaves when its standard input ends, whatever it is doing.
"""

from __future__ import annotations

import typing
from dataclasses import dataclass, field

from daemon.protocol.codec import from_line, to_line
from daemon.protocol.json_object import JsonObject
from daemon.protocol.render import Render
from daemon.protocol.timings import Timings

# --- commands: supervisor to worker ---------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Load:
    """Load this model once. `adapters` maps base/plus/plus-face to safetensors paths (absolute),
    and `encoders` the same names to folders of image encoders, where not `image_encoder` is meant.

    `model` is a diffusers folder or one .safetensors file; `device` auto|cuda|cuda:N|mps|cpu;
    `dtype` auto|float32|float16|bfloat16; `threads` 0 leaves torch's own choice;
    `name` and `sha256` are the catalogue's, for the record; `caches` is a folder we may fill;
    `max_batch` is the most pictures that may share a call; `live` is a PNG that the worker may keep
    of the picture under way.
    """

    name: str
    model: str
    sha256: str | None = None
    image_encoder: str | None = None
    adapters: dict[str, str] = field(default_factory=dict)
    encoders: dict[str, str] = field(default_factory=dict)
    device: str = "auto"
    dtype: str = "auto"
    threads: int = 0
    max_batch: int = 1
    caches: str | None = None
    live: str = ""
    options: JsonObject = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class RenderBatch:
    """Render these together (or one after the other), answering each by its job and index."""

    renders: tuple[Render, ...]


@dataclass(frozen=True, slots=True)
class Cancel:
    """Stop this job at its next step; answered by `Cancelled` for each unfinished render of it."""

    job: int


@dataclass(frozen=True, slots=True)
class Shutdown:
    """Finish nothing more; leave."""


# --- events: worker to supervisor -----------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Loading:
    """Component `index` of `total` is being loaded (index counts from 1)."""

    component: str
    index: int
    total: int


@dataclass(frozen=True, slots=True)
class Ready:
    """The model is warm. `model` {name, sha256, adapters}, `device` {type, name, memory},
    `versions` {torch, diffusers, …}; `seconds` from process start to warm, `parts` those of the
    libraries and of each component."""

    seconds: float
    model: JsonObject = field(default_factory=dict)
    device: JsonObject = field(default_factory=dict)
    versions: dict[str, str] = field(default_factory=dict)
    peak_memory_bytes: int | None = None
    parts: dict[str, float] = field(default_factory=dict)
    devices: int = 1
    """How many graphics cards of its kind this machine has."""


@dataclass(frozen=True, slots=True)
class Unloadable:
    """Loading failed for good (a missing or broken file): nothing will be rendered. `device` if it
    is what is missing: another may load the same model."""

    what: str
    remedy: str = ""
    device: bool = False


@dataclass(frozen=True, slots=True)
class Started:
    """This render was taken up."""

    job: int
    index: int
    steps: int
    width: int
    height: int


@dataclass(frozen=True, slots=True)
class Step:
    """Denoising step `step` of `steps` (from 1) is done and took `seconds`, whoever shared it."""

    job: int
    index: int
    step: int
    steps: int
    seconds: float


@dataclass(frozen=True, slots=True)
class Capacity:
    """So many pictures of this size are worth having in the air at once, one alone until more
    were tried; changes as the device is learnt."""

    width: int
    height: int
    pictures: int


@dataclass(frozen=True, slots=True)
class Rendered:
    """The PNG lies, fsynced, at `stage`. `started_at` and `finished_at` are ISO 8601 UTC; `cache`
    says hit or miss of `prompt` and `references`; `batch` the `size` of its largest shared step,
    and its own `index` (from 0) in it; `kept_bytes` what the worker keeps beside the model."""

    job: int
    index: int
    stage: str
    sha256: str
    pixels_sha256: str
    width: int
    height: int
    started_at: str
    finished_at: str
    timings: Timings
    cache: dict[str, str | None] = field(default_factory=dict)
    batch: dict[str, int] = field(default_factory=lambda: {"size": 1, "index": 0})
    exact: bool = True
    adapters: tuple[str, ...] = ()
    peak_memory_bytes: int | None = None
    warnings: tuple[str, ...] = ()
    kept_bytes: dict[str, int] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class RenderFailed:
    """This render can't be done. `transient`: the machine is to blame (disk full, out of memory)
    and it may work later; otherwise the job is. `out_of_memory` is transient a few times only."""

    job: int
    index: int
    what: str
    why: str = ""
    remedy: str = ""
    transient: bool = False
    out_of_memory: bool = False


@dataclass(frozen=True, slots=True)
class Cancelled:
    """This render was stopped because its job was cancelled."""

    job: int
    index: int


@dataclass(frozen=True, slots=True)
class Note:
    """A line for the log; `level` is DEBUG, INFO, WARNING or ERROR. `about` is "canary" where it
    says whether the same small picture came out as ever: INFO if so."""

    level: str
    text: str
    about: str = ""


Command = Load | RenderBatch | Cancel | Shutdown
Event = (
    Loading
    | Ready
    | Unloadable
    | Started
    | Step
    | Capacity
    | Rendered
    | RenderFailed
    | Cancelled
    | Note
)

_KINDS: dict[str, type] = {
    kind.__name__: kind for kind in (*typing.get_args(Command), *typing.get_args(Event))
}


# --- the codec ------------------------------------------------------------------------------------


def encode(message: Command | Event) -> bytes:
    """One line, ending in a newline, ASCII only."""
    return to_line(message)


def decode(line: bytes) -> Command | Event:
    """The message in `line`; raises WireError if it is none of ours."""
    return typing.cast("Command | Event", from_line(line, _KINDS))

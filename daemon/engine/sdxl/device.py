"""Which hardware this worker computes on, and the few things it must be asked by name."""

from __future__ import annotations

import os
import platform
import resource
import subprocess
import sys
import time
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import torch

from daemon.engine.interface import UnloadableError
from daemon.fs.memory import free_memory, main_memory
from daemon.fs.processors import processors

METAL_LIMIT = 7 * 2**28
"""Numbers that Apple's graphics are given at once: an eighth below where they go wrong."""

DTYPES = {"float32": torch.float32, "float16": torch.float16, "bfloat16": torch.bfloat16}

#: What each kind of device computes in unless told otherwise: half precision where it is faster.
NATIVE_DTYPE = {"cuda": "float16", "mps": "float16", "cpu": "float32"}


@dataclass(slots=True)
class Device:
    """Where tensors live, and in what precision."""

    kind: str
    dtype: torch.dtype
    attention_limit: int | None = None
    """Products of queries and keys that one attention may have here; None if any number."""
    index: int | None = None
    """Which of several cards, as it was asked for by number; this process sees no other."""
    count: int = 1
    """How many cards of its kind the machine has."""
    _size: tuple[int, int] = (0, 0)

    @property
    def place(self) -> torch.device:
        return torch.device(self.kind)

    @property
    def name(self) -> str:
        """What the maker calls it."""
        return _name(self.kind)

    @property
    def memory(self) -> int:
        """All the bytes it has."""
        return _memory(self.kind)

    @property
    def decodes_aside(self) -> bool:
        """Whether decoding a picture beside the steps of the next uses what would lie idle:
        processors that the steps leave free, enough for as many threads once more (with more of
        them than processors all wait by sleeping from then on: see `speed.sleepers`). One graphics
        card is busy with the steps already, and Metal ends a process of which two threads ask it
        for something."""
        return self.kind == "cpu" and 2 * torch.get_num_threads() <= len(processors())

    def clock(self) -> float:
        """The monotonic clock, once everything handed to the device so far is done."""
        if self.kind == "cuda":
            torch.cuda.synchronize()
        elif self.kind == "mps":
            torch.mps.synchronize()
        return time.monotonic()

    def effort(self) -> float:
        """A clock for comparing calls. On a processor it counts this thread's work only, since
        another program's share of the wall clock says nothing about which call is quicker."""
        return time.thread_time() if self.kind == "cpu" else self.clock()

    def begin_picture(self, width: int, height: int) -> None:
        """Count the peak anew. On a Mac memory kept for another size is never used again."""
        if self.kind == "cuda":
            torch.cuda.reset_peak_memory_stats()
        elif self.kind == "mps" and self._size not in ((0, 0), (width, height)):
            torch.mps.empty_cache()
        self._size = (width, height)

    def peak(self) -> int:
        """The most bytes held: on CUDA for this picture, elsewhere as the system counts them."""
        if self.kind == "cuda":
            return torch.cuda.max_memory_allocated()
        if self.kind == "mps":
            return torch.mps.driver_allocated_memory()
        held = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
        return held if sys.platform == "darwin" else held * 1024

    def free(self) -> int:
        """About how many bytes can still be had."""
        if self.kind == "cuda":
            kept = torch.cuda.memory_reserved() - torch.cuda.memory_allocated()
            return torch.cuda.mem_get_info()[0] + kept
        if self.kind == "mps":
            return torch.mps.recommended_max_memory() - torch.mps.current_allocated_memory()
        return free_memory()

    def release(self) -> None:
        """Give back what the allocator keeps for later."""
        if self.kind == "cuda":
            torch.cuda.empty_cache()
        elif self.kind == "mps":
            torch.mps.empty_cache()

    def record(self) -> dict[str, object]:
        told = {} if self.index is None else {"index": self.index}
        return {
            **told,
            "type": self.kind,
            "name": self.name,
            "memory": self.memory,
            "dtype": str(self.dtype).removeprefix("torch."),
        }


def choose_device(device: str, dtype: str) -> Device:
    """The device asked for; `auto` takes the fastest there is, and cuda:1 the second card."""
    kind, _, number = device.partition(":")
    index = int(number) if number.isdigit() else None
    if kind == "cuda" and index is not None:
        _see_only(index)
    there = {
        "cuda": torch.cuda.is_available(),
        "mps": torch.backends.mps.is_available(),
        "cpu": True,
    }
    kind = next(kind for kind, here in there.items() if here) if device == "auto" else kind
    if kind not in there or (number and (kind != "cuda" or index is None)):
        raise UnloadableError(
            f"{device!r} is no device.", "Choose auto, cuda, cuda:1 and so on, mps or cpu."
        )
    if not there[kind]:
        raise UnloadableError(
            f"The settings ask for {device}, and torch {torch.__version__} finds none here.",
            "Set `device: auto`, or run `hotfolder doctor` to see why.",
            device=True,
        )
    name = NATIVE_DTYPE[kind] if dtype == "auto" else dtype
    if name not in DTYPES:
        raise UnloadableError(f"{dtype!r} is no dtype.", f"Choose auto, {', '.join(DTYPES)}.")
    rehearsed = os.environ.get("HOTFOLDER_REHEARSE_ATTENTION_LIMIT")
    limit = METAL_LIMIT if kind == "mps" else None
    count = torch.cuda.device_count() if kind == "cuda" and index is None else 1
    rehearsed_limit = int(rehearsed) if rehearsed else limit
    return Device(kind, DTYPES[name], rehearsed_limit, index, count)


def _see_only(index: int) -> None:
    """Hide all other cards from this process, before CUDA has looked for any: every library and
    every thread then finds this one first. Those hidden from us already don't count."""
    seen = [each.strip() for each in os.environ.get("CUDA_VISIBLE_DEVICES", "").split(",")]
    names = seen if seen != [""] else [str(number) for number in range(index + 1)]
    os.environ["CUDA_VISIBLE_DEVICES"] = names[index] if index < len(names) else "-1"


#: How torch and what is under it say that memory ran out; on Macs and processors there is no
#: class of error for it. "Invalid buffer size" is Metal's, for a single tensor that is too large.
SHORTAGES = (
    "out of memory",
    "not enough memory",
    "can't allocate memory",
    "cannot allocate memory",
    "bad_alloc",
    "invalid buffer size",
    "status_alloc_failed",
    "could not create a primitive",  # oneDNN, whatever it lacks; nearly always room for its scratch
)


def out_of_memory(error: BaseException) -> bool:
    """Whether `error` says that memory ran out."""
    if isinstance(error, torch.OutOfMemoryError | MemoryError):
        return True
    text = str(error).casefold()
    return isinstance(error, RuntimeError) and any(words in text for words in SHORTAGES)


@cache
def _name(kind: str) -> str:
    if kind == "cuda":
        return torch.cuda.get_device_name()
    if sys.platform == "darwin":
        asked = ["/usr/sbin/sysctl", "-n", "machdep.cpu.brand_string"]
        answer = subprocess.run(asked, capture_output=True, text=True, timeout=10, check=False)
        return answer.stdout.strip() or platform.machine()
    try:
        lines = Path("/proc/cpuinfo").read_text().splitlines()
    except OSError:
        lines = []
    models = (line.partition(":")[2].strip() for line in lines if line.startswith("model name"))
    return next(models, platform.machine())


@cache
def _memory(kind: str) -> int:
    if kind == "cuda":
        return torch.cuda.get_device_properties(0).total_memory
    if kind == "mps":
        return torch.mps.recommended_max_memory()
    return main_memory()

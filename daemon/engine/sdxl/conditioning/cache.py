"""What the encoders said about texts and references, kept by content, so that it is said once.

Twofold: a lru in memory, and behind it files that the next worker finds. An entry is what comes
out of an encoder, bit for bit; its name is made of everything that it depends on, so nothing is
ever out of date, only unused. Whatever is wrong with a file here makes it a miss, never an error:
the encoders can always say it again. Knows no encoder.
"""

from __future__ import annotations

import contextlib
import hashlib
import json
import os
import queue
import stat
import threading
import traceback
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import torch
from safetensors import SafetensorError
from safetensors.torch import load, save
from torch import Tensor

from daemon.engine.sdxl.conditioning.fingerprint import Fingerprint
from daemon.engine.sdxl.lru import Lru
from daemon.fs.atomic import write_cache

SCHEMA = 1
"""Counts up when an entry of the same name would mean something else."""

SUFFIX = ".safetensors"
ROOM_AFTER_EVICTION = 0.9

#: str, int, float, bool, None, and tuples of these: what JSON can tell apart.
Key = tuple[Any, ...]


@dataclass(frozen=True, slots=True)
class Kept:
    """One answer of an encoder: tensors by name, and texts that go with them."""

    tensors: dict[str, Tensor]
    texts: dict[str, str] = field(default_factory=dict)


class Cache:
    """Answers of one kind. `lru` may be shared with others; without a `store` it is all."""

    def __init__(self, kind: str, lru: Lru[Kept], store: Store | None, place: torch.device) -> None:
        self._kind = kind
        self._lru = lru
        self._store = store
        self._place = place
        self._threads = torch.get_num_threads()

    def recall(self, key: Key, source: Fingerprint) -> Kept | None:
        """What `source` said to `key`, if it is known."""
        keys = dict.fromkeys((key, self._as_computed(key)))
        found = (self._recall(each, source) for each in keys)
        return next((each for each in found if each is not None), None)

    def _recall(self, key: Key, source: Fingerprint) -> Kept | None:
        known = self._lru.get((self._kind, key))
        if known is not None or self._store is None or (digest := source.known()) is None:
            return known
        found = self._store.read(self._name(key, digest))
        if found is None:
            return None
        # Cloned: what is read lies wherever it lay in the file, and kernels like aligned memory.
        tensors = {name: each.to(self._place).clone() for name, each in found.tensors.items()}
        return self._shelve(key, Kept(tensors, found.texts))

    def keep(self, key: Key, source: Fingerprint, kept: Kept) -> Kept:
        """Remember `kept` as what `source` said to `key`, and return it."""
        key = self._as_computed(key)
        if self._store is not None:
            store = self._store
            copies = {
                name: each.detach().to("cpu", copy=True).contiguous()
                for name, each in kept.tensors.items()
            }
            # The source may not be known yet: a model's files are hashed the first time only.
            store.later(
                lambda: store.write(self._name(key, source.wait()), Kept(copies, kept.texts))
            )
        return self._shelve(key, kept)

    def _as_computed(self, key: Key) -> Key:
        """Fewer threads than at the start, beside busy neighbours, take sums in another order: what
        is said by them is no answer for a picture that all work on."""
        threads = torch.get_num_threads()
        return key if threads == self._threads else (*key, f"{threads} threads")

    def _shelve(self, key: Key, kept: Kept) -> Kept:
        return self._lru.put((self._kind, key), kept, *kept.tensors.values())

    def _name(self, key: Key, digest: str) -> str:
        facts = json.dumps([SCHEMA, self._kind, key, digest], ensure_ascii=True)
        return hashlib.sha256(facts.encode("ascii")).hexdigest()


class Store:
    """A folder of entries, of at most `budget` bytes; those not asked for longest go first."""

    def __init__(self, folder: Path, budget: int) -> None:
        self._folder = folder
        self._budget = budget
        self._held = -1  # not counted yet
        self._errands: queue.SimpleQueue[Callable[[], None]] = queue.SimpleQueue()
        self._clerk: threading.Thread | None = None

    def read(self, name: str) -> Kept | None:
        """The entry of this name; None if there is none that is whole and ours."""
        path = self._folder / (name + SUFFIX)
        try:
            data = _read_plain(path, self._budget)
        except OSError:
            return None
        try:
            kept = _unpack(data, name)
        except (SafetensorError, ValueError, KeyError, TypeError, AttributeError):
            with contextlib.suppress(OSError):
                path.unlink()  # torn or foreign: it would never be of use
            return None
        with contextlib.suppress(OSError):
            os.utime(path)  # it was of use just now
        return kept

    def write(self, name: str, kept: Kept) -> None:
        """Keep an entry. Not synced to the disk: a torn file is recognised, and only a miss."""
        data = _pack(name, kept)
        if len(data) > self._budget:
            return
        path = self._folder / (name + SUFFIX)
        if write_cache(path, data):
            self._count(len(data))

    def later(self, errand: Callable[[], None]) -> None:
        """Run `errand` off the picture's path, after those given before."""
        if self._clerk is None:
            self._clerk = threading.Thread(target=self._run, name="cache", daemon=True)
            self._clerk.start()
        self._errands.put(errand)

    def settle(self) -> None:
        """Wait until everything asked for so far is on the disk."""
        done = threading.Event()
        self.later(done.set)
        done.wait()

    def _run(self) -> None:
        while True:
            try:
                self._errands.get()()
            except Exception:  # whatever it was, the picture did not need it
                traceback.print_exc()

    def _count(self, added: int) -> None:
        if self._held < 0:
            self._held = sum(size for _, size, _ in self._entries())
        else:
            self._held += added
        if self._held > self._budget:
            self._evict()

    def _evict(self) -> None:
        entries = sorted(self._entries())
        held = sum(size for _, size, _ in entries)
        for _, size, path in entries:
            if held <= self._budget * ROOM_AFTER_EVICTION:
                break
            with contextlib.suppress(OSError):
                path.unlink()
            held -= size
        self._held = held

    def _entries(self) -> list[tuple[float, int, Path]]:
        """(last use, size, path) of every entry, and of what a killed worker left half written."""
        found = []
        with contextlib.suppress(OSError), os.scandir(self._folder) as files:
            for file in files:
                if file.name.endswith((SUFFIX, ".part", ".tmp")):
                    with contextlib.suppress(OSError):
                        facts = file.stat(follow_symlinks=False)
                        found.append((facts.st_mtime, facts.st_size, Path(file.path)))
        return found


def _read_plain(path: Path, most: int) -> bytes:
    """The bytes of a plain file; OSError for anything else, without waiting for it."""
    descriptor = os.open(path, os.O_RDONLY | os.O_CLOEXEC | os.O_NONBLOCK | os.O_NOFOLLOW)
    with os.fdopen(descriptor, "rb") as file:
        facts = os.fstat(file.fileno())
        if not stat.S_ISREG(facts.st_mode) or facts.st_size > most:
            raise OSError(f"{path} is no entry of ours")
        return file.read()


def _pack(name: str, kept: Kept) -> bytes:
    texts = json.dumps(kept.texts, sort_keys=True)
    metadata = {"name": name, "texts": texts, "digest": _digest(name, kept.tensors, texts)}
    return save(kept.tensors, metadata)


def _unpack(data: bytes, name: str) -> Kept:
    """Raises one of several errors if `data` is not exactly what `_pack` made."""
    length = int.from_bytes(data[:8], "little")
    metadata = json.loads(data[8 : 8 + length])["__metadata__"]
    tensors = load(data)
    if metadata["digest"] != _digest(name, tensors, metadata["texts"]):
        raise ValueError("not what was written")
    return Kept(tensors, json.loads(metadata["texts"]))


def _digest(name: str, tensors: dict[str, Tensor], texts: str) -> str:
    """Over everything an entry says, since a disk that lost power may keep its length and no
    more."""
    told = hashlib.blake2b(f"{name}\n{texts}\n".encode(), digest_size=32)
    for key in sorted(tensors):
        tensor = tensors[key]
        told.update(f"{key} {tensor.dtype} {list(tensor.shape)}\n".encode())
        told.update(tensor.reshape(-1).view(torch.uint8).numpy().tobytes())
    return told.hexdigest()

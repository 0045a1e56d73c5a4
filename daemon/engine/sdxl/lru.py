"""A lru for tensors that are worth keeping: the least recently used go first.

Bounded by bytes, since entries differ in size by orders of magnitude. Any thread may use it.
"""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Hashable
from typing import Generic, TypeVar

import torch

T = TypeVar("T")


class Lru(Generic[T]):
    """Keeps what is given to it until `budget` bytes are exceeded."""

    def __init__(self, budget: int) -> None:
        self._budget = budget
        self._held = 0
        self._entries: OrderedDict[Hashable, tuple[T, int]] = OrderedDict()
        self._lock = threading.Lock()

    def get(self, key: Hashable) -> T | None:
        with self._lock:
            if key not in self._entries:
                return None
            self._entries.move_to_end(key)
            return self._entries[key][0]

    def put(self, key: Hashable, entry: T, *tensors: torch.Tensor) -> T:
        """Keep `entry`, which is about as large as its `tensors`, and return it."""
        size = sum(tensor.nbytes for tensor in tensors)
        with self._lock:
            if key in self._entries:
                self._held -= self._entries.pop(key)[1]
            self._entries[key] = (entry, size)
            self._held += size
            while self._held > self._budget and len(self._entries) > 1:
                _, (_, dropped) = self._entries.popitem(last=False)
                self._held -= dropped
        return entry

    def clear(self) -> None:
        with self._lock:
            self._entries.clear()
            self._held = 0

    def __len__(self) -> int:
        return len(self._entries)

    @property
    def held(self) -> int:
        """Bytes on the lru."""
        return self._held

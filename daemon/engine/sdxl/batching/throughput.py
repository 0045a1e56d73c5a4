"""How long a UNet call takes on this device, by size and by how many rows it has.

Measured from the calls that pictures are made with, never by a benchmark of its own: while
pictures wait, one more joins a call as long as calls of that many rows are unknown or are known to
pay, and twice as many where one more does not. Where none pays (a small processor is busy with one
picture already), pictures are made one after the other. Kept on disk: a machine is learnt once.
"""

from __future__ import annotations

import contextlib
import json
from collections.abc import Sequence
from pathlib import Path

from daemon.fs.atomic import write_cache
from daemon.fs.read import read_json

ENOUGH = 3
"""Calls after which a number of rows is known; the first call ever is not counted, since kernels
are chosen and memory is set aside in it."""

KEPT = 9
"""Latest calls that count. The quickest of them speaks: whatever else a machine does only adds."""

STALE = 1000
"""Calls of a size after which a number of rows that was not flown any more is unknown again."""

PAYS = 1.02
"""Rows per second must rise by this much before more pictures share a call."""

LOOKS = 2
"""Numbers of pictures in a row that are a little worse after which only twice as many are asked:
two may share badly what one has for itself, and what eight do is told by neither."""

FAR = 1.2
"""A number of pictures that is worse by this much ends the search for a better one."""

Size = tuple[int, int]


class Curve:
    """Seconds per call. `file` None keeps nothing; `always` takes any number of rows to pay."""

    def __init__(self, file: Path | None = None, *, always: bool = False) -> None:
        self._file = file
        self._always = always
        self._seconds: dict[Size, dict[int, list[float]]] = {}
        self._seen: set[tuple[Size, int]] = set()
        self._most: dict[Size, int] = {}
        self._calls: dict[Size, int] = {}
        self._last: dict[tuple[Size, int], int] = {}
        self._changed = False
        self._read()

    def note(self, size: Size, rows: int, seconds: float) -> None:
        """A call of `rows` rows took so long."""
        self._calls[size] = self._calls.get(size, 0) + 1
        self._forget_stale(size, rows)
        if (size, rows) not in self._seen:
            self._seen.add((size, rows))
            return
        known = self._seconds.setdefault(size, {}).setdefault(rows, [])
        known.append(seconds)
        del known[:-KEPT]
        self._changed = True

    def too_many(self, size: Size, rows: int) -> None:
        """A call of `rows` rows did not fit into memory."""
        self._most[size] = min(rows - 1, self._most.get(size, rows))

    def together(self, size: Size, rows: Sequence[int]) -> int:
        """How many of the pictures that wait to be moved should share the next call; `rows` are
        theirs, in order. At least one."""
        best, best_rate, total, worse = 1, None, 0, 0
        leaps = False
        for number, more in enumerate(rows, start=1):
            total += more
            if number > 1 and total > self._most.get(size, total):
                break
            if self._always:
                best = number
                continue
            if leaps and number & (number - 1):
                continue
            rate = self._rate(size, total)
            if rate is None:
                return number  # not known yet: these calls will tell
            if best_rate is None or rate > best_rate * PAYS:
                best, best_rate, worse, leaps = number, rate, 0, False
            elif rate * FAR < best_rate:
                break
            elif rate * PAYS < best_rate:
                worse += 1  # an odd number may not divide well among processors: look once more
                leaps = worse >= LOOKS
        return best

    def _forget_stale(self, size: Size, flown: int) -> None:
        now = self._calls[size]
        self._last[size, flown] = now
        known = self._seconds.get(size, {})
        for rows in [rows for rows in known if now - self._last.get((size, rows), 0) > STALE]:
            del known[rows]

    def save(self) -> None:
        """Keep what is known; a disk that refuses costs only learning it again."""
        if self._file is None or not self._changed:
            return
        body = {
            f"{width}x{height}": {str(rows): taken for rows, taken in known.items()}
            for (width, height), known in self._seconds.items()
        }
        write_cache(self._file, json.dumps(body).encode())
        self._changed = False

    def _rate(self, size: Size, rows: int) -> float | None:
        """Rows per second, or None before it is known."""
        known = self._seconds.get(size, {}).get(rows, [])
        return rows / max(min(known), 1e-9) if len(known) >= ENOUGH else None

    def _read(self) -> None:
        if self._file is None:
            return
        with contextlib.suppress(OSError, ValueError, AttributeError, TypeError):
            found = read_json(self._file)
            for name, known in found.items() if isinstance(found, dict) else ():
                width, _, height = name.partition("x")
                size = int(width), int(height)
                self._seconds[size] = {int(n): [float(s) for s in t] for n, t in known.items()}
                self._seen |= {(size, rows) for rows in self._seconds[size]}

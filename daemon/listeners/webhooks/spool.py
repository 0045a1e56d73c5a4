"""Deliveries that wait to be sent, a file each in `.hotfolder/outgoing/`, over every restart.

Bounded: of too many the oldest go. Holds no address and no secret. Knows no network.
"""

from __future__ import annotations

import contextlib
import json
import os
import threading
from collections.abc import Iterator
from dataclasses import asdict, dataclass, replace
from pathlib import Path

from daemon.errors import SpoiledError
from daemon.fs import atomic
from daemon.root import state_files
from daemon.root.create import make_folder
from daemon.root.layout import Layout

MOST = 1_000
"""Deliveries that are kept; of more the oldest are lost."""


@dataclass(frozen=True, slots=True)
class Delivery:
    """What is to be sent to the receiver `target`: `id` is its own, `body` what stands in it;
    `created` and `not_before` are Unix seconds, `tries` how often it was sent in vain."""

    id: str
    number: int
    target: str
    event: str
    body: str
    created: float
    tries: int = 0
    not_before: float = 0.0

    @property
    def name(self) -> str:
        return f"{self.number:012d}-{self.target}.json"

    def put_off(self, until: float, *, counts: bool) -> Delivery:
        """The same, to be tried again."""
        return replace(self, tries=self.tries + counts, not_before=until)


class Outgoing:
    """The deliveries of one root; any thread may ask."""

    def __init__(self, layout: Layout) -> None:
        self._layout = layout
        self._folder = layout.state / "outgoing"
        self._writing = threading.Lock()

    def keep(self, delivery: Delivery) -> None:
        """Write one for the first time. Raises OSError."""
        with self._writing:
            self._write(delivery)

    def put_off(self, delivery: Delivery) -> bool:
        """Write one anew; False if it was trimmed meanwhile, and stays so. Raises OSError."""
        with self._writing:
            if not self.has(delivery):
                return False
            self._write(delivery)
            return True

    def _write(self, delivery: Delivery) -> None:
        make_folder(self._layout, self._folder)
        data = json.dumps(asdict(delivery), ensure_ascii=True).encode("ascii")
        atomic.replace(self._folder / delivery.name, data, mode=0o600)

    def forget(self, delivery: Delivery) -> None:
        """It was sent, or is given up."""
        with contextlib.suppress(OSError):
            os.unlink(self._folder / delivery.name)

    def all(self) -> Iterator[Delivery]:
        """Every delivery, the oldest first; what can't be read is no delivery, and is put away."""
        with self._writing:
            names = self._names()
        for name in names:
            path = self._folder / name
            try:
                found = state_files.read_as(Delivery, path)
                if found.name != name:
                    raise SpoiledError(name)
            except SpoiledError:
                with contextlib.suppress(OSError):
                    state_files.set_aside(path)
            except OSError:
                continue
            else:
                yield found

    def trim(self) -> list[str]:
        """Take away the oldest where there are too many; returns their names."""
        with self._writing:
            names = self._names()
            gone = names[: max(0, len(names) - MOST)]
            for name in gone:
                with contextlib.suppress(OSError):
                    os.unlink(self._folder / name)
            return gone

    def has(self, delivery: Delivery) -> bool:
        """Whether it is still there: nobody has trimmed it."""
        return os.path.lexists(self._folder / delivery.name)

    def _names(self) -> list[str]:
        try:
            names = os.listdir(self._folder)
        except OSError:
            return []
        for name in names:
            if name.startswith(".") and name.endswith(".tmp"):  # of a daemon that was killed
                with contextlib.suppress(OSError):
                    os.unlink(Path(self._folder, name))
        return sorted(name for name in names if name.endswith(".json") and name[0] != ".")

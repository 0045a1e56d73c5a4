"""A network that need not be in memory all the time: fetched when it is needed, let go when memory
is short.

Encoders are needed for seconds of an hour, and what they said is kept; on a small machine their
gigabytes serve the picture better.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from daemon.engine.sdxl.networks import TextEncoder


class Offloadable:
    """`fetch` gives the network, ready for use; the same every time."""

    def __init__(
        self, fetch: Callable[[], TextEncoder], *, awake: TextEncoder | None = None
    ) -> None:
        self._fetch = fetch
        self._network = awake

    def wake(self) -> TextEncoder:
        """The network. Don't hold on to it from one picture to the next."""
        network = self._network  # another thread, short of memory, may send it to sleep meanwhile
        if network is None:
            network = self._network = self._fetch()
        return network

    def sleep(self) -> bool:
        """Let it go; False if it wasn't here."""
        was, self._network = self._network, None
        return was is not None

    @property
    def awake(self) -> bool:
        return self._network is not None

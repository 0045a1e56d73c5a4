"""The old name of `daemon.engine.interface`, kept for a release for people's own engines."""

from daemon.engine.interface import *  # noqa: F403
from daemon.engine.interface import InFlight

Aloft = InFlight
"""The old name of `InFlight`."""

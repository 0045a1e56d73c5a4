"""The old name of `daemon.engine.interface`, kept for a release for people's own engines."""

from daemon.engine.interface import *  # noqa: F403

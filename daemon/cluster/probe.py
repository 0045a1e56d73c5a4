"""Whether a scheduler can be reached, found out by hand: dask tries for its whole time limit, and
does not say what it met.
"""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from daemon.cluster import address as addresses

if TYPE_CHECKING:
    from distributed.security import Security

CONNECT = 5.0
"""Seconds."""


async def reach(address: str, secured: Security, role: str) -> str:
    """Why the scheduler can't be reached, in a sentence without its full stop; empty if it can.
    It greets whom it lets in, and hangs up on others."""
    place = urlsplit(address)
    context = secured.get_connection_args(role).get("ssl_context")
    try:
        reader, writer = await asyncio.wait_for(
            asyncio.open_connection(place.hostname, place.port, ssl=context), CONNECT
        )
    except (OSError, TimeoutError) as error:
        return addresses.why(error, address)
    try:
        if not await asyncio.wait_for(reader.read(1), CONNECT):
            return f"{address} hangs up on this machine; it may want a certificate"
    except (OSError, TimeoutError) as error:
        return addresses.why(error, address)
    finally:
        writer.transport.abort()
    return ""

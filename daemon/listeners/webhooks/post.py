"""One POST to an address of the settings: signed, bounded in time, following nobody elsewhere."""

from __future__ import annotations

import contextlib
import hashlib
import hmac
import http.client
import socket
import ssl
import threading
from collections.abc import Mapping
from dataclasses import dataclass
from urllib.parse import urlsplit

from daemon import __version__

PATIENCE = 10.0
"""Seconds for each of connecting, sending and the answer."""

LIMIT = 20.0
"""Seconds for all of it."""


@dataclass(frozen=True, slots=True)
class Answer:
    """What came of it: `trouble` is "" if it was taken; `is_reached` whether anybody answered."""

    trouble: str = ""
    is_reached: bool = True


def signature(secret: str, timestamp: str, body: bytes) -> str:
    """The value of X-Hotfolder-Signature."""
    signed = timestamp.encode("ascii") + b"." + body
    return "sha256=" + hmac.new(secret.encode("utf-8"), signed, hashlib.sha256).hexdigest()


def headers(
    *, secret: str, timestamp: str, delivery: str, event: str, body: bytes
) -> dict[str, str]:
    """Those of a delivery; without a secret there is no signature."""
    said = {
        "Content-Type": "application/json",
        "User-Agent": f"hotfolder/{__version__}",
        "X-Hotfolder-Event": event,
        "X-Hotfolder-Delivery": delivery,
        "X-Hotfolder-Timestamp": timestamp,
    }
    if secret:
        said["X-Hotfolder-Signature"] = signature(secret, timestamp, body)
    return said


def post(url: str, body: bytes, said: Mapping[str, str]) -> Answer:
    """Send it. Proxies of the environment are not asked, redirects are not followed. Never raises
    for what the network or the receiver does."""
    parts = urlsplit(url)
    target = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
    try:
        connection = _connection(parts.scheme, parts.hostname or "", parts.port)
    except (ValueError, OSError) as error:
        return Answer(f"it can't be addressed: {error}", is_reached=False)
    watch = threading.Timer(LIMIT, _cut, (connection,))
    watch.daemon = True
    watch.start()
    try:
        connection.request("POST", target, body, dict(said))
        status = connection.getresponse().status
    except TimeoutError:
        return Answer(f"no answer within {PATIENCE:.0f} s", is_reached=False)
    except (OSError, http.client.HTTPException, ValueError) as error:
        return Answer(_why(error), is_reached=False)
    finally:
        watch.cancel()
        with contextlib.suppress(OSError):
            connection.close()
    if 200 <= status < 300:
        return Answer()
    if 300 <= status < 400:
        return Answer(f"it answers {status}, a redirect, and those are not followed")
    return Answer(f"it answers {status}")


def _connection(scheme: str, host: str, port: int | None) -> http.client.HTTPConnection:
    if scheme == "http":
        return http.client.HTTPConnection(host, port, timeout=PATIENCE)
    context = ssl.create_default_context()
    if not context.get_ca_certs() and not ssl.get_default_verify_paths().capath:
        with contextlib.suppress(ImportError):  # a Python of python.org on macOS has none
            import certifi

            context.load_verify_locations(certifi.where())
    return http.client.HTTPSConnection(host, port, timeout=PATIENCE, context=context)


def _cut(connection: http.client.HTTPConnection) -> None:
    """A receiver that answers a letter a second is not waited for."""
    with contextlib.suppress(OSError, AttributeError):
        connection.sock.shutdown(socket.SHUT_RDWR)


def _why(error: Exception) -> str:
    if isinstance(error, ssl.SSLCertVerificationError):
        return f"its certificate is not good: {error.verify_message}"
    text = getattr(error, "strerror", None) or str(error) or type(error).__name__
    return f"it can't be reached: {text}"

"""Where a scheduler listens, and in words why it can't be reached there. Pure."""

from __future__ import annotations

import re
import socket
import ssl
from collections.abc import Iterator

from daemon.errors import UsageError
from daemon.settings_forms import CLUSTER, EXAMPLES

PORT = 8786


def checked_address(text: str) -> str:
    """An address with its port. Raises UsageError for what is none, or open to everybody."""
    if not text or not re.match(CLUSTER, text):
        raise UsageError(
            f"{text!r} is no address of a cluster's scheduler. Write {EXAMPLES['cluster']}. "
            "Without TLS anybody in the network could run code here."
        )
    return text if re.search(r":\d+$", text) else f"{text}:{PORT}"


def is_encrypted(address: str) -> bool:
    """Whether it goes by TLS, and so needs certificates."""
    return address.startswith("tls://")


def why(error: BaseException, address: str) -> str:
    """What keeps us from the scheduler at `address`, in a sentence without its full stop."""
    found = list(causes(error))
    for cause in found:
        if isinstance(cause, ssl.SSLCertVerificationError):
            if "expired" in str(cause):
                return f"a certificate has expired at {address}; make new ones for all machines"
            if "not yet valid" in str(cause):
                return f"by this machine's clock the certificate at {address} is not valid yet"
            return f"{address} has a certificate of another cluster"
        if isinstance(cause, ssl.SSLError) and _ALERTS.search(str(cause)):
            return f"{address} does not accept the certificate of this machine"
        if isinstance(cause, ssl.SSLError):
            return f"{address} does not speak TLS as we do ({cause.reason or cause})"
        if isinstance(cause, socket.gaierror):
            return f"there is no machine of the name in {address}"
        if isinstance(cause, ConnectionRefusedError):
            return f"nothing listens at {address}; `hotfolder cluster scheduler` does, there"
    told = next((str(cause) for cause in found if _ALERTS.search(str(cause))), "")
    if told:
        return f"{address} does not accept the certificate of this machine"
    return f"{address} does not answer"


_ALERTS = re.compile(r"alert|unknown ca|bad certificate|certificate required", re.I)


def causes(error: BaseException) -> Iterator[BaseException]:
    """An error, what led to it, and so on."""
    seen: BaseException | None = error
    for _ in range(10):
        if seen is None:
            return
        yield seen
        seen = seen.__cause__ or seen.__context__

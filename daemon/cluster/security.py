"""What dask is told of TLS: certificates on both sides of every connection, or none at all where
everything stays inside one machine.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from daemon.cluster.address import is_encrypted
from daemon.cluster.certificates import Files

if TYPE_CHECKING:
    from distributed.security import Security


def security(address: str, files: Files) -> Security:
    """For every connection of a cluster whose scheduler is at `address`. Raises SetupError."""
    from distributed.security import Security

    if not is_encrypted(address):
        return Security(require_encryption=False)
    files.check()
    ca, certificate, key = map(str, files.all)
    return Security(
        require_encryption=True,
        tls_ca_file=ca,
        tls_client_cert=certificate,
        tls_client_key=key,
        tls_scheduler_cert=certificate,
        tls_scheduler_key=key,
        tls_worker_cert=certificate,
        tls_worker_key=key,
    )

"""How dask.distributed is set up for us, in every process of a cluster: quiet when nothing happens,
without its dashboard and its own retries. The one place that imports it first.
"""

from __future__ import annotations

import importlib.util
import warnings

from daemon.errors import SetupError
from daemon.protocol.json_object import JsonObject

CONFIG: JsonObject = {
    # Its own loops, which cost a tenth of a processor when nothing happens.
    "distributed.worker.profile.enabled": False,
    "distributed.admin.tick.interval": "1s",
    "distributed.admin.tick.limit": "60s",
    "distributed.admin.system-monitor.interval": "10s",
    "distributed.admin.system-monitor.gil.enabled": False,
    "distributed.scheduler.work-stealing": False,
    "distributed.scheduler.active-memory-manager.start": False,
    "distributed.diagnostics.nvml": False,
    # A task that dies with its worker is ours to judge.
    "distributed.scheduler.allowed-failures": 0,
    "distributed.scheduler.worker-ttl": "60s",
    "distributed.scheduler.no-workers-timeout": None,
    # Or each question to a machine would be a TLS handshake of its own.
    "distributed.scheduler.reuse-broadcast-comm": True,
    # No pages: what they show is not behind TLS.
    "distributed.scheduler.dashboard.status.task-stream-length": 1,
    "distributed.scheduler.http.routes": [],
    "distributed.worker.http.routes": [],
    "distributed.admin.low-level-log-length": 100,
    "distributed.admin.large-graph-warning-threshold": "1GB",
    "distributed.comm.timeouts.connect": "5s",
    "distributed.comm.retry.count": 0,
    "distributed.version": 2,
}

NOWHERE = "127.0.0.1:0"
"""Where dask's own pages, which have no routes, listen: inside this machine."""

INSTALL = "pip install 'hotfolder[cluster]'"


def prepare() -> None:
    """Import it, set up for us. Raises SetupError where it is not installed."""
    if importlib.util.find_spec("distributed") is None:
        raise SetupError("Several machines need dask.distributed.", remedy=f"Run: {INSTALL}")
    import dask

    dask.config.set({**CONFIG, "logging": {"distributed": "error", "distributed.client": "error"}})
    warnings.filterwarnings("ignore", module=r"distributed\..*")
    import distributed  # noqa: F401 (it reads what is set while it is imported)

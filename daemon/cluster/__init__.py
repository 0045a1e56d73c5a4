"""Several machines: the processes that join them by dask.distributed, and nothing else of ours.

Membership, transport and TLS are dask's; which picture goes where stays with the supervisor, which
knows only a bridge (`daemon.worker.bridge`). Nothing here is imported before one asks for it.
"""

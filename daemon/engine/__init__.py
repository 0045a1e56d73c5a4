"""The worker: turns renders into pictures, in a process of its own.

This is the torch boundary. Loading, conditioning, adapters, sampling and timing live here; inboxes,
job files and publishing do not. Nobody imports this package: the supervisor starts
`python -m daemon.engine` and talks to it in the words of `daemon.protocol.messages`.
"""

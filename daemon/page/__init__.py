"""The page beside the pictures: `outbox/index.html`, one for every folder of it, and their data.

A process of its own (`python -m daemon.page ROOT`) that reads the stream of events and the sidecars
as any program could, so that nothing it does or fails at can delay a picture. It holds no state
that can't be made again from the outbox.
"""

"""Which pictures share a UNet call, learnt from measured throughput.

Knows nothing of job files.
"""

"""The process around an engine: pipes, scheduling, finishing, outcomes.

Knows nothing of SDXL.
"""

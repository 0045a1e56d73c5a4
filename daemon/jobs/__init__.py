"""The life of a claimed job, from admission to its outcome.

Knows nothing of the worker process.
"""

"""The halves of the benchmark that compute: each runs as a process of its own.

Nobody imports them. They have the standing of the engine: they may import the torch family, and
those that look inside our engine import that too.
"""

"""Formats of the pictures that people hand in: what can be told of a file without decoding it.

Shared by the look before a job is taken and by the engine, so that both accept the same and say the
same. Knows no job and no library.
"""

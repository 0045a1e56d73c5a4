"""The models on this machine, and fetching one.

Knows files and cards; loads no weights.
"""

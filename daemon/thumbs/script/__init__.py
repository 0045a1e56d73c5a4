"""Words to a scene: what a shot says, bound clause by clause, and what of it no drawing tells.

Knows no pictures; `daemon.thumbs.reading` is its door.
"""

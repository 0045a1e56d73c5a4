"""Housekeeping: what of a root takes how much, and what of it can be put away.

Into the Trash or an archive, never deleted. Asks nobody and prints nothing. What a waiting or
claimed job, or a board, needs is left where it is.
"""

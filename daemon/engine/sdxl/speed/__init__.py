"""Faster forms of the networks: compiled blocks and packed layers.

Each is equal to the plain form within what it states.
"""

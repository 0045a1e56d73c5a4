"""The only mover of job files: claimed, given back, finished.

Knows nothing of pictures.
"""

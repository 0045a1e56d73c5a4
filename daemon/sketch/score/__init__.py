"""How well the bundled model does what it is told.

Knows nothing of training.
"""

"""What the bundled model draws: a world of shapes and scenes, in pixels and words.

Knows nothing of training.
"""

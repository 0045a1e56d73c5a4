"""The only publisher: names reserved, pictures staged, published whole.

Knows nothing of job files.
"""

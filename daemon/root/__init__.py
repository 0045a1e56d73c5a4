"""One root folder: its paths, its lock, the commands and status that lie in it.

Knows nothing of what is done with them.
"""

"""Hotfolder: drop a prompt file, get the picture, exactly once, with a record of how it was made.

Importing this package does nothing but name its version; every room is imported by who needs it.
"""

__version__ = "0.1.0"

"""From files to a model in memory.

Knows formats and dtypes; nothing of pictures to make.
"""

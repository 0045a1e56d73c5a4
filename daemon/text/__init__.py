"""Words for people: the failure letter, and text made safe to print.

Knows nothing of where the words are shown.
"""

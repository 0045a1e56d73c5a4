"""`hotfolder models pull`: the only room that uses the network, and only when asked.

Knows which files make a model; knows nothing of loading one.
"""

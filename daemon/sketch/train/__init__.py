"""How the bundled model is trained and exported, stage by stage.

Knows nothing of the daemon.
"""

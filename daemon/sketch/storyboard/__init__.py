"""The storyboard world: what a panel may show, how people would ask for it, and what is to be seen.

A panel is a scene as `daemon.thumbs` draws it. Nothing here knows of training or of networks.
"""

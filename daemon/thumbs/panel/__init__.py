"""A scene to a panel: places, people and things on paper, and the notes beside them.

Knows no words of a shot; `daemon.thumbs.drawing` is its door.
"""

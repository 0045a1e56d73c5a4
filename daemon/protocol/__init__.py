"""The words between daemon and engine: renders down, events up.

Plain values and their JSON lines; knows nothing of either side.
"""

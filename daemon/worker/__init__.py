"""The model's process: started, handed work, watched, retired.

Knows nothing of inboxes or job files; imports nothing of the torch family.
"""

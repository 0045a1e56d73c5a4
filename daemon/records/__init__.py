"""What a picture says of itself: sidecar and PNG text, written and read back.

Knows nothing of how a picture is made or where it is put.
"""

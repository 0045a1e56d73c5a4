"""What to do without when memory runs short, in which order.

Knows nothing of what a picture shows.
"""

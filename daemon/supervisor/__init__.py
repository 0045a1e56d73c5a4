"""The loop: lets items act, then does what is due.

Holds no picture and no tensor.
"""

"""Other ways to write a board, each read to the tree that a board.yaml gives.

Bytes to trees only: nothing here opens a file, checks what a key means, or knows how a tree becomes
a board.
"""

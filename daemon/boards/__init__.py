"""Boards: one file of shots that stays alive; every missing take becomes an ordinary job.

Reads a board, finds out which pictures it wants, and compares that with what was made. It renders,
claims and publishes nothing: what is missing is dropped into the inbox as a job file.
"""

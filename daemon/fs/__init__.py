"""Whole files: atomic writes, free names, and what a disk's refusals mean.

Knows nothing of jobs, pictures or folders by name.
"""

"""SDXL with IP-Adapters on diffusers and torch: one engine.

Knows renders and tensors; nothing of folders that are watched.
"""

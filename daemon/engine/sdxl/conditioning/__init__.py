"""What the UNet is told: prompts, references, and their caches.

Knows nothing of steps.
"""

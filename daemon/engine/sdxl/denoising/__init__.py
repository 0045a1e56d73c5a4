"""The denoising loop: latents, steps, pictures in flight.

Knows nothing of how many share a call.
"""

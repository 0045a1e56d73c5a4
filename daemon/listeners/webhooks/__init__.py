"""Webhooks: what happened, sent to the addresses in the settings, signed, over restarts.

The only part of a running daemon that connects to anybody, and only to those.
"""

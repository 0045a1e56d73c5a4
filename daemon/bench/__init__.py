"""`hotfolder bench`: plain diffusers against Hotfolder, on this machine, with the same pictures.

Three sides make the same pictures in turn: N0, a new script for every picture; N1, a plain loop
that stays loaded; D, the daemon, which is only ever given files. This package asks, watches the
clock and compares; it imports nothing of the torch family. What does lies in `scripts` and runs in
processes of its own.
"""

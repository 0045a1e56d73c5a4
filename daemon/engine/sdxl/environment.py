"""What must be the same for numbers to be the same to the last bit: libraries and machine, briefly.

The one place that knows it; whatever is kept on disk to be used or compared later is kept together
with these facts. One too many costs an encoder's second after an update; one too few would hand
out what this machine would not say any more.
"""

from __future__ import annotations

import platform
import sys
from collections.abc import Mapping

import torch

from daemon.engine.sdxl.device import Device
from daemon.engine.sdxl.versions import versions


def facts(device: Device) -> dict[str, str]:
    """All of it, by the names that a person has for it."""
    return {
        **versions(),
        "torch": str(torch.__version__),  # which build of a version, too
        "the precision": str(device.dtype),
        "the system": system(),
        **computer(device),
    }


def computer(device: Device) -> dict[str, str]:
    """What of that computes. Another one has code and a pace of its own; and processors of one name
    may be several, since a rented machine only says whose they are."""
    found = {"the device": f"{device.kind} {device.name}"}
    if device.kind == "cpu":
        found["the number of threads"] = str(torch.get_num_threads())
        found["the processor's instructions"] = torch.backends.cpu.get_cpu_capability()
    return found


def instructions() -> str:
    """All that this processor can do, told apart more finely than torch needs it: code that was
    compiled for another one may be wrong here, or end the process."""
    able: Mapping[str, object] = getattr(torch.cpu, "get_capabilities", dict)()
    names = sorted(name for name, has in able.items() if has is True)
    return " ".join([torch.backends.cpu.get_cpu_capability(), *names])


def system() -> str:
    """The operating system and its build: on a Mac the drivers of the graphics come with it."""
    if sys.platform == "darwin":
        return f"macOS {platform.mac_ver()[0]} {platform.version()} {platform.machine()}"
    return f"{platform.system()} {platform.release()} {platform.machine()}"

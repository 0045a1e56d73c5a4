"""What the doctor asks of Hotfolder itself: settings, model, devices, daemon, service.

torch is asked in a child process, so that the doctor stays light and survives a torch that doesn't.
"""

from __future__ import annotations

import json
import shlex
import subprocess
import sys
import time
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from daemon.doctor.finding import Finding, bad, ok, warn
from daemon.errors import HotfolderError, SettingsError, SetupError
from daemon.protocol.engines import engine_spec
from daemon.protocol.json_object import JsonObject
from daemon.root.layout import Layout

if TYPE_CHECKING:
    from daemon.models.catalogue import Card
    from daemon.settings import Settings

_TORCH_SECONDS = 180
_STALE_SECONDS = 30.0
_HASHED_AT_ONCE = 2 << 30

_ASK_TORCH = """
import json, platform, torch
seen = {"torch": torch.__version__, "mac": platform.mac_ver()[0]}
seen["cuda"] = [
    [torch.cuda.get_device_name(i), torch.cuda.get_device_properties(i).total_memory]
    for i in range(torch.cuda.device_count())
] if torch.cuda.is_available() else []
seen["cuda_built"] = torch.version.cuda or torch.version.hip
seen["mps_built"] = torch.backends.mps.is_built()
seen["mps"] = torch.backends.mps.is_available()
seen["threads"] = torch.get_num_threads()
print("answer:" + json.dumps(seen))
"""


def settings_and_model(layout: Layout) -> list[Finding]:
    from daemon.settings import read_settings

    file = layout.settings_file
    try:
        settings = read_settings(file)
    except SettingsError as error:
        return [bad("Settings", str(error), f"Mend {file}; `hotfolder run` refuses it as it is.")]
    seen = str(file) if file.exists() else "no hotfolder.yaml; every setting has its default"
    return [ok("Settings", seen), *_model(layout, settings)]


def _model(layout: Layout, settings: Settings) -> list[Finding]:
    from daemon.models import catalogue, hashes

    if not engine_spec(settings.engine).needs_model:
        return [ok("Model", f"none needed by the engine {settings.engine}")]
    shelves = [layout.root / folder for folder in settings.models]
    try:
        card = catalogue.find_model(settings.model, shelves)
        troubles = hashes.verify(card) if _size(card) <= _HASHED_AT_ONCE else _missing(card)
    except SetupError as error:
        return [bad("Model", error.what, error.remedy)]
    if troubles:
        more = f" (and {len(troubles) - 1} more)" if len(troubles) > 1 else ""
        name = shlex.quote(card.name)
        cure = f"`hotfolder models check {name}` shows all; fetch or copy it again."
        level = bad if card.hashes else warn
        return [level("Model", f"{card.name}: {troubles[0]}{more}", cure)]
    checked = "its hashes hold" if _size(card) <= _HASHED_AT_ONCE else "all files are there"
    found = [ok("Model", f"{card.name} in {card.folder}; {checked}")]
    if not card.adapters:
        found.append(
            warn(
                "Model",
                f"{card.name} has no IP-Adapters, so jobs with references fail",
                "Put them in its ip_adapter folder; see docs/models.md.",
            )
        )
    return found


def _size(card: Card) -> int:
    files = [card.folder / path for path in card.hashes] or [card.weights]
    return sum(file.stat().st_size for file in files if file.is_file())


def _missing(card: Card) -> list[str]:
    named = [card.folder / path for path in card.hashes] or [card.weights]
    return [f"{path} is missing." for path in named if not path.exists()]


# --- devices --------------------------------------------------------------------------------------


def wanted_devices(layout: Layout) -> tuple[str, ...]:
    """What the settings name to render on; nothing where they are wrong, or no model is needed."""
    from daemon.settings import read_settings

    try:
        settings = read_settings(layout.settings_file)
    except SettingsError:
        return ()
    if not engine_spec(settings.engine).needs_model:
        return ()
    return settings.devices or (settings.device,)


def devices(python: str = sys.executable, wanted: Sequence[str] = ()) -> list[Finding]:
    """What torch finds to render on, and what it does not find of what is `wanted`."""
    try:
        answer = subprocess.run(
            [python, "-c", _ASK_TORCH],
            capture_output=True,
            text=True,
            stdin=subprocess.DEVNULL,
            timeout=_TORCH_SECONDS,
            check=False,
        )
    except (OSError, subprocess.TimeoutExpired) as error:
        return [bad("Device", f"torch did not answer: {error}", "Reinstall Hotfolder.")]
    lines = [line for line in answer.stdout.splitlines() if line.startswith("answer:")]
    if answer.returncode != 0 or not lines:
        said = (answer.stderr.strip().splitlines() or [f"it ended with {answer.returncode}"])[-1]
        return [
            bad("Device", f"torch can't be used: {said}", "Reinstall: pip install -U hotfolder")
        ]
    seen = json.loads(lines[-1].removeprefix("answer:"))
    return [*judge_devices(seen), *judge_wanted(wanted, seen)]


def judge_wanted(wanted: Sequence[str], seen: JsonObject) -> list[Finding]:
    away = [name for name in wanted if not _is_there(name, seen)]
    if not away:
        return []
    level = bad if len(away) == len(wanted) else warn
    what = f"hotfolder.yaml names {', '.join(away)}, which torch does not find here"
    return [level("Device", what, "Name what is there as `device` or `devices`, or `auto`.")]


def _is_there(name: str, seen: JsonObject) -> bool:
    kind, _, number = name.partition(":")
    if kind == "cuda":
        return int(number or 0) < len(seen["cuda"])
    return kind != "mps" or bool(seen["mps"])


def judge_devices(seen: JsonObject) -> list[Finding]:
    torch = f"torch {seen['torch']}"
    if seen["cuda"]:
        name, memory = seen["cuda"][0]
        return [ok("Device", f"CUDA, {name}, {memory / 1e9:.0f} GB ({torch})")]
    if seen["mac"]:
        return _judge_mac(seen, torch)
    if seen["cuda_built"]:
        return [
            warn(
                "Device",
                f"{torch} is made for CUDA {seen['cuda_built']} but finds no GPU: CPU only",
                "Look at nvidia-smi; the driver may be missing or too old.",
            )
        ]
    return [
        ok("Device", f"CPU, {seen['threads']} threads ({torch}): fine for sketch, slow for SDXL")
    ]


def _judge_mac(seen: JsonObject, torch: str) -> list[Finding]:
    findings = []
    where = f"macOS {seen['mac']}, {torch}, MPS built {seen['mps_built']}, available {seen['mps']}"
    if seen["mps"]:
        findings.append(ok("Device", f"Apple GPU ({where})"))
    elif seen["mps_built"]:
        findings.append(
            bad(
                "Device",
                f"the Apple GPU can't be reached ({where})",
                "It needs macOS 14 or newer and is closed to sandboxes and most virtual machines; "
                "run this in an ordinary Terminal.",
            )
        )
    else:
        findings.append(
            bad("Device", f"this torch has no MPS ({where})", "Install torch for arm64 macOS.")
        )
    if _numbers(seen["torch"]) < (2, 13):
        findings.append(
            warn(
                "Device",
                f"{torch} renders noise on newer macOS versions",
                "pip install -U 'torch>=2.13'",
            )
        )
    return findings


def _numbers(version: str) -> tuple[int, int]:
    parts = version.split("+")[0].split(".")
    try:
        return int(parts[0]), int(parts[1])
    except (IndexError, ValueError):
        return (0, 0)


# --- daemon and service ---------------------------------------------------------------------------


def running(layout: Layout) -> bool:
    from daemon.root.lock import is_held

    return is_held(layout.lock_file)


def daemon(layout: Layout) -> list[Finding]:
    from daemon.root.status_file import read_status

    if not running(layout):
        return [ok("Daemon", "none is running on this root; drops wait until `hotfolder run`")]
    return judge_daemon(read_status(layout), time.time())


def judge_daemon(snapshot: JsonObject | None, now: float) -> list[Finding]:
    """What a running daemon last said about itself."""
    if snapshot is None:
        return [ok("Daemon", "running; it has not reported yet")]
    state = str(snapshot.get("state", "unknown"))
    beat = snapshot.get("heartbeat_unix")
    age = now - float(beat) if isinstance(beat, int | float) else None
    if age is not None and age > _STALE_SECONDS and state != "starting":
        return [
            bad(
                "Daemon",
                f"running, but silent for {age:.0f} s (last state: {state})",
                "See logs/hotfolder.log; stop it (hotfolder service stop, or Ctrl-C) and start it.",
            )
        ]
    if state == "blocked":
        return [bad("Daemon", f"blocked: {snapshot.get('reason')}", "Mend that; it looks again.")]
    if state == "paused":
        return [warn("Daemon", "paused: nothing is claimed", "hotfolder resume")]
    heard = f", heard of {max(age, 0):.0f} s ago" if age is not None else ""
    return [ok("Daemon", f"running, {state}{heard}")]


def service(root: Path) -> list[Finding]:
    from daemon import service as login

    try:
        state = login.status(root)
    except HotfolderError as error:
        return [ok("Service", str(error))]
    if not state.installed and not state.loaded:
        return [ok("Service", "not installed; `hotfolder service install` runs it at login")]
    remarks = [
        warn("Service", remark, "hotfolder service status shows all of it.")
        for remark in state.remarks
    ]
    return remarks or [ok("Service", f"{state.kind}, {state.state}")]

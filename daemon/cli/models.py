"""`hotfolder models`: list the models of this machine, fetch one, verify their files."""

from __future__ import annotations

import argparse
import json
import re
import sys
from pathlib import Path
from typing import TYPE_CHECKING

from daemon.cli.printing import ask, say
from daemon.errors import ExitCode, UsageError
from daemon.root.layout import Layout, find_root

if TYPE_CHECKING:
    from daemon.models.catalogue import Card
    from daemon.settings import Settings


def models(arguments: argparse.Namespace) -> int:
    """List the models of this machine, fetch one, or verify the files of one (or all)."""
    from daemon.settings import read_settings

    layout = Layout(find_root(arguments.root))
    settings = read_settings(layout.settings_file)
    shelves = [layout.root / place for place in settings.models]
    if arguments.action == "list":
        return _list(settings, shelves)
    if arguments.action == "check":
        return _check(arguments.name, shelves)
    if not arguments.name:
        raise UsageError("Say what to pull: `hotfolder models pull sdxl`, or OWNER/NAME.")
    return _pull(arguments, layout, settings)


def _list(settings: Settings, shelves: list[Path]) -> int:
    from daemon.models.catalogue import list_models, models_folder

    for card in list_models(shelves):
        mark = "*" if card.name == settings.model else " "
        adapters = ", ".join(sorted(card.adapters)) or "none"
        say(f"{mark} {card.name:20} {card.native_size} px  IP-Adapters: {adapters}")
        if card.loras:
            say(f"    LoRAs: {', '.join(sorted(card.loras))}")
        say(f"    {card.folder}")
    say("", f"* is the default (`model:` in hotfolder.yaml). Your own go to {models_folder()}")
    return ExitCode.OK


def _check(name: str | None, shelves: list[Path]) -> int:
    from daemon.models.catalogue import find_model, list_models
    from daemon.models.hashes import verify

    cards: list[Card] = [find_model(name, shelves)] if name else list_models(shelves)
    worst: int = ExitCode.OK
    for card in cards:
        findings = verify(card)
        worst = ExitCode.FAILED if findings else worst
        say(f"{card.name}: {'good' if not findings else ''}".rstrip())
        for finding in findings:
            say(f"  {finding}")
    return worst


def _pull(arguments: argparse.Namespace, layout: Layout, settings: Settings) -> int:
    from daemon.models.catalogue import models_folder
    from daemon.models.pull.progress_bars import bars
    from daemon.models.pull.pull import pull

    folder = models_folder()
    folder.mkdir(parents=True, exist_ok=True)
    with bars() as progress:
        home = pull(arguments.name, folder=folder, progress=progress)
    say(f"{home.name} is here: {home}")
    if settings.model == home.name:
        return ExitCode.OK
    if arguments.yes or _agrees(f"Make {home.name} the default model of {layout.root}? [y/N] "):
        make_default(layout.settings_file, home.name)
        say(f"model: {home.name} is now in {layout.settings_file}; restart the daemon")
    else:
        say(f"To use it: `model: {home.name}` in a job file, or in {layout.settings_file}")
    return ExitCode.OK


def _agrees(question: str) -> bool:
    return sys.stdin is not None and sys.stdin.isatty() and ask(question) in ("y", "yes")


def make_default(settings_file: Path, name: str) -> None:
    """Set `model:` in hotfolder.yaml, touching no other line of it."""
    from daemon.fs import atomic

    text = settings_file.read_text("utf-8") if settings_file.exists() else ""
    line = f"model: {json.dumps(name)}"
    changed, found = re.subn(r"(?m)^model[ \t]*:.*$", lambda _: line, text, count=1)
    if not found:
        changed = f"{text.rstrip()}\n{line}\n".lstrip()
    settings_file.parent.mkdir(parents=True, exist_ok=True)
    atomic.replace(settings_file, changed.encode("utf-8"))

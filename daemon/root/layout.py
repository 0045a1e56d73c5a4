"""Every path of a root, from the root alone, and how a root is found.

Knows names and nothing else: it opens no file of the tree and creates nothing, except that
`find_root` looks for markers. See docs/architecture.md, On disk, for what each is for.
"""

from __future__ import annotations

import os
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

from daemon.root.inbox_places import SPECIAL

MARKER = ".hotfolder/id"
DEFAULT_ROOT = Path("~/Hotfolder")
WHY_SUFFIX = ".why.txt"
CAST = "cast"
DEFAULTS_NAME = "_defaults.yaml"
DEFAULTS_NAMES = (DEFAULTS_NAME, "_defaults.yml", "_defaults.json")
JOB_SUFFIXES = (".yaml", ".yml", ".json", ".txt")
BOARD_SUFFIXES = (".csv", ".tsv", ".fountain", ".spmd", ".storyboarder")
"""Files that can only be boards; those of jobs may be one too."""
SPREADSHEETS = (".xlsx", ".xls", ".xlsm", ".xlsb", ".ods", ".numbers")
"""Boards perhaps, once they are saved as CSV."""
AGAIN_SUFFIXES = (".png", ".jpg", ".jpeg", ".jpe", ".jfif", ".webp")


@dataclass(frozen=True)
class Layout:
    """The places under one root; all absolute when the root is. Each is put together once: a
    job asks for eighty of them."""

    root: Path

    @cached_property
    def inbox(self) -> Path:
        return self.root / "inbox"

    @cached_property
    def boards(self) -> Path:
        return self.root / "boards"

    @cached_property
    def special(self) -> tuple[Path, ...]:
        """The folders of the inbox that are no projects."""
        return tuple(self.inbox / name for name in SPECIAL)

    @cached_property
    def outbox(self) -> Path:
        return self.root / "outbox"

    @cached_property
    def stage(self) -> Path:
        return self.outbox / ".stage"

    @cached_property
    def live(self) -> Path:
        return self.outbox / ".live"

    @cached_property
    def cast(self) -> Path:
        return self.root / CAST

    @cached_property
    def done(self) -> Path:
        return self.root / "done"

    @cached_property
    def failed(self) -> Path:
        return self.root / "failed"

    @cached_property
    def logs(self) -> Path:
        return self.root / "logs"

    @cached_property
    def log_file(self) -> Path:
        return self.logs / "hotfolder.log"

    @cached_property
    def jsonl_file(self) -> Path:
        return self.logs / "hotfolder.jsonl"

    @cached_property
    def settings_file(self) -> Path:
        return self.root / "hotfolder.yaml"

    @cached_property
    def state(self) -> Path:
        return self.root / ".hotfolder"

    @cached_property
    def id_file(self) -> Path:
        return self.root / MARKER

    @cached_property
    def lock_file(self) -> Path:
        return self.state / "lock"

    @cached_property
    def status_file(self) -> Path:
        return self.state / "status.json"

    @cached_property
    def counter_file(self) -> Path:
        return self.state / "counter"

    @cached_property
    def event_number(self) -> Path:
        return self.state / "event_number"

    @cached_property
    def journal_file(self) -> Path:
        return self.state / "journal.jsonl"

    @cached_property
    def paused_file(self) -> Path:
        return self.state / "paused"

    @cached_property
    def control(self) -> Path:
        return self.state / "control"

    @cached_property
    def spool(self) -> Path:
        return self.state / "spool"

    @cached_property
    def references(self) -> Path:
        return self.state / "references"

    @cached_property
    def caches(self) -> Path:
        return self.state / "caches"

    @cached_property
    def notes(self) -> Path:
        return self.state / "notes"

    def state_folders(self) -> tuple[Path, ...]:
        """Every folder below `.hotfolder` that is always there."""
        return (self.control, self.spool, self.references, self.caches, self.notes)

    def state_files(self) -> tuple[Path, ...]:
        """Every file right below `.hotfolder` that may be there, apart from `paused`."""
        return (
            self.id_file,
            self.lock_file,
            self.status_file,
            self.counter_file,
            self.event_number,
            self.journal_file,
        )

    def folders(self) -> tuple[Path, ...]:
        """Every folder a root has, parents first."""
        return (
            self.inbox,
            *self.special,
            self.cast,
            self.outbox,
            self.stage,
            self.live,
            self.done,
            self.failed,
            self.logs,
            self.state,
            self.control,
            self.spool,
            self.references,
            self.caches,
        )


def find_root(given: str | None = None) -> Path:
    """The root: `given`, else $HOTFOLDER_ROOT, else the nearest marked parent, else ~/Hotfolder."""
    chosen = given or os.environ.get("HOTFOLDER_ROOT")
    if chosen:
        return Path(chosen).expanduser().resolve()
    here = Path.cwd()
    for folder in (here, *here.parents):
        if (folder / MARKER).is_file():
            return folder.resolve()
    return DEFAULT_ROOT.expanduser().resolve()

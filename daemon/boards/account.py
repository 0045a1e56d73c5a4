"""What a daemon writes down of each board: the pictures it wants, and what had become of each.

A cache in `.hotfolder/boards/`, one file a board: `status` and the verbs are told by its first line
at once which pictures a board wants, which would take seconds to find out, and look at the files
for all else; the second is what its page shows beyond that. Deleting it costs time alone. Standard
library only.
"""

from __future__ import annotations

import contextlib
import hashlib
import json
import os
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import NamedTuple

from daemon.boards.ends import Made
from daemon.boards.reconcile import Known
from daemon.errors import SpoiledError
from daemon.fs import atomic
from daemon.protocol.json_object import JsonObject
from daemon.root import state_files
from daemon.root.layout import Layout
from daemon.worker.pace import Pass

FOLDER = "boards"
SUFFIX = ".json"
SCHEMA = 3

MOST = 100_000_000
"""Bytes of a line of such a file."""

_TEXTS = ("folder", "board", "project", "looks", "settings", "engine", "model")
_NUMBERS = ("inode", "place", "withdrawn")


class WantedTake(NamedTuple):
    """A picture: its `id`, its `name` without ending, what the board calls it (`plain`: without a
    version), what it costs (`passes`), how it `ended`, if it has, and what it `lacks`, if it can't
    be made before that is there: its `id` will then be another."""

    id: str
    name: str
    plain: str
    passes: tuple[Pass, ...] = ()
    ended: Made | None = None
    lacks: str = ""


class WantedShot(NamedTuple):
    """A shot and its takes; `follows` is the shot whose picture `needs` (an id) it waits for;
    `words` are its prompt's first."""

    id: str
    words: str
    takes: tuple[WantedTake, ...]
    follows: str = ""
    needs: str = ""


@dataclass(frozen=True, slots=True)
class Account:
    """One board, in the `folder` of `boards/` of that name. `project` is its folder in inbox and
    outbox; `looks` how its files looked; of the journal all up to `place` in the file `inode` is
    counted in; `withdrawn` are the pictures that it took back and no longer wants; `settings` how
    those looked, `engine` and `model` what the daemon was started with instead of theirs, "" if it
    was not."""

    folder: str
    board: str
    project: str
    looks: str
    shots: tuple[WantedShot, ...]
    inode: int = -1
    place: int = 0
    withdrawn: int = 0
    settings: str = ""
    engine: str = ""
    model: str = ""

    @property
    def takes(self) -> Iterator[tuple[WantedShot, WantedTake]]:
        for shot in self.shots:
            for take in shot.takes:
                yield shot, take


def looks_of_settings(layout: Layout) -> str:
    """The same of the settings, which hold for a daemon from its start."""
    try:
        facts = layout.settings_file.stat()
    except OSError:
        return ""
    return f"{facts.st_ino} {facts.st_size} {facts.st_mtime_ns}"


def write_account(layout: Layout, account: Account, page: JsonObject | None = None) -> bool:
    """Written whole, and not synced: it can be found out anew. `page` is what the board's page
    shows beyond it. False where the disk refuses."""
    lines = (json.dumps(each, separators=(",", ":")) for each in (_rows(account), page or {}))
    return atomic.write_cache(_file(layout, account.folder), "\n".join(lines).encode("ascii"))


def read_account(layout: Layout, folder: str) -> Account | None:
    """That of boards/FOLDER; None where there is none that can be used."""
    account = _read(_file(layout, folder))[0]
    return account if account is not None and account.folder == folder else None


def read_pages(layout: Layout) -> Iterator[tuple[Account, JsonObject]]:
    """Every account, with what its board's page shows beyond it; what can't be read is passed
    over."""
    with contextlib.suppress(OSError):
        for name in sorted(os.listdir(layout.state / FOLDER)):
            account, page = _read(layout.state / FOLDER / name, page=True)
            if account is not None:
                yield account, page


def _read(file: Path, *, page: bool = False) -> tuple[Account | None, JsonObject]:
    """An account, and the second line if it is asked for."""
    try:
        with state_files.opened(file) as lines:
            account = _account(json.loads(lines.readline(MOST)))
            told = json.loads(lines.readline(MOST)) if page else {}
    except (OSError, SpoiledError, TypeError, LookupError, ValueError, RecursionError):
        return None, {}
    return account, told if isinstance(told, dict) else {}


def has_accounts(layout: Layout) -> bool:
    """Whether any is written down."""
    with contextlib.suppress(OSError):
        return any(name.endswith(SUFFIX) for name in os.listdir(layout.state / FOLDER))
    return False


def sweep(layout: Layout, folders: Iterable[str]) -> None:
    """Take away the accounts of boards that are no more."""
    kept = {_file(layout, each).name for each in folders}
    with contextlib.suppress(OSError):
        for file in (layout.state / FOLDER).iterdir():
            if file.suffix == SUFFIX and file.name not in kept:
                file.unlink()


def _file(layout: Layout, folder: str) -> Path:
    """Named by a hash: a folder's name may be as long as a name can be."""
    name = hashlib.sha256(os.fsencode(folder)).hexdigest()[:32]
    return layout.state / FOLDER / f"{name}{SUFFIX}"


# --- as it lies on disk: rows, so that a thousand shots are read in milliseconds ------------------


def _rows(account: Account) -> dict[str, object]:
    costs: dict[tuple[Pass, ...], int] = {}
    shots = []
    for shot in account.shots:
        takes = [
            [take.id, take.name, take.plain, costs.setdefault(take.passes, len(costs)),
             take.lacks, *_end(take.ended)]
            for take in shot.takes
        ]  # fmt: skip
        shots.append([shot.id, shot.words, shot.follows, shot.needs, takes])
    head = {name: getattr(account, name) for name in (*_TEXTS, *_NUMBERS)}
    return {"schema": SCHEMA, **head, "costs": list(costs), "shots": shots}


def _account(body: object) -> Account:
    """Raises TypeError, LookupError, ValueError for what is none of ours."""
    if not isinstance(body, dict) or body["schema"] != SCHEMA:
        raise TypeError("it is of another version")
    costs = [tuple(_pass(each) for each in cost) for cost in body["costs"]]
    shots = tuple(
        WantedShot(
            _text(name), _text(words), tuple(_take(take, costs) for take in takes),
            _text(follows), _text(needs),
        )
        for name, words, follows, needs, takes in body["shots"]
    )  # fmt: skip
    folder, board, project, looks, settings, engine, model = (_text(body[name]) for name in _TEXTS)
    inode, place, withdrawn = (_number(body[name]) for name in _NUMBERS)
    return Account(
        folder, board, project, looks, shots, inode, place, withdrawn, settings, engine, model
    )


def _end(made: Made | None) -> tuple[str | int, ...]:
    return (made.state.value, made.image, made.job, made.reason, made.kept) if made else ()


def _take(row: list[object], costs: Sequence[tuple[Pass, ...]]) -> WantedTake:
    one, name, plain, cost, lacks, *end = row
    if not (isinstance(one, str) and isinstance(name, str) and isinstance(plain, str)):
        raise TypeError("it is no picture")  # checked at once, since there are thousands
    if type(cost) is not int:
        raise TypeError("it is no cost")
    ended = _made(name, end) if end else None
    return WantedTake(one, name, plain, costs[cost], ended, _text(lacks))


def _made(name: str, row: list[object]) -> Made:
    state, image, job, reason, kept = row
    return Made(Known(state), name, _text(image), _number(job), _text(reason), _text(kept))


def _pass(row: object) -> Pass:
    if not isinstance(row, list):
        raise TypeError("it is no pass")
    width, height, steps = row
    return _number(width), _number(height), _number(steps)


def _text(value: object) -> str:
    if not isinstance(value, str):
        raise TypeError("it is no text")
    return value


def _number(value: object) -> int:
    if type(value) is not int:
        raise TypeError("it is no number")
    return value

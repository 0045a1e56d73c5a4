"""What a person should look at, for the page: failures, files that nobody takes, boards that wait.

Told from the status file and from what lies in `boards/`. Knows no picture.
"""

from __future__ import annotations

import contextlib
from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass
from typing import NamedTuple

from daemon.boards.folder import Place, board_folders, looks_of, place_of
from daemon.fs.read import read_file
from daemon.protocol.json_object import JsonObject
from daemon.root.inbox_places import place_of as place_in_inbox
from daemon.root.layout import Layout
from daemon.root.letters import letter_of
from daemon.root.own_command import own_command, typed

MOST = 100
"""Of one kind that are told one by one."""

MAX_LETTER = 100_000


@dataclass(frozen=True, slots=True)
class Trouble:
    """`kind` is the word for it, `of` the folder of the outbox it belongs to ("" for none or
    several), `text` why; it is `count` pictures or files."""

    kind: str
    of: str
    text: str
    count: int = 1

    def to_json(self) -> JsonObject:
        return asdict(self)


def of_status(status: JsonObject) -> tuple[Trouble, ...]:
    """Those of the daemon's snapshot; of one of another version what can be read."""
    failed = [
        Trouble("failed", _page_of(_text(one, "project")), f"#{one.get('job')} {words}")
        for one in _listed(status.get("failed"))
        for words in [_said(one, "name")]
    ]
    ignored = [
        Trouble("ignored", _project(file), _sentence(file, one))
        for one in _listed(status.get("ignored"))
        for file in [_text(one, "file")]
    ]
    waiting = [
        Trouble("kept waiting", _project(_text(one, "file")), _said(one, "file"))
        for one in _listed(status.get("troubles"))
    ]
    totals = status.get("totals")
    number = totals.get("failed") if isinstance(totals, dict) else None
    return (
        *_some(failed, number, "failed/ holds them, each with a letter"),
        *_some(ignored, status.get("ignored_number"), "`hotfolder status --json` names them"),
        *_some(waiting, None, "`hotfolder status --json` names them"),
    )


class Known(NamedTuple):
    """What was read of a board: its `name` in the outbox, what its pictures lack, and how its files
    looked then."""

    name: str
    lacks: tuple[str, ...] = ()
    looks: str = ""


def of_boards(layout: Layout, known: Mapping[str, Known]) -> tuple[Trouble, ...]:
    """Boards that are paused, have a mistake or lack something; `known` is by the folder in
    `boards/`."""
    found: dict[str, list[Trouble]] = {kind: [] for kind in ("mistaken", "lacking", "paused")}
    for folder in board_folders(layout):
        place = place_of(layout.boards / folder)
        for one in _of_board(layout, place, known.get(folder, Known(folder))):
            found[one.kind].append(one)
    more = f"`{own_command(layout, 'status --json')}` names them"
    return tuple(one for kind in found.values() for one in _some(kind, None, more))


def _of_board(layout: Layout, place: Place, known: Known) -> Iterator[Trouble]:
    name, lacks = known.name, known.lacks
    if place.is_paused:
        resume = own_command(layout, f"resume {typed(place.folder.name)}")
        yield Trouble("paused", name, f"Nothing more is begun until `{resume}`.")
    why = _mistake(place) if place.file is not None else ""
    # where nothing was saved since, the letter tells of what is lacking, and of that alone
    if why and not (lacks and known.looks == looks_of(layout, place)):
        yield Trouble("mistaken", name, f"{name}: {why}")
    elif lacks:
        yield Trouble("lacking", name, f"{name}: {'; '.join(dict.fromkeys(lacks))}", len(lacks))


def _mistake(place: Place) -> str:
    """What the letter beside a board says in its first words, and where it lies; "" of none."""
    assert place.file is not None
    letter = letter_of(place.file)
    with contextlib.suppress(OSError):
        parts = read_file(letter, MAX_LETTER).decode("utf-8", "replace").split("\n\n")
        why = " ".join(parts[min(1, len(parts) - 1)].split())
        return f"{why} See boards/{place.folder.name}/{letter.name}."
    return ""


def _some(found: list[Trouble], number: object, where: str) -> Iterator[Trouble]:
    """The first of a kind, and a word for the rest."""
    shown = found[:MOST]
    yield from shown
    told = sum(one.count for one in shown)
    whole = sum(one.count for one in found)
    rest = (number if isinstance(number, int) and number > whole else whole) - told
    if rest and found:
        yield Trouble(found[0].kind, "", f"and {rest} more: {where}", rest)


def _said(one: JsonObject, key: str) -> str:
    return f"{_text(one, key)}: {_text(one, 'reason')}"


def _sentence(file: str, one: JsonObject) -> str:
    why = f"{file}: {_text(one, 'reason')}"
    return f"{why}{'' if why.endswith(('.', '?', '!')) else '.'} {_text(one, 'remedy')}".rstrip()


def _project(file: str) -> str:
    """The folder of the outbox to which pictures of this file of the inbox would go."""
    return _page_of(place_in_inbox(file.rpartition("/")[0]).project)


def _page_of(project: str) -> str:
    return project.partition("/")[0]


def _text(one: JsonObject, key: str) -> str:
    value = one.get(key)
    return value if isinstance(value, str) else ""


def _listed(value: object) -> list[JsonObject]:
    return [one for one in value if isinstance(one, dict)] if isinstance(value, list) else []

"""Boards on their pages: shots in order with what is still to come, and who is in them.

Reads what the keeper of boards has written down, and in the journal what became of each take. A
card without a picture has words; a small picture that stands for it may lie there (`DRAWN`).
"""

from __future__ import annotations

import contextlib
import hashlib
import json
import os
import time
from collections import deque
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING

from daemon.boards.account import FOLDER
from daemon.boards.key import id_read
from daemon.boards.made import MadeBefore
from daemon.boards.shown import read_shown
from daemon.fs import atomic
from daemon.page.data_files import make_below
from daemon.page.drawings import Wanted, draw, get_ready, sweep, wanted_of
from daemon.page.places import BOARD, data_of, drawn_of, look_of
from daemon.page.thumbs import make_thumb_of
from daemon.page.troubles import Known, Trouble, of_boards
from daemon.protocol.json_object import JsonObject
from daemon.root.layout import Layout

if TYPE_CHECKING:
    from daemon.thumbs.script.introductions import Introductions

ENDED = {"done": "done", "failed": "failed", "cancelled": "cancelled"}
"""What a card says of a take that the journal knows; of any other it is still to come."""

TO_COME = ("", "lacking")
"""States of takes that will have a picture once their time has come."""

Looks = tuple[tuple[str, str], ...]
"""Characters with their small pictures below the outbox."""


class BoardPages:
    """The boards of one root, as scripts beside the data of their pages."""

    def __init__(self, layout: Layout) -> None:
        self._layout = layout
        self.troubles: tuple[Trouble, ...] = ()
        """Boards that a person should look at, as they were at the last look."""
        self.to_come: frozenset[str] = frozenset()
        """The folders of those of which pictures are still to come."""
        self._made = MadeBefore(layout)
        self._seen: object = None
        self._told: dict[str, str] = {}
        self._wanted: dict[str, Wanted] = {}
        self._undrawn: deque[Wanted] = deque()
        self._unwanted: frozenset[str] = frozenset()
        self._has_looked = False
        self._is_ready = False

    def look(self) -> dict[str, str]:
        """Write what has changed; the mark of each board's script, by the folder of its page.
        Raises OSError."""
        files = self._layout.journal_file, self._layout.boards
        seen = (_stamps(self._layout), *map(_stamp, files), _folders(self._layout.boards))
        if seen != self._seen:
            self._has_looked = False
            self._made.read_on()
            self._wanted = {}
            boards = {str(one["project"]): one for one in read_shown(self._layout)}
            self.to_come = frozenset()
            told = {project: self._write(project, one) for project, one in boards.items()}
            self.troubles = of_boards(self._layout, dict(map(_known, boards.values())))
            self._told = dict.fromkeys(self._told, "") | told
            there = self._layout.outbox
            self._undrawn = deque(
                one for mark, one in self._wanted.items() if not (there / drawn_of(mark)).exists()
            )
            self._seen, self._has_looked = seen, True
        return self._told

    def sweep(self) -> None:
        """Take away drawings for which nobody has had a use since the last sweep."""
        if self._has_looked:
            self._unwanted = sweep(self._layout.outbox, self._wanted, self._unwanted)

    def draw(self, seconds: float, until: Callable[[], bool] = lambda: False) -> None:
        """Draw takes that are still to come, for about so many seconds, or `until` something else
        is due. Raises OSError."""
        end = time.monotonic() + seconds
        while self._undrawn and time.monotonic() < end:
            draw(self._layout.outbox, self._undrawn.popleft())
            self._seen = None
            if until():
                return

    def expect(self) -> None:
        """Get ready to draw as soon as there is a board: while it is being saved there is time."""
        if not self._is_ready and _has_entries(self._layout.boards):
            self._is_ready = True
            get_ready()

    def forget(self) -> None:
        """Write all of it anew at the next look."""
        self._seen = None
        self._told.clear()

    def _write(self, project: str, board: JsonObject) -> str:
        name = str(board.get("board"))
        cast = [self._character(each) for each in _items(board.get("cast"))]
        looks = tuple((str(one["name"]), str(one["look"])) for one in cast if one["look"])
        shots = self._shots(board, name, looks)
        if any(take["state"] in TO_COME for shot in shots for take in shot["takes"]):
            self.to_come |= {project}
        told = {
            "name": board.get("board"),
            "told": board.get("told"),
            "cast": cast,
            "shots": shots,
        }
        text = f"hotfolder.board({json.dumps(told)});\n".encode("ascii")
        mark = hashlib.sha256(text).hexdigest()[:12]
        if self._told.get(project) != mark:
            folder = self._layout.outbox / data_of(project)
            make_below(self._layout.outbox, folder)
            atomic.replace(folder / BOARD, text, sync=False)
        return mark

    def _shots(self, board: JsonObject, name: str, looks: Looks) -> list[JsonObject]:
        """In their order; whom one introduces the later ones are drawn with."""
        from daemon.thumbs.script.introductions import Introductions

        told, made = Introductions(), []
        for shot in _items(board.get("shots")):
            takes, said = list(_items(shot.get("takes"))), shot.get("told")
            scene = str(said.get("scene") or "") if isinstance(said, dict) else ""
            for one in takes[:1]:
                told.read(str(one.get("prompt") or ""), str(one.get("style") or ""), scene)
            made.append({**shot, "takes": [self._take(one, name, looks, told) for one in takes]})
        return made

    def _take(self, take: JsonObject, board: str, looks: Looks, told: Introductions) -> JsonObject:
        one = id_read(str(take.get("id")))
        made = self._made.of(one.board).get(one) if one is not None else None
        state = ENDED.get(made.state.value, "") if made is not None else ""
        said = {"key": take.get("key"), "take": take.get("take"), "label": take.get("label")}
        if state == "failed" and made is not None:
            said["why"] = made.reason
        if state == "done" and made is not None:
            said["image"] = made.image
        if not state and take.get("lacks"):
            state, said["why"] = "lacking", take.get("lacks")
        if state != "done":
            known = told.known_in(str(take.get("prompt") or ""))
            drawn = drawn_of(str(take.get("key")))
            if (wanted := wanted_of(take, board, looks, known)) is not None:
                self._wanted[wanted.mark] = wanted
                drawn = drawn_of(wanted.mark)
            if (self._layout.outbox / drawn).exists():
                said["drawn"] = drawn
        return {**said, "state": state}

    def _character(self, character: JsonObject) -> JsonObject:
        look, small = str(character.get("look") or ""), ""
        if look:
            small = look_of(look, _stamp(Path(look)))
            if not make_thumb_of(self._layout.outbox, Path(look), small):
                small = ""
        return {"name": character.get("name"), "look": small}


def _known(board: JsonObject) -> tuple[str, Known]:
    """By a board's folder what was read of it, and what each picture lacks that does lack
    something."""
    takes = (take for shot in _items(board.get("shots")) for take in _items(shot.get("takes")))
    found = tuple(str(take["lacks"]) for take in takes if take.get("lacks"))
    return str(board.get("folder")), Known(str(board["project"]), found, str(board["looks"]))


def _items(value: object) -> Iterator[JsonObject]:
    for each in value if isinstance(value, list) else ():
        if isinstance(each, dict):
            yield each


def _has_entries(folder: Path) -> bool:
    with contextlib.suppress(OSError), os.scandir(folder) as entries:
        return next(entries, None) is not None
    return False


def _folders(boards: Path) -> list[tuple[str, int]]:
    """When something was put into each board's folder or taken away: a pause, a letter."""
    found: list[tuple[str, int]] = []
    with contextlib.suppress(OSError), os.scandir(boards) as entries:
        for entry in entries:
            with contextlib.suppress(OSError):
                found.append((entry.name, entry.stat().st_mtime_ns))
    return sorted(found)


def _stamps(layout: Layout) -> list[tuple[str, object]]:
    found: list[tuple[str, object]] = []
    with contextlib.suppress(OSError):
        folder = layout.state / FOLDER
        found = sorted((name, _stamp(folder / name)) for name in os.listdir(folder))
    return found


def _stamp(file: Path) -> tuple[int, int, int]:
    try:
        facts = file.stat()
    except OSError:
        return 0, 0, 0
    return facts.st_ino, facts.st_size, facts.st_mtime_ns

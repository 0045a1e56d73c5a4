"""What the daemon refuses or leaves lying in `boards/`, of files that could be read: for who asks
of one of them before it has come to that.

Asks the daemon's own rules; writes no letter.
"""

from __future__ import annotations

from collections.abc import Iterable
from contextlib import suppress
from functools import cached_property
from pathlib import Path

from daemon.boards.account import read_account
from daemon.boards.board_file import BoardReader
from daemon.boards.called import hides_its_name, perhaps_called
from daemon.boards.folder import Place, board_folders, looks_of, place_of
from daemon.boards.names import twin_refused
from daemon.boards.second_files import is_certain, second_refused
from daemon.boards.strays import beside_folders, hidden_folder, in_folder, nested
from daemon.errors import HotfolderError, JobError
from daemon.fs.naming import name_key
from daemon.inbox.remedies import Remedy
from daemon.plan.output_names import output_name
from daemon.root.layout import Layout


def may_be_called(layout: Layout, folder: str, key: str) -> bool:
    """Whether the board in that folder may have the name of this key. What a daemon wrote down of
    it tells, or its file's beginning; where neither does, it has to be read."""
    place, account = place_of(layout.boards / folder), read_account(layout, folder)
    names = perhaps_called(place) | ({account.board, account.project} if account else set())
    if key in _keys(names):
        return True
    is_known = account is not None and account.looks == looks_of(layout, place)
    return not is_known and hides_its_name(place)


class Homes:
    """The folders of `boards/`, whose boards `reader` reads."""

    def __init__(self, layout: Layout, reader: BoardReader) -> None:
        self._layout = layout
        self._reader = reader
        self._names: dict[Path, str | None] = {}

    def left_lying(self, file: Path) -> JobError | None:
        """Why a file that lies in `boards/` is not read as a board there; None if it is, or where
        nothing is said of it because it is none."""
        file = file.absolute()
        if not file.is_relative_to(self._layout.boards) or self._reader.is_home(file):
            return None
        place = place_of(file.parent)
        is_second = file.name in place.others and is_certain(file)
        if is_second and place.file is not None and file.parent.parent == self._layout.boards:
            return second_refused(file.name, place.file.name)
        remedy = self._ignored(file, place)
        if remedy is None:
            return None
        return JobError(f"It is ignored where it lies: {remedy.reason}.", remedy=remedy.remedy)

    def twin(self, file: Path, called: str) -> JobError | None:
        """Why a board waits that lies in `boards/` in `file` and is `called` so: another has the
        name."""
        own, key = file.absolute().parent.name, name_key(output_name(called))
        if not self._reader.is_home(file):
            return None
        for place in (*self._by_name.get(key, ()), *self._unsure):
            if place.folder.name < own and self._called(place) == key:
                return twin_refused(called, place.folder.name)
        return None

    # --- inside -------------------------------------------------------------------------------

    def _ignored(self, file: Path, place: Place) -> Remedy | None:
        boards, folder = self._layout.boards, file.parent
        if any(part.startswith(".") for part in folder.relative_to(boards).parts):
            return hidden_folder()
        if folder == boards:
            found = dict(beside_folders(boards))
        elif folder.parent == boards:
            found = dict(in_folder(boards, folder.name))
        else:
            is_board = place.file == file and is_certain(file)
            return nested(folder.name) if is_board else None
        return found.get(f"boards/{file.relative_to(boards).as_posix()}")

    @cached_property
    def _by_name(self) -> dict[str, list[Place]]:
        """The boards by all that each may be called, so that few are read to find a twin."""
        found: dict[str, list[Place]] = {}
        for name in board_folders(self._layout):
            place = place_of(self._layout.boards / name)
            if place.file is not None:
                for key in _keys(perhaps_called(place)):
                    found.setdefault(key, []).append(place)
        return found

    @cached_property
    def _unsure(self) -> list[Place]:
        """The boards that may have any name, as long as nobody has read them."""
        places = (place_of(self._layout.boards / each) for each in board_folders(self._layout))
        return [place for place in places if hides_its_name(place)]

    def _called(self, place: Place) -> str | None:
        """The key of a board's name; None if it can't be read: it takes its name from none."""
        assert place.file is not None
        if place.file not in self._names:
            self._names[place.file] = None
            with suppress(HotfolderError, OSError, ValueError):
                (key,) = _keys([self._reader.board(place.file).name])
                self._names[place.file] = key
        return self._names[place.file]


def _keys(names: Iterable[str]) -> set[str]:
    """By what names of boards are compared."""
    return {name_key(output_name(each)) for each in names}

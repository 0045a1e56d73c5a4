"""The boards that lie in `boards/`, each read anew once its files lie still.

Reads in a thread of its own, so that a large board holds nobody up. What can't be read has a letter
beside it, and its last reading is not compared with anything until it is mended. Drops nothing.
"""

from __future__ import annotations

import concurrent.futures
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

from daemon.boards.board import Board
from daemon.boards.board_file import perhaps_called
from daemon.boards.folder import UNKNOWN, Place, Stamp, places, stamp, times_of
from daemon.boards.key import TakeId, board_in_ids
from daemon.boards.letters import put_letter, remove_letter
from daemon.boards.reconcile import Difference
from daemon.boards.second_files import tell_of_others
from daemon.boards.strays import Strays
from daemon.boards.wanted import Picture, lora_files, pictures_of
from daemon.errors import JobError, NotYetError, SetupError, StillLookingError, unreadable
from daemon.fs.moment import Moment
from daemon.fs.naming import name_key
from daemon.fs.read import read_regular
from daemon.inbox.candidates import is_project
from daemon.notify.events import Event, Warned
from daemon.plan.output_names import output_name
from daemon.plan.prepare import Preparer
from daemon.root.inbox_places import is_special
from daemon.root.layout import Layout

AGAIN = 5.0
"""Seconds until a picture that is not there, or a model, is asked for again."""

MOST_PICTURES = 60_000
"""Of all boards together: each picture that is watched over costs the daemon some 4 KB."""


@dataclass(slots=True)
class Living:
    """One board: `seen` is how its files looked last and since when, `read` how they looked when
    they were read; `is_wrong` if they could not be, and `board` is what they said before;
    `pictures` is None while they must be looked for; of those in `faults` no job can be made, until
    then (monotonic); `loras` are the files that they wear."""

    place: Place
    seen: Stamp = ()
    since: float = 0.0
    read: Stamp = ()
    reading: concurrent.futures.Future[Board] | None = None
    is_wrong: bool = False
    is_twin: bool = False
    board: Board | None = None
    pictures: dict[TakeId, Picture] | None = None
    error: JobError | None = None
    not_before: float = 0.0
    todo: Difference = field(default_factory=Difference)
    faults: dict[TakeId, float] = field(default_factory=dict)
    loras: tuple[Path, ...] = ()

    @property
    def is_unread(self) -> bool:
        """Whether it must be read, or its pictures looked for."""
        return self.place.file is not None and self.pictures is None

    @property
    def is_changing(self) -> bool:
        """Whether its files have changed since they were read."""
        return self.place.file is not None and self.seen != self.read

    @property
    def project(self) -> str:
        return output_name(self.board.name) if self.board else ""


class LivingBoards:
    """The boards of one root. `read` reads one, in a thread; `settle` is for how long (seconds) its
    files must lie still before. `boards` are those that there are, by folder."""

    def __init__(
        self,
        layout: Layout,
        preparer: Preparer,
        read: Callable[[Path], Board],
        emit: Callable[[Event], None],
        *,
        settle: float,
    ) -> None:
        self._layout = layout
        self._preparer = preparer
        self._read = read
        self._emit = emit
        self._settle = settle
        self._threads = concurrent.futures.ThreadPoolExecutor(1, "boards")
        self._strays = Strays(layout, lambda text: emit(Warned(text)))
        self.boards: dict[Path, Living] = {}

    @property
    def are_done(self) -> bool:
        """Whether nothing is left of any that could be made."""
        return not any(
            each.is_changing
            or (not each.error and (each.is_unread or each.todo.drop or each.todo.under_way))
            for each in self.boards.values()
        )

    def stop(self) -> None:
        self._threads.shutdown(wait=False, cancel_futures=True)

    def look(self, at: Moment) -> bool:
        """Read what has changed; False if it can't be told now which boards there are. Raises
        OSError."""
        if not self._find():
            return False
        for living in self.boards.values():
            self._tend(living, at)
        self._refuse_twins()
        self._strays.look(at)
        return True

    def tell(self, living: Living, error: JobError) -> None:
        """Put a letter beside a board: of one of its pictures, the others are made all the same.
        Raises OSError."""
        living.error, file = error, living.place.file
        if file is None:
            return
        try:
            source = None if error.file else read_regular(file, limit=10_000_000)
        except OSError:
            source = None
        if put_letter(file, error, source):
            shown = file.relative_to(self._layout.root).as_posix()
            self._emit(Warned(f"{shown} waits: {error}"))

    def names(self) -> set[str] | None:
        """What every board is called in the ids of its jobs; None while one is being read for the
        first time. One with a mistake that was never read goes by all that it may be called."""
        names: set[str] = set()
        for living in self.boards.values():
            if living.board is not None:
                names.add(board_in_ids(living.board.name))
            elif living.error is not None or living.place.others == UNKNOWN:
                names.update(map(board_in_ids, perhaps_called(living.place)))
            elif living.place.file is not None:
                return None
        return names

    def _find(self) -> bool:
        """The boards that there are; False if that can't be told now."""
        found = places(self._layout)
        if found is None:
            return False
        by_folder = {place.folder: place for place in found}
        for folder in [each for each in self.boards if each not in by_folder]:
            del self.boards[folder]
        for folder, place in by_folder.items():
            living = self.boards.setdefault(folder, Living(place))
            living.place = place
        return True

    def _tend(self, living: Living, at: Moment) -> None:
        """Read a board anew once its files lie still, and find what its pictures are."""
        now = self._stamp(living)
        if now != living.seen:
            living.seen, living.since = now, at.now
        still = at.now - living.since >= self._settle
        if living.place.file is None:
            if still and not living.place.others:
                living.board, living.pictures, living.error = None, {}, None
            return
        if living.reading is None and still and living.read != now:
            living.read, living.pictures = now, None
            living.reading = self._threads.submit(self._read, living.place.file)
        if living.reading is not None and living.reading.done():
            self._take(living, living.reading)
        waits = living.reading or living.is_wrong or living.is_twin
        is_due = not waits and at.now >= living.not_before
        if is_due and living.board is not None and living.pictures is None:
            self._look_up(living, living.board, at)

    def _stamp(self, living: Living) -> Stamp:
        return (*stamp(self._layout, living.place), *times_of(living.loras))

    def _take(self, living: Living, reading: concurrent.futures.Future[Board]) -> None:
        living.reading, living.not_before, living.is_wrong = None, 0.0, True
        try:
            board = reading.result()
            self._check_room(living, board)
            living.board = board
            self._check_name(living)
            self._tell_of_others(living.place)
            living.is_wrong = False
            for text in living.board.warnings:
                self._emit(Warned(f"board {living.board.name}: {text}"))
        except FileNotFoundError:
            living.read = ()  # it is being saved
        except OSError as error:
            self._wrong(living, JobError(f"It can't be read: {error.strerror or error}."))
        except JobError as error:
            self._wrong(living, error)
        except Exception as error:  # no content may end the daemon; it is told to its author
            self._wrong(living, unreadable(error))

    def _tell_of_others(self, place: Place) -> None:
        for name in tell_of_others(place):
            shown = (place.folder / name).relative_to(self._layout.root).as_posix()
            self._emit(Warned(f"{shown} is not read: another board lives in that folder"))

    def _check_name(self, living: Living) -> None:
        """Raises JobError for a name that no folder of the inbox can have."""
        if not is_project(living.project) or is_special(living.project):
            raise JobError(
                f"A board can't be called {living.project}.",
                why="A folder of that name in the inbox has a meaning of its own.",
                remedy="Rename its folder, or write name: and another name at its top.",
            )

    def _check_room(self, living: Living, board: Board) -> None:
        """Raises JobError if `board` would be one too many to be kept in mind."""
        others = [each.board for each in self.boards.values() if each is not living and each.board]
        alive = board.pictures + sum(other.pictures for other in others)
        if alive > MOST_PICTURES:
            raise JobError(
                f"All boards together ask for more than {MOST_PICTURES:,} pictures.",
                why=f"With this one they would be {alive:,}.",
                remedy="Move boards that are finished out of boards/; their pictures stay.",
            )

    def _look_up(self, living: Living, board: Board, at: Moment) -> None:
        try:
            loras = lora_files(board, self._preparer)
            if loras != living.loras:
                was = living.seen == living.read
                living.loras, living.seen = loras, ()
                living.seen = self._stamp(living)
                living.read = living.seen if was else ()
            living.pictures = pictures_of(board, living.place.folder, self._preparer)
        except StillLookingError:
            return
        except (NotYetError, SetupError) as error:
            living.not_before = at.now + AGAIN
            self._wrong(living, as_job_error(error))
            return
        except JobError as error:
            living.not_before = at.now + AGAIN
            self._wrong(living, error)
            return
        living.error = None
        living.faults.clear()
        if living.place.file and remove_letter(living.place.file):
            self._emit(Warned(f"board {board.name} is mended"))

    def _wrong(self, living: Living, error: JobError) -> None:
        living.pictures = None
        self.tell(living, error)

    def _refuse_twins(self) -> None:
        """Of several boards of one name all but the first (by folder) have a letter and wait."""
        first: dict[str, Living] = {}
        for _, living in sorted(self.boards.items()):
            if living.board is None or living.is_wrong:
                continue
            other = first.setdefault(name_key(living.project), living)
            if other is living:
                living.is_twin = False  # whose pictures, if it was one, are looked for anew
            elif not living.is_twin:
                living.is_twin = True
                name = living.board.name
                self._wrong(living, JobError(
                    f"There is another board called {name}: {other.place.folder.name}/.",
                    why="Their pictures would lie in one folder.",
                    remedy="Rename this folder, or write name: and another name at its top.",
                ))  # fmt: skip


def as_job_error(error: JobError | SetupError) -> JobError:
    """What a letter can say of either."""
    return error if isinstance(error, JobError) else JobError(error.what, remedy=error.remedy)

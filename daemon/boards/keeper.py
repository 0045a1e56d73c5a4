"""Keeps every board alive: what a saved board lacks is dropped into the inbox as ordinary jobs.

Compares the files of `boards/` with journal, spool and inbox, and remembers nothing that these do
not say. Boards are read in a thread of their own, so that a large one holds nobody up; everything
else is done a little at a time by whoever calls `look`. Renders, claims and publishes nothing.
"""

from __future__ import annotations

import concurrent.futures
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from daemon.boards.board import Board
from daemon.boards.drops import Drops
from daemon.boards.folder import Place, Stamp, places, stamp
from daemon.boards.key import TakeId, board_in_ids
from daemon.boards.letters import put_letter, remove_letter
from daemon.boards.made import MadeBefore
from daemon.boards.reconcile import Difference, Known, reconcile
from daemon.boards.versions import Versions
from daemon.boards.wanted import Picture, job_of, pictures_of
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

BUDGET = 0.05
"""Seconds of dropping in one go."""

SOON = 0.05
AGAIN = 5.0
"""Seconds until a picture that is not there, or a model, is asked for again."""

Claimed = Mapping[TakeId, int]


@dataclass(frozen=True, slots=True)
class Hands:
    """What a keeper asks of the daemon: the claimed jobs of boards by id (None while one of them
    can't be told), to `cancel` one, to forget a waiting file that was `withdrawn`, and to look at
    one that has `arrived`."""

    claimed: Callable[[], Claimed | None]
    cancel: Callable[[int], None]
    withdrawn: Callable[[Path], None]
    arrived: Callable[[Path], None]


@dataclass(slots=True)
class _Living:
    """One board: `seen` is how its files looked last and since when, `read` how they looked when
    they were read; `pictures` is None while they must be looked for; of those in `faults` no job
    can be made, until then (monotonic)."""

    place: Place
    seen: Stamp = ()
    since: float = 0.0
    read: Stamp = ()
    reading: concurrent.futures.Future[Board] | None = None
    board: Board | None = None
    pictures: dict[TakeId, Picture] | None = None
    error: JobError | None = None
    not_before: float = 0.0
    todo: Difference = field(default_factory=Difference)
    faults: dict[TakeId, float] = field(default_factory=dict)

    @property
    def project(self) -> str:
        return output_name(self.board.name) if self.board else ""


class Keeper:
    """The boards of one root. `read` reads one, in a thread; `wake` is called when it has; `settle`
    and `interval` are in seconds: how long a file must lie still, and how often to look."""

    def __init__(
        self,
        layout: Layout,
        preparer: Preparer,
        read: Callable[[Path], Board],
        hands: Hands,
        emit: Callable[[Event], None],
        *,
        settle: float,
        interval: float,
    ) -> None:
        self._layout = layout
        self._preparer = preparer
        self._read = read
        self._hands = hands
        self._emit = emit
        self._settle = settle
        self._interval = min(interval, settle) if settle else interval
        self._made = MadeBefore(layout)
        self._drops = Drops(layout)
        self._boards: dict[Path, _Living] = {}
        self._threads = concurrent.futures.ThreadPoolExecutor(1, "boards")
        self._is_away = False
        self.due = 0.0
        """When to look again (monotonic)."""

    @property
    def is_idle(self) -> bool:
        """Whether nothing is left to be dropped that could be."""
        return all(each.error or not (each.todo.drop or each.pictures is None)
                   for each in self._boards.values() if each.place.file)  # fmt: skip

    def stop(self) -> None:
        self._threads.shutdown(wait=False, cancel_futures=True)

    def look(self, at: Moment) -> None:
        """Do what is due. Raises OSError."""
        if at.now < self.due:
            return
        began = time.monotonic()
        self.due = at.now + self._interval
        if not self._find():
            return
        for living in self._boards.values():
            self._tend(living, at)
        self._refuse_twins()
        self._compare(at)
        self.due = max(self.due, at.now + 5 * (time.monotonic() - began)) if self.is_idle else (
            min(self.due, at.now + SOON))  # fmt: skip

    # --- reading ------------------------------------------------------------------------------

    def _find(self) -> bool:
        """The boards that there are; False if that can't be told now."""
        found = places(self._layout)
        self._is_away = found is None
        if found is None:
            return False
        by_folder = {place.folder: place for place in found}
        for folder in [each for each in self._boards if each not in by_folder]:
            del self._boards[folder]
        for folder, place in by_folder.items():
            living = self._boards.setdefault(folder, _Living(place))
            living.place = place
        return True

    def _tend(self, living: _Living, at: Moment) -> None:
        """Read a board anew once its files lie still, and find what its pictures are."""
        now = stamp(self._layout, living.place)
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
        is_due = living.reading is None and at.now >= living.not_before
        if is_due and living.board is not None and living.pictures is None:
            self._look_up(living, living.board, at)

    def _take(self, living: _Living, reading: concurrent.futures.Future[Board]) -> None:
        living.reading, living.not_before = None, 0.0
        try:
            living.board = reading.result()
            self._check_name(living)
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

    def _check_name(self, living: _Living) -> None:
        """Raises JobError for a name that no folder of the inbox can have."""
        if not is_project(living.project) or is_special(living.project):
            raise JobError(
                f"A board can't be called {living.project}.",
                why="A folder of that name in the inbox has a meaning of its own.",
                remedy="Rename its folder, or write name: and another name at its top.",
            )

    def _look_up(self, living: _Living, board: Board, at: Moment) -> None:
        try:
            living.pictures = pictures_of(board, living.place.folder, self._preparer)
        except StillLookingError:
            self.due = min(self.due, at.now + SOON)
            return
        except (NotYetError, SetupError) as error:
            living.not_before = at.now + AGAIN
            self._wrong(living, _as_job_error(error))
            return
        except JobError as error:
            living.not_before = at.now + AGAIN
            self._wrong(living, error)
            return
        living.error = None
        living.faults.clear()
        if living.place.file and remove_letter(living.place.file):
            self._emit(Warned(f"board {board.name} is mended"))

    def _wrong(self, living: _Living, error: JobError) -> None:
        living.pictures = None
        self._tell(living, error)

    def _tell(self, living: _Living, error: JobError) -> None:
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

    def _refuse_twins(self) -> None:
        """Of two boards of one name the second has a letter."""
        first: dict[str, _Living] = {}
        for living in self._boards.values():
            if living.board is None or living.pictures is None:
                continue
            other = first.setdefault(name_key(living.project), living)
            if other is not living:
                name = living.board.name
                self._wrong(living, JobError(
                    f"There is another board called {name}: {other.place.folder.name}/.",
                    why="Their pictures would lie in one folder.",
                    remedy="Rename this folder, or write name: and another name at its top.",
                ))  # fmt: skip
                living.read = living.seen

    # --- comparing ----------------------------------------------------------------------------

    def _compare(self, at: Moment) -> None:
        """Drop what is missing, stop what nobody wants, for as long as `BUDGET` allows."""
        claimed = self._hands.claimed()
        if claimed is None:
            self.due = min(self.due, at.now + SOON)
            return
        self._made.read_on()
        end = time.monotonic() + BUDGET
        for living in self._boards.values():
            if living.board is not None and living.pictures is not None:
                self._one(living, living.board, living.pictures, claimed, end, at)
        if not any(each.error or each.pictures is None for each in self._boards.values()):
            self._orphans(claimed)

    def _one(
        self,
        living: _Living,
        board: Board,
        pictures: dict[TakeId, Picture],
        claimed: Claimed,
        end: float,
        at: Moment,
    ) -> None:
        name = board_in_ids(board.name)
        waiting = dict(self._drops.waiting(living.project))
        ours = {one: made for one, made in self._made.jobs.items() if one.board == name}
        known = {str(one): made.state for one, made in ours.items()}
        known |= {str(one): Known.WAITING for one in waiting if one.board == name}
        known |= {str(one): Known.CLAIMED for one in claimed if one.board == name}
        wanted = [each.wanted for each in pictures.values()]
        living.todo = todo = reconcile(wanted, known, paused=living.place.is_paused)
        for one, path in waiting.items():
            if str(one) in todo.withdraw:
                self._withdraw(path)
        for one, number in claimed.items():
            if str(one) in todo.cancel:
                self._hands.cancel(number)
        names = {one: made.name for one, made in ours.items()}
        names |= {one: path.stem for one, path in waiting.items()}
        versions = Versions(names)
        missing = set(todo.drop)
        for one, picture in pictures.items():
            shown, version = versions.name(one, picture.shot.id, picture.take.name)
            is_due = at.now >= living.faults.get(one, 0.0)
            if str(one) in missing and is_due and time.monotonic() < end:
                self._drop(living, board, picture, shown, version, at)

    def _drop(
        self, living: _Living, board: Board, picture: Picture, name: str, version: int, at: Moment
    ) -> None:
        folder = living.place.folder
        try:
            followed = self._followed(picture)
            job, about = job_of(
                picture, board.name, name, version, folder, self._preparer, followed=followed
            )
        except StillLookingError:
            return
        except (JobError, SetupError) as error:
            living.faults[picture.id] = at.now + AGAIN
            self._tell(living, _as_job_error(error))
            return
        living.faults.pop(picture.id, None)
        path = self._drops.drop(picture.id, living.project, name, job, about)
        self._hands.arrived(path)

    def _followed(self, picture: Picture) -> tuple[str, str] | None:
        """(name, sha256) of the picture it follows, kept. Raises JobError where it is gone."""
        if picture.follows is None:
            return None
        image = self._made.jobs[picture.follows].image
        sha256 = self._preparer.keep(self._layout.outbox / image)
        return Path(image).name, sha256

    def _withdraw(self, path: Path) -> None:
        path.unlink(missing_ok=True)
        self._hands.withdrawn(path)

    def _orphans(self, claimed: Claimed) -> None:
        """Jobs of boards that are no longer there; not asked while one of them can't be read."""
        names = {board_in_ids(each.board.name) for each in self._boards.values() if each.board}
        for one, number in claimed.items():
            if one.board not in names:
                self._hands.cancel(number)
        gone = {one.board for one in (*self._made.jobs, *claimed)} - names
        for board in gone:
            for one, path in list(self._drops.waiting(board)):
                if one.board == board:
                    self._withdraw(path)


def _as_job_error(error: JobError | SetupError) -> JobError:
    return error if isinstance(error, JobError) else JobError(error.what, remedy=error.remedy)

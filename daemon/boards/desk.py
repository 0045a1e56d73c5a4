"""Boards as they were read last, each with what it wants: answers what is asked about them.

Lives in a process of its own, as long as that does; what it forgets costs time alone. Writes down
what each board wants; drops, claims and stops nothing.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from daemon.boards.asked import MOST_ACTS, Answer, Question, WaitingJob, Wrong
from daemon.boards.board import Board
from daemon.boards.board_file import BoardReader
from daemon.boards.bookkeeping import Bookkeeper, Started, names_of
from daemon.boards.comparing import Compared, compare
from daemon.boards.drops import WaitingJobs
from daemon.boards.key import TakeId, board_in_ids, id_read
from daemon.boards.lacking import Lack, wrong_of
from daemon.boards.letters import as_job_error, letter_text
from daemon.boards.made import MadeBefore
from daemon.boards.new_jobs import Fault, JobMaker
from daemon.boards.orders import read_orders
from daemon.boards.wanted import Picture, lora_files, pictures_of
from daemon.errors import JobError, SetupError, StillLookingError, unreadable
from daemon.fs.read import read_regular
from daemon.plan.output_names import output_name
from daemon.plan.prepare import Preparer
from daemon.root.layout import Layout
from daemon.sandbox.client import PATIENCE
from daemon.settings import Settings

MOST_QUOTED = 10_000_000
"""Bytes of a board of which a letter may quote a line."""

MOST_WARNINGS, LONGEST = 50, 500
"""Warnings of one board that are told, and letters of each."""


@dataclass(slots=True)
class _Known:
    """A board that was read; `pictures` are None until they are looked for, `faults` are those of
    which no job could be made."""

    file: Path
    board: Board
    pictures: dict[TakeId, Picture] | None = None
    loras: tuple[str, ...] = ()
    faults: dict[TakeId, Fault] = field(default_factory=dict)
    is_filling: bool = True

    @property
    def project(self) -> str:
        return output_name(self.board.name)


class Desk:
    """The boards of one root, for a daemon that is `started` so."""

    def __init__(self, layout: Layout, settings: Settings, started: Started) -> None:
        engine = started.engine or settings.engine
        self._layout = layout
        self._preparer = Preparer(
            layout, settings, engine=engine, model=started.model or None, patience=PATIENCE,
            drafts="boards",
        )  # fmt: skip
        models = self._preparer.models
        self._reader = BoardReader(layout, settings, models)
        self._made = MadeBefore(layout)
        self._waiting = WaitingJobs(layout)
        self._books = Bookkeeper(layout, models, self._made, started)
        self._makes = JobMaker(layout, self._preparer, self._made)
        self._boards: dict[str, _Known] = {}

    def read(self, asked: Question) -> Answer:
        """The board as it is now, but for what of it is a picture."""
        file = self._layout.boards / asked.folder / asked.file
        self._boards.pop(asked.folder, None)
        try:
            board = self._reader.board(file)
        except FileNotFoundError:
            return Answer(wrong=Wrong(is_gone=True))
        except OSError as error:
            return _wrong(file, JobError(f"It can't be read: {error.strerror or error}."))
        except JobError as error:
            self._preparer.models.forget()  # what it lacks may have come when it is asked again
            return _wrong(file, error)
        except MemoryError:
            raise
        except Exception as error:  # no content may end the process; it is told to its author
            return _wrong(file, unreadable(error))
        known = self._boards[asked.folder] = _Known(file, board)
        return Answer(
            board=board.name,
            project=known.project,
            pictures=board.pictures,
            warnings=tuple(text[:LONGEST] for text in board.warnings[:MOST_WARNINGS]),
        )

    def compare(self, asked: Question) -> Answer:
        """What is to be done for a board. What waits is looked at first, then what has ended: what
        is claimed and ends meanwhile is seen twice, and never missed."""
        known = self._boards.get(asked.folder)
        if known is None or known.file.name != asked.file:
            return Answer(is_unread=True)
        try:
            pictures = self._pictures(known, again=asked.again)
        except StillLookingError:
            return Answer(is_looking=True)
        except (JobError, SetupError) as error:
            self._preparer.models.forget()
            return _wrong(known.file, as_job_error(error))
        except (OSError, MemoryError):
            raise
        except Exception as error:  # as of reading
            return _wrong(known.file, unreadable(error))
        name = board_in_ids(known.board.name)
        waiting = {one: (path, looks) for one, path, looks in self._waiting.of(known.project)
                   if one.board == name}  # fmt: skip
        self._made.read_on()
        claimed = {one: each.name for each in asked.claimed
                   if (one := id_read(each.id)) is not None and one.board == name}  # fmt: skip
        orders = read_orders(self._layout, name)
        found = compare(
            self._layout, pictures, self._made.of(name), waiting, claimed, orders,
            paused=asked.is_paused,
        )  # fmt: skip
        return self._answer(asked, known, pictures, found)

    def sweep(self, asked: Question) -> Answer:
        """What waits for boards that are no more."""
        self._books.forget_others(asked.folders)
        for folder in self._boards.keys() - set(asked.folders):
            del self._boards[folder]
        self._made.read_on()
        claimed = {one.board for each in asked.claimed if (one := id_read(each.id)) is not None}
        gone = (self._made.boards.keys() | claimed | asked.left.keys()) - set(asked.names)
        found = [
            WaitingJob(str(one), path.relative_to(self._layout.inbox).as_posix(), looks)
            for board in sorted(gone)
            for one, path, looks in list(self._waiting.of(asked.left.get(board, board)))
            if one.board == board
        ]
        return Answer(withdraw=tuple(found[:MOST_ACTS]), more=len(found) > MOST_ACTS)

    # --- inside -------------------------------------------------------------------------------

    def _pictures(self, known: _Known, *, again: bool) -> dict[TakeId, Picture]:
        """Raises what `pictures_of` raises."""
        before = known.pictures
        again = again and any(each.lack for each in (before or {}).values())
        if before is None or again:
            if again:
                self._preparer.models.forget()  # what it lacks may have come
            known.loras = tuple(map(str, lora_files(known.board, self._preparer)))
            found = pictures_of(known.board, known.file.parent, self._preparer)
            if before is None or before.keys() != found.keys():
                known.pictures = found
        assert known.pictures is not None
        return known.pictures

    def _answer(
        self, asked: Question, known: _Known, pictures: dict[TakeId, Picture], found: Compared
    ) -> Answer:
        todo, folder = found.todo, known.file.parent
        drop = frozenset(todo.drop)
        due = {one: each for one, each in pictures.items() if str(one) in drop}
        room = self._room(known, asked.room, len(found.waiting)) if due else 0
        names = {}
        if due or not self._books.are_kept(folder, pictures):
            names = names_of(self._layout, known.board, pictures, found.names)
            plain = {one: name for one, (name, _) in names.items()}
            self._books.keep(folder, asked.looks, known.board, pictures, plain)
        made = self._makes.jobs(known.board, folder, due, names, found.orders, known.faults, room)
        lost = {one: each.lack for one, each in known.faults.items() if one in due}
        return Answer(
            board=known.board.name,
            project=known.project,
            pictures=known.board.pictures,
            fault=self._lacking(known, pictures, lost),
            loras=known.loras,
            missing=len(due) - len(made.jobs) - len(lost),
            held=len(todo.held),
            under_way=len(todo.under_way),
            waiting=len(found.waiting),
            drops=made.jobs,
            withdraw=found.withdraw[:MOST_ACTS],
            refuse=found.refuse[:MOST_ACTS],
            hurry=found.hurry[:MOST_ACTS],
            stop=todo.cancel,
            cancel=found.cancel,
            spent=found.spent,
            more=made.is_cut or found.is_long,
            inode=self._made.inode,
            place=self._made.place,
        )

    def _lacking(
        self, known: _Known, pictures: Mapping[TakeId, Picture], lost: Mapping[TakeId, Lack]
    ) -> Wrong | None:
        """What is told of pictures that can't be made now, those `lost` among them."""
        lacks = {one: each.lack for one, each in pictures.items() if each.lack} | {**lost}
        if not lacks:
            return None
        told = [(pictures[one].shot.id, lack) for one, lack in lacks.items()]
        return wrong_of(known.file.name, _source(known.file), told)

    def _room(self, known: _Known, most: int, waiting: int) -> int:
        """For how many jobs there is room: once there are as many as may wait, for none until half
        of them are gone."""
        known.is_filling = waiting < most and (known.is_filling or waiting <= most // 2)
        return most - waiting if known.is_filling else 0


def _wrong(file: Path, error: JobError) -> Answer:
    source = None if error.file else _source(file)
    return Answer(wrong=Wrong(letter_text(file.name, error, source), str(error)[:2_000]))


def _source(file: Path) -> bytes | None:
    """What a letter quotes of."""
    try:
        return read_regular(file, limit=MOST_QUOTED)
    except OSError:
        return None

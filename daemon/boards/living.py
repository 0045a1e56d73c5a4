"""The boards that lie in `boards/`, each to be read anew once its files lie still.

Finds them and sees whether they have changed, a little at a time; keeps the letters beside those
with a mistake, whose last reading is not compared with anything until they are mended. Reads no
board itself, and drops nothing.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator

from daemon.boards.asked import Answer, Wrong
from daemon.boards.called import perhaps_called
from daemon.boards.folder import (
    UNKNOWN,
    Place,
    board_names,
    looks_around,
    looks_of_files,
    looks_together,
    looks_within,
    place_named,
)
from daemon.boards.key import board_in_ids
from daemon.boards.letters import letter_text, put_letter, remove_letter
from daemon.boards.living_board import Living
from daemon.boards.names import refused_name, twin_refused
from daemon.boards.second_files import tell_of_others
from daemon.boards.strays import Strays
from daemon.errors import JobError
from daemon.fs.moment import Moment
from daemon.fs.naming import name_key
from daemon.notify.events import BoardMended, BoardSaved, Event, Warned
from daemon.root.layout import Layout

MOST_PICTURES = 60_000
"""Of all boards together: each costs the process that reads them some 4 KB."""

MOST_BOARDS = 2_000
"""Each is looked at every few seconds."""

BUDGET = 0.05
"""Seconds of looking at boards in one go."""

CHANGING = 0.3
"""Seconds between looks at most while a board is being saved."""


class LivingBoards:
    """The boards of one root; `settle` is for how long (seconds) the files of one must lie still
    before it is read, `interval` between two looks at all of them. `boards` are those that there
    are, by the names of their folders."""

    def __init__(
        self,
        layout: Layout,
        emit: Callable[[Event], None],
        *,
        settle: float,
        interval: float,
    ) -> None:
        self._layout = layout
        self._emit = emit
        self.settle = settle
        self._interval = interval
        self._strays = Strays(layout, lambda text: emit(Warned(text)))
        self._round: Iterator[None] | None = None
        self._due = self._strays_due = self._cost = self._rested = 0.0
        self._is_asked = False
        self.is_complete = False
        """Whether all that there are have been found once."""
        self.boards: dict[str, Living] = {}

    @property
    def are_done(self) -> bool:
        """Whether nothing is left of any that could be made."""
        return self.is_complete and not any(
            each.is_changing
            or (each.is_planned and (each.missing or each.under_way))
            or (each.is_unread and not each.has_letter)
            for each in self.boards.values()
        )

    def due(self, now: float) -> float:
        """When to look again (monotonic)."""
        return now if self._round is not None else self._due

    def look(self, at: Moment) -> bool:
        """See what has changed; False if it can't be told now which boards there are. Raises
        OSError."""
        if self._round is None and at.now >= self._due:
            names = board_names(self._layout)
            if names is None:
                self.is_complete = True
                return False
            for gone in self.boards.keys() - set(names):
                del self.boards[gone]
            self._round, self._is_asked = self._all(names, at), False
        if self._round is not None:
            self._go_on(self._round, at)
        return True

    def look_at_once(self) -> None:
        """Look at all of them anew, whenever that was done last; a long look is rested from."""
        self._is_asked, self._due = True, self._rested

    def owes_a_look(self, now: float) -> bool:
        """Whether one is due, or was asked for and is not done yet (`now` monotonic)."""
        return self._is_asked or self.due(now) <= now

    def may_be_read(self, living: Living, at: Moment) -> bool:
        """Whether its files have changed since they were read, and lie still."""
        return living.is_changing and at.now - living.since >= self.settle

    # --- what is heard of one -----------------------------------------------------------------

    def was_read(self, living: Living, answer: Answer) -> None:
        """Take what a reading has found. Raises OSError."""
        living.is_read, living.is_wrong = True, True
        is_new, living.heard = living.heard != living.read, living.read
        if is_new:
            living.not_before = living.again_at = living.pause = 0.0
        if answer.wrong is not None:
            if answer.wrong.is_gone:
                living.is_read, living.read, living.heard = False, "", ""  # it is being saved
            else:
                self.tell(living, answer.wrong)
            return
        error = self._refused(living, answer)
        if error is not None:
            self.tell_error(living, error)
            return
        living.name, living.project = answer.board, answer.project
        living.pictures, living.is_wrong = answer.pictures, False
        for name in tell_of_others(living.place):
            shown = (living.place.folder / name).relative_to(self._layout.root).as_posix()
            self._emit(Warned(f"{shown} is not read: another board lives in that folder"))
        for text in answer.warnings if is_new else ():
            self._emit(Warned(f"board {living.name}: {text}"))
        self._refuse_twins()

    def was_compared(self, living: Living, fault: Wrong | None, at: Moment) -> None:
        """It is known which pictures it wants, and what keeps some of them from being made, if
        anything does. Raises OSError."""
        was_planned, living.is_planned = living.is_planned, True
        if fault is not None:
            living.again_at = living.again_at or at.now + living.longer_pause()
            self.tell(living, fault)
            return
        living.again_at = living.pause = 0.0
        if living.has_letter or not was_planned:
            living.has_letter = False
            if living.place.file and remove_letter(living.place.file):
                self._emit(BoardMended(living.name))

    def tell_error(self, living: Living, error: JobError) -> None:
        """As `tell`."""
        file = living.place.file
        if file is not None:
            self.tell(living, Wrong(letter_text(file.name, error, None), str(error)))

    def tell(self, living: Living, wrong: Wrong) -> None:
        """Put a letter beside a board that waits, or, once it is planned, one of whose pictures
        some do. Raises OSError."""
        is_new, living.has_letter, file = not living.has_letter, True, living.place.file
        living.perhaps = frozenset(map(board_in_ids, perhaps_called(living.place)))
        if file is not None and put_letter(file, wrong.letter, is_new=is_new):
            shown = file.relative_to(self._layout.root).as_posix()
            self._emit(Warned(f"{shown}{'' if living.is_planned else ' waits'}: {wrong.said}"))

    def names(self) -> set[str] | None:
        """What every board is called in the ids of its jobs; None while one is being read for the
        first time. One with a mistake that was never read goes by all that it may be called."""
        names: set[str] = set()
        for living in self.boards.values():
            if living.name:
                names.add(board_in_ids(living.name))
            elif living.has_letter or living.place.others == UNKNOWN:
                names |= living.perhaps or {board_in_ids(living.place.folder.name)}
            elif living.place.file is not None:
                return None
        return names if self.is_complete else None

    # --- inside -------------------------------------------------------------------------------

    def _go_on(self, going: Iterator[None], at: Moment) -> None:
        began = time.monotonic()
        for _ in going:
            if time.monotonic() >= began + BUDGET:
                self._cost += time.monotonic() - began
                return
        self._refuse_twins()
        self._round, self.is_complete = None, True
        self._cost += time.monotonic() - began
        changes = any(each.is_changing for each in self.boards.values())
        pause = min(self._interval, CHANGING) if changes else self._interval
        self._rested = at.now + 5 * self._cost
        self._due, self._cost = max(at.now + pause, self._rested), 0.0
        if self._is_asked:  # when some had been looked at already
            self.look_at_once()
        if at.now >= self._strays_due:
            began = time.monotonic()
            self._strays.look(at)
            self._strays_due = at.now + 20 * (time.monotonic() - began)

    def _all(self, names: list[str], at: Moment) -> Iterator[None]:
        around, number = looks_around(self._layout), 0
        for name in names:
            yield
            place = place_named(self._layout, name)
            if place is None:
                self.boards.pop(name, None)
                continue
            number += 1
            if number <= MOST_BOARDS:
                living = self.boards.setdefault(name, Living(place))
                living.place = place
                self._tend(living, around, at)
            elif place.file is not None:
                self.boards.pop(name, None)
                self._too_many(place)

    def _tend(self, living: Living, around: str, at: Moment) -> None:
        within = looks_within(living.place)
        now, loras = looks_together(around, within), looks_of_files(living.loras)
        if (now, loras) != (living.seen, living.seen_loras):
            living.seen, living.seen_loras, living.since = now, loras, at.now
        if within != living.within:
            living.within = within
            self._announce(living)
        is_still = at.now - living.since >= self.settle
        if living.place.file is None and is_still and not living.place.others:
            living.empty()

    def _announce(self, living: Living) -> None:
        """Once for all of a save; of boards that were there at the start there is nothing new."""
        if self.is_complete and living.place.file is not None and living.announced != living.read:
            living.announced = living.read
            self._emit(BoardSaved(living.name or living.place.folder.name))

    def _too_many(self, place: Place) -> None:
        assert place.file is not None
        error = JobError(
            f"There are more than {MOST_BOARDS:,} boards.",
            remedy="Move boards that are finished out of boards/; their pictures stay.",
        )
        if put_letter(place.file, letter_text(place.file.name, error, None)):
            shown = place.file.relative_to(self._layout.root).as_posix()
            self._emit(Warned(f"{shown} waits: {error}"))

    def _refused(self, living: Living, answer: Answer) -> JobError | None:
        """Why a board can't live here although it can be read."""
        if (error := refused_name(answer.project)) is not None:
            return error
        others = sum(each.pictures for each in self.boards.values() if each is not living)
        if others + answer.pictures > MOST_PICTURES:
            return JobError(
                f"All boards together ask for more than {MOST_PICTURES:,} pictures.",
                why=f"With this one they would be {others + answer.pictures:,}.",
                remedy="Move boards that are finished out of boards/; their pictures stay.",
            )
        return None

    def _refuse_twins(self) -> None:
        """Of several boards of one name all but the first (by folder) have a letter and wait."""
        first: dict[str, Living] = {}
        for _, living in sorted(self.boards.items()):
            if not living.name or living.is_wrong:
                continue
            other = first.setdefault(name_key(living.project), living)
            if other is living:
                living.is_twin = False  # whose pictures, if it was one, are looked for anew
            elif not living.is_twin:
                living.is_twin, living.is_planned = True, False
                self.tell_error(living, twin_refused(living.name, other.place.folder.name))

"""Keeps every board alive: what a saved board lacks is dropped into the inbox as ordinary jobs.

Has boards read and compared by a process of their own, one at a time, when something has changed;
does what that says, and keeps in mind how far each board is. Works a little at a time. Remembers
nothing that the files do not say. Renders, claims and publishes nothing.
"""

from __future__ import annotations

import time
from collections.abc import Sequence
from typing import Final

from daemon.boards.account import has_accounts
from daemon.boards.asked import COMPARE, READ, SWEEP, Answer, ClaimedAs, Question
from daemon.boards.deeds import Claimed, Deeds, Hands
from daemon.boards.key import board_in_ids
from daemon.boards.living import LivingBoards
from daemon.boards.living_board import Living
from daemon.boards.order_book import OrderBook
from daemon.boards.process import BoardProcess
from daemon.boards.signs import SignReader
from daemon.fs.moment import Moment
from daemon.root.layout import Layout

BUDGET: Final = 0.05
"""Seconds of dropping in one go."""

SOON = 0.05
"""Seconds between looks while an answer is waited for, or something is left to do."""

LOOKING = 0.3
"""Seconds until a board is asked about again of which a picture is being looked at."""

FOLLOWED = 0.3
"""Seconds between looks while a picture is made that another waits for."""

PATIENCE = 0.02
"""Seconds in which small boards are answered for."""

MOST_WAITING = 2_000
"""Jobs of one board that wait in the inbox; the rest is dropped as these are made."""

MOST_WAITING_OF_ALL = 5_000


class Keeper:
    """Keeps `living` alive; looks every `interval` seconds, or sooner while something is left."""

    def __init__(
        self,
        layout: Layout,
        living: LivingBoards,
        process: BoardProcess,
        hands: Hands,
        *,
        interval: float,
    ) -> None:
        self._layout = layout
        self._living = living
        self._process = process
        self._hands = hands
        self._interval = interval
        self._deeds = Deeds(layout, hands)
        self._orders = OrderBook(layout)
        self._signs = SignReader(layout)
        self._about: Living | None = None
        self._projects: dict[str, str] = {}
        self._swept: tuple[set[str], tuple[str, ...]] | None = None
        self._has_more_to_sweep = False
        self._turn = 0
        self._expects = False
        self.due = 0.0
        """When to look again (monotonic)."""

    @property
    def is_done(self) -> bool:
        """Whether nothing is left of any board that could be made."""
        return not self._expects and not self._is_busy and self._living.are_done

    def stop(self) -> None:
        self._process.close()

    def expect(self) -> None:
        """A board has come or changed: look at once, and be done with nothing before."""
        self._living.look_at_once()
        self._expects, self.due = True, 0.0

    def wake(self) -> None:
        """Look at once."""
        self._living.look_at_once()
        self.due = 0.0

    def order(self, verb: str, pictures: Sequence[str], ended: Sequence[int]) -> None:
        """Remember what a person asks of pictures, named by their ids, each with the number of its
        last job that has ended; it is done from the next look on. Raises OSError."""
        self._orders.add(verb, pictures, ended)
        self._signs.forget()
        self.wake()

    def look(self, at: Moment) -> None:
        """Do what is due. Raises OSError."""
        if at.now < self.due:
            return
        self.due = at.now + min(self._interval, SOON)  # if the disk refuses
        if not self._living.look(at):
            self.due = at.now + self._interval
            return
        self._signs.begin()
        end, has_asked = time.monotonic() + BUDGET, False
        while time.monotonic() < end:
            self._hear(at, PATIENCE if has_asked else 0.0)
            self._deeds.go_on(end - time.monotonic())
            if self._deeds.have_given_up():
                self._signs.forget()
            if self._is_busy:
                break
            has_asked = self._ask(at)
            if not has_asked:
                self._expects = self._expects and self._living.owes_a_look(at.now)
                self.due = self._next_look(at)
                break

    # --- asking -------------------------------------------------------------------------------

    @property
    def _is_busy(self) -> bool:
        return self._deeds.are_left or self._process.asked is not None

    def _next_look(self, at: Moment) -> float:
        boards = self._living.boards.values()
        times = (when for each in boards for when in (each.not_before, each.again_at))
        waits = [when for when in times if when > at.now]
        still = [each.since + self._living.settle for each in boards if each.is_changing]
        soonest = min([self._living.due(at.now), *waits, *still])
        held = any(each.held and each.under_way for each in boards)
        latest = at.now + (min(self._interval, FOLLOWED) if held else self._interval)
        return max(at.now + min(self._interval, SOON), min(soonest, latest))

    def _ask(self, at: Moment) -> bool:
        """Ask the next question; False if there is none. The boards take turns."""
        claimed = self._hands.claimed()
        if claimed is None:
            return False
        question = self._of_boards(claimed, at) or self._of_all(claimed)
        if question is None:
            return False
        self._process.ask(question)
        return True

    def _of_boards(self, claimed: Claimed, at: Moment) -> Question | None:
        boards = list(self._living.boards.values())
        waiting = sum(each.waiting for each in boards)
        for place in range(len(boards)):
            turn = (self._turn + place) % len(boards)
            question = self._of_board(boards[turn], claimed, waiting, at)
            if question is not None:
                self._turn = turn if question.verb == READ else turn + 1
                self._about = boards[turn]
                return question
        return None

    def _of_board(
        self, living: Living, claimed: Claimed, waiting: int, at: Moment
    ) -> Question | None:
        """About one of them, if anything has changed; of all boards so many jobs are `waiting`."""
        file, folder = living.place.file, living.place.folder.name
        if file is None:
            return None
        if self._living.may_be_read(living, at):
            living.read, living.read_loras = living.seen, living.seen_loras
            living.is_planned, living.is_read = False, False
            return Question(READ, folder, file.name)
        waits = living.is_wrong or living.is_twin or living.is_changing
        if not living.is_read or waits or at.now < living.not_before:
            return None
        room = max(0, min(MOST_WAITING, MOST_WAITING_OF_ALL - waiting + living.waiting))
        again = 0.0 < living.again_at <= at.now
        is_due = again or (living.is_starved and room > 0)
        if living.is_planned and not is_due and not self._signs.have_changed(living, at.now):
            return None
        living.again_at = 0.0 if again else living.again_at
        living.is_starved = room == 0
        self._signs.take(living, at.now)
        name = board_in_ids(living.name)
        return Question(
            COMPARE, folder, file.name,
            looks=living.read,
            is_paused=living.place.is_paused,
            claimed=tuple(
                ClaimedAs(str(one), job.name) for one, job in claimed.items() if one.board == name
            ),
            room=room,
            again=again,
        )  # fmt: skip

    def _of_all(self, claimed: Claimed) -> Question | None:
        """Whether something is left of boards that are no more."""
        names = self._living.names()
        if names is None:
            return None
        for one, job in claimed.items():
            if one.board not in names:
                self._hands.withdraw(job.number)
                self._has_more_to_sweep = True  # or it is given back, and waits
        boards = self._living.boards.values()
        self._projects |= {board_in_ids(each.name): each.project for each in boards if each.name}
        left = {name: project for name, project in self._projects.items() if name not in names}
        known = (names, tuple(left))
        may_be_left = any(known) or self._swept is not None or has_accounts(self._layout)
        if not self._has_more_to_sweep and (self._swept == known or not may_be_left):
            return None
        self._swept, self._has_more_to_sweep = known, False
        told = tuple(ClaimedAs(str(one), job.name) for one, job in claimed.items())
        folders = tuple(self._living.boards)
        return Question(SWEEP, claimed=told, folders=folders, names=tuple(names), left=left)

    # --- hearing ------------------------------------------------------------------------------

    def _hear(self, at: Moment, patience: float) -> None:
        asked, living = self._process.asked, self._about
        answer = self._process.hear(patience)
        if answer is None or asked is None:
            return
        if answer.trouble:
            self._has_more_to_sweep |= asked.verb == SWEEP
            self._signs.forget(living)
            number, words, file = answer.trouble
            raise OSError(int(number), str(words), str(file) or None)
        if asked.verb == SWEEP:
            self._swept_up(asked, answer)
        elif living is None or self._living.boards.get(asked.folder) is not living:
            return  # it is no more
        elif asked.verb == READ:
            self._living.was_read(living, answer)
        else:
            self._compared(living, answer, at)

    def _swept_up(self, asked: Question, answer: Answer) -> None:
        if answer.wrong is not None:  # it died over it; at the next change, once more
            return
        self._deeds.take("", answer)
        self._has_more_to_sweep |= answer.more
        if not answer.more:
            for name in asked.left:
                self._projects.pop(name, None)

    def _compared(self, living: Living, answer: Answer, at: Moment) -> None:
        if answer.is_unread:
            living.read = living.read_loras = ""
        elif answer.is_looking:
            living.not_before = living.again_at = at.now + LOOKING
        elif answer.wrong is not None:
            living.is_planned, living.is_wrong = False, answer.wrong.is_final
            living.not_before = at.now + living.longer_pause()
            self._living.tell(living, answer.wrong)
        elif answer.loras != living.loras:
            self._wears(living, answer)
        elif not living.is_changing:
            self._take(living, answer, at)

    def _wears(self, living: Living, answer: Answer) -> None:
        """Of what it wears the looks must be known before the content: it is read once more."""
        living.loras, living.read = answer.loras, ""
        self._living.look_at_once()

    def _take(self, living: Living, answer: Answer, at: Moment) -> None:
        self._living.was_compared(living, answer.fault, at)
        living.missing, living.held = answer.missing, answer.held
        living.is_starved = living.is_starved and answer.missing > 0
        living.under_way = answer.under_way + len(answer.drops)
        living.waiting = answer.waiting + len(answer.drops)
        if answer.spent:
            self._orders.strike(board_in_ids(living.name), answer.spent)
        self._projects[board_in_ids(living.name)] = living.project
        self._deeds.take(living.project, answer)
        if answer.more:
            self._signs.forget(living)

"""Pictures of boards as `hotfolder wait` sees them through: those that have a job, and those that
have none yet.

Looks at the files at moments in which the stream has nothing new to tell. Standard library only.
"""

from __future__ import annotations

import time
from collections.abc import Iterator
from dataclasses import dataclass

from daemon.boards.progress import Stage, TakeNow
from daemon.cli.board_words import Chosen
from daemon.cli.boards import PATIENCE, UNREAD, UNREAD_STILL, Boards
from daemon.cli.follow import Line, StreamFollower
from daemon.cli.progress import Progress
from daemon.errors import SetupError, UsageError
from daemon.protocol.outcome import Outcome
from daemon.root.layout import Layout
from daemon.root.letters import letter_of
from daemon.root.own_command import command_here, typed

LOOK = 0.5
"""Seconds between two looks at a board."""


@dataclass(frozen=True, slots=True)
class BoardEnd:
    """What there is of a board when nothing more of it is to come: absolute paths of its pictures,
    in its order, and a sentence for each that is not there."""

    pictures: tuple[str, ...]
    complaints: tuple[str, ...]


def see_through(
    layout: Layout, word: str, follower: StreamFollower, progress: Progress
) -> BoardEnd:
    """Wait until every picture that `word` means is there, or can't come. Raises SetupError if the
    board is paused, and as the follower does."""
    watch = _Watch(layout, word)
    for event in follower.until(watch.is_over):
        if _is_worth_telling(event, watch, progress):
            progress.show(event)
    if watch.is_paused:
        name = watch.chosen.board.folder if watch.chosen else word
        raise SetupError(
            f"The board {name} is paused.",
            remedy=f"Go on: {command_here(layout, f'resume {typed(name)}')}",
        )
    return watch.end()


class _Watch:
    """One word, looked at now and then."""

    def __init__(self, layout: Layout, word: str) -> None:
        self._layout, self._word = layout, word
        self._begun, self._looked = time.monotonic(), 0.0
        self._gone = ""
        self.chosen: Chosen | None = None

    def is_over(self, at_once: bool) -> bool:
        """Whether there is nothing to wait for; looks at the files if it is time to."""
        if time.monotonic() - self._looked < LOOK and not at_once:
            return False
        try:
            self.chosen = Boards(self._layout).named_by(self._word)
        except UsageError as error:
            self._gone = str(error)
            return True
        over = _is_settled(self.chosen) and not self._may_be_mended(self.chosen)
        self._looked = time.monotonic()
        return over or self.is_paused

    @property
    def is_paused(self) -> bool:
        """Whether pictures are to come, and won't until somebody says so."""
        chosen = self.chosen
        return chosen is not None and chosen.board.place.is_paused and not _is_settled(chosen)

    def end(self) -> BoardEnd:
        """What there is now."""
        chosen = self.chosen
        if chosen is None or self._gone:
            return BoardEnd((), (self._gone,))
        takes = list(chosen.takes)
        pictures = [
            str(self._layout.outbox / take.made.image)
            for take in takes
            if take.stage is Stage.DONE and take.made is not None
        ]
        return BoardEnd(tuple(pictures), tuple(_complaints(chosen)))

    def _may_be_mended(self, chosen: Chosen) -> bool:
        """Whether the letter about a board is older than what was saved since, so that a daemon
        may be about to read that."""
        file = chosen.board.place.file
        if not chosen.board.is_wrong or file is None or not self._is_early():
            return False
        try:
            letter = letter_of(file).stat().st_mtime_ns
            return file.stat().st_mtime_ns > letter
        except OSError:
            return False

    def _is_early(self) -> bool:
        return time.monotonic() - self._begun < PATIENCE


def _is_settled(chosen: Chosen) -> bool:
    """Whether nothing of it is to come. A picture that waits for another shot's comes as long as
    anything of the board does."""
    board = chosen.board
    if board.reason in (UNREAD, UNREAD_STILL) or (board.progress is None and not board.is_wrong):
        return False
    stages = {take.stage for take in chosen.takes}
    if Stage.HELD in stages and board.progress is not None:
        stages |= {take.stage for take in board.progress.takes}
    return not stages & {Stage.RUNNING, Stage.WAITING}


def _complaints(chosen: Chosen) -> Iterator[str]:
    if chosen.board.is_wrong:
        yield f"{chosen.board.name}: {chosen.board.reason}"
    for shot in chosen.shots:
        for take in shot.takes:
            if said := _complaint(take, shot.shot.follows):
                yield f"{chosen.name_of(take)} {said}"


def _complaint(take: TakeNow, follows: str) -> str:
    if take.stage is Stage.FAILED:
        return f"failed: {take.made.reason if take.made else ''}".rstrip(": ")
    if take.stage is Stage.CANCELLED:
        return "was cancelled"
    if take.stage is Stage.HELD:
        return f"waits until {follows} is made"
    if take.stage is Stage.LACKING:
        return f"waits: {take.take.lacks}"
    return ""


def _is_worth_telling(event: Line, watch: _Watch, progress: Progress) -> bool:
    """Of the board's jobs all on a terminal, whose bars they make; elsewhere only their ends."""
    if watch.chosen is None or event.get("project") != watch.chosen.board.name:
        return False
    return progress.has_bars or event.get("event") in set(Outcome)

"""`hotfolder first`: what waits goes before everything else.

An ordinary file moves into the same folder of `inbox/urgent/`, as a person would move it; of
pictures of a board the daemon is told, since some of them have no file yet.
"""

from __future__ import annotations

import argparse

from daemon.boards.orders import FIRST
from daemon.boards.progress import Progress, Stage, TakeNow
from daemon.cli.board_orders import give, lacking, pictures
from daemon.cli.board_words import Chosen
from daemon.cli.boards import Boards
from daemon.cli.chosen import choose
from daemon.cli.known_jobs import KnownJob
from daemon.cli.printing import say, say_error
from daemon.cli.wake import arrived, prepared_root
from daemon.errors import ExitCode
from daemon.root.layout import Layout
from daemon.root.lock import is_held
from daemon.root.own_command import command_here, typed
from daemon.root.turn import is_first, let_go_first

_TO_COME = (Stage.WAITING, Stage.HELD)


def first(arguments: argparse.Namespace) -> int:
    """Let what is named go first; 1 if one of it does not wait, 2 if a word means nothing, or
    several (then nothing is done)."""
    layout = prepared_root(arguments)
    meant = choose(layout, arguments.job, _waits, _is_to_come)
    for job in meant.others:
        state = job.state if job.is_over else "being worked on already"
        say_error(f"{job.label} does not wait: {state}.")
    good = not meant.others
    for job in meant.jobs:
        good &= _move(layout, job)
    for chosen in meant.pictures:
        good &= _order(layout, chosen)
    return ExitCode.OK if good else ExitCode.FAILED


def _waits(job: KnownJob) -> bool:
    return job.is_waiting


def _is_to_come(take: TakeNow) -> bool:
    return take.stage in _TO_COME and not take.is_claimed


def _move(layout: Layout, job: KnownJob) -> bool:
    file = layout.inbox / job.place
    if is_first(layout, file):
        say(f"{job.label} goes first already")
        return True
    try:
        target = let_go_first(layout, file)
    except FileNotFoundError:
        say_error(f"{job.label} has left the inbox this moment; see `hotfolder status`.")
        return False
    arrived(layout, target)
    say(f"{job.label} goes first, as {target.relative_to(layout.root).as_posix()}")
    return True


def _order(layout: Layout, chosen: Chosen) -> bool:
    progress = chosen.board.progress
    assert progress is not None
    takes = [take for take in chosen.takes if _is_to_come(take)]
    if left := lacking(chosen, "go first"):
        say_error(left)
    if not takes and left:
        return False
    if not takes:
        name = typed(chosen.board.name)
        see = command_here(layout, f"status {name}")
        say_error(f"Nothing of {chosen.label} waits; see `{see}`.")
        return False
    if (twin := Boards(layout).twin_of(chosen.board)) is not None:
        say_error(f"Nothing of {chosen.label} goes first, since the board waits. {twin}")
        return False
    before = _needed(progress, chosen)
    give(layout, FIRST, chosen, [*before, *takes])
    names = ", ".join(chosen.name_of(take) for take in before)
    after = f", after {names}, which it follows" if names else ""
    say(f"{chosen.label} goes first: {pictures(len(takes))}{after}")
    if chosen.board.place.is_paused:
        resume = command_here(layout, f"resume {typed(chosen.board.name)}")
        say_error(f"{chosen.board.name} is paused; `{resume}`.")
    elif not is_held(layout.lock_file):
        say_error("No daemon runs now; it is done once one does.")
    return not left


def _needed(progress: Progress, chosen: Chosen) -> list[TakeNow]:
    """The pictures that those chosen follow, and which are still to come, the first one first."""
    takes = {take.take.id: (shot, take) for shot in progress.shots for take in shot.takes}
    own = {take.take.id for take in chosen.takes}
    found: dict[str, TakeNow] = {}
    for each in chosen.shots:
        chain, needs = [], each.shot.needs
        while needs in takes and needs not in found:
            shot, take = takes[needs]
            if take.stage not in _TO_COME:
                break
            chain.append(take)
            needs = shot.shot.needs
        found |= {take.take.id: take for take in reversed(chain)}
    return [take for one, take in found.items() if one not in own]

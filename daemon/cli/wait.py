"""`hotfolder wait`: wait until jobs have ended, and print their pictures' paths.

A board is waited for until every picture that it wants is there, or can't come (`wait_boards`). The
journal tells of what is over, the stream of events of what is still to come. Reads a waiting or
claimed job file only where a word is no name, for its `id`.
"""

from __future__ import annotations

import argparse
from collections.abc import Sequence

from daemon.cli.boards import Boards
from daemon.cli.chosen import of_boards, of_jobs, of_pattern, own_places
from daemon.cli.follow import Dropped, Followed, StreamFollower, last_job, leaving
from daemon.cli.known_jobs import KnownJob
from daemon.cli.names import Names
from daemon.cli.printing import say, say_aside
from daemon.cli.progress import Progress
from daemon.cli.wait_boards import see_through
from daemon.cli.wake import existing_root
from daemon.errors import ExitCode, HotfolderError, SpoiledError
from daemon.fs.read import read_regular
from daemon.protocol.outcome import Outcome
from daemon.root.layout import Layout
from daemon.root.own_command import word_of
from daemon.spool.claim_files import read_ticket

MOST = 1_000_000
"""Bytes of a job file that is looked into."""


def wait(arguments: argparse.Namespace) -> int:
    """See through what is named; 1 if something of it failed or was cancelled, 2 if a word means
    none or several, 4 without a daemon, 5 if it is paused or blocked, 124 if the time is over."""
    layout = existing_root(arguments)
    follower = StreamFollower(layout, patience=arguments.timeout)  # first: nothing is missed
    after = last_job(layout)
    jobs, boards = _meant(layout, arguments.job)
    pending = [job for job in jobs if not job.is_over]
    ends = [_ended(layout, job) for job in jobs if job.is_over]
    for end in ends:
        _tell(end)
    good = all(end.is_good for end in ends)
    with leaving(layout, arguments.job), Progress() as progress:
        if pending:
            dropped = [_dropped(layout, job, after) for job in pending]
            for end in follower.see_through(dropped, progress):
                if end.board:
                    boards.append(end.board)
                    continue
                _tell(end)
                good &= end.is_good
        told: dict[str, None] = {}
        for word in dict.fromkeys(boards):
            seen = see_through(layout, word, follower, progress)
            say(*(each for each in seen.pictures if each not in told), flush=True)
            say_aside(*(each for each in seen.complaints if each not in told))
            told |= dict.fromkeys((*seen.pictures, *seen.complaints))  # two words may mean one
            good &= not seen.complaints
    return ExitCode.OK if good else ExitCode.FAILED


def _tell(end: Followed) -> None:
    say(*end.pictures, flush=True)
    if not end.is_good:
        label = f"#{end.job} {end.file.name}" if end.job else end.file.name
        say_aside(f"{label} {end.outcome or 'is gone'}: {end.reason}".rstrip(": "))


def _meant(layout: Layout, words: Sequence[str]) -> tuple[list[KnownJob], list[str]]:
    """The jobs that are named, each once: those under way, else those that have ended; and the
    words that mean boards, or something of them. Raises UsageError."""
    names, boards = Names(layout), Boards(layout, patiently=True)
    found: dict[KnownJob, None] = {}
    of_a_board = []
    for word in words:
        if fitting := of_pattern(names, boards, word, lambda job: not job.is_over):
            of_a_board += [word_of(chosen.label) for chosen in fitting.pictures]
            found |= dict.fromkeys(fitting.jobs)
            continue
        others = _beside_a_board(names, boards, word)
        if others is not None:
            of_a_board.append(word)
        found |= dict.fromkeys(_jobs(layout, names, boards, word) if others is None else others)
    return list(found), of_a_board


def _beside_a_board(names: Names, boards: Boards, word: str) -> list[KnownJob] | None:
    """Of a word that means a board, the other files that wait in a folder of its name; None of one
    that means none. Raises UsageError."""
    chosen = of_boards(names, boards, word, lambda _: False)
    if chosen is None:
        unread = None if names.knows(word) else boards.named(word.strip("/").partition("/")[0])
        return None if unread is None or unread.progress is not None else []
    inside = names.inside(chosen.board.name) if chosen.is_whole else []
    own = own_places(chosen)
    return [job for job in inside if not job.is_over and job.place not in own]


def _jobs(layout: Layout, names: Names, boards: Boards, word: str) -> list[KnownJob]:
    try:
        return list(of_jobs(names, boards, word, lambda job: not job.is_over))
    except HotfolderError:
        meant = [] if names.knows(word) else _of_id(layout, names, word)
        if not meant:
            raise
        return meant


# --- by the id that a job file gives itself -------------------------------------------------------


def _of_id(layout: Layout, names: Names, word: str) -> list[KnownJob]:
    """The job under way with this `id`; else the last that was done, or has ended, with it."""
    under_way, has_gone = [], False
    for job in names.jobs:
        try:
            under_way += [job] if not job.is_over and _has_id(layout, job, word) else []
        except FileNotFoundError:
            has_gone = True  # to the spool, or to its end, since the names were read
    if not under_way and has_gone and (again := Names(layout)).jobs != names.jobs:
        return _of_id(layout, again, word)
    over = [job for job in names.jobs if job.entry is not None and job.entry.id == word]
    done = [job for job in over if job.entry and job.entry.outcome is Outcome.DONE]
    return under_way or (done or over)[-1:]


def _has_id(layout: Layout, job: KnownJob, word: str) -> bool:
    """Raises FileNotFoundError where the job file is not there any more."""
    path = layout.inbox / job.place
    try:
        if job.number is not None:
            ticket = read_ticket(layout.spool / f"{job.number:06d}")
            path = layout.spool / f"{job.number:06d}" / f"job{ticket.suffix if ticket else ''}"
        data = read_regular(path, MOST)
    except FileNotFoundError:
        raise
    except (OSError, SpoiledError):
        return False
    return word.encode("utf-8", "replace") in data and _id_in(data, path.name) == word


def _id_in(data: bytes, name: str) -> str | None:
    """The `id` of a job file; None if it has none, or is no job."""
    from daemon.jobfile import tree
    from daemon.jobfile.document import read_table

    try:
        table = read_table(data, name)
    except HotfolderError:
        return None
    job = table.items.get("job")
    said = (job if isinstance(job, tree.Table) else table).items.get("id")
    value = said.value if isinstance(said, tree.Scalar) else None
    return value if isinstance(value, str) else None


# --- as they are followed -------------------------------------------------------------------------


def _ended(layout: Layout, job: KnownJob) -> Followed:
    assert job.entry is not None
    entry = job.entry
    good = entry.outcome is Outcome.DONE
    pictures = tuple(str(layout.outbox / image) for image in entry.images) if good else ()
    file = layout.inbox / job.place
    return Followed(file, job.number, entry.outcome, entry.reason, pictures)


def _dropped(layout: Layout, job: KnownJob, after: int) -> Dropped:
    return Dropped(layout.inbox / job.place, after, job=job.number, project=job.project)

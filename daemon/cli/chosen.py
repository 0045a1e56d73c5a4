"""Everything that the words of one command line mean: jobs, and pictures of boards.

The one place at which they meet: a board comes before a folder of its name, and a word that a shot
and another file bear is never guessed.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field

from daemon.boards.progress import TURNS, Stage, TakeNow
from daemon.cli.board_words import Chosen, SeenBoard, is_pattern, merged
from daemon.cli.boards import UNREAD, Boards
from daemon.cli.known_jobs import KnownJob
from daemon.cli.names import Names, job_number, several
from daemon.cli.printing import say_error
from daemon.errors import UsageError
from daemon.root.layout import Layout
from daemon.root.own_command import word_of
from daemon.text.counted import counted
from daemon.text.suggest import did_you_mean

Able = Callable[[KnownJob], bool]

_PLACES = ("inbox/", "done/", "failed/")


@dataclass(slots=True)
class Words:
    """What was meant: `jobs` that can be dealt with, `others` that were named and can't, and
    pictures of boards."""

    jobs: list[KnownJob] = field(default_factory=list)
    others: list[KnownJob] = field(default_factory=list)
    pictures: list[Chosen] = field(default_factory=list)


def choose(
    layout: Layout,
    words: Sequence[str],
    able: Able,
    is_open: Callable[[TakeNow], bool] = lambda _: True,
) -> Words:
    """All the words mean, each job once: those that `able` accepts are `jobs`. Of the boards that a
    pattern fits those of which no picture `is_open` are left out, unless it fits nothing else.
    Raises UsageError before anything is done."""
    names, boards = Names(layout), Boards(layout, patiently=True)
    found: dict[KnownJob, None] = {}
    meant = Words()
    for word in words:
        if fitting := of_pattern(names, boards, word, able):
            meant.pictures += _still_open(fitting, is_open)
            found |= dict.fromkeys(fitting.jobs)
            continue
        chosen = of_boards(names, boards, word, able)
        if chosen is not None:
            meant.pictures.append(chosen)
        else:
            found |= dict.fromkeys(of_jobs(names, boards, word, able))
    meant.pictures = merged(meant.pictures)
    meant.jobs = [job for job in found if able(job)]
    meant.others = [job for job in found if not able(job)]
    return meant


@dataclass(frozen=True, slots=True)
class Fitting:
    """What a pattern fits: boards or parts of them, and files that are not theirs."""

    pictures: list[Chosen]
    jobs: list[KnownJob]


def of_pattern(names: Names, boards: Boards, word: str, able: Able) -> Fitting | None:
    """What a pattern means that fits the name of a board; None of any other word. A board that
    nobody could read is left out, which is said. Raises UsageError where it alone fits."""
    if not is_pattern(word) or word.startswith(_PLACES):
        return None
    if names.bearing(word) or names.inside(word.rstrip("/")):  # a name first, that of a folder too
        return None
    found = boards.like(word)
    pictures = [each for each in found if each.board.progress is not None]
    unread = [_unread(each.board) for each in found if each.board.progress is None]
    own = frozenset[str]().union(*map(own_places, pictures))
    fitting = names.find(word, able) if found and names.knows(word) else []
    jobs = [job for job in fitting if able(job) and job.place not in own]
    for chosen in pictures:
        if chosen.is_whole:
            handled = own.union(job.place for job in jobs)
            _tell_of_others(chosen, names.inside(chosen.board.name), handled, able)
    for each in unread:
        if not pictures and not jobs:
            raise each
        say_error(f"{each} It is left out.")
    return Fitting(pictures, jobs) if found else None


def _still_open(fitting: Fitting, is_open: Callable[[TakeNow], bool]) -> list[Chosen]:
    """The boards with which something is left to be done, or of which is to be said what a picture
    lacks; all, where there is nothing else."""
    kept = [
        chosen
        for chosen in fitting.pictures
        if any(is_open(take) or take.stage is Stage.LACKING for take in chosen.takes)
    ]
    return kept if kept or fitting.jobs else fitting.pictures


def of_boards(names: Names, boards: Boards, word: str, able: Able) -> Chosen | None:
    """What `word` means of the boards, if it means something of them. Raises UsageError where a
    file bears the name as well, or a job the number."""
    if not word or word.startswith(_PLACES):
        return None
    if word.startswith("#"):
        return _numbered(names, boards, word)
    chosen = boards.find(word)
    if chosen is None:
        return boards.find_bare(word) if not names.knows(word) else None
    own = own_places(chosen)
    bearing = (job for job in names.bearing(word) if not job.is_over and job.place not in own)
    rivals = [job for job in bearing if not names.has_left(job)]  # to become this very board
    if rivals:
        raise several(word, [f"{chosen.label}  of the board {chosen.board.name}",
                             *(f"{job.label}  {job.state}" for job in rivals)])  # fmt: skip
    if chosen.is_whole:
        _tell_of_others(chosen, names.inside(chosen.board.name), own, able)
    return chosen


def _numbered(names: Names, boards: Boards, word: str) -> Chosen | None:
    """A board or a shot may be called #10, which is a number first. Raises UsageError where there
    is a job of that number."""
    number = job_number(word)
    jobs = [job for job in names.jobs if number is not None and job.number == number]
    if not jobs:
        return boards.find(word) or boards.find_bare(word)
    boards = boards.as_they_are()  # nobody who names a job waits for a board to be read
    whole = boards.named(word)
    if whole is not None:
        found = [Chosen(whole, whole.name, (), is_whole=True)]
    else:
        found = boards.bearing(word)
    if not found:
        return None
    owns = [word_of(chosen.label) for chosen in found]
    meanings = [f"{job.label}  {job.state}" for job in jobs]
    meanings += [f"{own}  of the board {c.board.name}" for own, c in zip(owns, found, strict=True)]
    own = found[0].typed if len(owns) == 1 else "BOARD/SHOT"
    raise several(word, meanings, f"Say which: {own}, or {number} for the job.")


def of_jobs(names: Names, boards: Boards, word: str, able: Able) -> Iterable[KnownJob]:
    """The jobs that `word` means. Raises UsageError, which knows boards too."""
    try:
        return names.find(word, able)
    except UsageError:
        first, _, rest = word.strip("/").partition("/")
        known = boards.named(first) if first and not names.knows(word) else None
        if known is not None and known.progress is None:
            raise _unread(known) from None
        if known is None and is_pattern(word):
            raise _fits_nothing(boards, word) from None
        board = known if rest else None
        if board is None and (guess := did_you_mean(word, boards.words())):
            raise UsageError(f"There is no job and no board `{word}`. {guess}") from None
        if board is None:
            raise
        raise UsageError(f"{boards.unknown_shot(board, rest)} No job is called so.") from None


def _unread(board: SeenBoard) -> UsageError:
    return UsageError(f"Nothing is known of the board {board.name}: {board.reason or UNREAD}.")


def _fits_nothing(boards: Boards, word: str) -> UsageError:
    """What to say of a pattern that fits no file and no board."""
    some = ", ".join(map(word_of, boards.folders[:8])) + (" …" if len(boards.folders) > 8 else "")
    there = f" There are the boards {some}." if some else ""
    return UsageError(
        f"No file and no board fits `{word}`.{there} `hotfolder status` lists what waits and what "
        "is worked on; in a pattern * stops at a /."
    )


def _tell_of_others(
    chosen: Chosen, inside: Iterable[KnownJob], own: frozenset[str], able: Able
) -> None:
    """A folder of the inbox that is called like a board may hold other jobs as well."""
    others = [job for job in inside if not job.is_over and able(job) and job.place not in own]
    if others:
        name, count = chosen.board.name, len(others)
        what = f"{counted(count, 'other file')} in inbox/{name}"
        say_error(
            f"{name} is a board, and is meant; {what} stay{'s' * (count == 1)} as "
            f"{'they are' if count > 1 else 'it is'} (inbox/{name} means the folder)."
        )


def own_places(chosen: Chosen) -> frozenset[str]:
    """Where the jobs of the whole board lie while they wait."""
    progress, project = chosen.board.progress, chosen.board.name
    names = [take.take.name for take in progress.takes] if progress else []
    return frozenset(
        f"{turn}{project}/{name}.json"
        for turn in ("", *(f"{each}/" for each in TURNS))
        for name in names
    )

"""From a board or a folder of the outbox to the panels that are handed over.

Reads records and the headers of pictures. What a board asks for by now is asked of the preparer;
where that can't be told, the pictures' names tell.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path

from daemon.boards.board import Board, Shot
from daemon.boards.key import TakeId
from daemon.boards.pictured import TakenPictures, pictures_below, recorded_pictures
from daemon.boards.wanted import Picture, pictures_of
from daemon.errors import HotfolderError, UsageError
from daemon.export.reel import Panel, Reel
from daemon.export.stills import size_of
from daemon.export.subject import Subject
from daemon.jobfile import Job
from daemon.jobfile.prompt_words import prompt_in_words
from daemon.plan.prepare import Preparer
from daemon.plan.sizes import picture_size
from daemon.records.record_file import record_beside
from daemon.root.inbox_places import FINAL
from daemon.thumbs.drawable import Drawable


def gather(subject: Subject, preparer: Preparer, *, seconds: float, final: bool) -> Reel:
    """The shots of a board in order, of each the picked take, else the first; or the pictures of a
    folder in the order of their jobs. `seconds` is for what does not say; the larger pictures are
    taken where there are any, if `final`. Raises UsageError where there is nothing."""
    if subject.board is not None and subject.file is not None:
        return _of_board(subject, subject.board, subject.file, preparer, seconds, final)
    panels = tuple(_of_folder(subject.folder, seconds, final))
    if not panels:
        raise UsageError(f"There is no picture in outbox/{subject.name} yet.")
    return Reel(subject.name, subject.folder, panels)


def taken_pictures(board: Board, folder: Path, file: Path, preparer: Preparer) -> TakenPictures:
    """What there is of the board in `file`, whose pictures lie in `folder`."""
    return TakenPictures(recorded_pictures(folder, board.name), _wanted(board, file, preparer))


def _wanted(board: Board, file: Path, preparer: Preparer) -> Mapping[TakeId, Picture]:
    try:
        return pictures_of(board, file.parent, preparer)
    except (HotfolderError, OSError):  # the model is not here
        return {}


def _of_board(
    subject: Subject, board: Board, file: Path, preparer: Preparer, seconds: float, final: bool
) -> Reel:
    taken = taken_pictures(board, subject.folder, file, preparer)
    panels, missing, old = [], [], []
    from daemon.thumbs.script.introductions import Introductions

    told = Introductions()
    for shot in board.shots:
        take = shot.takes[(shot.pick or 1) - 1]
        found = taken.of(shot, take, final=final)
        if found is None:
            missing.append(shot.id)
        elif not found.is_current:
            old.append(shot.id)
        first, scene = shot.takes[0].job, str(shot.told.get("scene", ""))
        told.read(first.sampling.prompt, first.style, scene)
        known = told.known_in(take.job.sampling.prompt)
        path = found.path if found else None
        panels.append(_panel(board, shot, path, seconds, preparer, known))
    remarks = []
    if missing:
        remarks.append(f"{_shots(missing)} no picture yet; a drawing of its words stands for it")
    if old:
        remarks.append(f"{_shots(old)} a picture of an earlier version; the new one is not there")
    return Reel(board.name, subject.folder, tuple(panels), board, file.parent, tuple(remarks))


def _panel(
    board: Board,
    shot: Shot,
    picture: Path | None,
    seconds: float,
    preparer: Preparer,
    known: tuple[tuple[str, str], ...],
) -> Panel:
    number = shot.pick or 1
    take = shot.takes[number - 1]
    job = take.job
    seed = job.seeds[0] if job.seeds else None
    return Panel(
        name=shot.id,
        picture=picture,
        seconds=float(shot.told.get("seconds", seconds)),
        size=(size_of(picture) if picture else None) or _asked(job, preparer),
        prompt=prompt_in_words(job.written) if job.written else shot.written,
        told=shot.told,
        take=take.name,
        seed=seed,
        drawable=Drawable(job.sampling.prompt, seed, number, board.name, job.style, known),
    )


def _asked(job: Job, preparer: Preparer) -> tuple[int, int] | None:
    """The size that its picture will have, as far as can be told."""
    try:
        return picture_size(job, preparer.models.card_for(job))[:2]
    except HotfolderError:  # the model is not here, or can't
        return (job.width, job.height) if job.width and job.height else None


def _shots(names: list[str]) -> str:
    shown = ", ".join(names[:8]) + (f" and {len(names) - 8} more" if len(names) > 8 else "")
    return f"shot {shown} has" if len(names) == 1 else f"shots {shown} have"


# --- a folder of the outbox -----------------------------------------------------------------------


def _of_folder(folder: Path, seconds: float, final: bool) -> Iterator[Panel]:
    """Every picture in it and below; those without a record come last, by name."""
    whole = [(path, record_beside(path)) for path in pictures_below(folder)]
    larger = {path.stem: path for path, _ in whole if path.parent.name == FINAL}
    own = [each for each in whole if each[0].parent.name != FINAL or folder.name == FINAL]
    ordered = sorted(own, key=lambda each: (_number(each[1]), each[0]))
    for path, record in ordered:
        job = record.get("job", {})
        notes = job.get("notes")
        seed = record.get("result", {}).get("seed")
        picture = larger.get(path.stem, path) if final else path
        yield Panel(
            name=path.relative_to(folder).with_suffix("").as_posix(),
            picture=picture,
            seconds=seconds,
            size=size_of(picture),
            prompt=_prompt(job),
            told={"notes": notes} if isinstance(notes, str) and notes else {},
            seed=seed if isinstance(seed, int) else None,
        )


def _number(record: Mapping[str, object]) -> float:
    result = record.get("result")
    number = result.get("job") if isinstance(result, dict) else None
    return number if isinstance(number, int) else float("inf")


def _prompt(job: Mapping[str, object]) -> str:
    written = job.get("written")
    said = (prompt_in_words(written) if isinstance(written, dict) else "") or job.get("prompt")
    return said if isinstance(said, str) else ""

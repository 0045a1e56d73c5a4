"""`hotfolder final`: finished pictures again, larger, by their names in the outbox.

A copy of each goes into `inbox/final/`, as a person would drop it; what becomes of it there is the
daemon's business.
"""

from __future__ import annotations

import argparse
import os
from collections.abc import Iterator
from pathlib import Path

from daemon.boards.progress import Stage
from daemon.cli.board_words import Chosen
from daemon.cli.boards import Boards
from daemon.cli.printing import say
from daemon.cli.wake import arrived, prepared_root
from daemon.errors import ExitCode, UsageError
from daemon.fs import atomic
from daemon.root import drop_notes
from daemon.root.create import make_folder
from daemon.root.inbox_places import FINAL
from daemon.root.layout import AGAIN_SUFFIXES, Layout
from daemon.root.own_command import command_here
from daemon.text.suggest import did_you_mean


def final(arguments: argparse.Namespace) -> int:
    """Drop the pictures that the words name. Of a folder those that have no final picture yet; all
    or nothing. 2 if a word names none."""
    layout = prepared_root(arguments)
    found = {path: None for word in arguments.picture for path in _named(layout, word)}
    if not found:
        say("every picture there has a final one already; name a single one to make it anew")
        return ExitCode.OK
    folder = layout.inbox / FINAL
    make_folder(layout, folder)
    for picture in found:
        draft = atomic.draft_beside(folder / "x")
        atomic.copy_new(picture, draft)
        try:
            target = drop_notes.drop(layout, draft, folder, picture.name, None)
        finally:
            draft.unlink(missing_ok=True)
        arrived(layout, target)
        say(target.relative_to(layout.root).as_posix())
    return ExitCode.OK


def _named(layout: Layout, word: str) -> list[Path]:
    """The pictures of a project or board, of a shot in it, or one picture. Raises UsageError."""
    boards = Boards(layout)
    chosen = None if _is_picture(layout, word) else boards.find(word)
    if chosen is not None and not (chosen.is_exact and _is_picture(layout, f"{word}.png")):
        return _of_board(layout, chosen)
    place = _below_the_outbox(layout, word)
    exact = place.with_name(f"{place.name}.png")
    if place.suffix.lower() in AGAIN_SUFFIXES and place.is_file():
        return [place]
    if exact.is_file():  # a name of a picture is no beginning of others
        return [exact]
    fitting = [] if place.is_dir() else boards.like(word)
    begun = [each for each in fitting if _made(each)]
    if fitting:
        return [one for each in begun or fitting for one in _of_board(layout, each)]
    if place.is_dir():
        pictures = list(_inside(place))
        if pictures:
            return [each for each in pictures if not _has_final(layout, each)]
    elif place.parent.is_dir():
        found = [each for each in _listed(place.parent) if _is_of(place.name, each.stem)]
        if found:
            return found
    raise UsageError(f"There is no picture {word} in the outbox. {_guess(layout, word)}".strip())


def _is_picture(layout: Layout, word: str) -> bool:
    """Whether it is the name of one picture, its ending with it, in the outbox or anywhere."""
    is_named = Path(word).suffix.lower() in AGAIN_SUFFIXES
    return is_named and ((layout.outbox / word).is_file() or Path(word).is_file())


def _of_board(layout: Layout, chosen: Chosen) -> list[Path]:
    """Of a board, or of a part of it, the pictures that it asks for now and that are made, not
    those of words that were changed since. Raises UsageError if there are none."""
    found = [layout.outbox / image for image in _made(chosen)]
    if not found:
        status = command_here(layout, f"status {chosen.typed}")
        raise UsageError(
            f"Nothing that the board {chosen.board.name} asks for now is made of {chosen.label}. "
            f"`{status}` says how far it is; a picture of older words is named as its file is, "
            "with its ending."
        )
    if chosen.is_whole:
        return [each for each in found if not _has_final(layout, each)]
    return found


def _made(chosen: Chosen) -> list[str]:
    """The pictures of a board that are made, by their places in the outbox."""
    made = [take.made for take in chosen.takes if take.stage is Stage.DONE]
    return [each.image for each in made if each is not None]


def _below_the_outbox(layout: Layout, word: str) -> Path:
    """A name there, or a path that leads there; a picture may lie anywhere. Raises UsageError."""
    typed = Path(word)
    if typed.suffix.lower() in AGAIN_SUFFIXES and typed.is_file():
        return typed.absolute()
    for place in (typed.absolute(), layout.outbox / word):
        clean = Path(os.path.normpath(place))
        if clean.is_relative_to(layout.outbox) and clean != layout.outbox:
            return clean
    raise UsageError(f"{word} leads out of the outbox. Name a project, a shot, or a picture.")


def _inside(folder: Path) -> Iterator[Path]:
    """Every picture of a project and of the folders in it, but those that are final."""
    for at, folders, _ in os.walk(folder):
        folders[:] = sorted(each for each in folders if each != FINAL and not each.startswith("."))
        yield from _listed(Path(at))


def _listed(folder: Path) -> list[Path]:
    return sorted(
        each
        for each in folder.iterdir()
        if each.suffix.lower() in AGAIN_SUFFIXES and not each.name.startswith(".")
    )


def _is_of(shot: str, stem: str) -> bool:
    """Whether a picture is one of that shot: 060.png, 060-2.png, 060-v2-1.png."""
    return stem == shot or stem.startswith(f"{shot}-")


def _has_final(layout: Layout, picture: Path) -> bool:
    """Whether there is one, by the name it would have."""
    place = picture.relative_to(layout.outbox).parent
    return any(
        (layout.outbox / folder / FINAL / f"{picture.stem}.png").exists()
        for folder in (place, place.parent)
    )


def _guess(layout: Layout, word: str) -> str:
    names = [each.name for each in layout.outbox.iterdir() if not each.name.startswith(".")]
    first, _, rest = word.strip("/").partition("/")
    if rest and (layout.outbox / first).is_dir():
        names = [f"{first}/{each.stem}" for each in _listed(layout.outbox / first)]
    return did_you_mean(word.strip("/"), names)

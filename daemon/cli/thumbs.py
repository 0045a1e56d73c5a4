"""`hotfolder thumbs`: storyboard thumbnails of a board, a job file or a text, drawn by rule.

Needs neither daemon nor model. What a board is `boards` knows, what words look like `thumbs`.
"""

from __future__ import annotations

import argparse
import os
import re
from collections.abc import Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from daemon.boards.board_file import BoardReader
from daemon.boards.folder import board_folders
from daemon.boards.formats.board_table import BOARD_SUFFIXES
from daemon.cli.check import foreseen
from daemon.cli.check_board import SeenBoard
from daemon.cli.checked_drawings import CheckedDrawings
from daemon.cli.checked_files import CheckedFile, checked_files, names_near
from daemon.cli.printing import say, say_aside
from daemon.cli.wake import named_root
from daemon.errors import ExitCode, SetupError, UsageError
from daemon.fs import atomic
from daemon.plan.plan import Plan
from daemon.plan.prepare import Preparer
from daemon.root.layout import Layout
from daemon.settings import read_settings
from daemon.thumbs.drawable import Drawable, scene_of

if TYPE_CHECKING:
    from daemon.thumbs.scene import Scene

LONGER_SIDE = 480
"""Pixels of a thumbnail."""
DOCUMENTS = (*BOARD_SUFFIXES, ".md")
"""Endings by which a word is known to name a file."""
ASPECT = (16, 9)
"""Of a text, which says no size."""


@dataclass(frozen=True, slots=True)
class Shot:
    """What a thumbnail is of, its `label` and its size."""

    label: str
    drawable: Drawable
    size: tuple[int, int]


def thumbs(arguments: argparse.Namespace) -> int:
    """Draw, write, and say what could not be drawn."""
    layout = named_root(arguments)
    shots = _shots(layout, arguments.what)
    drawn = [(shot, scene_of(shot.drawable)) for shot in shots]
    target = Path(arguments.output) if arguments.output else Path(_file_name(arguments.what))
    _write(target, drawn)
    for shot, scene in drawn:
        if scene.unknown:
            say_aside(f"{shot.label}: not drawn: {', '.join(scene.unknown)}")
    say(str(target))
    return ExitCode.OK


# --- what there is to draw ------------------------------------------------------------------------


def _shots(layout: Layout, what: str) -> list[Shot]:
    """Of a board or a file; what is neither is drawn as a text. Raises UsageError for a word that
    looks like the name of one, and is none."""
    settings = read_settings(layout.settings_file)
    preparer = Preparer(layout, settings, engine=settings.engine, model=None)
    with ExitStack() as stack:
        drawings = CheckedDrawings(layout, preparer.reader, stack)
        try:
            files = checked_files([what], stack, drawings.of, layout) if what.strip() else []
        except UsageError:
            if os.path.lexists(what) or _is_path(what):
                raise
            files = []
        if files:
            return _of_files(files, BoardReader(layout, settings, preparer.models), preparer)
    text = Shot("text", Drawable(what), _fitted(*ASPECT))
    if _is_a_word(what):
        _judge(what, text, layout)
    return [text]


def _of_files(files: Sequence[CheckedFile], boards: BoardReader, preparer: Preparer) -> list[Shot]:
    shots: list[Shot] = []
    for file in files:
        found = foreseen(preparer, boards, file)
        if isinstance(found, SeenBoard):
            shots += _of_board(found)
        elif isinstance(found, Plan):
            shots += _of_job(found, Path(file.shown).stem)
        elif isinstance(found, OSError):
            raise SetupError(f"{file.shown} can't be read: {found.strerror or found}.")
        else:
            raise found
    return shots


def _is_path(what: str) -> bool:
    """Whether it can only be meant as a file."""
    is_document = Path(what).suffix.casefold() in DOCUMENTS
    return not re.search(r"\s", what) and ("/" in what or is_document)


def _is_a_word(what: str) -> bool:
    """Whether it is one word, and so may be a name; a script that knows no capitals (Chinese, Thai)
    may write whole sentences so."""
    has_case = any(letter.lower() != letter.upper() for letter in what)
    return bool(what.strip()) and not re.search(r"\s", what) and (what.isascii() or has_case)


def _judge(what: str, text: Shot, layout: Layout) -> None:
    """Say what becomes of one word that names nothing. Raises UsageError for one that the drawings
    don't know either."""
    near = names_near(what, layout)
    if scene_of(text.drawable).unknown:
        some = ", ".join(board_folders(layout)[:8])
        known = near or (f"There are the boards {some}." if some else "")
        raise UsageError(
            f"There is no board and no file {what[:80]}, and no drawing of that word. "
            f'{known} A text to be drawn is words: "a boat at night".'.replace("  ", " ")
        )
    say_aside(f"There is no board and no file {what}: the word is drawn. {near}".rstrip())


def _of_board(seen: SeenBoard) -> list[Shot]:
    """One of each shot, its first take; a shot that can't be rendered yet is drawn as well."""
    from daemon.thumbs.script.introductions import Introductions

    planned = [row.plan.pictures[0].render for shot in seen.shots for row in shot.rows[:1]]
    usual = (planned[0].width, planned[0].height) if planned else ASPECT
    asked = {shot.shot.id for shot in seen.told}
    shots, told = [], Introductions()
    for shot in seen.shots:
        job = shot.shot.takes[0].job
        render = shot.rows[0].plan.pictures[0].render if shot.rows else None
        size = (render.width, render.height) if render else usual
        prompt = job.sampling.prompt
        seed = job.seeds[0] if job.seeds else None
        name = seen.board.name
        told.read(prompt, job.style, str(shot.shot.told.get("scene", "")))
        known = told.known_in(prompt)
        drawable = Drawable(prompt, seed, 1, name, job.style, known)
        if shot.shot.id in asked:
            shots.append(Shot(shot.shot.id, drawable, _fitted(*size)))
    return shots


def _of_job(plan: Plan, name: str) -> list[Shot]:
    several = len(plan.pictures) > 1
    return [
        Shot(
            f"{name} {number}" if several else name,
            Drawable(
                picture.render.sampling.prompt,
                picture.render.seed if picture.render.seed >= 0 else None,
                number,
            ),
            _fitted(picture.render.width, picture.render.height),
        )
        for number, picture in enumerate(plan.pictures, 1)
    ]


def _fitted(width: int, height: int) -> tuple[int, int]:
    share = LONGER_SIDE / max(width, height)
    return max(1, round(width * share)), max(1, round(height * share))


# --- drawing and writing --------------------------------------------------------------------------


def _file_name(what: str) -> str:
    """In the folder one stands in; never over a file that is there."""
    stem = Path(what).stem if " " not in what and len(what) < 80 else "thumbs"
    stem = f"{stem or 'thumbs'}-thumbs" if stem != "thumbs" else stem
    name, number = f"{stem}.png", 2
    while Path(name).exists():
        name, number = f"{stem}-{number}.png", number + 1
    return name


def _write(target: Path, drawn: list[tuple[Shot, Scene]]) -> None:
    """One picture: the thumbnail, or a sheet of them; into a folder each by itself."""
    from daemon.thumbs.drawing import draw
    from daemon.thumbs.sheet import encoded, sheet

    panels = [(shot.label, draw(scene, *shot.size)) for shot, scene in drawn]
    try:
        if target.is_dir():
            for label, panel in panels:
                name = "".join(
                    letter if letter.isalnum() or letter in " -_" else "-" for letter in label
                )
                atomic.replace(target / f"{name}.png", encoded(panel, ".png"), sync=False)
            return
        whole = panels[0][1] if len(panels) == 1 else sheet(panels)
        atomic.replace(target, encoded(whole, target.suffix.casefold()), sync=False)
    except OSError as error:
        raise SetupError(
            f"{target} can't be written: {error.strerror or error}.",
            remedy="Name a file in a folder that is there, with -o.",
        ) from error
    except ValueError as error:
        raise UsageError(f"-o {target}: {error}") from error

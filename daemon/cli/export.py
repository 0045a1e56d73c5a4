"""`hotfolder export`: a board or a project as one file, for an editor or a colleague."""

from __future__ import annotations

import argparse
from fractions import Fraction
from pathlib import Path

from daemon.boards.board_file import BoardReader
from daemon.cli.handed import subject
from daemon.cli.printing import say, say_aside
from daemon.cli.wake import existing_root
from daemon.errors import ExitCode
from daemon.export import film, shot_table, timeline
from daemon.export.gather import gather
from daemon.export.giveaway import giveaway
from daemon.export.package import Member, write_zip
from daemon.export.reel import Reel
from daemon.export.subject import preparer_as_last
from daemon.export.target import Target, target_of
from daemon.root.layout import Layout
from daemon.settings import read_settings

ENDINGS = {"fcpxml": ".xml"}
"""Of formats whose files end in something else than the format's name."""


def export(arguments: argparse.Namespace) -> int:
    """Write it; prints the path of every file that was written."""
    layout = existing_root(arguments)
    kind = arguments.to
    if kind in timeline.ADAPTERS:
        timeline.library(kind)
    settings = read_settings(layout.settings_file)
    preparer = preparer_as_last(layout, settings)
    named = subject(layout, BoardReader(layout, settings, preparer.models), arguments.name)
    program = film.ffmpeg() if kind == "mp4" else None
    given = arguments.output
    if kind == "mp4" and program is None:
        kind, given = "webp", _with_ending(given, ".webp")
        say_aside(film.GET_FFMPEG)
    ending = ENDINGS.get(kind, f".{kind}")
    target = target_of(layout, named.name, ending, given, force=arguments.force)
    reel = gather(named, preparer, seconds=arguments.seconds, final=arguments.final)
    for path in _write(kind, reel, target, layout, arguments.fps, program):
        say(str(path))
    for remark in _remarks(kind, reel):
        say_aside(f"{remark}.")
    return ExitCode.OK


def _write(
    kind: str, reel: Reel, target: Target, layout: Layout, fps: Fraction, program: str | None
) -> list[Path]:
    """What was written, the file that was asked for first."""
    if kind in timeline.ADAPTERS:
        return timeline.write_timeline(kind, reel, target, fps)
    if kind == "csv":
        return [target.put(shot_table.table(reel))]
    if kind == "zip":
        members = giveaway(reel, layout)
        return [target.write(lambda draft: _zip(draft, members))]
    if program is not None:
        return film.write_film(reel, target, fps, program)
    return [film.write_animation(reel, target, fps)]


def _zip(draft: Path, members: list[Member]) -> None:
    write_zip(draft, members)


def _remarks(kind: str, reel: Reel) -> list[str]:
    if kind == "csv":
        return shot_table.lost(reel)
    return [] if kind == "zip" else list(reel.remarks)


def _with_ending(given: str | None, ending: str) -> str | None:
    """The place that was named for a film, for what is made in its stead."""
    if given is None or Path(given).is_dir():
        return given
    return str(Path(given).with_suffix(ending))

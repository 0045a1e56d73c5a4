"""The options of `hotfolder export` and `hotfolder tidy`, each with its line of help."""

from __future__ import annotations

import argparse
import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from fractions import Fraction

MOST_ACROSS, MOST_DOWN = 12, 9
EXPORTS = ("otio", "otioz", "fcpxml", "edl", "csv", "mp4", "webp", "zip")

_EXPORT = """\
  otio otioz   OpenTimelineIO, alone or with the pictures in it (Resolve)
  fcpxml edl   Final Cut Pro 7's XML (Premiere, Resolve), and CMX 3600
  mp4          an animatic with subtitles that can be switched off; by ffmpeg
  webp         the same without ffmpeg and subtitles
  csv          a shot list; dropped, it is a board of the same shots, without style, cast, sizes
  zip          pictures, records, references and the board in one file

examples:
  hotfolder export ep03 --to otio
  hotfolder export ep03 --to mp4 --fps 25 -o /Volumes/share/ep03.mp4
"""

_TIDY = """\
Without an option nothing is moved. What a waiting or claimed job, or a board, still needs stays.

examples:
  hotfolder tidy
  hotfolder tidy ep03 --rejected
  hotfolder tidy ep02 --archive
  hotfolder tidy --caches --logs --yes
"""


def export_verb(export: argparse.ArgumentParser) -> None:
    """Add them all."""
    export.formatter_class = argparse.RawDescriptionHelpFormatter
    export.epilog = _EXPORT
    export.add_argument("name", metavar="NAME", help="a board, or a folder of the outbox")
    export.add_argument("--to", required=True, type=_kind, choices=EXPORTS, help="the kind of file")
    export.add_argument(
        "-o", "--output", metavar="FILE", help="file or folder (NAME in the folder you are in)"
    )
    export.add_argument("--fps", type=_fps, default="24", metavar="N", help="frames a second (24)")
    export.add_argument(
        "--seconds", type=_seconds, default=2.0, metavar="N", help="of what does not say (2)"
    )
    export.add_argument("--final", action="store_true", help="the larger pictures where there are")
    export.add_argument("--force", action="store_true", help="replace a file that is there")


def tidy_verb(tidy: argparse.ArgumentParser) -> None:
    """Add them all."""
    tidy.formatter_class = argparse.RawDescriptionHelpFormatter
    tidy.epilog = _TIDY
    tidy.add_argument("name", nargs="?", metavar="NAME", help="a board, or a folder of the outbox")
    into = tidy.add_argument_group("into the Trash")
    into.add_argument(
        "--rejected", action="store_true", help="takes of shots that have another one picked"
    )
    into.add_argument(
        "--references", action="store_true", help="kept references that nothing names any more"
    )
    into.add_argument("--caches", action="store_true", help="what is made anew when it is missed")
    into.add_argument("--logs", action="store_true", help="log files but the current ones")
    into.add_argument(
        "--done", action="store_true", help="job files that are done (no `retry` then)"
    )
    into.add_argument("--failed", action="store_true", help="job files that failed, and letters")
    put = tidy.add_argument_group("into an archive")
    put.add_argument(
        "--archive", action="store_true", help="all of NAME in one zip, then into the Trash"
    )
    put.add_argument("-o", "--output", metavar="FILE", help="(archive/NAME.zip in the root)")
    tidy.add_argument("--yes", action="store_true", help="don't ask")
    tidy.add_argument("--json", action="store_true", help="the same for programs")


def sheet_verb(sheet: argparse.ArgumentParser) -> None:
    """Those of the contact sheet."""
    sheet.add_argument("name", metavar="NAME", help="a board, or a folder of the outbox")
    sheet.add_argument(
        "--layout", type=_layout, default=(3, 2), metavar="3x2", help="panels across and down (3x2)"
    )
    sheet.add_argument("--pdf", action="store_true", help="as a PDF, by an installed browser")
    sheet.add_argument(
        "-o", "--output", metavar="FILE", help="file or folder (NAME in the folder you are in)"
    )
    sheet.add_argument("--final", action="store_true", help="the larger pictures where there are")
    sheet.add_argument("--force", action="store_true", help="replace a file that is there")


def _kind(word: str) -> str:
    """One of `EXPORTS`, or what argparse says is none; what other verbs make is named."""
    word = word.lower().removeprefix(".")
    if word in ("pdf", "html"):
        option = " --pdf" * (word == "pdf")
        raise argparse.ArgumentTypeError(f"a contact sheet is made by hotfolder sheet NAME{option}")
    return word


def _layout(text: str) -> tuple[int, int]:
    """Columns and rows of a page."""
    found = re.fullmatch(r"(\d{1,2})\s*[xX×]\s*(\d{1,2})", text.strip())
    columns, rows = (int(found[1]), int(found[2])) if found else (0, 0)
    if not (1 <= columns <= MOST_ACROSS and 1 <= rows <= MOST_DOWN):
        raise argparse.ArgumentTypeError(
            f"panels across and down, such as 3x2 ({MOST_ACROSS}x{MOST_DOWN} at most), not {text}"
        )
    return columns, rows


def _fps(text: str) -> Fraction:
    """Frames a second; 23.976 and its kin are what film means by them."""
    from fractions import Fraction

    try:
        rate = Fraction(text)
    except (ValueError, ZeroDivisionError):
        rate = Fraction(0)
    if not 1 <= rate <= 240:
        raise argparse.ArgumentTypeError(f"a number from 1 to 240, not {text}")
    of_film = Fraction(round(rate * Fraction(1001, 1000)) * 1000, 1001)
    is_of_film = rate.denominator != 1 and abs(rate - of_film) < Fraction(1, 100)
    return of_film if is_of_film else rate


def _seconds(text: str) -> float:
    """How long a picture is held."""
    try:
        seconds = float(text)
    except ValueError:
        seconds = 0.0
    if not 0 < seconds <= 86_400:
        raise argparse.ArgumentTypeError(f"a number of seconds above 0, not {text}")
    return seconds

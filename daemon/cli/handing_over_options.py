"""The options of `hotfolder export` and `hotfolder tidy`, each with its line of help."""

from __future__ import annotations

import argparse
from fractions import Fraction

EXPORTS = ("otio", "otioz", "fcpxml", "edl", "csv", "mp4", "webp", "zip")

_EXPORT = """\
  otio otioz   OpenTimelineIO, alone or with the pictures in it (Resolve)
  fcpxml edl   Final Cut Pro 7's XML (Premiere, Resolve), and CMX 3600
  mp4          an animatic with subtitles that can be switched off; by ffmpeg
  webp         the same without ffmpeg and subtitles
  csv          a shot list, which can be dropped as a board again
  zip          pictures, records, references and the board in one file

examples:
  hotfolder export ep03 --to otio
  hotfolder export ep03 --to mp4 --fps 25 -o /Volumes/share/ep03.mp4
"""


def export_verb(export: argparse.ArgumentParser) -> None:
    """Add them all."""
    export.formatter_class = argparse.RawDescriptionHelpFormatter
    export.epilog = _EXPORT
    export.add_argument("name", metavar="NAME", help="a board, or a folder of the outbox")
    export.add_argument("--to", required=True, choices=EXPORTS, help="the kind of file")
    export.add_argument(
        "-o", "--output", metavar="FILE", help="file or folder (NAME in the folder you are in)"
    )
    export.add_argument("--fps", type=_fps, default="24", metavar="N", help="frames a second (24)")
    export.add_argument(
        "--seconds", type=_seconds, default=2.0, metavar="N", help="of what does not say (2)"
    )
    export.add_argument("--final", action="store_true", help="the larger pictures where there are")
    export.add_argument("--force", action="store_true", help="replace a file that is there")


def _fps(text: str) -> Fraction:
    """Frames a second; 23.976 and its kin are what film means by them."""
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

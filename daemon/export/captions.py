"""Subtitles of a reel: what is said in each panel, as SubRip.

Pure. Times are those of the frames, so that a subtitle ends where its picture does.
"""

from __future__ import annotations

from fractions import Fraction

from daemon.export.reel import Reel
from daemon.text.printable import one_line

LONGEST = 2000


def srt(reel: Reel, fps: Fraction) -> str:
    """A subtitle for each panel that has a caption; "" if none has."""
    blocks, at = [], 0
    for panel in reel.panels:
        end = at + panel.frames(fps)
        if text := _text(panel.caption):
            blocks.append(f"{_time(at / fps)} --> {_time(end / fps)}\n{text}\n")
        at = end
    return "\n".join(f"{number}\n{block}" for number, block in enumerate(blocks, start=1))


def _text(caption: str) -> str:
    """Without empty lines, which end a subtitle, and without what looks like the next one."""
    lines = (one_line(line, LONGEST) for line in caption.splitlines())
    return "\n".join(line.replace("-->", "→") for line in lines if line)


def _time(seconds: Fraction) -> str:
    whole = round(seconds * 1000)
    rest, milliseconds = divmod(whole, 1000)
    minutes, second = divmod(rest, 60)
    hours, minute = divmod(minutes, 60)
    return f"{hours:02d}:{minute:02d}:{second:02d},{milliseconds:03d}"

"""An animatic: every still held for its time, with subtitles that can be switched off.

H.264 by the ffmpeg on the PATH; where there is none, an animated WebP by Pillow. Knows nothing of
boards.
"""

from __future__ import annotations

import errno
import itertools
import os
import shutil
import subprocess
import tempfile
from collections.abc import Sequence
from fractions import Fraction
from pathlib import Path

from daemon.errors import SetupError
from daemon.export.captions import srt
from daemon.export.reel import Panel, Reel
from daemon.export.stills import framed, still_of
from daemon.export.target import Target
from daemon.fs import atomic
from daemon.text.printable import one_line

LONGEST_SIDE = 3840
MOST_ANIMATED = 256 << 20
"""Bytes of all pictures of a WebP together, unpacked: Pillow holds them at once."""

LARGEST_ANIMATED = 1280
GET_FFMPEG = (
    "ffmpeg is not on the PATH, so this is an animated WebP without subtitles. To get it: "
    "`brew install ffmpeg` on a Mac, `apt install ffmpeg` on Debian or Ubuntu, else ffmpeg.org."
)
_BT709 = ("-colorspace", "bt709", "-color_primaries", "bt709", "-color_trc", "bt709")


def ffmpeg() -> str | None:
    """The path of ffmpeg, None where there is none."""
    return shutil.which("ffmpeg")


def write_film(reel: Reel, target: Target, fps: Fraction, program: str) -> list[Path]:
    """The film at `target` by the ffmpeg at `program`, and its subtitles beside it where there are
    any; returns what was written. Raises SetupError where ffmpeg fails, UsageError, OSError."""
    subtitles, beside = srt(reel, fps), target.beside(".srt")
    if subtitles:
        beside.check()
    with tempfile.TemporaryDirectory(prefix="hotfolder-") as folder:
        place = Path(folder)
        _lay_out(reel, place, fps)
        if subtitles:
            (place / "subtitles.srt").write_text(subtitles, encoding="utf-8")
        count = sum(panel.frames(fps) for panel in reel.panels)
        command = [program, *_inputs(bool(subtitles)), *_outputs(fps, count, bool(subtitles))]
        film = target.write(lambda draft: _run(command, place, draft))
    written = [film]
    if subtitles:
        written.append(beside.put(subtitles.encode("utf-8")))
    return written


def even(size: tuple[int, int], most: int = LONGEST_SIDE) -> tuple[int, int]:
    """Width and height made even, and no larger than `most`."""
    scale = min(1.0, most / max(size))
    width, height = (max(2, round(side * scale)) if scale < 1 else side for side in size)
    return width + width % 2, height + height % 2


def _lay_out(reel: Reel, place: Path, fps: Fraction) -> None:
    """Every still in one size, and the list of them that ffmpeg reads."""
    size = even(reel.size)
    lines = ["ffconcat version 1.0"]
    for number, panel in enumerate(reel.panels, start=1):
        name = f"{number:06d}.png"
        framed(still_of(panel, reel.size), size).save(place / name, compress_level=1)
        held = float(panel.frames(fps) / fps)
        lines += [f"file {name}", f"duration {held:.9f}"]
    lines.append(f"file {name}")  # or the last is not held
    (place / "stills").write_text("\n".join(lines) + "\n", encoding="ascii")


def _inputs(has_subtitles: bool) -> list[str]:
    said = ["-nostdin", "-hide_banner", "-loglevel", "error", "-f", "concat", "-i", "stills"]
    return said + (["-f", "srt", "-i", "subtitles.srt"] if has_subtitles else [])


def _outputs(fps: Fraction, count: int, has_subtitles: bool) -> list[str]:
    picture = f"fps={fps},scale=out_color_matrix=bt709:out_range=tv,format=yuv420p"
    return [
        *("-map", "0:v", "-vf", picture, "-frames:v", str(count)),
        *("-c:v", "libx264", "-crf", "18", "-tune", "stillimage", *_BT709),
        *(("-map", "1:s", "-c:s", "mov_text") if has_subtitles else ()),
        *("-movflags", "+faststart", "-f", "mp4"),
    ]


def _run(command: Sequence[str], place: Path, draft: Path) -> None:
    """Runs where the stills lie, so that no name of a person's stands in the command but the last.
    Raises SetupError, OSError for a full disk."""
    done = subprocess.run([*command, f"file:{draft}"], cwd=place, capture_output=True, check=False)
    if done.returncode == 0:
        return
    said = done.stderr.decode("utf-8", "replace").strip()
    if "No space left" in said:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC), str(draft.parent))
    last = one_line(said.splitlines()[-1] if said else f"it ended with {done.returncode}")
    remedy = (
        "This ffmpeg has no H.264 (libx264): install a full one, or export --to webp."
        if "libx264" in said
        else "Try `hotfolder export … --to webp`, which needs no ffmpeg."
    )
    raise SetupError(f"ffmpeg could not make the film: {last.rstrip('.')}.", remedy=remedy)


# --- without ffmpeg -------------------------------------------------------------------------------


def write_animation(reel: Reel, target: Target, fps: Fraction) -> Path:
    """The stills as an animated WebP; smaller where there are many. Raises OSError."""
    room = MOST_ANIMATED / (3 * max(1, len(reel.panels)))
    width, height = reel.size
    scale = min(1.0, (room / (width * height)) ** 0.5, LARGEST_ANIMATED / max(reel.size))
    size = max(1, round(width * scale)), max(1, round(height * scale))
    first, *rest = [framed(still_of(panel, reel.size), size) for panel in reel.panels]
    durations = _milliseconds(reel.panels, fps)

    def fill(draft: Path) -> None:
        atomic.write_new(draft, b"", sync=False)
        first.save(
            draft,
            "WEBP",
            save_all=True,
            append_images=rest,
            duration=durations,
            loop=0,
            quality=82,
            method=3,
        )

    return target.write(fill)


def _milliseconds(panels: Sequence[Panel], fps: Fraction) -> list[int]:
    """How long each is held; rounded at the whole film's clock, so that nothing drifts."""
    ends, at = [0], 0
    for panel in panels:
        at += panel.frames(fps)
        ends.append(round(at / fps * 1000))
    return [end - begin for begin, end in itertools.pairwise(ends)]

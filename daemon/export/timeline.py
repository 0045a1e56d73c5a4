"""A reel as an editor's timeline: OpenTimelineIO, its bundle, Final Cut Pro 7's XML, or an EDL.

By OpenTimelineIO, which is no part of a plain installation: what of it is missing is named with the
command that installs it. Pictures are named by their place, or lie in the bundle.
"""

from __future__ import annotations

import importlib
import re
import shlex
import sys
from collections.abc import Callable
from fractions import Fraction
from pathlib import Path, PurePosixPath
from typing import TYPE_CHECKING

from daemon.errors import SetupError, UsageError
from daemon.export.package import Member, write_zip
from daemon.export.reel import Panel, Reel
from daemon.export.stills import png, still_of
from daemon.export.target import Target
from daemon.fs import atomic, naming
from daemon.plan.output_names import output_name

if TYPE_CHECKING:
    import opentimelineio as otio

ADAPTERS = {
    "otio": ("otio_json", ""),
    "otioz": ("otio_json", ""),
    "fcpxml": ("fcp_xml", "otio-fcp-adapter"),
    "edl": ("cmx_3600", "otio-cmx3600-adapter"),
}
"""By format: the adapter's name, and the package that brings it."""

COLOURS = {"dialogue": "CYAN", "action": "GREEN", "notes": "YELLOW", "prompt": "PURPLE"}
MISSING = "RED"
_NO_XML = re.compile("[^\t\n\r -\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
"""What XML 1.0 can't say."""

Media = Callable[[Panel], str]
"""The address of a panel's picture."""


def library(kind: str) -> None:
    """Raises SetupError where what writes `kind` is not installed."""
    adapter, package = ADAPTERS[kind]
    try:
        found = importlib.import_module("opentimelineio").adapters.available_adapter_names()
    except ImportError:
        raise _lacking(kind, "opentimelineio") from None
    if adapter not in found:
        raise _lacking(kind, package)


def write_timeline(kind: str, reel: Reel, target: Target, fps: Fraction) -> list[Path]:
    """The timeline at `target`; grey cards for pictures that are not there in a folder beside it
    (an .edl names no files). Returns what was written. Raises SetupError, UsageError, OSError."""
    library(kind)
    rate = _rate(kind, fps)
    if kind == "otioz":
        return [target.write(lambda draft: _write_bundle(reel, rate, fps, draft))]
    cards = _cards_folder(target) if kind != "edl" else None
    made = _put_cards(reel, cards) if cards else []

    def address(panel: Panel) -> str:
        if panel.picture is not None:
            return panel.picture.as_uri()
        return (cards / _card_name(panel)).as_uri() if cards else ""

    text = _written(kind, _timeline(kind, reel, rate, fps, address), rate)
    return [target.put(text.encode("utf-8", "backslashreplace")), *made]


def _lacking(kind: str, package: str) -> SetupError:
    command = f"{shlex.quote(sys.executable)} -m pip install"
    names = "opentimelineio otio-fcp-adapter otio-cmx3600-adapter"
    return SetupError(
        f"`--to {kind}` needs {package}, which is not installed.",
        remedy=f"Install it with: {command} {names}",
    )


def _rate(kind: str, fps: Fraction) -> float:
    import opentimelineio as otio

    rate = float(fps)
    is_known = otio.opentime.RationalTime.is_smpte_timecode_rate(rate)
    if kind in ("edl", "fcpxml") and not is_known:
        raise UsageError(
            f"An {kind} counts in the frames of film and television. Take --fps 24, 25, 30, 50, "
            "60, 23.976, 29.97 or 59.94."
        )
    return rate


# --- the timeline ---------------------------------------------------------------------------------


def _timeline(
    kind: str, reel: Reel, rate: float, fps: Fraction, address: Media
) -> otio.schema.Timeline:
    import opentimelineio as otio

    words = _line if kind == "edl" else _words
    timeline = otio.schema.Timeline(words(reel.name))
    timeline.global_start_time = otio.opentime.RationalTime(0, rate)
    track = otio.schema.Track("pictures", kind=otio.schema.TrackKind.Video)
    timeline.tracks.append(track)
    for panel in reel.panels:
        held = otio.opentime.TimeRange(
            otio.opentime.RationalTime(0, rate),
            otio.opentime.RationalTime(panel.frames(fps), rate),
        )
        media = otio.schema.ExternalReference(address(panel), held)
        media.name = words(panel.picture.name if panel.picture else _card_name(panel))
        clip = otio.schema.Clip(words(panel.name), media, held)
        clip.markers.extend(_markers(panel, held, words))
        clip.metadata["hotfolder"] = _facts(panel)
        if kind == "edl":  # stills come from no tape
            clip.metadata["cmx_3600"] = {"reel": "AX"}
        track.append(clip)
    return timeline


def _markers(
    panel: Panel, held: otio.opentime.TimeRange, words: Callable[[str], str]
) -> list[otio.schema.Marker]:
    import opentimelineio as otio

    said = [(text, COLOURS[kind], kind) for kind, text in panel.remarks]
    if panel.picture is None:
        said.append(("no picture yet", MISSING, "missing"))
    return [
        otio.schema.Marker(words(text), held, colour, {"hotfolder": {"kind": kind}})
        for text, colour, kind in said
    ]


def _facts(panel: Panel) -> dict[str, object]:
    """What of a panel is kept for who reads it by a program."""
    facts: dict[str, object] = {"shot": panel.name, "take": panel.take, "prompt": panel.prompt}
    facts |= {key: text for key, text in panel.told.items() if key != "seconds"}
    if panel.seed is not None:
        facts["seed"] = str(panel.seed)  # it may be larger than what the library counts to
    return {key: _words(str(value)) for key, value in facts.items() if value}


def _written(kind: str, timeline: otio.schema.Timeline, rate: float) -> str:
    import opentimelineio as otio

    options = {"rate": rate} if kind == "edl" else {}
    return str(otio.adapters.write_to_string(timeline, ADAPTERS[kind][0], **options))


def _words(text: str) -> str:
    """What every format can hold."""
    return _NO_XML.sub("", text.encode("utf-8", "replace").decode("utf-8"))


def _line(text: str) -> str:
    """The same in one line: an EDL knows no other."""
    return " ".join(_words(text).split())


# --- cards, and the bundle ------------------------------------------------------------------------


def _card_name(panel: Panel) -> str:
    return naming.fit(output_name(panel.name), " (no picture yet).png")


def _cards_folder(target: Target) -> Path:
    return target.path.with_name(naming.fit(target.path.stem, "-cards"))


def _put_cards(reel: Reel, folder: Path) -> list[Path]:
    """A card for each panel without a picture, in a folder that is made if there is one."""
    lacking = [panel for panel in reel.panels if panel.picture is None]
    if not lacking:
        return []
    folder.mkdir(exist_ok=True)
    for panel in lacking:
        atomic.replace(folder / _card_name(panel), png(still_of(panel, reel.size)), sync=False)
    return [folder]


def _write_bundle(reel: Reel, rate: float, fps: Fraction, draft: Path) -> None:
    """An .otioz: the timeline, its version, and every picture once, under a name of its own."""
    names: dict[Path | str, str] = {}
    members: list[Member] = []
    taken: set[str] = set()

    def address(panel: Panel) -> str:
        key = panel.picture or panel.name
        if key not in names:
            wished = panel.picture.name if panel.picture else _card_name(panel)
            names[key] = f"media/{_free(wished, taken)}"
            content = panel.picture or png(still_of(panel, reel.size))
            members.append(Member(names[key], content))
        return PurePosixPath("/", names[key]).as_uri().removeprefix("file:///")  # quoted

    text = _written("otioz", _timeline("otioz", reel, rate, fps, address), rate)
    head = [Member("version.txt", b"1.0.0"), Member("content.otio", text.encode("utf-8"))]
    write_zip(draft, [*head, *members])


def _free(name: str, taken: set[str]) -> str:
    """`name`, or with a number where another of the bundle bears it."""
    stem, dot, ending = _words(name).rpartition(".")
    number, found = 1, _words(name)
    while naming.name_key(found) in taken:
        number += 1
        found = naming.fit(stem, f"-{number}{dot}{ending}")
    taken.add(naming.name_key(found))
    return found

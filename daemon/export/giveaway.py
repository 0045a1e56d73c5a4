"""Everything of a board or a project in one zip: pictures, records, the board, and the references.

A reference lies beside the records that name it, under the name that they have for it, so that the
folder `pictures` can be dropped into another inbox as it is.
"""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path, PurePosixPath

from daemon.boards.pictured import pictures_below
from daemon.export.package import Member, is_plain_file
from daemon.export.reel import Reel
from daemon.fs.naming import name_key
from daemon.plan.output_names import output_name
from daemon.protocol.json_object import JsonObject
from daemon.records.record_file import record_beside
from daemon.root.layout import DEFAULTS_NAMES, WHY_SUFFIX, Layout
from daemon.root.state_files import is_inside


def giveaway(reel: Reel, layout: Layout) -> list[Member]:
    """The members of the zip, in the order of their names."""
    top = output_name(reel.name)
    pictures = [each for each in pictures_below(reel.folder) if not each.is_symlink()]
    members = list(_with_records(pictures, reel.folder, f"{top}/pictures"))
    members += references(pictures, reel.folder, layout, f"{top}/pictures", members)
    if reel.board_folder is not None:
        members += _board(reel.board_folder, layout, top)
    return sorted(members, key=lambda member: member.name)


def _with_records(pictures: Iterable[Path], folder: Path, top: str) -> Iterator[Member]:
    for picture in pictures:
        for path in (picture, picture.with_suffix(".json")):
            if is_plain_file(path):
                yield Member(f"{top}/{path.relative_to(folder).as_posix()}", path)


def references(
    pictures: Iterable[Path], folder: Path, layout: Layout, top: str, there: Iterable[Member]
) -> list[Member]:
    """The kept pictures that the records of `pictures` name, each under its name beside the
    record; by its content alone where another file has that name."""
    taken = {name_key(member.name): "" for member in there}
    found: dict[str, Member] = {}
    for picture in pictures:
        beside = PurePosixPath(top, picture.relative_to(folder).parent.as_posix())
        for name, sha256 in _named(record_beside(picture)):
            kept = layout.references / sha256
            if not is_inside(name) or not is_plain_file(kept):
                continue
            place = str(beside / name)
            if taken.setdefault(name_key(place), sha256) != sha256:
                place = f"{top}/references/{sha256}{PurePosixPath(name).suffix.lower()}"
            found[place] = Member(place, kept)
    return list(found.values())


def _named(record: JsonObject) -> Iterator[tuple[str, str]]:
    """(name, sha256) of every picture that a record's job names."""
    job = record.get("job", {})
    listed = [job.get(key) for key in ("references", "controls")]
    blocks = [job, *(item for items in listed if isinstance(items, list) for item in items)]
    for block in blocks:
        if isinstance(block, Mapping):
            for name, pin in _pins(block):
                if isinstance(name, str) and name and _is_sha256(pin):
                    yield name, str(pin)


def _pins(block: Mapping[str, object]) -> Iterator[tuple[object, object]]:
    for key in ("image", "mask"):
        yield block.get(key), block.get(f"{key}_sha256")
    yield block.get("image"), block.get("sha256")


def _is_sha256(value: object) -> bool:
    return isinstance(value, str) and len(value) == 64 and set(value) <= set("0123456789abcdef")


def _board(folder: Path, layout: Layout, top: str) -> Iterator[Member]:
    """What lies in the board's folder, and the defaults of all boards."""
    for name in DEFAULTS_NAMES:
        if is_plain_file(layout.boards / name):
            yield Member(f"{top}/boards/{name}", layout.boards / name)
    for at, folders, names in os.walk(folder):
        folders[:] = sorted(each for each in folders if not each.startswith("."))
        for name in sorted(names):
            path = Path(at, name)
            is_ours = name.startswith(".") or name.endswith(WHY_SUFFIX)
            if not is_ours and is_plain_file(path):
                place = path.relative_to(folder).as_posix()
                yield Member(f"{top}/boards/{output_name(folder.name)}/{place}", path)

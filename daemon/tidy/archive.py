"""A board's or project's part of the outbox in one zip, read back before anything is moved.

The same as an export, with whatever else lies in the folder.
"""

from __future__ import annotations

import os
from collections.abc import Mapping
from pathlib import Path

from daemon.errors import SetupError
from daemon.export.giveaway import giveaway
from daemon.export.package import Member, check_zip, is_plain_file, write_zip
from daemon.export.reel import Reel
from daemon.export.target import Target
from daemon.plan.output_names import output_name
from daemon.root.layout import Layout
from daemon.root.our_page import PAGE, is_our_page
from daemon.tidy.survey import files_below

_Stamp = tuple[int, int, int]


def archive(reel: Reel, layout: Layout, target: Target) -> list[Path]:
    """Write it at `target`, whole and read back; the files of the outbox that are in it as they
    still lie there, records before pictures. Raises SetupError where it can't be read back as it
    was written (then nothing is left of it), UsageError, OSError."""
    stamps = {path: _stamp(path) for path in archived_files(reel.folder)}
    members = {member.name: member for member in giveaway(reel, layout)}
    top = f"{output_name(reel.name)}/pictures"
    for path in stamps:
        name = f"{top}/{path.relative_to(reel.folder).as_posix()}"
        members[name] = Member(name, path)
    target.write(lambda draft: _write(draft, [members[name] for name in sorted(members)]))
    same = [path for path, stamp in stamps.items() if stamp and _stamp(path) == stamp]
    pages = [path for path in (reel.folder / PAGE,) if is_our_page(path)]
    return sorted([*same, *pages], key=lambda path: (path.suffix == ".png", path))


def _write(draft: Path, members: list[Member]) -> None:
    hashes: Mapping[str, str] = write_zip(draft, members)
    bad = check_zip(draft, dict(hashes))
    if bad:
        raise SetupError(
            f"The archive can't be read back as it was written: {bad[0]}.",
            remedy="Nothing was moved. Look at the disk it was written to (`hotfolder doctor`).",
        )


def archived_files(folder: Path) -> list[Path]:
    """All that a person would miss: no hidden files, no page of ours."""
    found = (path for path in files_below(folder) if is_plain_file(path))
    return [
        path
        for path in found
        if not any(part.startswith(".") for part in path.relative_to(folder).parts)
        and not is_our_page(path)
        and not _is_unfinished(path)
    ]


def _is_unfinished(path: Path) -> bool:
    """Whether it is a record whose picture is not there: perhaps about to be."""
    if path.suffix != ".json":
        return False
    return not any(os.path.lexists(path.with_suffix(end)) for end in (".png", ".PNG"))


def _stamp(path: Path) -> _Stamp | None:
    try:
        facts = os.lstat(path)
    except OSError:
        return None
    return facts.st_ino, facts.st_size, facts.st_mtime_ns

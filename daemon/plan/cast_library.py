"""The root's `cast/`: characters by the names of their files, for every job without a setting.

`anna.png`, the pictures in `anna/` and what `anna.yaml` says are one character. What can't be used
costs that character alone. Looks into `cast/` each time it is asked; pictures are not opened here.
"""

from __future__ import annotations

import os
import unicodedata
from collections.abc import Iterable
from pathlib import Path

from daemon.errors import JobError
from daemon.jobfile.cast import NOBODY, CastLibrary, Member
from daemon.jobfile.cast_items import is_library_name, member
from daemon.plan.look_folders import PICTURES, is_of_the_system, no_picture
from daemon.protocol.json_object import JsonObject
from daemon.root.layout import CAST
from daemon.sandbox.descriptor import open_regular

SETTINGS = (".yaml", ".yml", ".json")
MAX_BYTES = 100_000
MAX_FILES = 5_000

Stamp = tuple[int, ...]


class CastFolder:
    """What lies in `folder`; a `.yaml` is read again only when it has changed."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._read: dict[str, tuple[Stamp, JsonObject | JobError]] = {}

    def read(self) -> CastLibrary:
        """Everyone in it now; never raises: a folder that can't be listed is told to whoever asks
        for one of its characters."""
        try:
            entries = self._entries()
        except FileNotFoundError:
            return NOBODY
        except OSError as error:
            return CastLibrary(trouble=JobError(
                f"The folder {CAST}/ can't be looked into: {error.strerror}.",
                remedy="Make it a folder of yours that may be read.",
            ))  # fmt: skip
        if not entries:
            self._read = {}
            return NOBODY
        people: dict[str, list[os.DirEntry[str]]] = {}
        for entry in entries[:MAX_FILES]:
            people.setdefault(_key(_stem(entry)), []).append(entry)
        self._read = {name: read for name, read in self._read.items() if name in _names(entries)}
        members, troubles = {}, {}
        for files in people.values():
            name = _stem(files[0])
            found = self._person(name, files)
            if isinstance(found, Member):
                members[name] = found
            else:
                troubles[name] = found
        return CastLibrary(members, troubles, _too_many(entries))

    def _entries(self) -> list[os.DirEntry[str]]:
        with os.scandir(self._folder) as found:
            entries = [each for each in found if not is_of_the_system(each.name)]
        return sorted(
            entries, key=lambda each: (Path(each.name).suffix.lower() in SETTINGS, each.name)
        )

    def _person(self, name: str, files: Iterable[os.DirEntry[str]]) -> Member | JobError:
        looks: list[JsonObject] = []
        said: list[os.DirEntry[str]] = []
        strange: list[str] = []
        for file in files:
            suffix = _suffix(file)
            if file.is_dir():
                looks.append({"image": f"{file.name}/", "of_library": True})
            elif suffix in PICTURES:
                looks.append({"image": file.name, "of_library": True})
            elif suffix in SETTINGS:
                said.append(file)
            else:
                strange.append(file.name)
        if len(said) > 1:
            return JobError(
                f"{name} has several files in {CAST}/: {', '.join(each.name for each in said)}.",
                file=f"{CAST}/{said[0].name}",
                remedy="Keep one of them.",
            )
        if not looks and not said:
            return no_picture(f"{CAST}/{strange[0]}")
        own = self._said(said[0]) if said else {}
        return own if isinstance(own, JobError) else Member(name, {**_shown(looks), **own})

    def _said(self, entry: os.DirEntry[str]) -> JsonObject | JobError:
        """What the character's own file says."""
        try:
            facts = entry.stat(follow_symlinks=False)
            stamp = (facts.st_ino, facts.st_size, facts.st_mtime_ns, facts.st_ctime_ns)
            if entry.name not in self._read or self._read[entry.name][0] != stamp:
                self._read[entry.name] = stamp, self._values(entry.name)
            return self._read[entry.name][1]
        except OSError as error:
            file = f"{CAST}/{entry.name}"
            return JobError(f"It can't be read: {error.strerror}.", file=file,
                            remedy="Make the file readable.")  # fmt: skip

    def _values(self, name: str) -> JsonObject | JobError:
        file = f"{CAST}/{name}"
        try:
            with os.fdopen(open_regular(self._folder / name, shown=file), "rb") as source:
                data = source.read(MAX_BYTES + 1)
            if len(data) > MAX_BYTES:
                return JobError(f"It holds more than {MAX_BYTES:,} bytes.", file=file,
                                remedy="Shorten it: a dozen lines are usual.")  # fmt: skip
            return _of_library(member(data, file), file)
        except JobError as error:
            return error.relocated(JobError, file)


def _of_library(values: JsonObject, file: str) -> JsonObject:
    """Its looks by their paths within `cast/`. Raises JobError for one that is no path."""
    looks = values.get("look")
    if looks is None:
        return values
    for look in looks:
        if is_library_name(look["image"]):
            raise JobError(
                f"`look` names {look['image']}, which is neither a picture nor a folder.",
                key="look",
                file=file,
                remedy=f"Name a file in {CAST}/ with its ending, or a folder with a / at its end.",
            )
    return {**values, "look": [{**look, "of_library": True} for look in looks]}


def _shown(looks: list[JsonObject]) -> JsonObject:
    return {"look": looks} if looks else {}


def _suffix(entry: os.DirEntry[str]) -> str:
    return Path(entry.name).suffix.lower()


def _stem(entry: os.DirEntry[str]) -> str:
    return unicodedata.normalize("NFC", entry.name if entry.is_dir() else Path(entry.name).stem)


def _key(name: str) -> str:
    return name.casefold()


def _names(entries: Iterable[os.DirEntry[str]]) -> frozenset[str]:
    return frozenset(each.name for each in entries)


def _too_many(entries: list[os.DirEntry[str]]) -> JobError | None:
    if len(entries) <= MAX_FILES:
        return None
    return JobError(
        f"The folder {CAST}/ holds more than {MAX_FILES:,} files.",
        remedy="Keep the characters there, one file or folder each, and the rest elsewhere.",
    )

"""Zip files that are the same for the same content, whenever and wherever they are made.

Writes members in the order given, with no times, owners or rights of this machine; pictures are
stored as they are, since they are packed already. Knows nothing of what they are.
"""

from __future__ import annotations

import hashlib
import os
import stat
import zipfile
import zlib
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path, PurePosixPath

from daemon.fs.read import open_file

_EPOCH = (1980, 1, 1, 0, 0, 0)
_PACKED = frozenset({".png", ".jpg", ".jpeg", ".webp", ".heic", ".zip", ".mp4", ""})
_PLAIN_FILE = 0o100644 << 16
_CHUNK = 1 << 20


@dataclass(frozen=True, slots=True)
class Member:
    """A file in a zip: its `name` there, with / between, and what is in it: bytes, or what lies at
    a path."""

    name: str
    content: bytes | Path


def write_zip(target: Path, members: Iterable[Member]) -> dict[str, str]:
    """Write them to a new file; the sha256 of each by name. Raises OSError."""
    hashes: dict[str, str] = {}
    with zipfile.ZipFile(target, "x", allowZip64=True) as archive:
        for member in members:
            info = zipfile.ZipInfo(_utf8(member.name), _EPOCH)
            packed = PurePosixPath(member.name).suffix.lower() in _PACKED
            info.compress_type = zipfile.ZIP_STORED if packed else zipfile.ZIP_DEFLATED
            info.external_attr = _PLAIN_FILE
            info.create_system = 3  # Unix, wherever it is made
            hashes[info.filename] = _write(archive, info, member.content)
    return hashes


def is_plain_file(path: Path) -> bool:
    """Whether a file lies there that can go into a zip: no link, no pipe."""
    try:
        return stat.S_ISREG(os.lstat(path).st_mode)
    except OSError:
        return False


def _write(archive: zipfile.ZipFile, info: zipfile.ZipInfo, content: bytes | Path) -> str:
    digest = hashlib.sha256()
    with archive.open(info, "w", force_zip64=True) as member:
        if isinstance(content, bytes):
            digest.update(content)
            member.write(content)
        else:
            with open_file(content) as source:
                while chunk := source.read(_CHUNK):
                    digest.update(chunk)
                    member.write(chunk)
    return digest.hexdigest()


def check_zip(archive: Path, hashes: dict[str, str]) -> list[str]:
    """The names of members that are not there or are not what was written. Raises OSError."""
    found: dict[str, str] = {}
    try:
        with open_file(archive) as file, zipfile.ZipFile(file) as read:
            for info in read.infolist():
                digest = hashlib.sha256()
                with read.open(info) as member:
                    while chunk := member.read(_CHUNK):
                        digest.update(chunk)
                found[info.filename] = digest.hexdigest()
    except (zipfile.BadZipFile, zlib.error, EOFError):
        return list(hashes)
    return [name for name, sha256 in hashes.items() if found.get(name) != sha256]


def _utf8(name: str) -> str:
    """A name as a zip can hold it: what is no UTF-8 on the disk is written as an escape."""
    return name.encode("utf-8", "backslashreplace").decode("utf-8")

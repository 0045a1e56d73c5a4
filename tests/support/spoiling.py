"""Ways in which a file of state is spoiled: by restores, sync clients, failing disks, people."""

from __future__ import annotations

import json
import os
import random
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

HOSTILE: tuple[Any, ...] = (
    None, True, False, 0, -1, 7, 1.5, 10**15, 10**300, "", "x", "../../outside", "/etc/passwd",
    "..", "a/../../b", "a\0b", "\ud800", "x" * 5000, [], {}, [1], {"a": {}}, [[[[]]]], "1", "²",
)  # fmt: skip

CONTENTS: dict[str, bytes] = {
    "empty": b"",
    "a space": b" ",
    "an object": b"{}",
    "a list": b"[]",
    "null": b"null",
    "a number": b"7",
    "a word": b'"x"',
    "an object of another kind": b'{"1": "x"}',
    "no number": b"NaN",
    "digits without end": b"9" * 10_000,
    "lists without end": b"[" * 100_000,
    "objects without end": b'{"a":' * 100_000,
    "deep and whole": b"[" * 900 + b"]" * 900,
    "NULs": b"\0" * 300,
    "noise": bytes(range(256)) * 4,
    "UTF-16": '{"job": 1}'.encode("utf-16"),
    "lines": b"{}\n[]\n\n7\nnull\n",
}


def spoil(file: Path, how: str, chance: random.Random) -> None:
    """Do it to `file`, which is one of ours."""
    content = file.read_bytes() if file.is_file() else b""
    if how in CONTENTS:
        file.write_bytes(CONTENTS[how])
    elif how in PLACES:
        file.unlink()
        PLACES[how](file)
    elif how == "cut":
        file.write_bytes(content[: chance.randrange(max(1, len(content)))])
    elif how == "a flipped byte":
        data = bytearray(content or b"x")
        data[chance.randrange(len(data))] ^= 1 << chance.randrange(8)
        file.write_bytes(data)
    else:
        file.write_bytes(_other_values(content, chance))


def _outside(file: Path) -> Path:
    outside = next(p for p in file.parents if p.name == ".hotfolder").parent.parent / "outside"
    outside.mkdir(exist_ok=True)
    return outside


def _link(file: Path) -> None:
    target = _outside(file) / "target"
    target.write_bytes(b"not yours")
    file.symlink_to(target)


def _folder(file: Path) -> None:
    file.mkdir()
    (file / "somebody's").write_bytes(b"keep me")


def _huge(file: Path) -> None:
    file.touch()
    os.truncate(file, 1 << 36)  # sparse


PLACES: dict[str, Callable[[Path], None]] = {
    "gone": lambda _: None,
    "a folder": _folder,
    "a link": _link,
    "a link to nowhere": lambda file: file.symlink_to("/nowhere/at all"),
    "a pipe": lambda file: os.mkfifo(file),
    "huge": _huge,
}

WAYS = (*CONTENTS, *PLACES, "cut", "a flipped byte", *(f"other values {n}" for n in range(8)))


def _other_values(content: bytes, chance: random.Random) -> bytes:
    """The same JSON with one value, somewhere inside, exchanged, taken out or added."""
    lines = content.split(b"\n")
    at = chance.randrange(len([line for line in lines if line]) or 1)
    try:
        body = json.loads(lines[at])
    except ValueError:
        return b"%d" % chance.randrange(10**20)
    places = list(_places(body))
    if not places:
        return json.dumps(chance.choice(HOSTILE)).encode()
    holder, key = chance.choice(places)
    if isinstance(holder, dict) and chance.random() < 0.2:
        del holder[key]
    else:
        holder[key] = chance.choice(HOSTILE)
    lines[at] = json.dumps(body).encode()
    return b"\n".join(lines)


def _places(body: Any) -> Any:
    """Every (holder, key) in it."""
    if not isinstance(body, dict | list):
        return
    keys = body.keys() if isinstance(body, dict) else range(len(body))
    for key in list(keys):
        yield body, key
        if isinstance(body[key], dict | list):
            yield from _places(body[key])


def copy_of(root: Path, place: Path) -> Path:
    """A root as it stands, links and times with it."""
    shutil.copytree(root, place, symlinks=True)
    return place

"""What can become of a file of weights: cut, emptied, exchanged, or made to claim what it is not."""

from __future__ import annotations

import json
import os
import struct
from collections.abc import Callable
from pathlib import Path

Damage = Callable[[Path], object]


def with_header(header: object, length: int | None = None) -> Damage:
    text = header if isinstance(header, bytes) else json.dumps(header).encode()
    start = struct.pack("<Q", len(text) if length is None else length)
    return lambda file: file.write_bytes(start + text + bytes(64))


def content(data: bytes) -> Damage:
    return lambda file: file.write_bytes(data)


def instead(make: Callable[[Path], object]) -> Damage:
    def damage(file: Path) -> None:
        file.unlink()
        make(file)

    return damage


def one_tensor(change: Callable) -> Damage:
    def damage(file: Path) -> None:
        from safetensors.torch import load_file, save_file

        weights = load_file(file)
        change(weights, sorted(weights)[3])
        save_file(weights, file, metadata={"format": "pt"})

    return damage


def sparse(file: Path) -> None:
    with file.open("wb") as stream:
        stream.truncate(5 << 30)


def entry(begin: int, end: int) -> dict[str, object]:
    return {"dtype": "F32", "shape": [4], "data_offsets": [begin, end]}


NODES = {
    "a pipe": instead(os.mkfifo),
    "a folder": instead(Path.mkdir),
    "a device": instead(lambda file: file.symlink_to("/dev/zero")),
    "a dead link": instead(lambda file: file.symlink_to("nowhere")),
    "a link to itself": instead(lambda file: file.symlink_to(file.name)),
}

SAFETENSORS = {
    "nothing": content(b""),
    "cut": lambda file: file.write_bytes(file.read_bytes()[:-7]),
    "a pointer of Git LFS": content(b"version https://git-lfs.github.com/spec/v1\nsize 12\n"),
    "a header of 2**63 bytes": with_header(b"{}", 2**63),
    "a header of 99 MB": with_header(b"{}", 99_000_000),
    "a header that is a list": with_header(b"[]"),
    "tensors that overlap": with_header({"a": entry(0, 16), "b": entry(8, 24)}),
    "a tensor beyond the end": with_header({"a": entry(0, 16_000)}),
    "no tensor at all": with_header({"__metadata__": {"format": "pt"}}),
}

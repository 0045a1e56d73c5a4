"""A look at every file of a model before any library opens one, so that what is wrong names a file.

The libraries take a config for the name of a repository, wait on pipes, and read gigabytes of
anything called .json. Here each file must be a plain one of a sane size, each .json an object, each
.safetensors that is wanted whole by its own table of contents. Reads those, and no weights; knows
no networks.
"""

from __future__ import annotations

import json
import math
import os
import stat
import traceback
from collections.abc import Iterable, Iterator
from pathlib import Path

from safetensors import safe_open

from daemon.engine.interface import UnloadableError
from daemon.protocol.json_object import JsonObject
from daemon.protocol.messages import Load
from daemon.protocol.weight_kinds import not_safetensors

MEND = "Fetch it again with `hotfolder models pull`, or see what `hotfolder models check` says."

COMPONENTS = ("tokenizer", "tokenizer_2", "text_encoder", "text_encoder_2", "vae", "unet")
WITH_CONFIG = ("text_encoder", "text_encoder_2", "vae", "unet")

MOST_TEXT = 64_000_000
"""Bytes of a config, a tokenizer or a list of merges; the largest in use have four million."""

MOST_LAYERS = 1_000
MOST_NUMBER = 10**9


def check_model(load: Load) -> None:
    """Look at the files of the model. Raises UnloadableError for the first that is wrong."""
    path = Path(load.model)
    if path.is_dir():
        _check_folder(path)
    else:
        check_plain(path)  # what is in it, whoever maps it says


def check_encoder(folder: Path) -> None:
    """The same for an image encoder's."""
    if not (folder / "config.json").exists():
        raise UnloadableError(f"There is no image encoder in {folder}: no config.json.", MEND)
    _check_component(folder, has_config=True)
    for weights in _files(folder, (".safetensors",)):
        if ".fp16" not in weights.name:
            check_weights(weights)


def check_weights(file: Path) -> None:
    """That a .safetensors file is what its table of contents says, without reading its numbers."""
    check_plain(file)
    try:
        with safe_open(file, framework="pt") as opened:
            empty = not opened.keys()
    except Exception as error:  # whatever the library makes of a broken file
        with file.open("rb") as stream:
            kind = not_safetensors(stream.read(512))
        raise UnloadableError(
            f"{file} can't be read as safetensors. {kind} ({_said(error)}).", MEND
        ) from error
    if empty:
        raise UnloadableError(f"{file} holds no weights.", MEND)


def check_plain(file: Path, most: int | None = None) -> None:
    """That it is a regular file (links are followed) of at most `most` bytes, and may be read."""
    try:
        facts = file.stat()
        if not stat.S_ISREG(facts.st_mode):
            raise UnloadableError(f"{file} is {_kind(facts.st_mode)}, not a plain file.", MEND)
        if not os.access(file, os.R_OK):
            raise UnloadableError(f"{file} may not be read.", f"Allow it: chmod u+r '{file}'")
    except FileNotFoundError as error:
        what = "is a link to nothing" if file.is_symlink() else "is missing"
        raise UnloadableError(f"{file} {what}.", MEND) from error
    except (OSError, ValueError) as error:
        raise UnloadableError(f"{file} can't be read: {_said(error)}.", MEND) from error
    if most is not None and facts.st_size > most:
        raise UnloadableError(
            f"{file} is {facts.st_size / 1e6:,.0f} MB large, which no such file is.", MEND
        )


def read_json(file: Path) -> JsonObject:
    """The object in a .json file. Raises UnloadableError."""
    check_plain(file, MOST_TEXT)
    try:
        found = json.loads(file.read_bytes())
    except (OSError, ValueError, RecursionError) as error:
        raise UnloadableError(f"{file} can't be read: {_said(error)}.", MEND) from error
    if not isinstance(found, dict):
        raise UnloadableError(
            f"{file} does not hold what it should: {type(found).__name__} instead of an object.",
            MEND,
        )
    return found


def check_whole(folder: Path, report: JsonObject) -> None:
    """That every weight of a network was in its files: the libraries make up what is missing."""
    missing = sorted(report["missing_keys"])
    if missing:
        shown = ", ".join(missing[:3]) + (f" and {len(missing) - 3} more" if missing[3:] else "")
        raise UnloadableError(f"The weights in {folder} are not whole: they lack {shown}.", MEND)


def plainly(error: Exception) -> str:
    """What a library makes of files that don't go together, in our words; its own go to the log."""
    traceback.print_exception(error)
    text = str(error)
    if "ignore_mismatched_sizes" in text or "expected shape" in text:
        return "its weights have other sizes than its config.json says."
    if isinstance(error, OSError) and error.strerror:
        return f"{error.filename or 'a file in it'}: {error.strerror}."
    return "its files are damaged, or do not go together (the log holds the details)."


def _check_folder(path: Path) -> None:
    """A diffusers folder; what of it is missing altogether, its own loading says."""
    read_json(path / "model_index.json")
    for name in COMPONENTS:
        folder = path / name
        if not folder.is_dir():
            raise UnloadableError(f"The model in {path} has no {name} folder.", MEND)
        _check_component(folder, has_config=name in WITH_CONFIG)
    for extra in ("scheduler", "feature_extractor"):
        for file in _files(path / extra, (".json",)):
            read_json(file)


def _check_component(folder: Path, *, has_config: bool) -> None:
    if has_config:
        check_numbers(folder / "config.json", read_json(folder / "config.json"))
    for file in _files(folder, (".json",)):
        read_json(file)
    for file in _files(folder, (".txt", ".model")):
        check_plain(file, MOST_TEXT)


def _files(folder: Path, suffixes: Iterable[str]) -> list[Path]:
    try:
        return sorted(file for file in folder.iterdir() if file.suffix in suffixes)
    except FileNotFoundError:
        return []
    except OSError as error:
        raise UnloadableError(f"{folder} can't be read: {_said(error)}.", MEND) from error


def check_numbers(file: Path, config: JsonObject) -> None:
    """That no network of absurd size is asked for: building one would never end."""
    for key, value in config.items():
        most = MOST_LAYERS if "layers" in key else MOST_NUMBER
        if any(abs(number) > most for number in _numbers(value)):
            raise UnloadableError(f"{file} asks for a `{key}` of absurd size.", MEND)


def _numbers(value: object) -> Iterator[float]:
    if isinstance(value, int | float) and not math.isnan(value):
        yield value
    elif isinstance(value, list):
        for item in value:
            yield from _numbers(item)


def _kind(mode: int) -> str:
    kinds = {
        stat.S_IFDIR: "a folder",
        stat.S_IFIFO: "a pipe",
        stat.S_IFSOCK: "a socket",
        stat.S_IFCHR: "a device",
        stat.S_IFBLK: "a device",
    }
    return kinds.get(stat.S_IFMT(mode), "something else")


def _said(error: Exception) -> str:
    if isinstance(error, OSError) and error.strerror:
        return error.strerror
    return " ".join(str(error).split())[:200].rstrip(".") or type(error).__name__

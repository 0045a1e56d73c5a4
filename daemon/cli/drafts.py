"""What `submit` is to drop, from files, standard input and options, before anything is dropped.

Reads, judges nothing but whether there is a job file in what it was given, and writes nothing.
"""

from __future__ import annotations

import argparse
import re
import sys
from collections.abc import Collection
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from daemon.errors import JobError, UsageError
from daemon.fs import naming
from daemon.fs.read import read_file
from daemon.inbox.remedies import never_a_job
from daemon.jobfile.overlay import Options, overlaid, written
from daemon.jobfile.tree import BOARD_BYTES
from daemon.root.layout import JOB_SUFFIXES
from daemon.text.printable import is_unsafe

STANDARD_INPUT = "-"
_INPUT = "standard input"

_SCALARS = (
    *("prompt", "negative_prompt", "preset", "size", "aspect", "steps", "guidance_scale", "seed"),
    *("count", "sampler", "model", "name", "priority", "strict", "strength", "hires"),
    *("prompt_syntax", "clip_skip"),
)
"""Options that are keys of a job file as they are."""

_KEY = re.compile(r"""\s*["']?[A-Za-z$_][\w$-]*["']?\s*:(\s|$)""")


@dataclass(frozen=True, slots=True)
class Draft:
    """A job file to be dropped under `name`; its pictures are looked for in `folder`. `origin` is
    what the person called it, `source` what it said before it was changed, if it lay in a file."""

    origin: str
    name: str
    data: bytes
    folder: Path
    source: bytes | None = None


def drafts(arguments: argparse.Namespace, options: Options) -> list[Draft]:
    """Everything to drop, the options laid over each. Raises UsageError."""
    if not arguments.file and arguments.prompt is None:
        raise UsageError("Give job files, - for standard input, or --prompt TEXT.")
    if not arguments.file:
        return [_from_options(options)]
    found = []
    for draft in map(_read, arguments.file):
        try:
            data = overlaid(draft.data, draft.name, options)
        except JobError as error:
            raise UsageError(f"{draft.origin} was not dropped: {error}") from error
        name = draft.name
        if data is not draft.data and name.lower().endswith(".txt"):
            name = f"{name[:-4]}.yaml"  # a line of prompt has no room for options
        if draft.origin == _INPUT and options.get("name"):
            name = file_name(str(options["name"]), Path(name).suffix)
        found.append(Draft(draft.origin, name, data, draft.folder, draft.source))
    return found


def scalar_options(arguments: argparse.Namespace) -> dict[str, object]:
    """The options that a job file takes as they are, under our names."""
    given = ((key, getattr(arguments, key)) for key in _SCALARS)
    found = {key: value for key, value in given if value is not None}
    loras = [scaled(word, "lora", "name") for word in arguments.lora]
    return {**found, **({"loras": loras} if loras else {})}


def scaled(word: str, option: str, key: str, words: Collection[str] = ()) -> dict[str, object]:
    """NAME[=SCALE] as an item of a list; `words` may stand for a scale. Raises UsageError."""
    name, equals, scale = word.rpartition("=")
    if not equals:
        name, _, scale = word.rpartition(" ")  # as a job file has it
        if scale.casefold() not in words:
            return {key: word}
    if scale.casefold() in words:
        return {key: name, "scale": scale.casefold()}
    try:
        return {key: name, "scale": float(scale)}
    except ValueError:
        also = f", or {', '.join(words)}" if words else ""
        raise UsageError(f"--{option} {word}: after = comes a number, the scale{also}.") from None


def _read(word: str) -> Draft:
    if word == STANDARD_INPUT:
        return from_input(read_input())
    file = Path(word)
    if file.is_dir():
        raise UsageError(f"{word} is a folder; name its files: {word.rstrip('/')}/*.yaml")
    if file.suffix.lower() not in JOB_SUFFIXES:
        kinds = f"{', '.join(JOB_SUFFIXES[:-1])} or {JOB_SUFFIXES[-1]}"
        raise UsageError(f"{word} is not a job file ({kinds}).")
    if (remedy := never_a_job(file)) is not None:
        raise UsageError(f"{word} was not dropped: {remedy.reason}. {remedy.remedy}")
    try:
        data = read_file(file)
        return Draft(word, file.name, data, file.absolute().parent, data)
    except OSError as error:
        raise UsageError(f"{word}: {error.strerror}.") from error


def _from_options(options: Options) -> Draft:
    name = file_name(str(options.get("name") or options["prompt"]), ".yaml")
    return Draft("The job", name, written(options, name), Path.cwd())


@lru_cache(maxsize=1)  # what was read from a pipe is gone from it
def read_input() -> bytes:
    """What comes from a pipe, no more than a board may hold and a byte. Raises UsageError."""
    if sys.stdin is None:  # closed by who called us
        raise UsageError("There is no standard input to read (-).")
    return sys.stdin.buffer.read(BOARD_BYTES + 1)


def from_input(data: bytes) -> Draft:
    """YAML, JSON, or one plain line that is the prompt."""
    try:
        text = data.decode("utf-8-sig").strip()
    except UnicodeDecodeError:
        text = ""  # reading it says what is wrong
    lines = text.splitlines()
    if len(lines) == 1 and not _KEY.match(text) and not _is_flow(text):
        name = file_name(text, ".yaml")
        return Draft(_INPUT, name, written({"prompt": text}, name), Path.cwd())
    suffix = ".json" if text.startswith(('{"', "{\n", '[{"', "[\n")) else ".yaml"
    return Draft(_INPUT, f"input{suffix}", data, Path.cwd(), data)


def _is_flow(line: str) -> bool:
    """Whether a line that begins with a bracket is mappings in one line, and no prompt."""
    return line.startswith(("{", "[{")) and line.endswith(("}", "}]")) and ":" in line


def file_name(title: str, suffix: str) -> str:
    """A name of a file after the first words of a text."""
    words = "".join(" " if is_unsafe(c) else c for c in title[:1000]).split()[:6]
    stem = re.sub(r"[\s/\\:]+", "-", " ".join(words)).strip(".-")
    stem = stem.lstrip("~#_.")  # no candidate begins so
    return naming.fit(stem or "prompt", suffix, 120)

"""`hotfolder submit`: drop job files into the inbox, whole and never over a waiting one.

The file appears under its name in one step, with its reference pictures beside it; it works with
no daemon running (the file then waits). `--wait` follows the job through the log.
"""

from __future__ import annotations

import argparse
import re
import time
from collections.abc import Iterator
from pathlib import Path

from daemon.cli.follow import LogFollower
from daemon.cli.printing import say
from daemon.cli.wake import arrived, prepared_root
from daemon.errors import ExitCode, JobError, NoDaemonError, UsageError
from daemon.fs import atomic, naming
from daemon.jobfile import Job, read_job
from daemon.plan.picture_lookup import locate
from daemon.root import drop_notes
from daemon.root.layout import JOB_SUFFIXES, Layout
from daemon.root.lock import is_held
from daemon.settings import Settings, read_settings

_OPTIONS = (
    *("prompt", "negative_prompt", "preset", "size", "aspect", "steps", "guidance_scale", "seed"),
    *("count", "sampler", "model", "name", "priority", "strict", "image", "strength", "mask"),
    *("hires", "prompt_syntax", "clip_skip"),
)
STARTING = 3.0
"""Seconds in which a daemon that a script has just started may come up."""


def submit(arguments: argparse.Namespace) -> int:
    """Drop every file (or the prompt), print its name in the inbox; with --wait, see it through."""
    layout = prepared_root(arguments)
    folder = _project_folder(layout, arguments.project)
    settings = read_settings(layout.settings_file)
    watched = LogFollower(layout) if arguments.wait else None
    dropped = [
        _drop(layout, folder, name, data, source, settings)
        for name, data, source in _sources(arguments)
    ]
    for file in dropped:
        say(str(file.relative_to(layout.inbox)), flush=True)
        arrived(layout, file)
    if watched is None:
        return ExitCode.OK
    if not _daemon_within(layout, STARTING):
        raise NoDaemonError(
            "No daemon serves this root; the file waits in the inbox. Start one: hotfolder run"
        )
    return max(watched.see_through(file) for file in dropped)


def _daemon_within(layout: Layout, seconds: float) -> bool:
    """Whether a daemon serves the root now, or begins to (a script may have just started it)."""
    end = time.monotonic() + seconds
    while not is_held(layout.lock_file):
        if time.monotonic() > end:
            return False
        time.sleep(0.1)
    return True


def _project_folder(layout: Layout, project: str) -> Path:
    folder = (layout.inbox / project).resolve()
    if not folder.is_relative_to(layout.inbox.resolve()):
        raise UsageError(f"--project {project} leads out of the inbox.")
    folder.mkdir(parents=True, exist_ok=True)
    return layout.inbox / project if project else layout.inbox


def _sources(arguments: argparse.Namespace) -> Iterator[tuple[str, bytes, Path]]:
    """(name, bytes, folder its references are relative to) of everything to drop."""
    if bool(arguments.file) == (arguments.prompt is not None):
        raise UsageError("Give job files, or --prompt TEXT.")
    for word in arguments.file:
        file = Path(word)
        if file.suffix.lower() not in JOB_SUFFIXES:
            raise UsageError(f"{word} is not a job file (.yaml, .yml or .json).")
        try:
            yield file.name, file.read_bytes(), file.absolute().parent
        except OSError as error:
            raise UsageError(f"{word}: {error.strerror}.") from error
    if arguments.prompt is not None:
        yield _from_options(arguments)


def _from_options(arguments: argparse.Namespace) -> tuple[str, bytes, Path]:
    import yaml

    body: dict[str, object] = {
        key: value for key in _OPTIONS if (value := getattr(arguments, key)) is not None
    }
    references = [_scaled(word, "reference", "image") for word in arguments.reference]
    if references:
        body["references"] = references
    loras = [_scaled(word, "lora", "name") for word in arguments.lora]
    if loras:
        body["loras"] = loras
    text = yaml.safe_dump(body, allow_unicode=True, sort_keys=False, width=1000)
    name = arguments.name or " ".join(arguments.prompt.split()[:6])
    stem = re.sub(r"[\s/\\:]+", "-", name).strip(".-") or "prompt"
    return naming.fit(stem, ".yaml", 120), text.encode("utf-8"), Path.cwd()


def _scaled(word: str, option: str, key: str) -> dict[str, object]:
    """NAME[=SCALE]"""
    name, equals, scale = word.rpartition("=")
    if not equals:
        return {key: word}
    try:
        return {key: name, "scale": float(scale)}
    except ValueError:
        raise UsageError(f"--{option} {word}: after = comes a number, the scale.") from None


def _drop(
    layout: Layout, folder: Path, name: str, data: bytes, source: Path, settings: Settings
) -> Path:
    """Put one file and its references into the inbox; returns where it lies."""
    try:
        job = read_job(data, file=name, base=settings.job_defaults)
        _bring_pictures(layout, job, source, folder, settings)
    except JobError as error:
        raise UsageError(f"{name} was not dropped: {error}") from error
    draft = atomic.draft_beside(folder / name)
    atomic.write_new(draft, data)
    try:
        return drop_notes.drop(layout, draft, folder, name, None)
    finally:
        draft.unlink(missing_ok=True)


def _bring_pictures(
    layout: Layout, job: Job, source: Path, folder: Path, settings: Settings
) -> None:
    """Copy what the job refers to, unless it is in a library folder or in the inbox already."""
    library = [layout.root / place for place in settings.library]
    for item in job.inputs:
        target = folder / item.typed
        if item.sha256 or source == folder:
            continue
        picture = locate(item.typed, folder=source, roots=library)
        if not picture.is_relative_to(source.resolve()):
            continue
        if target.exists():
            if target.read_bytes() == picture.read_bytes():
                continue
            raise JobError(
                f"Another picture named {item.typed} lies in the inbox already.",
                line=item.line,
                key=item.key,
                remedy="Rename yours, or submit into a folder of its own with --project NAME.",
            )
        target.parent.mkdir(parents=True, exist_ok=True)
        atomic.copy_new(picture, target)

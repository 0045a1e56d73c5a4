"""`hotfolder tidy NAME --archive`: a board or project into one zip, and then into the Trash."""

from __future__ import annotations

import argparse
from pathlib import Path

from daemon.cli.known_jobs import known_jobs
from daemon.cli.printing import say_aside
from daemon.cli.tidy_answers import answer, files_said, may, refused, size_said
from daemon.errors import UsageError
from daemon.export.gather import gather, taken_pictures
from daemon.export.reel import SECONDS, Reel
from daemon.export.subject import Subject
from daemon.export.target import Target, target_of
from daemon.fs.naming import free_name
from daemon.plan.output_names import output_name
from daemon.plan.prepare import Preparer
from daemon.root.create import make_folder
from daemon.root.layout import Layout
from daemon.tidy.archive import archive, archived_files
from daemon.tidy.needed import followed
from daemon.tidy.survey import ARCHIVE, heap_of
from daemon.tidy.trash import remove_empty, to_trash


def archive_subject(
    layout: Layout, preparer: Preparer, subject: Subject, arguments: argparse.Namespace
) -> int:
    """Ask, archive, move. Raises UsageError while jobs of it wait, and for a name that is
    taken."""
    _refuse_busy(layout, subject)
    reel = gather(subject, preparer, seconds=SECONDS, final=False)
    heap = heap_of(subject.name, archived_files(reel.folder))
    if not heap.files:
        raise UsageError(f"There is nothing in outbox/{reel.folder.name} to archive.")
    target = _target(layout, subject, arguments)
    lines = [
        f"outbox/{reel.folder.name}: {files_said(heap.files)}, {size_said(heap.size)}",
        f"They go into {target.path}, which is read back, and then into the Trash.",
    ]
    if not may(arguments, lines):
        return refused()
    return _archived(layout, preparer, subject, reel, target, arguments)


def _archived(
    layout: Layout,
    preparer: Preparer,
    subject: Subject,
    reel: Reel,
    target: Target,
    arguments: argparse.Namespace,
) -> int:
    if not arguments.output:
        make_folder(layout, target.path.parent)
    packed = archive(reel, layout, target)
    _refuse_busy(layout, subject, made=target.path)
    needed: set[Path] = set()
    if subject.board is not None and subject.file is not None:
        taken = taken_pictures(subject.board, subject.folder, subject.file, preparer)
        needed = {path.with_suffix("") for path in followed(subject.board, taken)}
    free = [path for path in packed if path.with_suffix("") not in needed]
    moved = to_trash(free)
    remove_empty(reel.folder, layout.outbox)
    for path in sorted(needed):
        say_aside(f"{path.name} stays: a shot that is not made yet follows it")
    return answer(arguments, moved, "", made=target.path)


def _refuse_busy(layout: Layout, subject: Subject, made: Path | None = None) -> None:
    """Raises UsageError while jobs of it wait or are claimed."""
    project = subject.folder.relative_to(layout.outbox).as_posix()
    jobs = [job for job in known_jobs(layout) if not job.is_over and _is_of(job.project, project)]
    if jobs:
        first = f"{jobs[0].label} {jobs[0].state}"
        several = f" (and {len(jobs) - 1} more)" if len(jobs) > 1 else ""
        written = f" The archive {made} was written all the same." if made else ""
        raise UsageError(
            f"{subject.name} is not done: {first}{several}. Nothing was moved.{written}"
        )


def _is_of(project: str, name: str) -> bool:
    return project == name or project.startswith(f"{name}/")


def _target(layout: Layout, subject: Subject, arguments: argparse.Namespace) -> Target:
    """`archive/NAME.zip` in the root, or NAME-2.zip; or what was named. Raises UsageError."""
    if arguments.output:
        return target_of(layout, subject.name, ".zip", arguments.output, force=None)
    return Target(free_name(layout.root / ARCHIVE, f"{output_name(subject.name)}.zip"))

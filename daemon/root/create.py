"""A root's folders and marker: made when they are missing, and put right when they are spoiled.

Once a root is there, nothing is made in it that its marker does not vouch for: an unmounted disk or
a root that was moved away must not grow folders anew. Standard library only.
"""

from __future__ import annotations

import contextlib
import errno
import os
import stat
from pathlib import Path

from daemon.errors import SetupError
from daemon.fs import atomic, naming
from daemon.fs.read import read_file
from daemon.root import state_files
from daemon.root.apart import REMEDY, not_apart
from daemon.root.layout import Layout

PRIVATE = 0o700


def prepare(layout: Layout) -> list[str]:
    """Make every folder of the root, and its id; returns a sentence for each thing that had to be
    put right. Raises SetupError naming what can't be made."""
    try:
        layout.root.mkdir(parents=True, exist_ok=True)
        layout.state.mkdir(mode=PRIVATE, exist_ok=True)
        is_new = not os.path.lexists(layout.id_file)
        told = _mend_files(layout)
        _make_marker(layout)
        mended = mend_state(layout)
        told += [] if is_new else mended
        for folder in (layout.inbox, layout.outbox):
            make_folder(layout, folder)
        told += _mend_stage(layout)
        told += filter(None, map(_reserved_trouble, (*layout.special, layout.cast, layout.logs)))
        for folder in (layout.done, layout.failed):
            open_folder(layout, folder)
        told += shelf_troubles(layout)
    except OSError as error:
        raise SetupError(
            f"Hotfolder can't use {layout.root}: {_said(error)}.",
            remedy="Choose another root with --root, or mend this.",
        ) from error
    _keep_apart(layout)
    return told


def _keep_apart(layout: Layout) -> None:
    """Raises SetupError where a link has led what is made, or finished, back into the inbox."""
    told = not_apart(layout)
    if told is not None:
        raise SetupError(told, remedy=REMEDY)


def mend_state(layout: Layout) -> list[str]:
    """Make anew what is missing of the folders below `.hotfolder`; returns a sentence for each that
    was missing or something else. Raises OSError."""
    told = []
    for folder in layout.state_folders():
        with contextlib.suppress(OSError):
            if stat.S_ISDIR(os.lstat(folder).st_mode):
                continue
        what = "was gone"
        if os.path.lexists(folder):
            aside = state_files.set_aside(folder)
            what = f"was no folder; what stood there is now {state_files.named(aside)}"
        make_folder(layout, folder)
        if folder != layout.notes or what != "was gone":  # roots of older versions lack it
            told.append(f"{state_files.named(folder)} {what}; a new one was made")
    return told


def make_folder(layout: Layout, folder: Path) -> None:
    """`folder`, and what is missing between it and the root, which must be there with its marker.
    Raises FileNotFoundError where it is not, FileExistsError where a file has a folder's name."""
    if not os.path.lexists(layout.id_file):
        raise FileNotFoundError(errno.ENOENT, "the root is not there", str(layout.root))
    place = layout.root
    for part in folder.relative_to(layout.root).parts:
        place = place / part
        mode = PRIVATE if place.is_relative_to(layout.state) else 0o777
        try:
            os.mkdir(place, mode)  # noqa: PTH102 (one system call, as the protocol counts them)
        except FileExistsError:
            if place.is_dir():
                continue
            raise FileExistsError(errno.EEXIST, _in_the_way(place), str(place)) from None


def open_folder(layout: Layout, folder: Path) -> Path:
    """`folder`, made if need be; where a file has the name of one on the way to it, NAME-2, NAME-3
    … is taken instead. Raises OSError."""
    place = layout.root
    for part in folder.relative_to(layout.root).parts:
        for number in range(1, 100):
            candidate = place / (part if number == 1 else naming.fit(part, f"-{number}"))
            try:
                make_folder(layout, candidate)
            except FileExistsError:
                continue
            break
        place = candidate
    return place


def keep_marker(layout: Layout, marker: bytes) -> str | None:
    """Write the root's marker as it was, if it is gone or another; returns what to tell of that.
    Only for who knows that this is the root, and no folder where one is to be mounted. Raises
    OSError."""
    what = "was gone"
    try:
        if read_file(layout.id_file, 200) == marker:
            return None
        what = "was another"
    except FileNotFoundError:
        pass
    except OSError:
        what = f"was no file; what stood there is now {state_files.set_aside(layout.id_file).name}"
    atomic.replace(layout.id_file, marker, mode=0o600)
    return f"{state_files.named(layout.id_file)} {what}; it is written again"


def _make_marker(layout: Layout) -> None:
    from uuid import uuid4  # which costs a tenth of all that `status` imports

    with contextlib.suppress(FileExistsError):  # another daemon's, this instant; the lock decides
        if not os.path.lexists(layout.id_file):
            atomic.write_new(layout.id_file, f"{uuid4()}\n".encode("ascii"), mode=0o600)


def _mend_files(layout: Layout) -> list[str]:
    """What stands where a file of ours belongs and is none goes out of the way; ours are for their
    owner alone, whatever made them so."""
    told = []
    for file in layout.state_files():
        try:
            status = os.lstat(file)
        except FileNotFoundError:
            continue
        if not stat.S_ISREG(status.st_mode):
            aside = state_files.set_aside(file)
            name, kept = state_files.named(file), state_files.named(aside)
            told.append(f"{name} was no file; what stood there is now {kept}")
        elif status.st_mode & 0o077:
            _tighten(file, 0o600)
    for folder in (layout.state, *layout.state_folders()):
        with contextlib.suppress(OSError):
            status = os.lstat(folder)
            if stat.S_ISDIR(status.st_mode) and status.st_mode & 0o077:
                _tighten(folder, PRIVATE)
    return told


def _tighten(path: Path, mode: int) -> None:
    """As far as the disk has permissions: exFAT and some network volumes refuse."""
    with contextlib.suppress(OSError):
        os.chmod(path, mode)  # noqa: PTH101


def shelf_troubles(layout: Layout) -> list[str]:
    """What to say of folders for finished jobs that can't be had by their names. Makes nothing."""
    return [
        f"{folder.name}/ is {_in_the_way(folder)}: finished files go to {_stand_in(folder).name}/ "
        "until it is taken away"
        for folder in (layout.done, layout.failed)
        if os.path.lexists(folder) and not folder.is_dir()
    ]


def _stand_in(folder: Path) -> Path:
    """The folder that takes the place of one whose name something else has."""
    places = (folder.with_name(f"{folder.name}-{number}") for number in range(2, 100))
    return next((each for each in places if each.is_dir() or not os.path.lexists(each)), folder)


def _reserved_trouble(folder: Path) -> str | None:
    """Make a folder that the daemon can do without; what to say if that can't be."""
    try:
        folder.mkdir(exist_ok=True)
    except FileExistsError:
        return f"{folder.parent.name}/{folder.name} is {_in_the_way(folder)}: it is done without"
    return None


def _mend_stage(layout: Layout) -> list[str]:
    """Make the hidden folders of the outbox, whatever stands there."""
    told = []
    for folder in (layout.stage, layout.live):
        if os.path.lexists(folder) and not folder.is_dir():
            aside = state_files.set_aside(folder)
            told.append(f"outbox/{folder.name} was no folder; it is now {aside.name}")
        make_folder(layout, folder)
    return told


def _in_the_way(path: Path) -> str:
    """What something is that stands where a folder is to be."""
    if path.is_symlink():
        return f"a link to {path.readlink()}, which is not there"
    return "a file, not a folder"


def _said(error: OSError) -> str:
    path = Path(error.filename) if error.filename else None
    if isinstance(error, FileExistsError) and path is not None and os.path.lexists(path):
        return f"{path} is {_in_the_way(path)}"
    return f"{path}: {error.strerror}"

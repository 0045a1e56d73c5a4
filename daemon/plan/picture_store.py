"""The pictures jobs name, kept as files named by their sha256, so that records can be made again.

A picture is opened once, by descriptor; copying and looking are the sandbox's. Only its header is
looked at when it is kept, its pixels are the engine's business. What is kept is hashed again when a
run first uses it: a disk, a restore or a person may have changed it since.
"""

from __future__ import annotations

import hashlib
import os
import re
import time
from collections import OrderedDict
from pathlib import Path

from daemon.errors import JobError, StillLookingError
from daemon.fs import atomic
from daemon.fs.read import read_file
from daemon.jobfile.areas import Box
from daemon.plan.picture_files import (
    Identity,
    check_file,
    check_whole,
    identity,
    is_fresh,
    open_picture_file,
)
from daemon.plan.thumbnails import drawn
from daemon.root import state_files
from daemon.sandbox.answer import CLEAN, CROP, DECODE, HASH, KEEP, SIDES, Answer
from daemon.sandbox.client import Sandbox
from daemon.sandbox.descriptor import open_regular
from daemon.thumbs.given import Asked

SETTLED = 1.0
"""Seconds after its last change from which a picture is known again by its times."""

MOST_KNOWN = 1_000
_ANEW = os.O_RDWR | os.O_CREAT | os.O_TRUNC | os.O_NOFOLLOW | os.O_CLOEXEC


Notes = tuple[str, ...]
"""What the author of a drawing should know of it, in sentences."""


class PictureStore:
    """The pictures kept in `folder`; `drafts` is in the names of what this process copies."""

    def __init__(self, folder: Path, sandbox: Sandbox, drafts: str = "") -> None:
        self.folder = folder
        self._sandbox = sandbox
        self._drafts = drafts
        self._known: OrderedDict[tuple[Identity, Box | None], str] = OrderedDict()
        self._cleaned: OrderedDict[tuple[str, str], tuple[str, Notes]] = OrderedDict()

    def keep(self, path: Path, part: Box | None = None) -> tuple[str, Path]:
        """Copies the picture at `path`, or a part of it, which is a picture of its own then; the
        sha256 of what is kept and where. Raises JobError for anything that is no picture,
        NotYetError while it is still being brought or looked at, OSError for the machine's own
        troubles."""
        descriptor = open_picture_file(path)
        try:
            facts = os.fstat(descriptor)
            check_file(path, facts)
            known = self._known.get((identity(facts), part))
            if known is not None and (kept := self.sound(known)) is not None:
                return known, kept
            return self._copied(path, descriptor, facts, part)
        finally:
            os.close(descriptor)

    def clean(self, sha256: str, kind: str, name: str) -> tuple[str, Path, Notes]:
        """Keeps the strokes of a kept drawing of that `kind`, which is called `name`: the sha256 of
        what is kept, and where. Raises what `keep` raises."""
        known, notes = self._cleaned.get((sha256, kind), ("", ()))
        if known and (kept := self.sound(known)) is not None:
            return known, kept, notes
        draft = self.folder / f".incoming-{self._drafts}{sha256[:32]}-{kind}"
        found = self.strokes(self.folder / sha256, kind, draft, name)
        kept = self._placed(draft, found.sha256)
        self._cleaned[sha256, kind] = found.sha256, found.notes
        while len(self._cleaned) > MOST_KNOWN:
            self._cleaned.popitem(last=False)
        return found.sha256, kept, found.notes

    def strokes(self, path: Path, kind: str, target: Path, name: str = "") -> Answer:
        """Writes the strokes of the drawing at `path` to `target`, and says what was found. Raises
        what `keep` raises."""
        descriptor = open_picture_file(path)
        try:
            facts = os.fstat(descriptor)
            check_file(path, facts)
            found = self._sandbox.look(
                CLEAN,
                descriptor,
                name=name or path.name,
                target=lambda: os.open(target, _ANEW, 0o600),
                kind=kind,
            )
            check_whole(path, found, fresh=is_fresh(facts))
        except StillLookingError:
            raise
        except JobError:
            target.unlink(missing_ok=True)
            raise
        finally:
            os.close(descriptor)
        return found

    def put(self, data: bytes) -> tuple[str, Path]:
        """Keeps a picture of our own making. Raises OSError."""
        sha256 = hashlib.sha256(data).hexdigest()
        kept = self.folder / sha256
        if self.stored(sha256) is None or read_file(kept) != data:
            self.folder.mkdir(exist_ok=True)  # never its parents: a root that is gone stays gone
            if kept.is_dir() and not kept.is_symlink():
                state_files.set_aside(kept)
            atomic.replace(kept, data, mode=0o600)
        return sha256, kept

    def drawn(self, asked: Asked) -> tuple[str, Path]:
        """Keeps the thumbnail that is asked for. Raises what `thumbnails.drawn` raises."""
        return drawn(self.folder, self._sandbox, asked)

    def stored(self, sha256: str) -> Path | None:
        """Where the picture of that content is kept, if it is."""
        path = self.folder / sha256
        is_name = re.fullmatch(r"[0-9a-f]{64}", sha256)
        return path if is_name and path.is_file() and not path.is_symlink() else None

    def sound(self, sha256: str) -> Path | None:
        """Where the picture of that content is kept, if what lies there still has that content.
        Raises StillLookingError while that is being looked at, OSError for the machine's own
        troubles."""
        path = self.stored(sha256)
        if path is None:
            return None
        try:
            descriptor = open_regular(path, shown=path.name)
        except (JobError, FileNotFoundError):
            return None
        try:
            facts = os.fstat(descriptor)
            known = self._known.get((identity(facts), None))
            if known is None:
                known = self._sandbox.look(HASH, descriptor, name=path.name).sha256
                self._remember(facts, None, known)
        except StillLookingError:
            raise
        except JobError:  # a child that could not read it to its end
            return None
        finally:
            os.close(descriptor)
        return path if known == sha256 else None

    def check(self, path: Path) -> None:
        """Whether the engine will be able to read the picture at `path`, pixels and all; keeps
        nothing. Raises what `keep` raises."""
        self._looked(DECODE, path)

    def sides(self, path: Path) -> tuple[int, int]:
        """Width and height in pixels, upright, of the picture at `path`. Raises what `keep`
        raises."""
        found = self._looked(SIDES, path)
        return found.width, found.height

    def _looked(self, look: str, path: Path) -> Answer:
        """What the sandbox sees in a picture that is whole."""
        descriptor = open_picture_file(path)
        try:
            facts = os.fstat(descriptor)
            check_file(path, facts)
            found = self._sandbox.look(look, descriptor, name=path.name)
            check_whole(path, found, fresh=is_fresh(facts))
        finally:
            os.close(descriptor)
        return found

    def _copied(
        self, path: Path, descriptor: int, facts: os.stat_result, part: Box | None
    ) -> tuple[str, Path]:
        self.folder.mkdir(exist_ok=True)  # never its parents: a root that is gone stays gone
        draft = self.folder / (
            f".incoming-{self._drafts}{facts.st_dev:x}-{facts.st_ino:x}{_tail(part)}"
        )
        try:
            found = self._sandbox.look(
                CROP if part else KEEP,
                descriptor,
                name=path.name,
                target=lambda: os.open(draft, _ANEW, 0o600),
                box=part or (),
            )
            check_whole(path, found, fresh=is_fresh(facts))
        except StillLookingError:
            raise
        except JobError:
            draft.unlink(missing_ok=True)
            raise
        kept = self._placed(draft, found.sha256)
        self._remember(facts, part, found.sha256)
        return found.sha256, kept

    def _placed(self, draft: Path, sha256: str) -> Path:
        """A finished draft under the name of its content. Raises OSError."""
        kept = self.folder / sha256
        if kept.is_dir() and not kept.is_symlink():
            state_files.set_aside(kept)
        os.replace(draft, kept)
        atomic.fsync_folder(self.folder)
        self._known[identity(os.lstat(kept)), None] = sha256  # ours alone, so however new
        return kept

    def _remember(self, facts: os.stat_result, part: Box | None, sha256: str) -> None:
        """So that the next job that names it need not wait; not while it is so new that another
        write might leave it the same times."""
        if time.time() - facts.st_ctime > SETTLED:
            self._known[identity(facts), part] = sha256
        while len(self._known) > MOST_KNOWN:
            self._known.popitem(last=False)


def _tail(part: Box | None) -> str:
    """Two parts of one picture are two drafts."""
    return "-" + "-".join(f"{each:g}" for each in part) if part else ""

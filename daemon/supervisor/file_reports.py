"""Tells of files in the inbox that are no jobs, and keeps a letter beside defaults that are wrong.

The only writer of those letters; what is to be told, `inbox.strays` finds.
"""

from __future__ import annotations

import contextlib
from collections.abc import Callable

from daemon.errors import DefaultsError
from daemon.fs import atomic
from daemon.fs.read import read_regular
from daemon.inbox.strays import Stray, Strays, grouped
from daemon.notify import events
from daemon.root.letters import letter_of, may_lie_at
from daemon.text.failure_letter import explain

_LAST = "\nThe jobs of this folder wait. They go on by themselves once this is mended.\n"


class FileReports:
    """Over what `strays` finds."""

    def __init__(self, strays: Strays, emit: Callable[[events.Event], None]) -> None:
        self._strays = strays
        self._emit = emit

    def tell(self) -> bool:
        """Tell what is new; True if anything was."""
        news = self._strays.take()
        plain = [stray for stray in news if stray.remedy is not None and stray.error is None]
        for stray, more in grouped(plain):
            assert stray.remedy is not None
            about = self._about(stray)
            self._emit(events.FileIgnored(*about, stray.remedy.reason, stray.remedy.remedy, more))
        for stray in news:
            if stray.error is not None:
                self._wrong(stray, stray.error)
            elif stray.remedy is None:
                self._mended(stray)
        return bool(news)

    def _wrong(self, stray: Stray, error: DefaultsError) -> None:
        assert stray.remedy is not None
        where = f"line {error.line}: " if error.line else ""
        reason, remedy = stray.remedy.reason, stray.remedy.remedy
        self._emit(events.DefaultsWrong(*self._about(stray), where + reason, remedy))
        source = None
        with contextlib.suppress(OSError):
            source = read_regular(stray.path, 200_000)
        shown = error.file or stray.path.name
        text = explain(error, file=shown, source=source, dropped=False)
        letter = letter_of(stray.path)
        if may_lie_at(letter):
            with contextlib.suppress(OSError):  # said in log and status as well
                atomic.replace(letter, (text + _LAST).encode("utf-8"), sync=False)

    def _mended(self, stray: Stray) -> None:
        """Only a letter of ours goes: one that ends as ours do."""
        letter = letter_of(stray.path)
        try:
            ours = not letter.is_symlink() and read_regular(letter).decode("utf-8").endswith(_LAST)
            if not ours:
                return
            letter.unlink()
        except (OSError, ValueError):
            return
        self._emit(events.DefaultsMended(*self._about(stray)))

    def _about(self, stray: Stray) -> tuple[str, str]:
        """Its name and its folder below the inbox, as a/b."""
        return stray.path.name, self._strays.folder_of(stray.path)

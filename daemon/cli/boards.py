"""The boards of a root as verbs speak of them, and which pictures of them a word means.

A board is named by its folder in `boards/` or by what it calls itself: ep03; what may follow, as in
ep03/060, `board_words` says. Names are equal in NFC and NFD; capitals matter only where two differ
in nothing else. Standard library only, until a board must be read that no daemon has read yet.
"""

from __future__ import annotations

import os
import time
from collections.abc import Iterator
from fnmatch import fnmatchcase
from unicodedata import normalize

from daemon.boards.account import (
    Account,
    looks_of_settings,
    read_account,
)
from daemon.boards.folder import Place, board_folders, looks_of, place_of
from daemon.boards.names import twin_refused
from daemon.boards.progress import progress_of
from daemon.cli.board_places import below_boards, folder_called
from daemon.cli.board_words import Chosen, SeenBoard, is_pattern, of_board
from daemon.errors import HotfolderError, JobError, SetupError, UsageError
from daemon.fs.naming import name_key
from daemon.root.layout import Layout
from daemon.root.letters import letter_of
from daemon.root.lock import is_held
from daemon.root.status_file import Snapshot, read_status
from daemon.text.suggest import did_you_mean

PATIENCE = 10.0
"""Seconds a daemon gets to read a board that was just saved, before a verb acts on it."""

UNREAD = "saved a moment ago; it is being read"
NO_BOARD = "no board lies in its folder"
UNREAD_STILL = "no daemon has read it as it is now"


class Boards:
    """The boards of one root. `patiently` waits for a daemon to read what was just saved; `reads`
    one that no daemon has read, while none runs."""

    def __init__(self, layout: Layout, *, patiently: bool = False, reads: bool = True) -> None:
        self._layout = layout
        self._patiently = patiently
        self._reads = reads
        self.is_running = is_held(layout.lock_file)
        self.snapshot: Snapshot = (read_status(layout) or {}) if self.is_running else {}
        self._seen: dict[str, SeenBoard] = {}
        self.folders = board_folders(layout)

    def as_they_are(self) -> Boards:
        """The same, which wait for no daemon."""
        return Boards(self._layout, reads=self._reads)

    def all(self) -> Iterator[SeenBoard]:
        """Each, by the names of their folders."""
        for folder in self.folders:
            yield self.see(folder)

    def named(self, name: str) -> SeenBoard | None:
        """The board of that name; by its folder first."""
        folder = folder_called(self._layout, self.folders, name)
        return None if folder is None else self.see(folder)

    def see(self, folder: str) -> SeenBoard:
        """The board in that folder of `boards/`."""
        if folder not in self._seen:
            self._seen[folder] = self._looked_at(folder)
        return self._seen[folder]

    def find(self, word: str) -> Chosen | None:
        """What `word` means of the boards; None if it names none of them, or nothing of the one it
        names. Raises UsageError for a bare name that two boards have."""
        text = below_boards(self._layout, word)
        name, _, rest = text.partition("/")
        board = self.named(name) if name else None
        if board is None or board.progress is None:
            return None
        if not rest:
            return Chosen(board, board.name, board.progress.shots, is_whole=True)
        return of_board(board, board.progress, rest)

    def find_bare(self, word: str) -> Chosen | None:
        """The shot or the picture of that name, if one board alone has it. Raises UsageError where
        several have."""
        found = self.bearing(word)
        if len(found) > 1:
            lines = [chosen.label for chosen in found]
            remedy = "Say which: BOARD/SHOT."
            what = f"`{word}` is in several boards; nothing was done:"
            raise UsageError("\n".join([what, *lines, remedy]))
        return found[0] if found else None

    def bearing(self, word: str) -> list[Chosen]:
        """The shot or the picture of that name, of each board that has one."""
        text = normalize("NFC", word)
        if not text or "/" in text:
            return []
        boards = [(board, board.progress) for board in self.all()]
        each = [of_board(board, now, text) for board, now in boards if now is not None]
        return [chosen for chosen in each if chosen is not None]

    def like(self, word: str) -> list[Chosen]:
        """What a pattern in the place of a board's name means: each board that it fits, or what
        comes after its / of those. Nothing of a word that is none, or names a board."""
        name, _, rest = below_boards(self._layout, word).partition("/")
        if not is_pattern(name) or self.named(name) is not None:
            return []
        found = []
        for folder in self.folders:
            account = read_account(self._layout, folder)
            names = (folder, account.board, account.project) if account else (folder,)
            if any(fnmatchcase(normalize("NFC", each), name) for each in names):
                board = self.see(folder)
                if board.progress is None or not rest:
                    shots = board.progress.shots if board.progress else ()
                    found.append(Chosen(board, board.name, shots, is_whole=True))
                elif (part := of_board(board, board.progress, rest)) is not None:
                    found.append(part)
        return found

    def all_named_by(self, word: str) -> list[Chosen]:
        """The same of a word that may be a pattern. Raises UsageError."""
        return self.like(word) or [self.named_by(word)]

    def named_by(self, word: str) -> Chosen:
        """What `word` means; of a board that nobody could read yet nothing but that. Raises
        UsageError where it names no board, or nothing of it."""
        chosen = self.find(word) or self.find_bare(word)
        if chosen is not None:
            return chosen
        name, _, rest = word.strip("/").partition("/")
        whole = self.named(name) if rest else None
        if whole is not None and whole.progress is not None:
            raise UsageError(self.unknown_shot(whole, rest))
        board = whole or self.board(word)
        return Chosen(board, board.name, (), is_whole=True)

    def words(self) -> list[str]:
        """Every word that means a board, or a shot of one."""
        found: list[str] = []
        for board in self.all():
            found.append(board.name)
            if board.progress is not None:
                found += [f"{board.name}/{shot.shot.id}" for shot in board.progress.shots]
        return found

    def whole(self, word: str) -> list[SeenBoard]:
        """The whole boards that `word` names or fits. Raises UsageError."""
        fitting = [] if "/" in word.removeprefix("boards/") else self.like(word)
        return [each.board for each in fitting] or [self.board(word)]

    def board(self, word: str) -> SeenBoard:
        """The whole board that `word` names. Raises UsageError."""
        text = below_boards(self._layout, word)
        found = self.named(text) if text and "/" not in text else None
        if found is not None:
            return found
        whole = self.named(text.partition("/")[0]) if "/" in text else None
        if whole is not None:
            shown = f"{word} is no shot of it" if self.find(word) is None else "not of one shot"
            raise UsageError(f"This can be said of the whole board {whole.name}; {shown}.")
        raise UsageError(self.unknown(word))

    def unknown(self, word: str) -> str:
        """What to say of a word that means no board."""
        guess = did_you_mean(word, self.words())
        if not self.folders:
            return f"There is no board {word}: none lies in boards/. See `hotfolder new board`."
        some = ", ".join(self.folders[:8]) + (" …" if len(self.folders) > 8 else "")
        return f"There is no board {word}. {guess or f'There are {some}.'}"

    def unknown_shot(self, board: SeenBoard, rest: str) -> str:
        """What to say of a word that means nothing of a board."""
        shots = [shot.shot.id for shot in board.progress.shots] if board.progress else []
        guess = did_you_mean(rest, shots).replace("`", f"`{board.name}/", 1)
        some = ", ".join(shots[:8]) + (" …" if len(shots) > 8 else "")
        return f"There is no shot {rest} on the board {board.name}. {guess or f'There are {some}.'}"

    def twin_of(self, board: SeenBoard) -> JobError | None:
        """Why a board waits although it can be read: one that comes before it has its name."""
        from daemon.boards.homes import may_be_called

        for folder in (each for each in self.folders if each < board.folder):
            if not may_be_called(self._layout, folder, name_key(board.name)):
                continue  # and it need not be read
            other = self.see(folder)
            is_read = other.progress is not None and not other.is_wrong
            if is_read and name_key(other.name) == name_key(board.name):
                return twin_refused(board.name, folder)
        return None

    # --- inside -------------------------------------------------------------------------------

    def _looked_at(self, folder: str) -> SeenBoard:
        place = place_of(self._layout.boards / folder)
        account, why, is_read_here = self._account(place)
        letter = "" if is_read_here else _letter_of(place)  # which may be one of before
        is_wrong = bool(letter) or (bool(why) and why not in (UNREAD, UNREAD_STILL))
        if account and not why and any(take.lacks for _, take in account.takes):
            is_wrong = False  # the letter tells of these pictures alone
        rendering = {}
        for held in self.snapshot.get("held") or []:
            if isinstance(held, dict) and isinstance(held.get("job"), int):
                rendering[held["job"]] = str(held.get("state"))
        progress = progress_of(self._layout, account, rendering) if account else None
        return SeenBoard(place, progress, letter or why, is_wrong)

    def _account(self, place: Place) -> tuple[Account | None, str, bool]:
        """What the board wants, why that is not what its file says, if so, and whether it was read
        here and now."""
        end = time.monotonic() + (PATIENCE if self._patiently else 0.0)
        while True:
            account = read_account(self._layout, place.folder.name)
            looks = looks_of(self._layout, place)
            if account is not None and account.looks == looks and self._holds(account):
                return account, "", False
            if place.file is None:
                return account, NO_BOARD, False
            if not self.is_running:
                return *self._read(place, account), self._reads
            if time.monotonic() >= end or _letter_of(place):
                return account, UNREAD, False
            time.sleep(0.05)

    def _holds(self, account: Account) -> bool:
        """Settings hold for a daemon from its start."""
        return self.is_running or account.settings == looks_of_settings(self._layout)

    def _read(self, place: Place, account: Account | None) -> tuple[Account | None, str]:
        """The board read here and now, since no daemon will; what was known of it, if that can't
        be done."""
        if not self._reads:
            return account, UNREAD_STILL
        from daemon.boards.bookkeeping import Started, read_now
        from daemon.settings import read_settings

        try:
            as_last = Started(account.engine, account.model) if account else Started()
            settings = read_settings(self._layout.settings_file)
            return read_now(self._layout, settings, place, as_last), ""
        except (JobError, SetupError) as error:
            return account, str(error)
        except (HotfolderError, OSError) as error:
            return account, f"it can't be read: {error}"


def _letter_of(place: Place) -> str:
    """Where the letter lies that says what is wrong with a board; "" if there is none."""
    if place.file is None:
        return ""
    letter = letter_of(place.file)
    is_there = os.path.lexists(letter)
    return f"see boards/{place.folder.name}/{letter.name}" if is_there else ""

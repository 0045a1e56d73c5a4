"""A board where it lies: its bytes, the defaults above it, the root's cast and lists.

What all of that means, `read` knows. Moves nothing.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from daemon.boards.board import Board
from daemon.boards.called import board_name
from daemon.boards.folder import place_of
from daemon.boards.formats.board_table import SCENE
from daemon.boards.layers import layers_of
from daemon.boards.memory import BoardMemories
from daemon.boards.read import make_board, table_of_board
from daemon.boards.sketches import sketches_in
from daemon.errors import DefaultsError, JobError, SetupError
from daemon.fs.read import read_regular
from daemon.jobfile import tree
from daemon.plan import defaults
from daemon.plan.cast_library import CastFolder
from daemon.plan.list_files import ListFiles
from daemon.plan.model_choice import ModelChoice
from daemon.root.layout import Layout
from daemon.settings import Settings


class BoardReader:
    """Reads the boards of one root, with what the root says of all of them."""

    def __init__(self, layout: Layout, settings: Settings, models: ModelChoice) -> None:
        self._layout = layout
        self._base = settings.job_defaults
        self._models = models
        self._cast = CastFolder(layout.cast)
        self._memories = BoardMemories()
        self._roots = (layout.inbox, *(layout.root / place for place in settings.library))

    def board(
        self, file: Path, *, folder: Path | None = None, beyond: Sequence[Path] = ()
    ) -> Board:
        """The board in `file`, which is one by its place or because it is no job. Lists are looked
        for in `folder` (where it lies, if not given). Over the defaults of `boards/` those of the
        board's own folder hold where it lies in there, else those of `beyond`, outermost first.

        Raises JobError and its kinds, OSError if it can't be read."""
        _check_name(file)
        data = read_regular(file, limit=tree.BOARD_BYTES + 1)
        cast = self._cast.read()
        home = folder or file.absolute().parent
        chain = self._chain(file.absolute().parent, beyond)
        layers = layers_of(home, self._base, chain) if file.suffix.lower() == SCENE else None
        table = table_of_board(data, file.name, cast.names, layers)
        lists = ListFiles(home, self._roots)
        try:
            board = make_board(
                table,
                name=board_name(file),
                base=self._base,
                defaults=chain,
                cast=cast,
                lines=lists.lines,
                memory=self._memories.of(file.absolute()),
                sketches=sketches_in(home),
            )
        except DefaultsError:
            raise
        except JobError as error:
            if error.file in [shown for shown, _ in chain]:  # a shot is not to blame for them
                raise error.relocated(DefaultsError, error.file or "") from None
            raise
        self._check_models(board)
        return board

    def is_home(self, file: Path) -> bool:
        """Whether `file` lies where it can only be a board: it is the one of a folder of
        `boards/`."""
        folder = file.absolute().parent
        is_seen = folder.parent == self._layout.boards and not folder.name.startswith(".")
        return is_seen and place_of(folder).file == folder / file.name

    def _chain(self, folder: Path, beyond: Sequence[Path]) -> list[tuple[str, bytes]]:
        """(shown name, content) of every folder's defaults, the outermost first."""
        boards = self._layout.boards
        own = beyond
        if folder.is_relative_to(boards):
            own = [each for each in (folder, *folder.parents) if each.is_relative_to(boards)][
                -2::-1
            ]
        chain, room = [], defaults.MAX_BYTES
        for above in (boards, *own):
            found = defaults.find(above, self._shown(above), limit=room)
            if found is not None:
                chain.append(found)
                room -= len(found[1])
        return chain

    def _shown(self, folder: Path) -> str:
        root = self._layout.root
        return (folder.relative_to(root) if folder.is_relative_to(root) else folder).as_posix()

    def _check_models(self, board: Board) -> None:
        """Raises JobError for a shot whose model is not here."""
        first = {shot.takes[0].job.model: shot for shot in reversed(board.shots)}
        for name, shot in first.items():
            try:
                if name is not None:
                    self._models.card(name)
            except SetupError as error:
                line = shot.takes[0].job.lines.get("model")
                raise JobError(error.what, line=line, key="model", remedy=error.remedy) from error


def _check_name(file: Path) -> None:
    """Raises JobError for a board whose name no job of it could say."""
    try:
        board_name(file).encode()
    except UnicodeEncodeError:
        raise JobError(
            "The board's name is not written in UTF-8.",
            why="Its jobs, pictures and seeds go by that.",
            remedy="Rename it: its folder if it lies in boards/, else its file.",
        ) from None

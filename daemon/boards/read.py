"""From the bytes of a board to a Board, or to an error that its author can act on.

Pure: opens no file. Levels, weakest first: settings, `_defaults.yaml`, the top of the board, the
shot. Takes time in proportion to what the board asks for, whatever it says.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence

from daemon.boards.board import Board, Shot
from daemon.boards.follow import check_follows
from daemon.boards.formats.board_table import board_table
from daemon.boards.keys import NAME, OF_BOARD, OF_SHOT, TOLD, Keys, of_board
from daemon.boards.layers import Layers
from daemon.boards.memory import ShotMemory
from daemon.boards.names import check_names
from daemon.boards.scenes import unpainted_scenes
from daemon.boards.shot_list import SHOTS, WrittenShot, text_of, written_shots
from daemon.boards.sketches import with_sketches
from daemon.boards.takes import Common
from daemon.errors import JobError, NotYetError
from daemon.jobfile import tree
from daemon.jobfile.aliases import known_word
from daemon.jobfile.cast import NOBODY, CastLibrary
from daemon.jobfile.defaults import JobDefaults
from daemon.jobfile.document import read_table
from daemon.jobfile.level import KNOWN, make_level
from daemon.jobfile.precedence import Merged
from daemon.jobfile.read import outer_levels
from daemon.jobfile.vary import no_lists
from daemon.text.suggest import nearest

MAX_PICTURES = 30_000
"""Of one board."""

MOST_MISTAKES = 10
"""Of one board that are told together."""

_AT_LEAST = "Write shots: and below it a line for each, such as 010: a harbour at dawn"


def read_board(
    data: bytes,
    file: str,
    *,
    name: str,
    base: JobDefaults,
    defaults: Sequence[tuple[str, bytes]] = (),
    cast: CastLibrary = NOBODY,
    lines: Callable[[str], Sequence[str]] = no_lists,
    memory: ShotMemory | None = None,
) -> Board:
    """The board in `data`, which came from a file named `file` and is called `name` unless it says
    otherwise; `base`, `defaults` and `cast` are as for `read_job`, `lines` as of `vary.Outside`.
    With the `memory` of its last reading, shots that stand there unchanged are the same objects.

    Raises JobError, UnfinishedError (it does not parse, or says nothing yet), DefaultsError, or
    NotYetError for a character who may still come.
    """
    table = table_of_board(data, file, cast.names)
    return make_board(
        table, name=name, base=base, defaults=defaults, cast=cast, lines=lines, memory=memory
    )


def table_of_board(
    data: bytes, file: str, characters: Collection[str] = (), layers: Layers | None = None
) -> tree.Table:
    """The mapping that a board consists of, or should: `make_board` says what it lacks; `layers` as
    of `board_table`. Raises what `read_board` raises."""
    try:
        found = board_table(data, file, characters, sure=True, layers=layers)
        return found or read_table(data, file)
    except JobError as error:
        if error.remedy == tree.AT_LEAST:
            error.remedy = _AT_LEAST
        raise


def make_board(
    table: tree.Table,
    *,
    name: str,
    base: JobDefaults,
    defaults: Sequence[tuple[str, bytes]] = (),
    cast: CastLibrary = NOBODY,
    lines: Callable[[str], Sequence[str]] = no_lists,
    memory: ShotMemory | None = None,
    sketches: Sequence[str] = (),
) -> Board:
    """The board that a mapping with `shots` describes, however it was written; `sketches` are the
    names of the drawings beside it. Raises what `read_board` raises."""
    keys = of_board(table)
    if SHOTS not in keys.own:
        raise _no_shots(table)
    _check_indent(keys)
    written = written_shots(keys.own[SHOTS], keys.places[SHOTS].line or table.line)
    level = make_level(keys.job, of="a board", beside=(SHOTS, *TOLD, *OF_SHOT))
    merged = Merged(base, [*outer_levels(base, defaults), level], lenient=False)
    written, strange = with_sketches(written, sketches)
    warnings = tuple(dict.fromkeys((*merged.warnings, *strange)))
    merged.warnings.clear()  # they are the board's, and not said again of each of its pictures
    told = {key: text for key, text in keys.told.items() if key not in OF_BOARD}
    called = _name(keys) or name
    memory = ShotMemory() if memory is None else memory
    memory.begin((keys.job, told, called, base, tuple(defaults), cast))
    shots = _shots(written, Common(called, merged, told, cast, lines), memory)
    check_follows(shots)
    check_names(shots)
    own = {key: keys.told[key] for key in OF_BOARD if key in keys.told}
    return Board(called, shots, (*warnings, *unpainted_scenes(shots)), own)


def _shots(written: Sequence[WrittenShot], common: Common, memory: ShotMemory) -> tuple[Shot, ...]:
    shots, pictures, wrong = [], 0, _Mistakes()
    memory.forget_others({one.id for one in written})
    for one in written:
        try:
            shots.append(memory.shot(one, common))
        except JobError as error:
            wrong.add(error)
            continue
        pictures += len(shots[-1].takes)
        if pictures > MAX_PICTURES:
            raise JobError(
                f"The board asks for more than {MAX_PICTURES:,} pictures.",
                line=one.line,
                key=one.id,
                why=f"Up to here, {len(shots):,} of {len(written):,} shots, there are "
                f"{pictures:,}.",
                remedy="Ask for fewer takes, or make several boards of it.",
            )
    wrong.complain()
    return tuple(shots)


class _Mistakes:
    """What is wrong with single shots, to be told at once: a save for each would take as many."""

    def __init__(self) -> None:
        self._found: dict[object, JobError] = {}  # one of each line: the top speaks to every shot

    def add(self, error: JobError) -> None:
        """Keep it; raises the first one where it is of another file, or there are enough."""
        self._found.setdefault(error.line or error.what, error)
        if error.file or isinstance(error, NotYetError) or len(self._found) >= MOST_MISTAKES:
            self.complain(is_cut=True)

    def complain(self, *, is_cut: bool = False) -> None:
        """Raises the first, if there is any, with the others; `is_cut`: nobody looked farther."""
        first, *others = self._found.values() or (None,)
        if first is not None:
            first.is_cut = is_cut
            first.others = tuple(each for each in others if each is not None and not each.file)
            raise first


def _no_shots(table: tree.Table) -> JobError:
    """What is said of a board without `shots`, which perhaps stands there misspelt."""
    known = (SHOTS, NAME, *TOLD, *KNOWN)
    meant = next((key for key in table.items if nearest(key, known) == SHOTS), None)
    return JobError(
        "The file has no `shots`.",
        line=table.key_lines.get(meant) if meant else None,
        key=meant or SHOTS,
        why=f"Did you mean `{SHOTS}` by `{tree.shown(meant)}`?"
        if meant
        else "A board is a job file with `shots`.",
        remedy="" if meant else _AT_LEAST,
    )


def _check_indent(keys: Keys) -> None:
    """Nothing below `shots`, and then keys that nobody knows: shots that were not indented."""
    node, line = keys.own[SHOTS], keys.places[SHOTS].line or 0
    if not isinstance(node, tree.Scalar) or node.value is not None:
        return
    below = ((key, keys.job.key_lines.get(key, 0)) for key in keys.job.items)
    beside = [(at, key) for key, at in below if at > line and known_word(key, KNOWN) not in KNOWN]
    if beside:
        at, key = min(beside)
        raise JobError(
            f"`{tree.shown(key)}` stands beside `shots`, and not below it.",
            line=at,
            key=key,
            why="What belongs to `shots` is indented.",
            remedy="Indent each shot by two spaces, and what belongs to it as far again.",
        )


def _name(keys: Keys) -> str:
    """What the board calls itself; empty if it doesn't."""
    node = keys.own.get(NAME)
    if node is None or tree.plain(node) is None:
        return ""
    place = keys.places[NAME]
    text = text_of(node).strip() if isinstance(node, tree.Scalar) else ""
    if text and len(text) <= 200 and "\n" not in text:
        return text
    raise JobError(
        f"`{place.key}` must be a short text.",
        line=place.line,
        key=place.key,
        why="It is what the board is called in place of its folder's name.",
        remedy=f"Write for instance {place.key}: ep03",
    )

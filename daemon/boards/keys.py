"""The keys of a board and of a shot that are no keys of a job, told apart from those that are.

Says what is wrong with a key that can't stand where it stands. What the others mean, the job file's
own reader knows; what becomes of `like`, `from` and `pick`, `follow` and `takes` do.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace

from daemon.boards.shot_list import ID, SHOTS, text_of
from daemon.errors import JobError
from daemon.jobfile import aliases, quotes, tree
from daemon.jobfile.collected import Place
from daemon.jobfile.level import KNOWN

LIKE, FROM, PICK, NAME = "like", "from", "pick", "name"
TOLD = ("scene", "title", "action", "dialogue", "seconds", "notes")
"""For people only: never a part of what a model reads."""

OF_BOARD = ("title", "notes")
"""Of those, what is said of the board when it stands at its top; the others hold for each shot."""

OF_SHOT = (LIKE, FROM, PICK)
_NAMES = (*OF_SHOT, NAME, "seconds")
MAX_TOLD = 4_000
MAX_SECONDS = 86_400

_BY_ITSELF = "It is said of one shot."
_EACH = (
    "It says of a folder of the inbox that each of its pictures is a drawing.",
    "Lay the drawings into sketches/ beside the board: 060.png belongs to shot 060.",
)
_AT_TOP: dict[str, tuple[str, str]] = {
    LIKE: (_BY_ITSELF, "Write it under the shot that follows."),
    FROM: (_BY_ITSELF, "Write it under the shot that begins with another's picture."),
    PICK: (_BY_ITSELF, "Write it under the shot whose take is chosen."),
    ID: (_BY_ITSELF, "Write it under `shots`."),
    "id": (
        "All jobs of the board would be one and the same.",
        "A board is known by its folder's name, or by `name`; every shot by its own id.",
    ),
    "parent": ("Only a job that is made again has one.", "Remove it."),
    "each": _EACH,
}
_IN_SHOT: dict[str, tuple[str, str]] = {
    "id": (
        "A shot's id stands before its colon, and its pictures are known by it.",
        "Write it so: 010: a harbour at dawn; in a list, shot: 010",
    ),
    ID: (
        "A shot's id stands before its colon here.",
        "Remove the key, or write `shots` as a list.",
    ),
    NAME: (
        "The pictures of a shot are named by its id.",
        "Change the id, or write `title` for what only people read.",
    ),
    "parent": ("Only a job that is made again has one.", "Remove it."),
    "each": _EACH,
}


@dataclass(frozen=True, slots=True)
class Keys:
    """One table, sorted: `job` has the keys of a job, `own` those of boards under their names,
    `places` where these stand, `told` the texts for people."""

    job: tree.Table
    own: Mapping[str, tree.Node] = field(default_factory=dict)
    places: Mapping[str, Place] = field(default_factory=dict)
    told: Mapping[str, str] = field(default_factory=dict)


def of_board(table: tree.Table) -> Keys:
    """The keys at the top of a board. Raises JobError."""
    return _sorted(table, own=(SHOTS, NAME, *TOLD), refused=_AT_TOP)


def of_shot(table: tree.Table) -> Keys:
    """The keys of one shot. Raises JobError."""
    return _sorted(table, own=(*OF_SHOT, *TOLD), refused=_IN_SHOT)


def _sorted(
    table: tree.Table, *, own: Iterable[str], refused: Mapping[str, tuple[str, str]]
) -> Keys:
    job: dict[str, tree.Node] = {}
    found: dict[str, tree.Node] = {}
    places: dict[str, Place] = {}
    notes: list[str] = []
    words = (*own, *refused, *KNOWN)
    for key, node in table.items.items():
        place = Place(key, table.key_lines.get(key))
        word = aliases.known_word(key, words)
        if word in refused:
            raise _refusal(place, *refused[word])
        if word not in own:
            job[key] = node
        elif word in found:
            raise tree.duplicate(word, places[word].line or table.line, place.line or table.line)
        else:
            found[word] = quotes.plain(node) if word in _NAMES else node
            if found[word] != node:
                notes.append(quotes.note(key))
            places[word] = place
    told = {key: text for key in TOLD if key in found and (text := _told(key, found, places))}
    rest = replace(table, items=job, warnings=(*table.warnings, *notes))
    return Keys(rest, found, places, told)


def _refusal(place: Place, why: str, remedy: str) -> JobError:
    what = f"`{tree.shown(place.key)}` can't stand here."
    return JobError(what, line=place.line, key=place.key, why=why, remedy=remedy)


# --- for people -----------------------------------------------------------------------------------


def _told(key: str, found: Mapping[str, tree.Node], places: Mapping[str, Place]) -> str:
    node, place = found[key], places[key]
    text = _seconds(node, place) if key == "seconds" else "\n".join(_lines(node, place))
    if len(text) > MAX_TOLD:
        raise JobError(
            f"`{tree.shown(place.key)}` has {len(text):,} characters; at most {MAX_TOLD:,} are "
            "allowed.",
            line=place.line,
            key=place.key,
        )
    return text


def _lines(node: tree.Node, place: Place) -> list[str]:
    """A text, a list of them, or a mapping: `dialogue: {BEN: Up here!}` is what BEN says."""
    if isinstance(node, tree.Scalar):
        return [] if node.value is None else [text_of(node).strip()]
    if isinstance(node, tree.Listing):
        return [line for item in node.items for line in _lines(item, place)]
    lines = []
    for key, item in node.items.items():
        if not isinstance(item, tree.Scalar):
            raise JobError(
                f"`{tree.shown(place.key)}` must be a text.",
                line=node.key_lines.get(key, node.line),
                key=place.key,
                remedy='Write it in quotes, or as lines such as BEN: "Up here!"',
            )
        lines.append(f"{key}: {text_of(item).strip()}" if item.value is not None else key)
    return lines


def _seconds(node: tree.Node, place: Place) -> str:
    value = tree.plain(node)
    if value is None:
        return ""
    if isinstance(value, int | float) and not isinstance(value, bool) and 0 < value <= MAX_SECONDS:
        return f"{value:g}"
    raise JobError(
        f"`{tree.shown(place.key)}` must be a number above 0 and of at most {MAX_SECONDS:,}.",
        line=place.line,
        key=place.key,
        why="It says how long the shot is held.",
        remedy=f"Write {place.key}: 2.5",
    )

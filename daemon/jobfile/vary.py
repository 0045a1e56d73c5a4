"""`vary`: the columns of a job or a shot that differ from picture to picture, and their rows.

A mapping of columns is every combination, a list is exactly its rows. Counts before it expands.
Knows no prompts and no keys of a job: whether a column is a word to fill in or a key to set, and
what becomes of a row, `expand` decides. Opens no file: the lines of a list come from `Outside`.
"""

from __future__ import annotations

import itertools
import json
import math
import random
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field

from daemon.errors import JobError, NotYetError
from daemon.jobfile import tree
from daemon.jobfile.collected import Place
from daemon.jobfile.row_labels import identity, labels
from daemon.jobfile.yaml_scalars import resolve
from daemon.text.counted import counted
from daemon.text.suggest import did_you_mean

LIST_SUFFIX = ".txt"
_PICK = ("pick", "of")
_EXAMPLE = "Write, for instance: vary: {light: [dawn, noon, night]}"


def no_lists(name: str) -> tuple[str, ...]:
    """Where no list can be read."""
    raise JobError(f"The list {tree.shown(name)} can't be read here.")


@dataclass(frozen=True, slots=True)
class Outside:
    """What a job takes from outside of its file. `lines(name)` are the lines of a list, raising
    JobError or NotYetError; `chance` draws where a file asks for some of many (a board's is seeded
    by its shot, so that saving it again draws the same); `draws` False: prompts were drawn."""

    lines: Callable[[str], Sequence[str]] = no_lists
    chance: random.Random = field(default_factory=lambda: random.Random(0))
    draws: bool = True


@dataclass(frozen=True, slots=True)
class Column:
    """One column of a mapping: `values` as they stand, or a `list_file`; `pick` of them by
    chance, None for all."""

    place: Place
    values: tuple[tree.Node, ...] = ()
    list_file: str | None = None
    pick: int | None = None


@dataclass(frozen=True, slots=True)
class Vary:
    """As it is written: `columns` to be combined, or `exact` rows (column to value)."""

    place: Place
    columns: tuple[Column, ...] = ()
    exact: tuple[Mapping[str, tree.Node], ...] = ()
    places: Mapping[str, Place] = field(default_factory=dict)

    @property
    def names(self) -> tuple[str, ...]:
        """Every column, in the file's order."""
        return tuple(self.places)


@dataclass(frozen=True, slots=True)
class Row:
    """One row: the value of each column it has. `label` says in words of a file name what is its
    own ("" where nothing varies)."""

    values: Mapping[str, tree.Node]
    label: str = ""


# --- as it is written ----------------------------------------------------------------------------


def parse(node: tree.Node, place: Place) -> Vary | None:
    """What the value of `vary` asks for; None for nothing at all. Raises JobError."""
    if isinstance(node, tree.Scalar) and node.value is None:
        return None
    if isinstance(node, tree.Table) and node.items:
        columns = tuple(
            _column(value, Place(name, node.key_lines.get(name, node.line)))
            for name, value in node.items.items()
        )
        return Vary(place, columns, places={each.place.key: each.place for each in columns})
    if isinstance(node, tree.Listing) and node.items:
        return _exact(node, place)
    if isinstance(node, tree.Scalar):
        what = f"`{place.key}` must be a mapping of columns or a list of rows."
    else:
        what = f"`{place.key}` is empty."
    raise _wrong(place, what, remedy=_EXAMPLE)


def _column(node: tree.Node, place: Place) -> Column:
    if isinstance(node, tree.Table):
        return _picked(node, place)
    return _source(node, place, place)


def _source(node: tree.Node, place: Place, at: Place, pick: int | None = None) -> Column:
    """Values, or the list they are read from; `at` is where that is said."""
    if isinstance(node, tree.Listing):
        if not node.items:
            raise _wrong(at, f"`{_shown(at)}` is an empty list.", remedy="Give it values.")
        _refuse_doubles([*node.items], at)
        return Column(place, node.items, pick=pick)
    name = node.value if isinstance(node, tree.Scalar) else None
    if isinstance(name, str) and name.strip().lower().endswith(LIST_SUFFIX):
        return Column(place, list_file=name.strip(), pick=pick)
    text = _shown(at)
    raise _wrong(
        at,
        f"`{text}` must be a list of values, or the name of a {LIST_SUFFIX} file.",
        remedy=f"Write {text}: [one, another], or {text}: {text}{LIST_SUFFIX}",
    )


def _picked(node: tree.Table, place: Place) -> Column:
    for key in node.items:
        if key not in _PICK:
            guess = did_you_mean(key, _PICK)
            raise _wrong(
                Place(key, node.key_lines.get(key, node.line)),
                f"`{tree.shown(key)}` says nothing in the column `{_shown(place)}`.",
                why=guess,
                remedy="" if guess else "Write {pick: 4, of: lights.txt}, or a list of values.",
            )
    if missing := [key for key in _PICK if key not in node.items]:
        raise _wrong(
            place,
            f"The column `{_shown(place)}` has no `{missing[0]}`.",
            remedy="Write {pick: 4, of: lights.txt}, or a list of values.",
        )
    number = tree.plain(node.items["pick"])
    if isinstance(number, bool) or not isinstance(number, int) or number < 1:
        raise _wrong(
            Place("pick", node.key_lines.get("pick", node.line)),
            "`pick` must be a whole number, at least 1.",
        )
    at = Place("of", node.key_lines.get("of", node.line))
    return _source(node.items["of"], place, at, number)


def _exact(node: tree.Listing, place: Place) -> Vary:
    places: dict[str, Place] = {}
    rows: list[Mapping[str, tree.Node]] = []
    for number, item in enumerate(node.items, 1):
        if not isinstance(item, tree.Table) or not item.items:
            at = Place(place.key, item.line)
            what = f"Row {number} of `{place.key}` must be a mapping of columns to values."
            raise _wrong(at, what, remedy=f"Write - {{light: dawn}}. {_EXAMPLE}")
        for name in item.items:
            places.setdefault(name, Place(name, item.key_lines.get(name, item.line)))
        rows.append(item.items)
    _refuse_doubles([*node.items], place)
    return Vary(place, exact=tuple(rows), places=places)


def _refuse_doubles(nodes: list[tree.Node], place: Place) -> None:
    """The same words with the same seed are the same picture."""
    seen: set[str] = set()
    for node in nodes:
        if (same := identity(node)) in seen:
            what = f"`{_shown(place)}` holds {tree.shown(_said(node))} twice."
            at = Place(place.key, node.line)
            raise _wrong(at, what, why="It would be the same picture.", remedy="Keep one of them.")
        seen.add(same)


def _said(node: tree.Node) -> str:
    return text_of(node) if isinstance(node, tree.Scalar) else identity(node)


# --- its rows ------------------------------------------------------------------------------------


def rows(vary: Vary, outside: Outside, *, most: int) -> tuple[Row, ...]:
    """Every row in the file's order, the first column changing slowest. Raises JobError for more
    than `most`, before they are made, and what `outside.lines` raises."""
    if vary.exact:
        found = list(vary.exact)
        _check_number(len(found), vary, most, counted(len(found), "row"))
    else:
        columns = [_values(each, outside) for each in vary.columns]
        sizes = [len(values) for values in columns]
        told = " x ".join(
            f"{size:,} {_shown(each.place)}"
            for size, each in zip(sizes, vary.columns[:6], strict=False)
        )
        _check_number(math.prod(sizes), vary, most, told)
        found = [dict(zip(vary.names, each, strict=True)) for each in itertools.product(*columns)]
    return tuple(
        Row(values, label) for values, label in zip(found, labels(found, text_of), strict=True)
    )


def _check_number(number: int, vary: Vary, most: int, told: str) -> None:
    if number > most:
        raise too_many(vary.place, number, most, told)


def too_many(place: Place, number: int, most: int, told: str) -> JobError:
    """More pictures than a job may ask for; `told` says how they come about."""
    return _wrong(
        place,
        f"`{place.key}` asks for {tree.shown(f'{number:,}')} pictures ({told}); at most {most:,} "
        "are allowed.",
        remedy="Write the rows that you want as a list, take some by {pick: 4, of: [...]}, or "
        "raise `max_pictures` in hotfolder.yaml.",
    )


def _values(column: Column, outside: Outside) -> Sequence[tree.Node]:
    found: Sequence[tree.Node] = column.values
    if column.list_file is not None:
        found = _listed(column, column.list_file, outside)
    if column.pick is None:
        return found
    if column.pick > len(found):
        what = f"`{_shown(column.place)}` picks {column.pick:,} of {len(found):,}."
        raise _wrong(column.place, what, remedy="Pick fewer, or give it more to pick from.")
    chosen = sorted(outside.chance.sample(range(len(found)), column.pick))
    return [found[index] for index in chosen]


def _listed(column: Column, name: str, outside: Outside) -> list[tree.Node]:
    """A value for each line; one that stands there twice counts once."""
    place = column.place
    try:
        lines = outside.lines(name)
    except JobError as error:
        kind = NotYetError if isinstance(error, NotYetError) else JobError
        raise kind(
            error.what, line=place.line, key=place.key, why=error.why, remedy=error.remedy
        ) from None
    if not lines:
        what = f"The list {tree.shown(name)} of `{_shown(place)}` holds no line."
        raise _wrong(place, what, remedy="Write a value into each line of it.")
    return [typed_line(text, place.line or 1) for text in dict.fromkeys(lines)]


def typed_line(text: str, line: int = 1) -> tree.Scalar:
    """A line of a list as it would be read in line `line` of the job file itself."""
    try:
        value = resolve(text, line)
    except JobError:
        value = text
    return tree.Scalar(text if value is None else value, line, text, bare=True)


# --- helpers ------------------------------------------------------------------------------------


def text_of(node: tree.Node) -> str:
    """A value as it is filled into a prompt: as it was typed. Lists and mappings have none."""
    if not isinstance(node, tree.Scalar):
        return ""
    if isinstance(node.value, str):
        return node.value
    return node.text or json.dumps(node.value)


def _shown(place: Place) -> str:
    return tree.shown(place.key)


def _wrong(place: Place, what: str, *, why: str = "", remedy: str = "") -> JobError:
    return JobError(what, line=place.line, key=place.key, why=why, remedy=remedy)

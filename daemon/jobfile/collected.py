"""Where the values of one table gather under our names, each with the place it came from."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from daemon.errors import JobError
from daemon.jobfile import aliases, tree
from daemon.jobfile.as_typed import number_of, numbers_of
from daemon.protocol.json_object import JsonObject
from daemon.text.printable import is_unsafe
from daemon.text.suggest import did_you_mean


@dataclass(frozen=True, slots=True)
class Place:
    """Where a value came from: the key as it was written, its line, and the file; `number` is how
    it was typed, if it is one, and `numbers` how those of a list were, item for item."""

    key: str
    line: int | None = None
    file: str | None = None  # None: the job file itself
    number: str = ""
    numbers: tuple[str, ...] = ()

    def of_item(self, index: int) -> Place:
        """Of one item of the list that stands there, or of what it says for all of them."""
        number = self.numbers[index] if index < len(self.numbers) else self.number
        return Place(self.key, self.line, self.file, number)


class Sheet:
    """Collects values under our names while the keys of one table are gone through."""

    def __init__(self) -> None:
        self.values: JsonObject = {}
        self.places: dict[str, Place] = {}
        self.warnings: list[str] = []
        self.automatic: Place | None = None  # where the schedule is left to the sampler
        self.inner: dict[tuple[str, int | str, str], Place] = {}  # keys of each reference, LoRA, …

    def said(self, at: tuple[str, int | str, str], number: float) -> str:
        """A number of an inner mapping as it was typed, if it was."""
        place = self.inner.get(at)
        return place.number if place and place.number else f"{number:g}"

    def put(self, name: str, value: object, place: Place) -> None:
        # Other tools write every word they have; a null beside a value says nothing.
        if self.values.get(name) is None:
            self.values[name], self.places[name] = value, place
            return
        if value is None:
            return
        first = self.places[name]
        # True equals 1 in Python, but not to anyone else.
        if self.values[name] != value or (self.values[name] is True) != (value is True):
            raise JobError(
                f"`{first.key}`{_in_line(first)} and `{place.key}`{_in_line(place)} "
                "contradict each other.",
                line=place.line,
                key=place.key,
                why=f"Both set `{name}`.",
                remedy="Keep one of them.",
            )


def place_of(table: tree.Table, key: str) -> Place:
    """Where the value of a key of `table` stands."""
    node = table.items[key]
    line = table.key_lines.get(key)
    return Place(key, line, number=number_of(node), numbers=numbers_of(node))


def _in_line(place: Place) -> str:
    return f" (line {place.line})" if place.line else ""


def unknown(
    place: Place, node: tree.Node, table: tree.Table, *, known: Iterable[str], of: str, remedy: str
) -> JobError:
    """A key nobody knows: a slip of the fingers, or half a sentence after a bare comma."""
    shown = tree.shown(place.key)
    if table.flow and isinstance(node, tree.Scalar) and node.bare and node.text == "":
        return JobError(
            f"`{shown}` stands here as a key without a value.",
            line=place.line,
            key=place.key,
            why="Inside {} a bare comma ends a text, and the rest is taken for the next key.",
            remedy='Put the text in quotes: {prompt: "a cat, a dog"}',
        )
    meant = aliases.MEANT.get(aliases.folded(place.key))
    if meant and meant in known:
        return _meant(place, node, meant, of)
    guess = did_you_mean(place.key, known)
    if (hidden := next((c for c in place.key if is_unsafe(c)), "")) and guess:
        guess = f"It contains an invisible sign (U+{ord(hidden):04X}). {guess}"
    return JobError(
        f"`{shown}` is not a key of {of}.",
        line=place.line,
        key=place.key,
        why=guess,
        remedy="" if guess else remedy,
    )


def _meant(place: Place, node: tree.Node, meant: str, of: str) -> JobError:
    """A key that can only be another word for one of ours; taken only when it is written so."""
    value = node.text if isinstance(node, tree.Scalar) else ""
    if meant == "preset":
        value = aliases.PRESET_WORDS.get(value.casefold(), "quality")
    return JobError(
        f"`{tree.shown(place.key)}` is not a key of {of}.",
        line=place.line,
        key=place.key,
        why=f"Did you mean `{meant}`?",
        remedy=f"Write {meant}: {tree.shown(value)}" if value else "",
    )

"""Control models as they lie in a folder: T2I-Adapters, ControlNets, unions, and what makes
control pictures.

Which family a file is of is told from its table of contents, which kinds of picture it takes from
its name, as everybody who publishes one says it there. What can't be used is named with the reason,
and costs itself alone. Reads the disk, writes nothing.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from types import MappingProxyType

from daemon.models.contents import look
from daemon.models.encoders import NEVER, Unusable, pickles
from daemon.models.files import is_file, is_folder, is_weights, weights_in
from daemon.protocol.control_kinds import UNION, UNION_MODES, ControlFacts
from daemon.protocol.render import CONTROL_FAMILIES, CONTROL_KINDS

CONTROLS_NAME, ESTIMATORS_NAME = "controls", "estimators"
ESTIMATORS = ("depth", "pose", "people")
"""What reads depth or a pose out of a picture, and finds the people first."""

GET = "Get one for SDXL in the layout of diffusers: `hotfolder models pull t2i-sketch` brings one."

#: Words of a name -> kind; a word is taken out once it is found, so that `softedge` is no `edge`.
_WORDS = (
    ("softedge", "drawing"), ("scribble", "drawing"), ("sketch", "drawing"), ("drawing", "drawing"),
    ("pidi", "drawing"), ("hed", "drawing"), ("lineart", "lines"), ("line-art", "lines"),
    ("line_art", "lines"), ("lines", "lines"), ("anime", "lines"), ("canny", "edges"),
    ("edge", "edges"), ("depth", "depth"), ("pose", "pose"), ("tile", "tile"),
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class ControlFile:
    """A control model by its name: `place` is its file or folder, `file` its weights, `kinds` the
    kinds of control picture it takes; none where its name does not tell."""

    name: str
    place: Path
    file: Path
    facts: ControlFacts
    kinds: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Controls:
    """What lies in one folder, or fits one model."""

    models: Mapping[str, ControlFile] = field(default_factory=dict)
    estimators: Mapping[str, Path] = field(default_factory=dict)
    unusable: tuple[Unusable, ...] = field(default=(), compare=False)

    def of_kind(self, kind: str) -> ControlFile | None:
        """The one for this kind of picture: the cheapest family first, in it the first by name."""
        able = [one for one in self.models.values() if kind in one.kinds]
        turn = CONTROL_FAMILIES.index
        return min(able, key=lambda one: turn(one.facts.family), default=None)


def read_controls(folder: Path) -> Controls:
    """What lies in `controls` of this folder."""
    home = folder / CONTROLS_NAME
    if not is_folder(home):
        return Controls()
    models: dict[str, ControlFile] = {}
    unusable: list[Unusable] = []
    for place, file in _places(home, unusable):
        contents = look(file)
        name = file.stem if place == file else place.name
        facts = contents.control
        if facts is None or facts.refused:
            told = facts.refused if facts else contents.broken
            told = told or (contents.stray[0] if contents.stray else "It is no control model")
            unusable.append(Unusable(name, file, f"{told}.", GET))
        else:
            models.setdefault(name, ControlFile(name, place, file, facts, _kinds(name, facts)))
    there = home / ESTIMATORS_NAME
    estimators = {name: there / name for name in ESTIMATORS if is_file(there / name / _CONFIG)}
    return Controls(MappingProxyType(models), MappingProxyType(estimators), tuple(unusable))


_CONFIG = "config.json"


def fit_controls(shelves: Sequence[Controls], text: int, channels: int) -> Controls:
    """The control models of these shelves that fit one model, the first shelf's of a name: `text`
    is how wide the tokens are that its UNet reads, `channels` those of its first layer; 0 where
    that can't be told."""
    models: dict[str, ControlFile] = {}
    estimators: dict[str, Path] = {}
    unusable: dict[Path, Unusable] = {}
    for shelf in shelves:
        for name, one in shelf.models.items():
            why = _misfit(one.facts, text, channels)
            if why:
                unusable.setdefault(one.file, Unusable(name, one.file, why, GET))
            else:
                models.setdefault(name, one)
        estimators = {**shelf.estimators, **estimators}
        unusable |= {one.file: one for one in shelf.unusable}
    return Controls(
        MappingProxyType(models), MappingProxyType(estimators), tuple(unusable.values())
    )


def _misfit(facts: ControlFacts, text: int, channels: int) -> str:
    if facts.text and text and facts.text != text:
        return (
            f"It is for another model: it reads text that is {facts.text} wide, this model's is "
            f"{text}."
        )
    if channels and facts.channels[0] != channels:
        return (
            f"It is for another model: its first block has {facts.channels[0]} channels, this "
            f"model's {channels}."
        )
    return ""


def _kinds(name: str, facts: ControlFacts) -> tuple[str, ...]:
    if facts.family == UNION:
        return tuple(kind for kind in CONTROL_KINDS if UNION_MODES[kind] < facts.modes)
    left, found = name.casefold(), []
    for word, kind in _WORDS:
        if word in left:
            left = left.replace(word, " ")
            found.append(kind)
    return tuple(dict.fromkeys(found))


def _places(home: Path, unusable: list[Unusable]) -> Iterator[tuple[Path, Path]]:
    """(place, weights) of all that is meant as a control model: a file, or a folder with one."""
    try:
        entries = sorted(home.iterdir())
    except OSError:
        return
    for entry in entries:
        if entry.name.startswith(".") or entry.name == ESTIMATORS_NAME:
            continue
        if not is_folder(entry):
            if is_weights(entry):
                yield entry, entry
            continue
        found = weights_in(entry)
        plain = [file for file in found if ".fp16" not in file.name] or found
        if plain:
            yield entry, plain[0]
        elif pickled := pickles(entry):
            why = f"It is here only as {pickled[0].name}, {NEVER}"
            unusable.append(Unusable(entry.name, pickled[0], why, "Get it as .safetensors."))

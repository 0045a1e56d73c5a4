"""Characters: who they are, from a job's `cast` and the root's library, and what each one brings.

Pure: the library comes in as a value. Who is in a picture, `casting` decides.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from types import MappingProxyType

from daemon.errors import JobError, NotYetError, sentences
from daemon.jobfile.areas import Area, Box
from daemon.jobfile.cast_items import is_library_name
from daemon.jobfile.collected import Place
from daemon.jobfile.job import JobLora, JobReference
from daemon.protocol.codec import build
from daemon.protocol.json_object import JsonObject
from daemon.protocol.render import ReferenceParams
from daemon.text.suggest import did_you_mean

STRENGTH = 0.6
FACE_MODEL, FACE_START = "plus-face", 0.2
"""The IP-Adapter for faces, and the share of the steps after which it is best begun: before that
it would decide how the figure stands."""


@dataclass(frozen=True, slots=True)
class Member:
    """A character of the library: `values` under our names (those of `CharacterForm`), its looks
    by their paths within `cast/`."""

    name: str
    values: JsonObject


@dataclass(frozen=True, slots=True)
class CastLibrary:
    """The root's `cast/`: its characters by name, of each that can't be used the reason, and what
    is wrong with the whole."""

    members: Mapping[str, Member] = field(default_factory=lambda: MappingProxyType({}))
    troubles: Mapping[str, JobError] = field(default_factory=lambda: MappingProxyType({}))
    trouble: JobError | None = None

    def find(self, name: str) -> Member | None:
        """The character of that name, however its file spells it. Raises JobError, of the file in
        `cast/` that is no good, for one that can't be used."""
        known = {each.casefold(): each for each in (*self.members, *self.troubles)}
        found = known.get(unicodedata.normalize("NFC", name).casefold(), "")
        if found in self.members:
            return self.members[found]
        error = self.troubles.get(found) if found else self.trouble
        if error is None:
            return None
        raise error.relocated(JobError, error.file or "cast")

    @property
    def names(self) -> tuple[str, ...]:
        """Of all who can be used."""
        return tuple(sorted(self.members))


NOBODY = CastLibrary()


@dataclass(frozen=True, slots=True)
class Look:
    """A picture of a character, or a folder of them; `of_library`: by its path within `cast/`."""

    image: str
    sha256: str | None = None
    of_library: bool = False


@dataclass(frozen=True, slots=True)
class CharacterLora:
    """A LoRA, and the words it was trained to answer to."""

    lora: JobLora
    trigger: str = ""


@dataclass(frozen=True, slots=True)
class Character:
    """One of the cast. `words` are read for the name; `model` None is the one that fits the look,
    `start` None the one that fits the model; `face` is the part of every look that is looked at;
    `line` is where the job file speaks of it."""

    name: str
    looks: tuple[Look, ...] = ()
    words: str = ""
    strength: float = STRENGTH
    model: str | None = None
    start: float | None = None
    face: Box | None = None
    loras: tuple[CharacterLora, ...] = ()
    avoid: str = ""
    line: int | None = None

    @property
    def said(self) -> str:
        """What the prompt says at its end for the name, trigger words included; perhaps ""."""
        return ", ".join(filter(None, (self.words, *(each.trigger for each in self.loras))))

    def references(self, place: Area | None = None) -> tuple[JobReference, ...]:
        """Its looks as references, felt at `place` only. There they don't share their weight by
        themselves, as they do where references have no mask: each gets its part."""
        share = max(len(self.looks), 1) if place else 1
        first, second = self._followed(self.strength / share)
        if place:
            first = replace(first, mask_soft=True)
            second = replace(second, mask_soft=True) if second else None
        return tuple(
            JobReference(
                look.image,
                look.sha256,
                first,
                line=self.line,
                face=self.face,
                place=place,
                of_library=look.of_library,
                otherwise=second,
            )
            for look in self.looks
        )

    def _followed(self, scale: float) -> tuple[ReferenceParams, ReferenceParams | None]:
        """How a look is followed, and how where the model lacks the IP-Adapter for faces."""
        model = self.model or (FACE_MODEL if self.face else "base")
        start = 0.0 if self.start is None else self.start
        if model != FACE_MODEL:
            return ReferenceParams(scale, model=model, start=start), None
        usual = FACE_START if self.start is None else self.start
        return (
            ReferenceParams(scale, model=model, start=usual),
            ReferenceParams(scale, model="base", start=start),
        )


def characters(
    cast: Mapping[str, JsonObject], library: CastLibrary, places: Mapping[str, Place]
) -> dict[str, Character]:
    """Everyone of a job's `cast`; `places` tell where each is named (under `cast.NAME`). Raises
    JobError, NotYetError for a name that the library does not have (yet)."""
    return {
        name: _character(name, said, library, places.get(f"cast.{name}", Place(name)))
        for name, said in cast.items()
    }


def of_library(name: str, library: CastLibrary, place: Place) -> Character:
    """The library's character `name`. Raises what `characters` raises."""
    return _built(name, _found(name, library, place).values, place)


def _character(name: str, said: JsonObject, library: CastLibrary, place: Place) -> Character:
    """What the job says counts before what the library says."""
    looks = said.get("look")
    by_name = [look["image"] for look in looks or () if is_library_name(look["image"])]
    if looks is None:
        known = library.find(name)
        if known is None and not said:
            raise _unknown(name, library, place)
        return _built(name, {**(known.values if known else {}), **said}, place)
    if by_name and len(looks) == 1:
        known = _found(by_name[0], library, place)
        own = {key: value for key, value in said.items() if key != "look"}
        return _built(name, {**known.values, **own}, place)
    if by_name:
        raise JobError(
            f"`look` of {name} lists {by_name[0]}, which is neither a picture nor a folder.",
            line=place.line,
            key="look",
            file=place.file,
            why="In a list of several looks each is a picture, or a folder with a / at its end.",
            remedy=f"Write {by_name[0]}/ if it is a folder.",
        )
    return _built(name, said, place)


def _found(name: str, library: CastLibrary, place: Place) -> Member:
    member = library.find(name)
    if member is None:
        raise _unknown(name, library, place)
    return member


def _built(name: str, values: JsonObject, place: Place) -> Character:
    looks = tuple(build(Look, look) for look in values.get("look") or ())
    if not looks and (
        key := next((k for k in ("face", "model", "strength", "start") if k in values), None)
    ):
        raise JobError(
            f"{name} has `{key}`, but no look.",
            line=place.line,
            key=key,
            file=place.file,
            remedy=f"Name a picture of {name}: look: {name.lower()}.png",
        )
    return Character(
        name,
        looks,
        " ".join((values.get("as") or "").split()),
        STRENGTH if values.get("strength") is None else float(values["strength"]),
        values.get("model"),
        values.get("start"),
        tuple(values["face"]) if values.get("face") else None,
        tuple(_lora(each) for each in values.get("loras") or ()),
        " ".join((values.get("avoid") or "").split()),
        place.line if not place.file else None,
    )


def _lora(values: JsonObject) -> CharacterLora:
    worn = {key: value for key, value in values.items() if key != "trigger" and value is not None}
    return CharacterLora(build(JobLora, worn), " ".join((values.get("trigger") or "").split()))


def _unknown(name: str, library: CastLibrary, place: Place) -> NotYetError:
    here = _listed(library.names)
    return NotYetError(
        f"There is no character named {name} in `cast/`.",
        line=place.line,
        key=place.key,
        file=place.file,
        why=sentences(did_you_mean(name, library.names), here),
        remedy=f"Save a picture as cast/{name}.png in the root, or name the picture itself with "
        "its ending.",
    )


def _listed(names: Iterable[str]) -> str:
    found = tuple(names)
    more = f" and {len(found) - 20} more" if len(found) > 20 else ""
    return f"Here are: {', '.join(found[:20])}{more}." if found else "The library is empty."

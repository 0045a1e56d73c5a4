"""Who is in a picture, and what that adds to its job: references, words, LoRAs, what to avoid.

Pure. Words go to the end of a prompt: put in the place of a name they would wreck possessives.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import lru_cache
from types import MappingProxyType

from daemon.errors import JobError, sentences
from daemon.jobfile import tree
from daemon.jobfile.areas import Area
from daemon.jobfile.cast import CastLibrary, Character, characters, of_library
from daemon.jobfile.cast_items import is_library_name
from daemon.jobfile.cast_remarks import blending, misspelt, miswritten
from daemon.jobfile.collected import Place
from daemon.jobfile.job import FOLLOWING, JobLora, JobReference
from daemon.jobfile.names_in_text import names_in
from daemon.jobfile.precedence import Merged
from daemon.jobfile.schema import MAX_PROMPT
from daemon.protocol.json_object import JsonObject
from daemon.text.suggest import did_you_mean

MAX_LORAS = 8
_KEYS = ("cast", "with", "without", "place")


@dataclass(frozen=True, slots=True)
class Casting:
    """Everyone in one picture, in the order of the cast; `shown` are those whom `references` name
    (their looks alone, with no word, unless they are present as well); `places` say where someone
    is, `warnings` who is not where somebody may think."""

    present: tuple[Character, ...] = ()
    shown: Mapping[str, Character] = field(default_factory=lambda: MappingProxyType({}))
    places: Mapping[str, Area] = field(default_factory=lambda: MappingProxyType({}))
    warnings: tuple[str, ...] = ()

    @property
    def who(self) -> tuple[str, ...]:
        """Their names."""
        return tuple(each.name for each in self.present)

    @property
    def references(self) -> tuple[JobReference, ...]:
        """The looks of all who are not in `shown`."""
        return tuple(
            one
            for each in self.present
            if each.name not in self.shown
            for one in each.references(self.places.get(each.name))
        )

    @property
    def loras(self) -> tuple[JobLora, ...]:
        """What all who are present wear."""
        return tuple(one.lora for each in self.present for one in each.loras)

    def references_of(self, item: JsonObject) -> tuple[JobReference, ...]:
        """The looks of the character that an item of the job's `references` names; what the item
        says of how they are followed counts before what the character says."""
        who = self.shown[item["image"]]
        place = None if item.get("mask") else self.places.get(who.name)
        own = {key: item[key] for key in FOLLOWING if item.get(key) is not None}
        return tuple(
            replace(
                one,
                params=replace(one.params, **own),
                otherwise=None
                if "model" in own or not one.otherwise
                else replace(one.otherwise, **own),
                mask=item.get("mask"),
            )
            for one in who.references(place)
        )

    def prompt(self, text: str | None) -> str | None:
        """A prompt with everyone's words at its end; none stays none."""
        said = [f"{each.name}: {each.said}" for each in self.present if each.said]
        if not said or text is None:
            return text
        return "; ".join([text.rstrip(" \t\r\n.,;"), *said])

    def negative(self, text: str | None) -> str | None:
        """A negative prompt with what everyone avoids at its end."""
        avoided = dict.fromkeys(each.avoid for each in self.present if each.avoid)
        return ", ".join([*([text.rstrip(" \t\r\n.,;")] if text else []), *avoided]) or text

    def prompts(self, found: Mapping[str, str | None]) -> dict[str, str | None]:
        """All four prompts of a job; a second one that is the same as the first stays unsaid."""
        first = {"prompt": self.prompt, "negative_prompt": self.negative}
        return {
            key: text
            if key.endswith("_2") and text is None
            else first[key.removesuffix("_2")](text)
            for key, text in found.items()
        }


_NO_ONE = Casting()


def casting(merged: Merged, library: CastLibrary) -> Casting:
    """Who is in the picture that `merged` describes. Raises JobError and NotYetError."""
    value = merged.values.get
    named = [item["image"] for item in value("references") or () if is_named(item)]
    if merged.is_record or not (named or any(map(value, _KEYS))):
        return _NO_ONE
    cast = dict(_characters(_Asked(value("cast") or {}, library, merged.places)))
    added = _named(value("with"), cast, library, merged.place("with"))
    cast |= {each.name: each for each in added if each.name not in cast}
    left_out = {
        each.name for each in _named(value("without"), cast, library, merged.place("without"))
    }
    _check_sides(added, left_out, merged)
    text = "\n".join(filter(None, (value("prompt"), value("prompt_2"))))
    found = {*names_in(text, cast), *(each.name for each in added)} - left_out
    present = tuple(each for name, each in cast.items() if name in found)
    shown = {name: _shown(name, cast, library, merged.place("references")) for name in named}
    here = {each.name: each for each in present} | shown
    places, warnings = _placed(merged, cast, here, library)
    settled = found | left_out
    odd = (*miswritten(text, cast, settled), *misspelt(text, cast, settled))
    said = (*warnings, *odd, *blending(here, places))
    return Casting(present, shown, places, said)


class _Asked:
    """Equal where cast and library are the very same objects, as in every shot of a board that
    adds no one."""

    def __init__(
        self, cast: Mapping[str, JsonObject], library: CastLibrary, places: Mapping[str, Place]
    ) -> None:
        self.cast, self.library, self.places = cast, library, places

    def __hash__(self) -> int:
        return hash((id(self.cast), id(self.library)))

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, _Asked):
            return NotImplemented
        return self.cast is other.cast and self.library is other.library


@lru_cache(maxsize=2)
def _characters(asked: _Asked) -> Mapping[str, Character]:
    """Cached: a board with thousands of shots reads its cast once."""
    return characters(asked.cast, asked.library, asked.places)


def _shown(
    name: str, cast: Mapping[str, Character], library: CastLibrary, place: Place
) -> Character:
    found = cast[name] if name in cast else of_library(name, library, place)
    if found.looks:
        return found
    raise JobError(
        f"`references` names {name}, who has no look.",
        line=place.line,
        key=place.key,
        file=place.file,
        remedy=f"Give {name} a picture under `cast`, or remove the reference.",
    )


def is_named(item: JsonObject) -> bool:
    """Whether an item of `references` means a character."""
    return item.get("sha256") is None and is_library_name(item["image"])


def check_length(prompts: Mapping[str, str | None], casting: Casting, place: Place) -> None:
    """A record's prompt must be one that a job may have. Raises JobError."""
    for key, text in prompts.items():
        if casting.present and text is not None and len(text) > MAX_PROMPT:
            raise JobError(
                f"`{key}` with the words of {' and '.join(casting.who)} has {len(text):,} "
                f"characters; at most {MAX_PROMPT:,} are allowed.",
                line=place.line,
                key=key,
                remedy="Shorten the prompt, or what the cast says under `as`.",
            )


def check_loras(asked: Collection[object], casting: Casting, place: Place) -> None:
    """Raises JobError for more LoRAs than a job may wear."""
    if casting.present and len(asked) > MAX_LORAS:
        raise JobError(
            f"The job and its cast wear {len(asked)} LoRAs; at most {MAX_LORAS} are allowed.",
            line=place.line,
            key=place.key,
            remedy=f"Leave some out: {' and '.join(casting.who)} bring theirs along.",
        )


# --- inside ---------------------------------------------------------------------------------------


def _named(
    names: Iterable[str] | None,
    cast: Mapping[str, Character],
    library: CastLibrary,
    place: Place,
) -> tuple[Character, ...]:
    """Those whom `with` or `without` names: of the cast, else of the library."""
    return tuple(_one(name, cast, library, place) for name in names or ())


def _one(name: str, cast: Mapping[str, Character], library: CastLibrary, place: Place) -> Character:
    if name in cast:
        return cast[name]
    if library.find(name) is not None:
        return of_library(name, library, place)
    here = f"The cast is {', '.join(cast)}." if cast else "The job has no `cast`."
    raise JobError(
        f"`{place.key}` names {tree.shown(name)}, who is not in the cast.",
        line=place.line,
        key=place.key,
        file=place.file,
        why=sentences(did_you_mean(name, cast) or did_you_mean(name, library.names), here),
        remedy=f"Add the name to `cast`, or save a picture as cast/{name}.png in the root.",
    )


def _check_sides(added: Sequence[Character], left_out: set[str], merged: Merged) -> None:
    both = next((each.name for each in added if each.name in left_out), None)
    if both is None:
        return
    place = merged.place("without")
    raise JobError(
        f"`with` and `without` both name {both}.",
        line=place.line,
        key=place.key,
        file=place.file,
        remedy="Keep the one you mean.",
    )


def _placed(
    merged: Merged,
    cast: Mapping[str, Character],
    here: Mapping[str, Character],
    library: CastLibrary,
) -> tuple[dict[str, Area], tuple[str, ...]]:
    """Where everyone is, and what is said to no effect."""
    place = merged.place("place")
    places, warnings = {}, []
    for name, area in (merged.values.get("place") or {}).items():
        _one(name, cast, library, place)
        if name not in here and not place.file:
            warnings.append(
                f"{name} has a `place`, but is not in the picture: name {name} in the prompt, or "
                f"add `with: {name}`."
            )
        elif name in here and not here[name].looks:
            warnings.append(f"{name} has a `place`, but no look: words can't be kept to a place.")
        elif name in here:
            places[name] = Area(area["word"], tuple(area["box"]))
    return places, tuple(warnings)

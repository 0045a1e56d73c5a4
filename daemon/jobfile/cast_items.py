"""`cast`, `with`, `without` and `place` as people write them, turned into values under our names.

Where nothing but a name is written, the root's library is meant; which names that has is not known
here.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import PurePosixPath

from pydantic import ValidationError

from daemon.errors import JobError
from daemon.formats.kinds import SUFFIXES
from daemon.jobfile import aliases, tree, value_errors
from daemon.jobfile.areas import area, fractions
from daemon.jobfile.as_typed import number_of
from daemon.jobfile.collected import Place, Sheet, place_of
from daemon.jobfile.document import no_job, read_table
from daemon.jobfile.items import inner
from daemon.jobfile.schema import CHARACTER_LORA_NAMES, CHARACTER_NAMES, CharacterForm
from daemon.protocol.json_object import JsonObject

MAX_NAME = 60


def is_library_name(typed: str) -> bool:
    """Whether what stands for a picture is a name of the library: it has no ending and lies in no
    folder."""
    return "/" not in typed and not PurePosixPath(typed).suffix


# --- cast -----------------------------------------------------------------------------------------


def listed_cast(outer: Sheet, node: tree.Node, place: Place) -> JsonObject | None:
    """A mapping of names, or a list of names of the library, or one such name. The line of each is
    kept in the sheet's places under `cast.NAME`."""
    if isinstance(node, tree.Scalar) and node.value is None:
        return None
    cast: JsonObject = {}
    for name, item, line in _entries(node, place):
        where = Place(name, line)
        if name in cast:
            raise JobError(f"`{place.key}` has {tree.shown(name)} twice.", line=line, key=place.key)
        cast[name] = _character(outer, name, item, where)
        outer.places[f"cast.{name}"] = where
    return cast


def member(data: bytes, file: str) -> JsonObject:
    """What the library's own file `file` says of a character. Raises JobError of that file."""
    try:
        if tree.only_comments(data):
            return {}
        table, sheet = read_table(data, file), Sheet()
        values = _keys(sheet, table, "")
        CharacterForm.model_validate(values)
    except ValidationError as error:
        own = {key: where for (at, _, key), where in sheet.inner.items() if at == "cast"}
        sheet.places.update(own)
        raise value_errors.first(error, sheet).relocated(JobError, file) from None
    except JobError as error:
        raise no_job(error, "as: a woman with red hair").relocated(JobError, file) from None
    return values


def _entries(node: tree.Node, place: Place) -> Iterator[tuple[str, tree.Node | None, int]]:
    """(name, what is said of it, line) of each."""
    if isinstance(node, tree.Table):
        for name, item in node.items.items():
            line = node.key_lines.get(name, node.line)
            yield _name(name, line, place), item, line
        return
    for item in node.items if isinstance(node, tree.Listing) else (node,):
        if isinstance(item, tree.Table):
            yield from _entries(item, place)
        elif isinstance(item, tree.Scalar):
            yield _name(item.value, item.line, place, number_of(item)), None, item.line
        else:
            raise _no_name(item, item.line, place)


def _name(value: object, line: int, place: Place, number: str = "") -> str:
    if not isinstance(value, str) or not value.strip():
        raise _no_name(value, line, place, number)
    name = value.strip()
    if len(name) > MAX_NAME:
        raise JobError(
            f"The name {tree.shown(name)} in `{place.key}` has more than {MAX_NAME} letters.",
            line=line,
            key=place.key,
            remedy="What is to be read for a name belongs under its `as`.",
        )
    if name.lower().endswith(SUFFIXES):
        raise JobError(
            f"`{place.key}` lists {tree.shown(name)}, which is a picture and no name.",
            line=line,
            key=place.key,
            remedy=f"Say who it is: {place.key}: {{Anna: {tree.shown(name)}}}",
        )
    return name


def _no_name(value: object, line: int, place: Place, number: str = "") -> JobError:
    is_list = isinstance(value, tree.Listing)
    said = "a list stands here" if is_list else value_errors.say(value, number)
    return JobError(
        f"A name in `{place.key}` must be a text, but {said}.",
        line=line,
        key=place.key,
        remedy=f"Write for instance {place.key}: {{Anna: anna.png}}",
    )


def _character(outer: Sheet, name: str, node: tree.Node | None, where: Place) -> JsonObject:
    if node is None or (isinstance(node, tree.Scalar) and node.value is None):
        return {}
    if isinstance(node, tree.Table):
        return _keys(outer, node, name)
    return {"look": _looks(node, where)}


def _keys(outer: Sheet, node: tree.Table, name: str) -> JsonObject:
    sheet = inner(
        outer,
        node,
        ("cast", name),
        ours=CHARACTER_NAMES,
        aliases=aliases.CHARACTER_ALIASES,
        of="a character",
    )
    values = {key: value for key, value in sheet.values.items() if value is not None}
    if written := sheet.places.get("look") if "look" in values else None:
        values["look"] = _looks(node.items[written.key], written)
    if written := sheet.places.get("loras") if "loras" in values else None:
        values["loras"] = _loras(outer, node.items[written.key], written, name)
    if "face" in values:
        values["face"] = list(fractions(values["face"], sheet.places["face"]))
    return values


def _looks(node: tree.Node, place: Place) -> list[JsonObject]:
    """A picture's name, or a list of them; each may be pinned by its content."""
    items = node.items if isinstance(node, tree.Listing) else (node,)
    return [_look(item, place) for item in items]


def _look(node: tree.Node, place: Place) -> JsonObject:
    value, wrong = tree.plain(node), node
    if (
        isinstance(node, tree.Table)
        and isinstance(value, dict)
        and set(value) <= {"image", "sha256"}
    ):
        value = {**value}
        typed, wrong = value.get("image"), node.items.get("image", tree.Scalar(None, node.line))
    else:
        value, typed = {"image": value}, value
    if not isinstance(typed, str) or not typed.strip():
        raise JobError(
            f"`{tree.shown(place.key)}` must be a picture, but {value_errors.say_node(wrong)}.",
            line=node.line,
            key=place.key,
            remedy="Name a picture (anna.png), a folder of pictures (anna/), or a character of the "
            "library (anna).",
        )
    if is_library_name(typed) and (" " in typed.strip() or len(typed) > MAX_NAME):
        said = tree.shown(typed)
        raise JobError(
            f"`{tree.shown(place.key)}` is neither a picture nor a name: {said}",
            line=node.line,
            key=place.key,
            why="A picture has an ending, a folder a / at its end, and a name of the library no "
            "space.",
            remedy=f"If these are words for the prompt, write {{as: {said}}}.",
        )
    return value


def _loras(outer: Sheet, node: tree.Node, place: Place, name: str) -> list[JsonObject]:
    items = node.items if isinstance(node, tree.Listing) else (node,)
    at = f"cast.{name}.loras" if name else "loras"
    return [_lora(outer, (at, index), item, place) for index, item in enumerate(items)]


def _lora(outer: Sheet, at: tuple[str, int], node: tree.Node, place: Place) -> JsonObject:
    if isinstance(node, tree.Scalar):
        outer.inner[(*at, "name")] = Place(place.key, node.line, number=number_of(node))
        return {"name": _bare(node.value)}
    values: JsonObject = {}
    if isinstance(node, tree.Table):
        values = inner(
            outer,
            node,
            at,
            ours=CHARACTER_LORA_NAMES,
            aliases=aliases.CHARACTER_LORA_ALIASES,
            of="a LoRA",
        ).values
    if "name" not in values:
        raise JobError(
            "A LoRA of a character has no `name`.",
            line=node.line,
            key=place.key,
            remedy="Write for instance loras: [{name: anna, scale: 0.8, trigger: ohwx woman}]",
        )
    if isinstance(values.get("trigger"), list):
        values["trigger"] = ", ".join(map(str, values["trigger"]))
    return {**values, "name": _bare(values["name"])}


def _bare(name: object) -> object:
    return name.removesuffix(".safetensors") if isinstance(name, str) else name


# --- with, without, place -------------------------------------------------------------------------


def listed_names(node: tree.Node, place: Place) -> list[str] | None:
    """One name, several with commas between, or a list of them."""
    if isinstance(node, tree.Scalar) and node.value is None:
        return None
    if isinstance(node, tree.Scalar) and isinstance(node.value, str):
        parts = [part.strip() for part in node.value.split(",")]
        return [_name(part, node.line, place) for part in parts if part]
    if isinstance(node, tree.Table):
        raise _no_name({}, node.line, place)
    items = node.items if isinstance(node, tree.Listing) else (node,)
    return [_name(tree.plain(item), item.line, place, number_of(item)) for item in items]


def listed_places(node: tree.Node, place: Place) -> JsonObject | None:
    """Where whom: a mapping of names to words or to four numbers."""
    if isinstance(node, tree.Scalar) and node.value is None:
        return None
    if not isinstance(node, tree.Table):
        raise JobError(
            f"`{place.key}` must say who is where, but {value_errors.say_node(node)}.",
            line=place.line,
            key=place.key,
            remedy=f"Write for instance {place.key}: {{Anna: left, Ben: right}}",
        )
    places: JsonObject = {}
    for name, item in node.items.items():
        found = area(item, place_of(node, name))
        places[_name(name, node.line, place)] = {"word": found.word, "box": list(found.box)}
    return places

"""From what pydantic found to a sentence about it."""

from __future__ import annotations

import re
import unicodedata

from pydantic import ValidationError

from daemon.errors import JobError
from daemon.jobfile import tree
from daemon.jobfile.as_typed import number_of
from daemon.jobfile.collected import Place, Sheet
from daemon.protocol.json_object import JsonObject
from daemon.text.suggest import did_you_mean
from daemon.text.units import Unit

#: what, why, remedy
Words = tuple[str, str, str]

_WHOLE = "a whole number"
_KINDS = {
    "int_type": _WHOLE,
    "float_type": "a number",
    "string_type": "a text",
    "bool_type": "true or false",
    "list_type": "a list",
    "model_type": "a mapping",
    "dict_type": "a mapping",
}


def say(value: object, number: str = "") -> str:
    """What stands there, for a sentence; a `number` as it was typed, if that is known."""
    if value is None:
        return "nothing stands here"
    if isinstance(value, bool):
        return f"{'true' if value else 'false'} stands here"
    if isinstance(value, int | float):
        return f"the number {tree.shown(number) or value} stands here"
    if isinstance(value, str):
        return f'the text "{tree.shown(value)}" stands here'
    return "a list stands here" if isinstance(value, list) else "a mapping stands here"


def say_node(node: tree.Node) -> str:
    """The same of a value as it was read."""
    return say(tree.plain(node), number_of(node))


def first(error: ValidationError, sheet: Sheet) -> JobError:
    """Of all that is wrong with the values of `sheet`, what stands first in its file."""
    found: list[JsonObject] = [dict(item) for item in error.errors(include_url=False)]
    found.sort(key=lambda item: sheet.places.get(str(item["loc"][0]), Place("")).line or 0)
    top = str(found[0]["loc"][0])
    mine = [item for item in found if str(item["loc"][0]) == top]
    item = _seed_error(mine) if top == "seed" else mine[0]
    place = sheet.places.get(top, Place(top))
    if top == "cast" and len(item["loc"]) > 4:
        at, key = (f"cast.{item['loc'][1]}.loras", item["loc"][3]), str(item["loc"][4])
        place = sheet.inner.get((*at, key), Place(key, place.line))
    elif top in ("references", "controls", "loras", "cast") and len(item["loc"]) > 2:
        index, key = item["loc"][1], str(item["loc"][2])
        place = sheet.inner.get((top, index, key), Place(key, place.line))
    elif top in ("hires", "drawing") and len(item["loc"]) > 1:
        key = str(item["loc"][1])
        place = sheet.inner.get((top, 0, key), Place(key, place.line))
    elif isinstance(last := item["loc"][-1], int):
        place = place.of_item(last)
    what, why, remedy = describe(place.key, item, place.number)
    return JobError(what, line=place.line, key=place.key, why=why, remedy=remedy)


def _seed_error(items: list[JsonObject]) -> JsonObject:
    """Of the complaints of -1, number and list, the one that fits what was typed."""
    wants_list = any(isinstance(item["input"], list) for item in items)
    for item in items:
        if str(item["loc"][1]).startswith("list") == wants_list and item["type"] != "literal_error":
            return item
    return items[-1]


def describe(key: str, error: JsonObject, number: str = "", unit: Unit | None = None) -> Words:
    """`error` is one item of ValidationError.errors(); `key` and a `number` as they were typed, of
    this `unit` if it has one."""
    kind, value, context = error["type"], error["input"], error.get("ctx", {})
    if unit is not None and isinstance(value, str) and (counted := unit.of(value)):
        what = f"`{key}` must be a number of {unit.name}, but {say(value)}."
        return what, "", f"Write {key}: {counted}"
    if kind in _KINDS:
        return _wrong_type(key, kind, value, number)
    if kind == "literal_error":
        return _not_one_of(key, number or value, context)
    if kind in ("greater_than_equal", "less_than_equal"):
        bound = context.get("ge", context.get("le"))
        side = "at least" if "ge" in context else "at most"
        return f"`{key}` must be {side} {_plain(bound)}, but {say(value, number)}.", "", ""
    if kind == "int_parsing_size":  # beyond 64 bits; only seeds go so far
        return f"`{key}` must be at most {2**64 - 1}, but {say(value, number)}.", "", ""
    if kind == "string_too_long":
        length, limit = len(str(value)), context["max_length"]
        return f"`{key}` has {length:,} characters; at most {limit:,} are allowed.", "", ""
    if kind in ("string_too_short", "too_short", "too_long"):
        return _wrong_length(key, kind, value, context)
    if kind == "string_pattern_mismatch":
        return _wrong_pattern(key, value)
    return f"`{key}` can't be used: {error['msg']}.", "", ""


def _plain(bound: object) -> str:
    return f"{bound:g}" if isinstance(bound, float) else f"{bound}"


def _wrong_type(key: str, kind: str, value: object, number: str) -> Words:
    wanted = _KINDS[kind]
    what = f"`{key}` must be {wanted}, but {say(value, number)}."
    if isinstance(value, str) and kind in ("int_type", "float_type"):
        return _text_for_number(key, what, value)
    if kind == "string_type" and isinstance(value, int | float):
        shown = str(value).lower() if isinstance(value, bool) else tree.shown(number) or value
        return what, "", f'Put it in quotes: {key}: "{shown}"'
    if (
        kind == "int_type"
        and isinstance(value, float)
        and abs(value) < 1e15
        and value == int(value)
    ):
        return what, "", f"Write {int(value)}."
    if kind == "list_type" and isinstance(value, str) and value.strip():
        return what, "", f"Write {key}: [{tree.shown(value)}]"
    if kind == "bool_type" and str(value).casefold() in ("on", "yes", "y", "1"):
        return what, "", f"Write {key}: true"
    if kind == "bool_type" and str(value).casefold() in ("off", "no", "n", "0"):
        return what, "", f"Write {key}: false"
    return what, "", ""


def _text_for_number(key: str, what: str, value: str) -> Words:
    word = value.strip().casefold().replace("\N{MINUS SIGN}", "-")[:200]
    is_seed = key.casefold() in ("seed", "seeds")
    if is_seed and word in ("random", "none", "auto", "any"):
        return what, "", "Remove the key: the seed is then drawn by chance, and recorded."
    if is_seed and (several := _several_seeds(key, word)):
        return what, "", several
    if match := re.fullmatch(r"([0-9]{1,5})\s*(?:px|pixels?)", word):
        return what, "Sizes are pixels anyway.", f"Write {key}: {match[1]}"
    if match := re.fullmatch(r"([0-9]{1,3}(?:[.,][0-9]{1,3})?)\s*(?:%|percent)", word):
        return what, "", f"Write {key}: {float(match[1].replace(',', '.')) / 100:g}"
    bare = unicodedata.normalize("NFKC", word).replace("_", "").replace(",", ".")
    numbers = re.findall(r"[-+]?[0-9]+(?:\.[0-9]+)?", bare)
    if len(numbers) == 1 and len(numbers[0]) <= 19 and not re.search(r"[-+]{2}|[²³¹]", word):
        shown = re.sub(r"^([-+]?)0+(?=[0-9])", r"\1", numbers[0])
        return what, "", f"Write it without quotes and with digits only: {key}: {shown}"
    return what, "", f"Write digits only, for instance: {key}: 12" if word else ""


def _several_seeds(key: str, word: str) -> str:
    """What to write for `1-4` or `1, 2, 3`."""
    if match := re.fullmatch(r"([0-9]{1,18})\s*(?:-|–|\.\.+|…|to|bis)\s*([0-9]{1,18})", word):
        first, last = int(match[1]), int(match[2])
        if first <= last < first + 16:
            return f"Write {key}: [{', '.join(map(str, range(first, last + 1)))}]"
        return f"Write {key}: {first} and, in a line of its own, count: {max(last - first, 0) + 1}"
    if re.fullmatch(r"[0-9]{1,18}(?:[\s,;]+[0-9]{1,18}){1,15}", word):
        return f"Write {key}: [{', '.join(re.findall('[0-9]+', word))}]"
    return ""


def _not_one_of(key: str, value: object, context: JsonObject) -> Words:
    options = [part.strip().strip("'") for part in _split(context.get("expected", ""))]
    what = f"`{key}` can't be {tree.shown(str(value))}."
    guess = did_you_mean(str(value), options) if isinstance(value, str) else ""
    return what, guess, f"It can be {_either(options)}."


def _split(expected: str) -> list[str]:
    return expected.replace(" or ", ", ").split(", ")


def _either(options: list[str]) -> str:
    return options[0] if len(options) == 1 else f"{', '.join(options[:-1])} or {options[-1]}"


def _wrong_length(key: str, kind: str, value: object, context: JsonObject) -> Words:
    if kind == "string_too_short" or not value:
        return f"`{key}` is empty.", "", "Write a value, or remove the key."
    if isinstance(value, list) and (most := context.get("max_length", 2)) > 2:
        what = f"`{key}` holds {len(value):,} items; at most {most:,} are allowed."
        return what, "", "Remove some of them."
    if isinstance(value, list):
        return f"`{key}` must hold two numbers, but it holds {len(value)}.", "", ""
    return f"`{key}` is too long.", "", ""


def _wrong_pattern(key: str, value: object) -> Words:
    if key == "sha256":
        return "`sha256` must be 64 hexadecimal digits.", "", "Remove it; the picture is enough."
    if isinstance(value, str) and not value.strip():
        return f"`{key}` is empty.", "", "Write a name, or remove the key."
    why = "A job may name what the catalogue holds, never a path."
    remedy = "`hotfolder models` lists the names."
    return f"`{key}` can't be {tree.shown(str(value))}.", why, remedy

"""Numbers of one level that belong together: batches and counts, the sides, and the shape."""

from __future__ import annotations

from daemon.errors import JobError
from daemon.jobfile import value_errors
from daemon.jobfile.collected import Sheet
from daemon.jobfile.schema import MAX_COUNT, MAX_SIDE


def join_batches(sheet: Sheet) -> None:
    """A1111's `batch_size` multiplies the count."""
    if "batch_size" not in sheet.values:
        return
    place = sheet.places.pop("batch_size")
    size, count = sheet.values.pop("batch_size"), sheet.values.get("count", 1)
    if size is None:
        return
    if isinstance(size, bool) or not isinstance(size, int) or size < 1:
        said = value_errors.say(size, place.number)
        raise JobError(
            f"`batch_size` must be a whole number, at least 1, but {said}.",
            line=place.line,
            key=place.key,
        )
    if isinstance(count, int) and not isinstance(count, bool):
        if 1 <= count <= MAX_COUNT < count * size:
            said = place.number or f"{size:,}"
            raise JobError(
                f"`{place.key}` {said} asks for more than {MAX_COUNT:,} pictures.",
                line=place.line,
                key=place.key,
                why=_product(sheet, count, count * size),
                remedy="Ask for fewer, or make several jobs of it.",
            )
        sheet.values["count"] = count if count > MAX_COUNT else count * size
        sheet.places.setdefault("count", place)


def _product(sheet: Sheet, count: int, pictures: int) -> str:
    said = sheet.places["count"].number if "count" in sheet.places else ""
    return f"With `count` {said or f'{count:,}'} they would be {pictures:,}." if count > 1 else ""


def round_sides(sheet: Sheet) -> None:
    for name in ("width", "height"):
        value = sheet.values.get(name)
        if isinstance(value, bool) or not isinstance(value, int) or value % 8 == 0 or value < 8:
            continue
        rounded = (value + 4) // 8 * 8
        if rounded > MAX_SIDE:
            continue  # it is refused as it was typed
        sheet.values[name] = rounded
        sheet.warnings.append(f"`{name}` {value} was rounded to {rounded}, a multiple of 8.")


def check_shape(sheet: Sheet) -> None:
    given = [name for name in ("width", "height", "aspect") if sheet.values.get(name) is not None]
    if len(given) == 3:
        place = sheet.places["aspect"]
        raise JobError(
            f"`{place.key}` stands beside both `width` and `height`.",
            line=place.line,
            key=place.key,
            remedy="Keep either the shape, or the two sizes.",
        )

"""From merged values to a Job: what only the whole can tell is checked here.

Sizes, seeds, the prompts in their language, and whether a mask has a picture to lie on.
"""

from __future__ import annotations

from collections.abc import Sequence

from daemon.errors import JobError, NotYetError, sentences
from daemon.jobfile.cast import NOBODY, CastLibrary
from daemon.jobfile.casting import Casting, casting, check_length, check_loras
from daemon.jobfile.job import STRENGTH, TRIGGER, Job, JobHires, JobLora
from daemon.jobfile.named_loras import worn
from daemon.jobfile.picture_items import controls_of, references_of
from daemon.jobfile.precedence import Merged
from daemon.jobfile.prompt_syntax import spans, without_loras
from daemon.jobfile.sampling_words import check_sampling
from daemon.jobfile.schema import MAX_PROMPT, MAX_SEED
from daemon.jobfile.typed import read_as_typed
from daemon.protocol.codec import build
from daemon.protocol.json_object import JsonObject
from daemon.protocol.sampling import SamplingParams
from daemon.text.counted import agrees, counted
from daemon.text.printable import visible

MAX_WARNINGS = 20
NO_PROMPT = "The file has no `prompt`."
_AS_THEY_ARE = ("id", "name", "notes", "model", "parent", "written")
PROMPTS = ("prompt", "negative_prompt", "prompt_2", "negative_prompt_2")


def finish(merged: Merged, library: CastLibrary = NOBODY) -> Job:
    """The job; `library` are the characters of the root. Raises JobError and NotYetError."""
    values, value = merged.values, merged.values.get
    if value("prompt") is None:
        raise JobError(
            NO_PROMPT,
            key="prompt",
            why="It is the one key a job needs.",
            remedy="Add a line such as: prompt: a lighthouse at dusk",
        )
    check_sampling(values, merged.places)
    width, height, size_from = _size(merged)
    seeds, count = seeds_of(merged)
    cast = _cast(merged, library)
    prompts, loras = _prompts(merged, cast)
    plain: JsonObject = {key: value(key) for key in _AS_THEY_ARE}
    return Job(
        sampling=SamplingParams.of({**values, **prompts}),
        preset=value("preset"),
        width=width,
        height=height,
        size_from=size_from,
        aspect=_pair(value("aspect")),
        seeds=seeds,
        count=count,
        references=references_of(merged, cast),
        controls=tuple(controls_of(merged)),
        loras=tuple(loras),
        **_canvas(merged),
        hires=None if value("hires") is None else build(JobHires, values["hires"]),
        prompt_syntax=value("prompt_syntax") or "plain",
        priority=value("priority") or 0,
        **plain,
        who=cast.who,
        **_left_to_recipes(merged),
        warnings=bounded(merged.warnings),
        lines=_lines(merged),
    )


def _left_to_recipes(merged: Merged) -> JsonObject:
    """What recipes may say of it, as fields of a Job; nothing is left open by a record."""
    if merged.is_record:
        return {"said": merged.said | {TRIGGER}}
    return {"said": merged.said, "few_steps": merged.base.few_steps}


def _lines(merged: Merged) -> dict[str, int]:
    """Where the file itself says what; whom a cast names, nobody asks of a job."""
    return {
        key: place.line
        for key, place in merged.places.items()
        if place.line and not place.file and not key.startswith("cast.")
    }


def _cast(merged: Merged, library: CastLibrary) -> Casting:
    try:
        cast = casting(merged, library)
    except NotYetError as error:  # a name that a comment has cut off, perhaps
        cut = [text for text in merged.warnings if "begins a comment" in text]
        error.why = sentences(error.why, *cut)
        raise
    merged.warnings.extend(cast.warnings)
    return cast


def bounded(warnings: Sequence[str]) -> tuple[str, ...]:
    """Every picture's record carries them: at most so many."""
    said = tuple(dict.fromkeys(warnings))
    more = len(said) - MAX_WARNINGS
    return said if more <= 0 else (*said[:MAX_WARNINGS], _left_out(more))


def _left_out(more: int) -> str:
    return f"{counted(more, 'more warning')} {agrees(more, 'was', 'were')} left out."


def _size(merged: Merged) -> tuple[int, int, str]:
    width, height = merged.values.get("width"), merged.values.get("height")
    source = {(True, True): "explicit", (True, False): "width", (False, True): "height"}.get(
        (width is not None, height is not None), "preset"
    )
    return width or merged.base.width, height or merged.base.height, source


def seeds_of(merged: Merged) -> tuple[tuple[int, ...] | None, int | None]:
    """The seeds that are fixed, and how many pictures are asked for. Raises JobError."""
    seed, count = merged.values.get("seed"), merged.values.get("count")
    place, limit = merged.place("count"), merged.max_pictures
    if isinstance(seed, list) and count not in (None, len(seed)):
        raise JobError(
            f"`seed` lists {counted(len(seed), 'seed')}, but `{place.key}` asks for "
            f"{counted(count, 'picture')}.",
            line=place.line,
            key=place.key,
            file=place.file,
            remedy="A list gives one picture for each seed; remove the count.",
        )
    pictures = len(seed) if isinstance(seed, list) else count or 1
    if pictures > limit:
        if isinstance(seed, list):
            place = merged.place("seed")
        raise JobError(
            f"The job asks for {pictures:,} pictures; at most {limit:,} "
            f"{agrees(limit, 'is', 'are')} allowed.",
            line=place.line,
            key=place.key,
            file=place.file,
            remedy="Make several files of it, or raise `max_pictures` in hotfolder.yaml.",
        )
    if isinstance(seed, list):
        return tuple(seed), len(seed)
    if seed is None or seed == -1:
        return None, count
    if seed + pictures - 1 > MAX_SEED:
        raise JobError(
            f"`seed` {seed} leaves no seeds for {pictures:,} pictures: {MAX_SEED} is the last.",
            line=merged.place("seed").line,
            key=merged.place("seed").key,
            remedy="Begin with a smaller one.",
        )
    return tuple(range(seed, seed + pictures)), count


def _prompts(merged: Merged, cast: Casting) -> tuple[dict[str, str | None], list[JobLora]]:
    """The prompts as they go to the model, and the LoRAs asked for, by key, tag and character."""
    typed = {key: merged.values.get(key) for key in PROMPTS}
    for key, text in typed.items():
        _check_joined(merged, key, text)
    found = cast.prompts(typed)
    if cast.present:
        check_length(found, cast, merged.place("prompt"))
    asked = list(merged.values.get("loras") or ())
    a1111 = merged.values.get("prompt_syntax") == "a1111"
    for key, text in found.items():
        if text:
            merged.warnings.extend(read_as_typed(key, text, a1111=a1111))
    if a1111:
        for key, text in found.items():
            if text is None:
                continue
            place = merged.place(key)
            try:
                bare, tagged = without_loras(text, key, place.line)
                spans(bare, key, place.line)
            except JobError as error:
                error.file = place.file
                raise
            found[key] = bare
            if key.startswith("prompt"):
                asked += tagged
            elif tagged:
                merged.warnings.append(
                    f"A LoRA named in `{key}` was left aside: name it in `prompt`."
                )
    loras, told = worn(cast.loras, [build(JobLora, item) for item in asked])
    merged.warnings.extend(told)
    check_loras(loras, cast, merged.place("loras"))
    return found, loras


def _check_joined(merged: Merged, key: str, text: str | None) -> None:
    """The level was checked as it was typed; words were filled in and joined since, and a record's
    prompt must be one that a job may have."""
    place = merged.place(key)
    if key in ("prompt", "prompt_2") and text is not None and not visible(text):
        raise JobError(
            f"`{place.key}` is empty once its words are filled in.",
            line=place.line,
            key=place.key,
            file=place.file,
            remedy="Write what the picture shall show beside them.",
        )
    if text is None or len(text) <= MAX_PROMPT:
        return
    raise JobError(
        f"`{place.key}` has {len(text):,} characters once everything is joined; at most "
        f"{MAX_PROMPT:,} are allowed.",
        line=place.line,
        key=place.key,
        file=place.file,
        remedy="Shorten it, or what is joined to it.",
    )


def _canvas(merged: Merged) -> JsonObject:
    """What is painted over, as fields of a Job; none of it without a picture."""
    if not merged.values.get("image"):
        _check_no_canvas(merged)
        return {}
    found = {key: merged.values.get(key) for key in ("image", "image_sha256", "mask")}
    return {
        **found,
        "mask_sha256": merged.values.get("mask_sha256") if found["mask"] else None,
        "strength": float(merged.values.get("strength") or STRENGTH),
    }


def _check_no_canvas(merged: Merged) -> None:
    """A mask or a strength says nothing without a picture; as a folder's default it may wait."""
    for key in ("mask", "strength"):
        place = merged.place(key)
        if merged.values.get(key) is None or place.file or key not in merged.places:
            continue
        if place.key == "denoising_strength":  # A1111 writes it into every job
            merged.warnings.append(f"`{place.key}` was left aside: there is no `image`.")
            continue
        raise JobError(
            f"`{place.key}` stands without an `image`.",
            line=place.line,
            key=place.key,
            why="It says what to paint anew of a picture, and none is named.",
            remedy="Name the picture, for instance: image: photo.jpg",
        )


def _pair(value: Sequence[int] | None) -> tuple[int, int] | None:
    return (value[0], value[1]) if value else None

"""From the bytes of a job file to a Job: levels in order, presets before keys, one Job or error.

Precedence, weakest first: the settings' preset, the settings' `defaults`, each folder's
`_defaults.yaml` from the outermost in, the file. Inside each level its preset applies first.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import lru_cache
from typing import TYPE_CHECKING, Any

from daemon.errors import DefaultsError, JobError, UnfinishedError
from daemon.jobfile import names, tree
from daemon.jobfile.job import Job, JobReference
from daemon.jobfile.json_reader import read_json
from daemon.jobfile.levels import Level, make_level, relabelled
from daemon.jobfile.sheet import Place
from daemon.jobfile.yaml_reader import read_yaml
from daemon.presets import Preset

if TYPE_CHECKING:
    from daemon.settings import Settings

SCHEMA = 1
_JSON_SUFFIXES = (".json", ".png")  # a picture's record, taken out of it, is JSON


def read_job(
    data: bytes,
    *,
    file: str,
    settings: Settings,
    defaults: Sequence[tuple[str, bytes]] = (),
) -> Job:
    """The job in `data`, which came from a file named `file` (its suffix decides the format).

    `defaults` are the `_defaults.yaml` of the folders above it, (shown name, bytes), outer first.
    Raises JobError, UnfinishedError (it does not parse) or DefaultsError (a defaults file is
    wrong; `error.file` names it).
    """
    table = read_table(data, file)
    record = _is_record(table)
    if record:
        # A sidecar says everything there is to say; defaults of today must not change it.
        levels = [make_level(_job_block(table))]
    else:
        outer = [_defaults_level(name, content) for name, content in defaults]
        levels = [Level(dict(settings.defaults)), *outer, make_level(table)]
    return _finish(_Merged(settings, levels, lenient=record))


def read_table(data: bytes, file: str) -> tree.Table:
    """The mapping a file consists of; a file without any is no job."""
    text = tree.decode(data)
    node = read_json(text) if file.lower().endswith(_JSON_SUFFIXES) else read_yaml(text)
    if isinstance(node, tree.Table):
        return node
    if isinstance(node, tree.Scalar) and isinstance(node.value, str):
        raise UnfinishedError(
            "The file holds a text, but no `key: value`.",
            line=node.line,
            remedy=f'Write: prompt: "{tree.shown(node.value)}"',
        )
    if isinstance(node, tree.Listing):
        raise JobError(
            "The file holds a list; a job is a mapping of `key: value`.",
            line=node.line,
            why="Several jobs in one file are not supported yet.",
            remedy="Save each job as a file of its own, and drop them all.",
        )
    raise UnfinishedError(
        "The file holds no `key: value`.",
        line=node.line,
        remedy="Write at least a line such as: prompt: a lighthouse",
    )


def _is_record(table: tree.Table) -> bool:
    return "schema" in table.items and "job" in table.items


def _job_block(table: tree.Table) -> tree.Table:
    schema, job = table.items["schema"], table.items["job"]
    if tree.plain(schema) != SCHEMA or isinstance(tree.plain(schema), bool):
        raise JobError(
            f"This record has schema {tree.shown(str(tree.plain(schema)))}; "
            f"this Hotfolder reads schema {SCHEMA}.",
            line=table.key_lines.get("schema"),
            key="schema",
            remedy="A newer Hotfolder wrote it, perhaps: update this one.",
        )
    if not isinstance(job, tree.Table):
        raise JobError("`job` must be a mapping.", line=table.key_lines.get("job"), key="job")
    for key in table.items:
        if key not in ("schema", "job", "result"):
            raise JobError(
                f"`{tree.shown(key)}` is not a key of a record (a sidecar).",
                line=table.key_lines.get(key),
                key=key,
                remedy="A record has schema, job and result; change the picture under `job`.",
            )
    return job


@lru_cache(maxsize=64)
def _defaults_level(name: str, data: bytes) -> Level:
    """Cached: a folder of thousands of jobs reads its defaults once."""
    if tree.only_comments(data):
        return Level()
    try:
        level = make_level(read_table(data, name))
        if level.values.get("id") is not None:
            raise JobError(
                "`id` can't be a default.",
                line=level.place("id").line,
                key="id",
                why="Every job of the folder would be the same one.",
            )
    except JobError as error:
        raise DefaultsError(
            error.what,
            line=error.line,
            key=error.key,
            why=error.why,
            remedy=error.remedy,
            file=name,
        ) from None
    return relabelled(level, name)


_SETTINGS = Place("preset", file="hotfolder.yaml")


class _Merged:
    """All levels, the strongest last."""

    def __init__(self, settings: Settings, levels: Sequence[Level], *, lenient: bool) -> None:
        self.settings = settings
        self.values: dict[str, Any] = {}
        self.places: dict[str, Place] = {}
        self.warnings: list[str] = []
        self.base = _preset(settings.preset, settings.presets, _SETTINGS)
        self._apply_preset(self.base)
        for level in levels:
            self._apply(level, lenient)

    def _apply(self, level: Level, lenient: bool) -> None:
        given = {key: value for key, value in level.values.items() if value is not None}
        self.warnings.extend(level.warnings)
        self.places.update(level.places)
        if "preset" in given:
            self._choose(given["preset"], level.place("preset"), lenient)
        self._forget(given)
        for key, value in level.values.items():
            # `steps: null` asks for the preset's; sampler and schedule may be none on purpose.
            if value is None and key in ("steps", "guidance_scale"):
                self.values[key] = getattr(self.base, key)
            elif key != "preset":
                self.values[key] = value

    def _choose(self, name: str, place: Place, lenient: bool) -> None:
        try:
            self.base = _preset(name, self.settings.presets, place)
        except JobError:
            if not lenient:
                raise
            self.warnings.append(f"The preset {name} is gone; the record says all it meant.")
            return
        self.values["preset"] = self.base.name
        self._apply_preset(self.base)

    def _apply_preset(self, preset: Preset) -> None:
        self.values.update(
            steps=preset.steps,
            guidance_scale=preset.guidance_scale,
            sampler=preset.sampler,
            schedule=preset.schedule,
            width=None,
            height=None,
        )

    def _forget(self, given: Mapping[str, Any]) -> None:
        """What a weaker level said and this one makes meaningless."""
        sides = [side for side in ("width", "height") if side in given]
        if "aspect" in given:
            self.values.update(width=None, height=None)
        elif len(sides) == 2:
            self.values["aspect"] = None
        elif sides and self.values.get("aspect"):
            self.values.update(width=None, height=None)
        if isinstance(given.get("seed"), list) and "count" not in given:
            self.values["count"] = None
        if "count" in given and "seed" not in given and isinstance(self.values.get("seed"), list):
            self.values["seed"] = None

    def place(self, key: str) -> Place:
        return self.places.get(key, Place(key))


def _preset(name: str, presets: Mapping[str, Preset], place: Place) -> Preset:
    if name in presets:
        return presets[name]
    raise JobError(
        f"There is no preset named {tree.shown(name)}.",
        line=place.line,
        key=place.key,
        file=place.file,
        why=names.did_you_mean(name, presets),
        remedy=f"There are {', '.join(presets)}.",
    )


def _finish(merged: _Merged) -> Job:
    values = merged.values
    value = values.get
    if value("prompt") is None:
        raise JobError(
            "The file has no `prompt`.",
            key="prompt",
            why="It is the one key a job needs.",
            remedy="Add a line such as: prompt: a lighthouse at dusk",
        )
    width, height, size_from = _size(merged)
    seeds, count = _seeds(merged)
    return Job(
        prompt=values["prompt"],
        negative_prompt=value("negative_prompt") or "",
        prompt_2=value("prompt_2"),
        negative_prompt_2=value("negative_prompt_2"),
        preset=value("preset"),
        width=width,
        height=height,
        size_from=size_from,
        aspect=_pair(value("aspect")),
        steps=values["steps"],
        guidance_scale=float(values["guidance_scale"]),
        seeds=seeds,
        count=count,
        sampler=value("sampler"),
        schedule=value("schedule"),
        references=tuple(_reference(item, merged) for item in value("references") or ()),
        priority=value("priority") or 0,
        id=value("id"),
        name=value("name"),
        notes=value("notes"),
        strict=bool(value("strict")),
        clip_skip=value("clip_skip"),
        original_size=_pair(value("original_size")),
        target_size=_pair(value("target_size")),
        crops_coords_top_left=_pair(value("crops_coords_top_left")),
        model=value("model"),
        parent=value("parent"),
        warnings=tuple(merged.warnings),
        lines={key: p.line for key, p in merged.places.items() if p.line and not p.file},
    )


def _size(merged: _Merged) -> tuple[int, int, str]:
    width, height = merged.values.get("width"), merged.values.get("height")
    source = {(True, True): "explicit", (True, False): "width", (False, True): "height"}.get(
        (width is not None, height is not None), "preset"
    )
    return width or merged.base.width, height or merged.base.height, source


def _seeds(merged: _Merged) -> tuple[tuple[int, ...] | None, int | None]:
    seed, count = merged.values.get("seed"), merged.values.get("count")
    place, limit = merged.place("count"), merged.settings.max_pictures
    if isinstance(seed, list) and count not in (None, len(seed)):
        raise JobError(
            f"`seed` lists {len(seed)} seeds, but `{place.key}` asks for {count} pictures.",
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
            f"The job asks for {pictures:,} pictures; at most {limit:,} are allowed.",
            line=place.line,
            key=place.key,
            file=place.file,
            remedy="Make several files of it, or raise `max_pictures` in hotfolder.yaml.",
        )
    if isinstance(seed, list):
        return tuple(seed), len(seed)
    if seed is None or seed == -1:
        return None, count
    return tuple(range(seed, seed + pictures)), count


def _pair(value: Any) -> tuple[int, int] | None:
    return (value[0], value[1]) if value else None


def _reference(item: Mapping[str, Any], merged: _Merged) -> JobReference:
    return JobReference(
        image=item["image"],
        sha256=item.get("sha256"),
        scale=float(item.get("scale", 0.6)),
        kind=item.get("kind", "subject"),
        model=item.get("model", "base"),
        start=float(item.get("start", 0.0)),
        end=float(item.get("end", 1.0)),
        line=merged.place("references").line if not merged.place("references").file else None,
    )

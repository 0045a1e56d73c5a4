"""hotfolder.yaml: what the owner of a root may choose. Every field has a default.

Each field is written once, in `Settings`: its kind, bounds, default and meaning. What a file may
hold and the table of docs/settings.md are made of it.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import field
from functools import cache
from pathlib import Path
from types import MappingProxyType
from typing import Annotated, Literal

from pydantic import (
    BaseModel,
    ConfigDict,
    Field,
    SkipValidation,
    StringConstraints,
    ValidationError,
    create_model,
)
from pydantic.dataclasses import dataclass

from daemon import settings_forms as forms
from daemon.errors import JobError, SettingsError
from daemon.fs.read import open_file
from daemon.jobfile import quotes, tree, value_errors
from daemon.jobfile.as_typed import found_at, number_of
from daemon.jobfile.collected import Place
from daemon.jobfile.defaults import JobDefaults
from daemon.jobfile.document import no_job, read_table
from daemon.jobfile.job import JobHires
from daemon.jobfile.level import make_level
from daemon.jobfile.own_presets import FinalForm, PresetForm, own_presets
from daemon.jobfile.precedence import find_preset
from daemon.jobfile.presets import DEFAULT, PRESETS, Preset
from daemon.jobfile.read import no_defaults
from daemon.jobfile.schema import Name
from daemon.protocol.engines import ENGINES, SDXL
from daemon.protocol.json_object import JsonObject
from daemon.text.suggest import did_you_mean

Seconds = Annotated[float, Field(ge=0, le=86_400)]
Folder = Annotated[str, StringConstraints(min_length=1, max_length=1_000)]

_HOUR = r"([01]\d|2[0-3]):[0-5]\d"
HOURS = rf"^({_HOUR}-{_HOUR})?$"
_ENGINE = rf"^({'|'.join(ENGINES)}|[\w.]+:\w+)$"

NO_DEVICE = forms.NO_DEVICE
_STRICT = ConfigDict(extra="forbid", strict=True, allow_inf_nan=False)


@dataclass(frozen=True, slots=True, config=_STRICT)
class Settings:
    """`presets` holds the built-in ones too; `library` and `models` are as written, relative to
    the root; `defaults` are checked values under our names."""

    model: Annotated[str, StringConstraints(min_length=1, max_length=1_000)] = "sketch"
    """The model pictures are made with: a name of `hotfolder models`, or a folder."""
    engine: Annotated[str, StringConstraints(pattern=_ENGINE)] = SDXL.name
    """What makes pictures: `sdxl`, `dry-run` (labelled cards) or your own `module:Class`."""
    device: forms.Device = "auto"
    """Where the model runs: `auto`, `cuda`, `cuda:1` (the second card), `mps` or `cpu`."""
    devices: tuple[forms.ManyDevices, ...] = ()
    """Several at once, a worker each: `auto` (all graphics cards), `[cuda:0, cuda:1]`, `[cpu, cpu]`; empty: `device` alone; `none`: the cluster's."""  # noqa: E501
    cluster: forms.ClusterAddress = ""
    """Where the scheduler of other machines listens, such as tls://studio:8786 (see scale.md)."""
    dtype: Literal["auto", "float32", "float16", "bfloat16"] = "auto"
    """Numbers the model computes in: `auto`, `float32`, `float16` or `bfloat16`; the short ones are slow on processors that have to emulate them."""  # noqa: E501
    threads: Annotated[int, Field(ge=0, le=1_024)] = 0
    """Processor threads of the worker when the machine is quiet; 0 leaves the choice to torch."""
    page: bool = True
    """Keep a page of all pictures in the outbox, `index.html`, as they are made."""
    notify: bool = False
    """Tell on the desktop when the queue is empty, when a job fails, and when nothing goes on."""
    webhooks: SkipValidation[tuple[forms.WebhookForm, ...]] = ()
    """Addresses that are told of the same, each with `url`, `secret` or `secret_env`, `events`, `include`."""  # noqa: E501
    apprise: tuple[forms.Service, ...] = ()
    """Addresses of apprise (ntfy, Slack, mail …) that get the messages of `notify`."""
    metrics: forms.MetricsFile = ""
    """A file for node_exporter's text collector, such as metrics.prom."""
    live: bool = True
    """Show the picture under way as `outbox/now.png`, and on the page."""
    preset: Name = DEFAULT.name
    """The preset of jobs that name none."""
    presets: SkipValidation[Mapping[str, Preset]] = field(default_factory=lambda: PRESETS)
    """Presets of your own, each `base:` another plus what differs."""
    defaults: SkipValidation[Mapping[str, object]] = field(
        default_factory=lambda: MappingProxyType({})
    )
    """Keys of a job file that apply to every job unless it says otherwise."""
    settle: Seconds = 1.0
    """Seconds a file must stay unchanged before it is taken for complete."""
    folder_settle: Seconds = 5.0
    """Seconds a new folder of the inbox must stay unchanged before its jobs are begun (a minute at most)."""  # noqa: E501
    scan_interval: Annotated[float, Field(ge=0.05, le=3_600)] = 2.0
    """Seconds between two looks at the whole inbox."""
    idle_timeout: Seconds = 600.0
    """Seconds without work after which the model is unloaded; 0 keeps it for ever."""
    preload: bool = False
    """Load the default model when the daemon starts, and keep the libraries (some 300 MB) when the model is unloaded."""  # noqa: E501
    final: FinalForm = FinalForm()
    """How `inbox/final/` enlarges a picture; a `preset` may give its steps."""
    later: Annotated[str, StringConstraints(pattern=HOURS)] = ""
    """Hours, such as 22:00-07:00, in which `inbox/later/` may begin; any hour if empty."""
    reference_wait: Seconds = 60.0
    """Seconds a job waits for a reference picture that is not there yet."""
    hang_timeout: Seconds = 60.0
    """Seconds without a step after which the worker is replaced (20 usual steps if that is more; ten times as long to load, begin or decode); 0 never."""  # noqa: E501
    worker_memory: Annotated[float, Field(ge=0, le=100_000)] = 0.0
    """Gigabytes of main memory the worker may hold; one that takes more is replaced; 0 sets no limit."""  # noqa: E501
    library: tuple[Folder, ...] = ()
    """Folders, besides the inbox, in which reference pictures may lie."""
    models: tuple[Folder, ...] = ()
    """Folders, besides the usual one, in which models are looked for."""
    keep_awake: bool = True
    """Keep the computer from falling asleep while pictures are made."""
    log_rotation: Annotated[str, StringConstraints(pattern=r"(?i)^\d{1,6} ?[kmg]b$")] = "10 MB"
    """Size at which a new log file is begun."""
    log_retention: Annotated[int, Field(ge=1, le=1_000)] = 10
    """How many old log files are kept."""
    max_pictures: Annotated[int, Field(ge=1, le=10_000)] = 256
    """The most pictures one job may ask for."""
    max_batch: Annotated[int, Field(ge=1, le=64)] = 8
    """The most pictures that may share a step, where that is measured to pay; 1 makes every picture alone."""  # noqa: E501
    compile: Literal["auto", "off", "on"] = "auto"
    """Compile the model in the background, for speed: `auto` (on CUDA), `off` or `on` (never on Macs)."""  # noqa: E501
    encoders: Literal["auto", "keep", "drop"] = "auto"
    """What read the prompts and references afterwards: `keep` it in memory, `drop` it, or `auto`, by how much memory there is."""  # noqa: E501
    cache_memory: Annotated[float, Field(ge=0, le=1_000)] = 0.25
    """Gigabytes of memory for what prompts and references looked like, so that none is read twice."""  # noqa: E501
    cache_disk: Annotated[float, Field(ge=0, le=1_000)] = 1.0
    """Gigabytes of `.hotfolder/caches` for the same, so that it outlives the worker; 0 keeps nothing."""  # noqa: E501

    @property
    def final_pass(self) -> JobHires:
        """The second pass of what lies in final/."""
        return self.final.second_pass(self.presets)

    @property
    def job_defaults(self) -> JobDefaults:
        """What of this holds for every job file."""
        return JobDefaults(self.preset, self.presets, self.defaults, self.max_pictures)


class _Form(BaseModel):
    model_config = ConfigDict(**_STRICT, frozen=True)


#: Kind and default of what a file holds, where that isn't what we hold.
_AS_WRITTEN: dict[str, tuple[object, object]] = {
    "presets": (dict[str, PresetForm], {}),
    "defaults": (dict[str, object], {}),
    "devices": (forms.DevicesForm, []),
    "library": (list[Folder], []),
    "models": (list[Folder], []),
    "webhooks": (list[forms.WebhookForm], []),
    "apprise": (list[forms.Service], []),
}


_TUPLES = ("devices", "library", "models", "webhooks", "apprise")


@cache
def settings_form() -> type[_Form]:
    """What a file may hold: the fields of `Settings`. Made where there is one: a megabyte."""
    shapes: JsonObject = {
        key: _AS_WRITTEN.get(key, (info.annotation, info)) for key, info in FIELDS.items()
    }
    return create_model("SettingsForm", __base__=_Form, **shapes)


FIELDS = Settings.__pydantic_fields__  # type: ignore[attr-defined]
KEYS = tuple(FIELDS)


def read_settings(file: Path) -> Settings:
    """The settings in `file`; the defaults when there is no such file. Raises SettingsError."""
    return parse_settings(settings_data(file), file.name)


def settings_data(file: Path) -> bytes:
    """What stands in `file`; nothing when there is no such file. Raises SettingsError."""
    try:
        with open_file(file) as source:
            return source.read(tree.MAX_BYTES + 1)
    except OSError as error:
        if isinstance(error, FileNotFoundError) and not file.is_symlink():
            return b""
        reason = error.strerror if file.exists() else "it is a link that leads nowhere"
        raise SettingsError(f"The settings can't be read: {reason}.", file=file.name) from None


def parse_settings(data: bytes, name: str = "hotfolder.yaml") -> Settings:
    """The settings in `data`, which came from a file named `name`."""
    try:
        return _parse(data)
    except JobError as error:
        raise error.relocated(SettingsError, name) from None


def _parse(data: bytes) -> Settings:
    if not data.strip() or tree.only_comments(data):
        return Settings()
    try:
        table = read_table(data, "hotfolder.yaml")
    except JobError as error:
        raise no_job(error, "idle_timeout: 600") from None
    table = quotes.plain_table(table, words=("defaults",))  # those are read as jobs are
    places = {key: Place(key, line) for key, line in table.key_lines.items()}
    for key in table.items:
        if key not in KEYS:
            raise JobError(
                f"`{tree.shown(key)}` is not a setting.",
                line=table.key_lines.get(key),
                key=key,
                why=did_you_mean(key, KEYS),
                remedy=f"There are {', '.join(KEYS)}.",
            )
    values = {k: v for k, v in _plain(table).items() if v is not None}
    try:
        form = settings_form().model_validate(values)
    except ValidationError as error:
        raise _first(error, table) from None
    given = {key: getattr(form, key) for key in form.model_fields_set}
    forms.check_devices(given, table.key_lines.get("devices"))
    presets = own_presets(given.get("presets", {}), table.items.get("presets"))
    if "preset" in given:
        find_preset(given["preset"], presets, places["preset"])
    if "final" in given and given["final"].preset:
        find_preset(given["final"].preset, presets, places["final"])
    given |= {
        "presets": MappingProxyType(presets),
        "defaults": MappingProxyType(_defaults(table.items.get("defaults"), presets)),
        **{key: tuple(given.get(key, ())) for key in _TUPLES},
    }
    return Settings(**given)


def _plain(table: tree.Table) -> JsonObject:
    return {key: tree.plain(node) for key, node in table.items.items()}


def _first(error: ValidationError, table: tree.Table) -> JobError:
    item: JsonObject = dict(error.errors(include_url=False)[0])
    path = [part for part in item["loc"] if part != "[key]"]
    line, node = found_at(table, path)
    key = next((part for part in reversed(path) if isinstance(part, str)), "")
    if path[:1] in (["webhooks"], ["apprise"], ["metrics"], ["devices"]):
        return forms.wrong_telling(key, line, item["type"])
    if item["type"] == "extra_forbidden":
        form = FinalForm if path[:1] == ["final"] else PresetForm
        guess = did_you_mean(key, form.model_fields)
        of = "`final`" if path[:1] == ["final"] else "a preset"
        return JobError(f"`{tree.shown(key)}` is not a key of {of}.", line=line, why=guess)
    if item["type"] == "string_pattern_mismatch":
        shown = tree.shown(str(item["input"]))
        example = forms.EXAMPLES.get(key, f"{', '.join(ENGINES)} or module:Class")
        return JobError(
            f"`{key}` can't be {shown}.", line=line, key=key, remedy=f"Write {example}."
        )
    what, why, remedy = value_errors.describe(key, item, number_of(node), forms.UNITS.get(key))
    return JobError(what, line=line, key=key, why=why, remedy=remedy)


def _defaults(node: tree.Node | None, presets: Mapping[str, Preset]) -> JsonObject:
    if not isinstance(node, tree.Table):
        return {}
    level = make_level(node)
    no_defaults(level)
    preset = level.values.get("preset")
    if preset is not None:
        find_preset(preset, presets, level.place("preset"))
    return level.values

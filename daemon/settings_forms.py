"""The parts of `hotfolder.yaml` that are mappings of their own: where webhooks go, and what with.

Shapes and bounds only. A secret is never shown, in no message and no representation.
"""

from __future__ import annotations

import codecs
import re
from typing import Annotated, Any, Literal, get_args

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, StringConstraints

from daemon.errors import JobError
from daemon.text.printable import printable
from daemon.text.suggest import did_you_mean
from daemon.text.units import Unit

WebhookEvent = Literal["picture-done", "job-done", "job-failed", "queue-empty", "blocked"]

Address = Annotated[str, StringConstraints(pattern=r"^https?://[!\"$-.0->A-~]+([/?][!-~]*)?$")]
Variable = Annotated[str, StringConstraints(pattern=r"^[A-Za-z_][A-Za-z0-9_]*$")]
Service = Annotated[
    str, StringConstraints(pattern=r"^(\$[A-Za-z_]\w*|[a-z0-9]+://\S+)$", max_length=2_000)
]
"""An address of apprise, or $NAME of the environment variable that holds one."""

DEVICE = r"^(auto|cuda|cuda:\d{1,3}|mps|cpu)$"
Device = Annotated[str, StringConstraints(pattern=DEVICE)]
"""Where a model runs; the cards of one kind are counted from 0."""

NO_DEVICE = "none"
"""Of `devices`: this machine makes no pictures, the cluster's do."""

_HOST = r"([A-Za-z0-9][A-Za-z0-9_.-]*|\[[0-9a-fA-F:]+\])"
_PORT = (
    r"(:([1-9][0-9]{0,3}|[1-5][0-9]{4}|6([0-4][0-9]{3}|5([0-4][0-9]{2}|5([0-2][0-9]|3[0-5])))))?"
)
"""Up to 65535."""

_LOOPBACK = r"(127\.[0-9]{1,3}\.[0-9]{1,3}\.[0-9]{1,3}|localhost|\[::1\])"
CLUSTER = rf"^(tls://{_HOST}{_PORT}|tcp://{_LOOPBACK}{_PORT})?$"
ClusterAddress = Annotated[str, StringConstraints(pattern=CLUSTER, max_length=300)]
"""Where the scheduler of a cluster listens; without TLS only inside this machine."""

EXAMPLES = {
    "cluster": "tls://HOST:8786; tcp:// goes no further than this machine (tcp://127.0.0.1:8786)",
    "device": "auto, cpu, mps, cuda or cuda:1",
    "log_rotation": "10 MB",
    "later": "22:00-07:00",
}
"""What to write, by key, where a text is of another shape."""

_SECONDS = Unit(
    "seconds",
    {
        "ms": 0.001,
        "s|secs?|seconds?": 1,
        "m|mins?|minutes?": 60,
        "h|hrs?|hours?": 3600,
        "d|days?": 86_400,
    },
)
_GIGABYTES = Unit("gigabytes", {"k|ki?b": 1e-6, "m|mi?b": 0.001, "g|gi?b": 1, "t|ti?b": 1000})

UNITS = {
    **dict.fromkeys(("settle", "folder_settle", "scan_interval", "idle_timeout"), _SECONDS),
    **dict.fromkeys(("reference_wait", "hang_timeout"), _SECONDS),
    **dict.fromkeys(("worker_memory", "cache_memory", "cache_disk"), _GIGABYTES),
}
"""What the numbers of a setting are of, by key."""

MOST_DEVICES = 64


def _devices(value: object) -> object:
    """`auto` and `none` may stand without brackets, and alone; only a processor can be named
    twice."""
    if value in ("auto", NO_DEVICE):
        return [value]
    if isinstance(value, list):
        for each in value:
            if each in ("auto", "cuda", NO_DEVICE) and len(value) > 1:
                raise ValueError("several")
            if each != "cpu" and value.count(each) > 1:
                raise ValueError("twice")
    return value


ManyDevices = Annotated[str, StringConstraints(pattern=DEVICE.replace("auto", "auto|none"))]

DevicesForm = Annotated[
    list[ManyDevices], BeforeValidator(_devices), Field(max_length=MOST_DEVICES)
]


def check_devices(given: dict[str, Any], line: int | None) -> None:
    """Raises JobError where no machine at all is to make pictures."""
    if given.get("devices") == [NO_DEVICE] and not given.get("cluster"):
        raise JobError(
            "`devices: none` leaves nobody to make pictures.",
            line=line,
            key="devices",
            remedy="Name a `cluster`, or a device of this machine.",
        )


MetricsFile = Annotated[str, StringConstraints(pattern=r"^(\S.*\.prom)?$", max_length=1_000)]


class WebhookForm(BaseModel):
    """One receiver; `secret_env` names the environment variable that holds its secret."""

    model_config = ConfigDict(
        extra="forbid", strict=True, frozen=True, hide_input_in_errors=True, str_max_length=2_000
    )

    url: Address = Field(repr=False)
    secret: str = Field("", repr=False)
    secret_env: Variable | None = None
    events: list[WebhookEvent] = Field(["job-done", "job-failed", "queue-empty", "blocked"])
    include: list[Literal["prompt"]] = Field([])


HOW_TOLD = {
    "webhooks": "Write a list such as: webhooks: [{url: https://example.org/hook, secret: …}]",
    "url": "Write an address such as: url: https://example.org/hook (no user or password in it).",
    "secret": "Write a text, in quotes if it is a number.",
    "secret_env": "Write the name of an environment variable.",
    "events": f"Write a list of: {', '.join(get_args(WebhookEvent))}.",
    "include": "Write: include: [prompt]",
    "apprise": 'Write a list of addresses such as: apprise: ["ntfy://my-topic", $MY_SLACK]',
    "devices": "Write `devices: auto` (all graphics cards), or a list such as [cuda:0, cuda:1]: "
    "a card once, cpu as often as you like; `none` where a `cluster` makes all pictures.",
    "metrics": "Write a file that ends in .prom, such as: metrics: hotfolder.prom",
}
"""What to write instead, by key."""


_TOLD = re.compile(rb"""["']?(webhooks|apprise)["']?\s*:""")
_KEY = re.compile(rb"""\s*(-\s+)?["']?\w+["']?\s*:(?=\s|$)|\s*-?""")


def without_secrets(source: bytes) -> bytes:
    """The text of a settings file as it may be quoted: of where people are told only the first key
    of each line is left, since what follows may be a secret; the lines stay. Of a file in UTF-16,
    which is not read, nothing is."""
    if source.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        return b""
    shown, is_told = [], False
    for line in source.split(b"\n"):
        if line.strip() and line[:1] not in b" \t-#":
            is_told = _TOLD.match(line) is not None
        key = _KEY.match(line)
        shown.append((key[0] if key else b"") + b" ..." if is_told and line.strip() else line)
    return b"\n".join(shown)


def wrong_telling(key: str, line: int, kind: str) -> JobError:
    """What is wrong with where people are told: a complaint of pydantic's about `key`. What stands
    there may be a secret, and is not shown."""
    if kind == "extra_forbidden":
        return JobError(
            f"`{printable(key)}` is not a key of a webhook.",
            line=line,
            why=did_you_mean(key, WebhookForm.model_fields),
            remedy=f"There are {', '.join(WebhookForm.model_fields)}.",
        )
    known = HOW_TOLD.get(key, HOW_TOLD["webhooks"])
    if kind == "missing":
        return JobError(f"A webhook lacks its `{key}`.", line=line, remedy=known)
    return JobError(f"`{key}` can't be what stands here.", line=line, key=key, remedy=known)

"""NAME.yaml (or .yml) beside a LoRA, a control model or a model: how it is meant to be used, every
value checked.

Its values hold where a job says nothing else. Read by the reader of job files, with its bounds: no
aliases, no depth, no more than a page; a file that is no good costs what it lies beside nothing.
Knows no job.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from pathlib import Path
from types import MappingProxyType

from daemon.errors import JobError, SetupError
from daemon.jobfile import aliases, tree
from daemon.jobfile.collected import Place, unknown
from daemon.jobfile.document import no_job, read_table
from daemon.jobfile.level import make_level
from daemon.jobfile.presets import SAMPLED_BY
from daemon.jobfile.sampling_words import check_sampling
from daemon.jobfile.schema import MAX_WORDS
from daemon.models.files import is_file, is_weights, read_small
from daemon.text.printable import one_line

ENDINGS = (".yaml", ".yml")
"""Those of a recipe, the one that counts first."""

MOST_BYTES = 20_000
FEW = 8
"""Up to so many steps are few."""


@dataclass(frozen=True, slots=True)
class Recipe:
    """What the recipe in `file` says: `values` are of the keys in `SAMPLED_BY`, as a job has them;
    `scale` and `trigger` (words of the prompt) are a LoRA's, `scale` and `end` a control model's.
    The rest is for people."""

    file: Path
    values: Mapping[str, int | float | str] = field(default_factory=dict)
    scale: float | None = None
    end: float | None = None
    trigger: str = ""
    about: str = ""
    licence: str = ""
    source: str = ""

    @property
    def few_steps(self) -> int | None:
        """Its steps, where they are few."""
        steps = self.values.get("steps")
        return steps if isinstance(steps, int) and steps <= FEW else None

    @property
    def closeness(self) -> dict[str, float]:
        """How closely a picture is followed where a job says only that it is."""
        said = {"scale": self.scale, "end": self.end}
        return {key: value for key, value in said.items() if value is not None}


def recipe_of(weights: Path, *, controls: bool = False) -> Recipe | None:
    """The recipe beside a LoRA's or a checkpoint's file, beside a model's folder, or beside a
    control model if it `controls`; None where there is none. Raises SetupError for one that can't
    be used."""
    stem = weights.stem if is_weights(weights) else weights.name
    for file in (weights.with_name(f"{stem}{ending}") for ending in ENDINGS):
        try:
            facts = file.stat()
            break
        except (OSError, ValueError):
            if file.is_symlink():
                raise SetupError(
                    f"The recipe {file} is a link to nothing.", remedy="Mend or remove that link."
                ) from None
    else:
        return None
    found = _read(file, facts.st_size, facts.st_mtime_ns, controls)
    if isinstance(found, SetupError):
        raise SetupError(found.what, remedy=found.remedy)  # a new one: this one is kept
    return found


@lru_cache(maxsize=256)
def _read(
    file: Path,
    size: int,  # noqa: ARG001 (what it hangs on)
    changed: int,  # noqa: ARG001
    controls: bool,
) -> Recipe | SetupError | None:
    if not is_file(file):
        return SetupError(f"The recipe {file} is no plain file.", remedy="Move it away.")
    try:
        data = read_small(file, MOST_BYTES) or b""
        if len(data) > MOST_BYTES:
            return SetupError(
                f"The recipe {file} is larger than {MOST_BYTES // 1000} kB.",
                remedy=f"A recipe is a few lines, such as `{_such_as(controls)}`; is it something "
                "else?",
            )
        return _recipe(file, read_table(data, file.name), controls)
    except SetupError as error:
        return error
    except JobError as error:
        return _unusable(file, error, controls)
    except Exception as error:  # a file's content may not end whoever looks at it
        return SetupError(
            f"The recipe {file} can't be read: {type(error).__name__}.", remedy="Simplify it."
        )


def _such_as(controls: bool) -> str:
    return "scale: 0.8" if controls else "steps: 4"


def _unusable(file: Path, error: JobError, controls: bool) -> SetupError:
    said = no_job(error, _such_as(controls))
    return SetupError(f"The recipe {file} can't be used: {said}", remedy=f"Mend {file.name}.")


def _recipe(file: Path, table: tree.Table, controls: bool) -> Recipe | None:
    if _is_another_tools(table):
        return None
    own: dict[str, object] = {}
    rest: dict[str, tree.Node] = {}
    checks = _OF_CONTROLS if controls else _OWN
    for key, node in table.items.items():
        if key not in checks:
            rest[key] = node
        elif (value := tree.plain(node)) is not None:
            own[key] = _checked(checks[key], key, value, table.key_lines.get(key))
    if controls:
        for key, node in rest.items():
            raise _unknown(key, node, table, tuple(checks), "a control model's recipe")
        return Recipe(file, **own)  # type: ignore[arg-type]
    values = _sampled(table, rest)
    return Recipe(file, values, **own)  # type: ignore[arg-type]


def _is_another_tools(table: tree.Table) -> bool:
    """The config that LDM's tools want beside a checkpoint: `model` with its class and numbers."""
    model = table.items.get("model")
    return isinstance(model, tree.Table) and bool({"target", "params"} & model.items.keys())


def _sampled(table: tree.Table, rest: dict[str, tree.Node]) -> Mapping[str, int | float | str]:
    """What it says of steps, by any name that a job may have for it. Raises JobError."""
    known = (*SAMPLED_BY, *_OWN)
    for key, node in rest.items():
        word = aliases.known_word(key, (*SAMPLED_BY, "scheduler", *aliases.ALIASES))
        if aliases.ALIASES.get(word, word) not in (*SAMPLED_BY, "scheduler"):
            raise _unknown(key, node, table, known, "a recipe")
    level = make_level(tree.Table(rest, table.line, table.key_lines))
    given = {key: value for key, value in level.values.items() if value is not None}
    check_sampling(given, level.places)
    return MappingProxyType(given)


def _unknown(
    key: str, node: tree.Node, table: tree.Table, known: tuple[str, ...], of: str
) -> JobError:
    remedy = f"{of[0].upper()}{of[1:]} has {', '.join(known)}."
    place = Place(key, table.key_lines.get(key))
    return unknown(place, node, table, known=known, of=of, remedy=remedy)


_Check = tuple[str, Callable[[object], object | None]]


def _checked(rule: _Check, key: str, value: object, line: int | None) -> object:
    wanted, check = rule
    found = check(value)
    if found is None:
        raise JobError(f"`{key}` must be {wanted}.", line=line, key=key)
    return found


def _number(low: float, high: float) -> _Check:
    def check(value: object) -> float | None:
        good = isinstance(value, int | float) and not isinstance(value, bool)
        return float(value) if good and low <= value <= high else None  # type: ignore[operator,arg-type]

    return f"a number from {low:g} to {high:g}", check


def _words(value: object) -> str | None:
    good = isinstance(value, str) and len(value) <= MAX_WORDS
    return " ".join(str(value).split()) if good else None


def _line(value: object) -> str | None:
    return one_line(value, 200) if isinstance(value, str) else None


_FOR_PEOPLE: dict[str, _Check] = dict.fromkeys(
    ("about", "licence", "source"), ("a line of text", _line)
)
_OWN: dict[str, _Check] = {
    "scale": _number(-4, 4),
    "trigger": (f"a text of at most {MAX_WORDS:,} characters", _words),
    **_FOR_PEOPLE,
}
_OF_CONTROLS: dict[str, _Check] = {
    "scale": _number(0, 2),
    "end": _number(0.05, 1),
    **_FOR_PEOPLE,
}

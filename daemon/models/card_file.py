"""card.yaml: what its author says of a model, every value checked, every mistake named.

Read by the reader of job files, with its bounds: no aliases, no depth, at most a megabyte. Knows
nothing of the model's other files.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from daemon.errors import JobError, SetupError
from daemon.jobfile import tree
from daemon.jobfile.document import no_job, read_table
from daemon.models.files import read_small
from daemon.text.printable import one_line
from daemon.text.suggest import did_you_mean

CARD_NAME = "card.yaml"

MOST_PIXELS = 16_384
LONGEST_NAME = 200
"""As long as `model:` in a job file may be, since records name a model by it."""


@dataclass(frozen=True, slots=True)
class CardFacts:
    """What a card says; paths are relative to it, sides in pixels. The defaults are SDXL's."""

    name: str = ""
    about: str = ""
    architecture: str = "sdxl"
    native_size: int = 1024
    preset_sizes: Mapping[int, int] = field(default_factory=dict)
    min_size: int = 512
    max_size: int = 2048
    size_multiple: int = 8
    licence: str = ""
    source: str = ""
    image_encoder: str = ""
    adapters: Mapping[str, str] = field(default_factory=dict)
    loras: Mapping[str, str] = field(default_factory=dict)
    hashes: Mapping[str, str] = field(default_factory=dict)
    vocabulary: tuple[str, ...] = ()


def read_facts(file: Path) -> CardFacts:
    """What the card in `file` says; the defaults when there is none. Raises SetupError."""
    data = read_small(file)
    if data is None:
        return CardFacts()
    try:
        said = tree.plain(read_table(data, CARD_NAME))
    except JobError as error:
        raise SetupError(
            f"The model's card {file} can't be read: {no_job(error, 'name: my-model')}",
            remedy=f"Mend {file}.",
        ) from None
    except Exception as error:  # a file's content may not end whoever looks at it
        raise SetupError(
            f"The model's card {file} can't be read: {type(error).__name__}.",
            remedy="Simplify it.",
        ) from error
    assert isinstance(said, dict)
    values = {
        key: _checked(file, key, value)
        for key, value in said.items()
        if value is not None and key not in _FREE
    }
    facts = CardFacts(**values)  # type: ignore[arg-type]
    if not facts.min_size <= facts.max_size:
        raise SetupError(
            f"In the model's card {file}, `min_size` {facts.min_size} is more than `max_size` "
            f"{facts.max_size}.",
            remedy="Mend one of them.",
        )
    return facts


_FREE = ("trained", "score")
"""What its author may note there for people."""


def _checked(file: Path, key: str, value: object) -> object:
    kind = _KINDS.get(key)
    if kind is None:
        raise SetupError(
            f"The model's card {file} has an unknown key, `{one_line(key, 60)}`.",
            remedy=did_you_mean(key, _KINDS) or f"Known are: {', '.join(_KINDS)}.",
        )
    wanted, check = kind
    found = check(value)
    if found is None:
        raise SetupError(
            f"In the model's card {file}, `{key}` has a value that can't be used.",
            remedy=f"It takes {wanted}.",
        )
    return found


def _name(value: object) -> str | None:
    good = isinstance(value, str) and 0 < len(value) <= LONGEST_NAME
    return str(value) if good and value == one_line(str(value)) and _is_one(str(value)) else None


def _is_one(name: str) -> bool:
    return not set(name) & set("/\\") and name not in (".", "..")


def _text(value: object) -> str | None:
    return one_line(value) if isinstance(value, str) else None


def _path(value: object) -> str | None:
    return value if isinstance(value, str) and value else None


def _side(value: object) -> int | None:
    return value if type(value) is int and 0 < value <= MOST_PIXELS else None


def _table(value: object) -> dict[str, str] | None:
    good = isinstance(value, dict) and all(
        isinstance(item, str) and item for item in value.values()
    )
    return value if good else None  # type: ignore[return-value]


def _sides(value: object) -> dict[int, int] | None:
    if not isinstance(value, dict):
        return None
    sides = {int(k): _side(v) for k, v in value.items() if str(k).isascii() and str(k).isdigit()}
    return None if len(sides) < len(value) or None in sides.values() else sides  # type: ignore[return-value]


def _words(value: object) -> tuple[str, ...] | None:
    """Words, as a list of texts or as texts of several words."""
    texts = value.split() if isinstance(value, str) else value
    if not isinstance(texts, list) or not all(isinstance(text, str) for text in texts):
        return None
    return tuple(sorted({word for text in texts for word in text.casefold().split()}))


_KINDS: dict[str, tuple[str, Callable[[object], object | None]]] = {
    "name": ("a name of one line without `/`", _name),
    "about": ("a line of text", _text),
    "architecture": ("a word, sdxl", _text),
    "licence": ("a line of text", _text),
    "source": ("the repository it came from", _text),
    "native_size": ("a number of pixels", _side),
    "min_size": ("a number of pixels", _side),
    "max_size": ("a number of pixels", _side),
    "size_multiple": ("a number of pixels", _side),
    "preset_sizes": ("pairs of pixels, such as {768: 256}", _sides),
    "image_encoder": ("a folder beside the card", _path),
    "adapters": ("names with files, such as {base: ip_adapter/base.safetensors}", _table),
    "loras": ("names with files, such as {chalk: loras/chalk.safetensors}", _table),
    "hashes": ("files with their sha256", _table),
    "vocabulary": ("a list of words", _words),
}

"""What the columns of a shot list mean: their headings, however written, as keys of a shot.

Tables, and how a cell's text becomes a value. Knows nothing of rows and files.
"""

from __future__ import annotations

import re
import unicodedata
from typing import Final

from daemon.errors import JobError
from daemon.jobfile import aliases, tree, yaml_scalars
from daemon.jobfile.schema import NAMES

SHOT, SCENE, PROMPT, ACTION, CHARACTERS, NOTES = (
    "shot", "scene", "prompt", "action", "with", "notes",
)  # fmt: skip
CAMERA, DRAWING, SECONDS = "camera", "drawing", "seconds"
"""Columns that become something else than a key of their own."""

_TEXTS: Final = frozenset(
    {
        DRAWING,
        SHOT,
        SCENE,
        PROMPT,
        ACTION,
        NOTES,
        "dialogue",
        "title",
        "negative_prompt",
        "style",
        "name",
    }
    | {"prompt_2", "negative_prompt_2", "model", "preset", "sampler", "schedule", "id", "like"}
    | {"from", "without"}
)
"""Keys whose cell is taken as it is written."""

_WORDS: Final[dict[str, str]] = {
    SHOT: "shot id shotno shotnr shotnumber shotid shot# # no nr number",
    SCENE: "scene scenenumber sceneno scene# sequence",
    PROMPT: "prompt description shotdescription",
    ACTION: "action",
    CHARACTERS: "with cast characters character actors",
    NOTES: "notes note comment comments remark remarks",
    CAMERA: "camera size shotsize shottype lens angle cameraangle framing",
    DRAWING: "drawing image",
    SECONDS: "seconds duration sec secs",
    "dialogue": "dialogue dialog",
    "negative_prompt": "negative negativeprompt",
    "takes": "takes",
    "title": "title",
    "style": "style",
    "like": "like",
    "from": "from",
    "without": "without",
    "pick": "pick picked",
}
_COLUMNS: Final[dict[str, str]] = {
    **{aliases.folded(name): name for name in NAMES},
    **{aliases.folded(word): name for word, name in aliases.ALIASES.items()},
    **{word: name for name, words in _WORDS.items() for word in words.split()},
}
SHOWN: Final = (
    "shot, scene, prompt, action, dialogue, negative, cast, drawing, seed, takes, seconds, camera "
    "and notes"
)


def column(heading: str) -> str | None:
    """The key that a column stands for; None for a heading nobody knows."""
    return _COLUMNS.get(folded(heading))


def folded(heading: str) -> str:
    """`Shot No.`, `SHOT_NO` and `shot no` are one; what stands in brackets is a unit."""
    plain = unicodedata.normalize("NFKC", heading)
    plain = re.sub(r"[(\[].*?[)\]]", "", plain[:100])
    return aliases.folded(plain.strip(" .:*\t\n\r\u00a0")).rstrip(".:")


def value(key: str, text: str, line: int) -> tree.Node:
    """What a cell says. Raises JobError."""
    text = text.strip()
    if key in _TEXTS:
        return tree.Scalar(text, line, text)
    if key == SECONDS:
        return tree.Scalar(_seconds(text, line), line, text, bare=True)
    if key == CHARACTERS:
        return tree.Listing(tuple(tree.Scalar(name, line, name) for name in names(text)), line)
    number = text.replace(",", ".") if re.fullmatch(r"-?\d+,\d+", text) else text
    return tree.Scalar(yaml_scalars.resolve(number, line, key), line, text, bare=True)


def names(text: str) -> list[str]:
    """The characters that a cell names, `,` or `;` or a line break between them."""
    return [name.strip() for name in re.split(r"[,;\n]", text) if name.strip()]


_CLOCK = re.compile(
    r"(?:(?:(\d+):)?(\d{1,2}):)?(\d{1,5}(?:[.,]\d{1,6})?)\s*(?:s|sec|secs|seconds)?\.?",
    re.IGNORECASE,
)


def _seconds(text: str, line: int) -> float | int:
    found = _CLOCK.fullmatch(text)
    if found is None:
        raise JobError(
            f"`{tree.shown(text)}` is no number of seconds.",
            line=line,
            key=SECONDS,
            remedy="Write for instance 2.5, or 0:02.5.",
        )
    hours, minutes, rest = found[1], found[2], float(found[3].replace(",", "."))
    whole = int(hours or 0) * 3600 + int(minutes or 0) * 60 + rest
    return int(whole) if whole == int(whole) else round(whole, 6)

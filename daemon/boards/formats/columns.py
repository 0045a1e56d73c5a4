"""What the columns of a shot list mean: their headings, however written, as keys of a shot.

Tables, and how a cell's text becomes a value. Knows nothing of rows and files.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Collection, Mapping, Sequence
from functools import cache
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

PICTURED, PANEL, EITHER = "pictured", "panel", "either"
"""Columns whose meaning others of their table decide, as `meant` says."""
_WORDS: Final[dict[str, str]] = {
    SHOT: "id shotid shotno shotnr shotnumber shot# # no n nr num number n° nº № "
    "einstellungsnummer nummer plannº plann° numéro numero кадр",
    EITHER: "shot einstellung plan plano inquadratura план",
    PANEL: "panel panelno panelnumber panel# frame frameno framenumber frame# board vignette",
    SCENE: "scene scenenumber sceneno scene# sequence szene scène séquence escena secuencia scena "
    "sequenza сцена sceneheading slugline",
    PROMPT: "prompt description shotdescription beschreibung bildbeschreibung descripción "
    "descrizione описание",
    PICTURED: "visual visuals visualdescription video picture whatwesee onscreen imagedescription "
    "bildinhalt inhalt handlung contenu contenido contenuto content subject details",
    ACTION: "action actions acción azione действие",
    CHARACTERS: "with cast characters character actors talent figuren personen personnages "
    "personajes personaggi",
    NOTES: "notes note comment comments remark remarks bemerkung bemerkungen notizen anmerkung "
    "remarque remarques notas примечание",
    CAMERA: "camera size shotsize shottype lens angle cameraangle framing einstellungsgröße größe "
    "kamera brennweite perspektive cadrage valeur valeurdeplan échelle objectif encuadre cámara "
    "campo ракурс крупность",
    DRAWING: "drawing image",
    SECONDS: "seconds duration sec secs dauer länge sekunden durée duración durata длительность "
    "хронометраж",
    "dialogue": "dialogue dialog dialogues dialoge dialogo diálogo диалог",
    "negative_prompt": "negative negativeprompt",
    "takes": "takes",
    "title": "title name titel titre título titolo",
    "style": "style",
    "like": "like",
    "from": "from",
    "without": "without",
    "pick": "pick picked",
}
_SIZE: Final = re.compile(
    r"(?:[EMVBX]?(?:WS|LS|CU|MS|FS)|[BM]CU|MWS|MLS|OTS|POV|[GPT]P|P[MAGPT]|(?:2|two)[- ]?shot"
    r"|insert|cutaway|extreme|(?:very |medium )?(?:wide|close|long|full)|medium|establishing"
    r"|aerial|overhead|master|detail|(?:halb)?totale|(?:halb)?nah|amerikanisch|gros plan"
    r"|plan \w+|plano \w+|primo piano|(?:общий|средний|крупный|дальний) план|крупно)\b"
    r"(?:[- ]?(?:up|shot|wide|close|long|full|angle|view|CU|LS|WS)\b)*"
    r"(?:\s*[-–—,:/(+](?!\s*\d).*|\s+(?:on|of|over)\b.*)?",
    re.IGNORECASE | re.DOTALL,
)
"""A cell that says how large a shot is: `CU - Anna`, and neither which (`CU-01`) nor what is seen
(`Master bedroom`)."""
_ONCE: Final = (SCENE, CHARACTERS, ACTION, "title", "dialogue")
"""Keys of which a table may have several columns; the first counts, others are notes."""
_COUNTS: Final = ("#", "n")
"""Headings of a column that counts rows where another is the shot's."""
SHOWN: Final = (
    "shot, scene, prompt, action, dialogue, negative, cast, drawing, seed, takes, seconds, camera "
    "and notes"
)


def meant(headings: Sequence[str], rows: Sequence[Sequence[str]]) -> tuple[str | None, ...]:
    """What each column of a table is, by all of its headings and its first `rows`: `Shot` holds
    numbers or sizes (`CU`), and `Visual` is the prompt where there is no other."""
    keys = [column(heading) for heading in headings]
    for index, key in enumerate(keys):
        if key is None or key == EITHER:
            cells = [row[index].strip() for row in rows if index < len(row) and row[index].strip()]
            sizes = sum(1 for cell in cells if _SIZE.fullmatch(cell))
            keys[index] = CAMERA if 2 * sizes > len(cells) else SHOT if key else None
    if keys.count(SHOT) == 2:
        counting = [at for at, name in enumerate(map(folded, headings)) if name in _COUNTS]
        for at in counting[:1]:
            keys[at] = None
    for once in _ONCE:
        for at in [at for at, key in enumerate(keys) if key == once][1:]:
            keys[at] = None
    panels = [at for at, key in enumerate(keys) if key == PANEL]
    for at in panels:
        keys[at] = None if at != panels[0] else PANEL if SHOT in keys else SHOT
    if not {PROMPT, ACTION} & {*keys} and PICTURED in keys:
        order = _WORDS[PICTURED].split()
        likely = [at for at, key in enumerate(keys) if key == PICTURED]
        keys[min(likely, key=lambda at: order.index(folded(headings[at])))] = PROMPT
    return tuple(None if key == PICTURED else key for key in keys)


def column(heading: str) -> str | None:
    """The key that a column stands for; None for a heading nobody knows."""
    return _columns().get(folded(heading))


@cache
def _columns() -> Mapping[str, str]:
    return {
        **{aliases.folded(name): name for name in NAMES},
        **{aliases.folded(word): name for word, name in aliases.ALIASES.items()},
        **{folded(word): name for name, words in _WORDS.items() for word in words.split()},
    }


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


def names(text: str, known: Collection[str] = ()) -> list[str]:
    """The characters that a cell names, a sign, an "and" or a line break between them; those that
    are `known` stay whole (`Tom and Jerry`)."""
    whole = {name.casefold() for name in known}
    found: list[str] = []
    for part in map(str.strip, _LISTED.split(text)):
        found += [part] if part.casefold() in whole else map(str.strip, _BETWEEN.split(part))
    return [name for name in found if name]


_LISTED = re.compile(r"[,;\n]")
_BETWEEN = re.compile(r"[,;\n/&+]|\s(?:and|und|et|y|и)\s")
_CLOCK = re.compile(
    r"(?:[~≈]|ca?\.|approx\.?)?\s*(?:(?:(\d+):)?(\d{1,2}):)?(\d{1,5}(?:[.,]\d{1,6})?)\s*"
    r"(?:s|secs?|seconds?|sek|sekunden?|secondes?|segundos?|secondi|с|сек|秒|[\"″])?\.?",
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

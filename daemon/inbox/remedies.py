"""What to tell about a file in the inbox that is no job: what it is, and what to do with it.

Tables over names and kinds of file. Opens nothing.
"""

from __future__ import annotations

import os
import re
import stat
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from daemon.formats.kinds import SUFFIXES
from daemon.inbox.candidates import (
    DOCUMENT_FOLDERS,
    hides_an_ending,
    in_the_cloud,
    is_candidate,
    is_meant_as_defaults,
)
from daemon.protocol.json_object import JsonObject
from daemon.root.inbox_places import REMAKES, place_of
from daemon.root.layout import AGAIN_SUFFIXES, DEFAULTS_NAMES, JOB_SUFFIXES, WHY_SUFFIX
from daemon.text.printable import visible

JOB = "A job file ends in .yaml, .yml or .json, or in .txt if it is one line."
SHOTS = (
    "Save a list of shots as a plain text file that ends in .txt (a line, or an item of the list, "
    "is a shot), a job as one that ends in .yaml."
)
PLAIN = "Save its text as a plain text file that ends in .yaml."

MOST_LISTED = 200
"""Files that are no jobs, listed in a status at most."""


@dataclass(frozen=True, slots=True)
class Remedy:
    """`reason` says what keeps the file from being a job; `remedy` is a sentence."""

    reason: str
    remedy: str


def to_json(found: Sequence[tuple[str, Remedy]]) -> JsonObject:
    """Files that are no jobs, below the inbox, as a status says them."""
    return {
        "ignored_number": len(found),
        "ignored": [
            {"file": file, "reason": remedy.reason, "remedy": remedy.remedy}
            for file, remedy in found[:MOST_LISTED]
        ],
    }


_FOREIGN_PICTURES = (
    *(".heic", ".heif", ".avif", ".gif", ".bmp", ".jxl", ".jp2", ".psd", ".kra"),
    *(".xcf", ".svg", ".eps", ".ai", ".raw", ".dng", ".cr2", ".nef", ".arw", ".ico", ".icns"),
)
_ARCHIVES = (
    *(".zip", ".tar", ".gz", ".tgz", ".bz2", ".xz", ".zst", ".7z", ".rar", ".dmg", ".iso", ".aar"),
    *(".sit", ".cbz", ".jar"),
)

_BY_SUFFIX: dict[tuple[str, ...], Remedy] = {
    (".rtf", ".rtfd"): Remedy("it is rich text, not plain",
        "In TextEdit: Format > Make Plain Text, then save it as NAME.yaml."),
    (".pages", ".doc", ".docx", ".odt", ".dot", ".wpd", ".fodt"): Remedy(
        "it is a word processor's document", f"Export it as plain text. {JOB} A .txt of several "
        "lines is a board: a line is a shot.",
    ),
    (".md", ".markdown", ".rst", ".org", ".tex", ".adoc"):
        Remedy("it is a text with markup", SHOTS),
    (".fdx",): Remedy("it is a screenplay of Final Draft",
        "Export it as Fountain, or as a plain text file that ends in .txt: a line is a shot."),
    (".html", ".htm", ".mht", ".webarchive", ".xml", ".eml"): Remedy("it is a web page", PLAIN),
    (".numbers", ".fods", ".gsheet"): Remedy(
        "it is a spreadsheet's own file",
        "Save it as CSV (Excel: CSV UTF-8; Numbers: File > Export To > CSV), a shot in each row.",
    ),
    (".toml", ".ini", ".cfg", ".conf", ".plist", ".properties", ".json5", ".jsonc", ".jsonl",
     ".ndjson", ".yaml5"): Remedy("settings of this kind are not read as jobs", JOB),
    (".text", ".txt_"): Remedy("a text ends in .txt", JOB),
    (".pdf", ".ps", ".ppt", ".pptx", ".key", ".epub"): Remedy("it is a document", PLAIN),
    _ARCHIVES: Remedy(
        "it is an archive", "Unpack it and drop the folder; nothing is unpacked here."
    ),
    (".safetensors", ".ckpt", ".pt", ".pth", ".bin", ".gguf", ".onnx"): Remedy(
        "it is a model's file", "Models have a folder of their own: `hotfolder models` says where."
    ),
    (".bak", ".old", ".orig", ".rej", ".save", ".backup", ".swp", ".swo", ".tmp", ".temp"): Remedy(
        "it is a copy that an editor or a tool has kept",
        "Delete it, or give it the ending .yaml if it is the one you mean.",
    ),
    (".part", ".partial", ".crdownload", ".download", ".filepart", ".opdownload", ".aria2",
     ".!ut", ".icloud", ".rsls"): Remedy(
        "it is an unfinished download or copy", "Wait for its end, or begin it again."
    ),
    (".app", ".exe", ".sh", ".command", ".py", ".js", ".bat", ".dmg", ".pkg", ".deb", ".bundle",
     ".framework", ".workflow", ".scpt", ".applescript"): Remedy(
        "it is a program", "Nothing in the inbox is ever run; take it away."
    ),
    (".webloc", ".url", ".lnk", ".desktop", ".inetloc", ".alias"): Remedy(
        "it only points to something else", "Drop a copy of the file itself."
    ),
    (".mov", ".mp4", ".mkv", ".avi", ".webm", ".m4v", ".mp3", ".wav", ".aac", ".m4a", ".flac"):
        Remedy("it is a film or a sound", "Take it away; jobs follow still pictures only."),
    _FOREIGN_PICTURES: Remedy(
        "a picture of this kind can't be read",
        "Export it as PNG, JPEG or TIFF, and name that in a job.",
    ),
}  # fmt: skip
_TABLE = {suffix: remedy for suffixes, remedy in _BY_SUFFIX.items() for suffix in suffixes}

_KINDS = {
    stat.S_IFIFO: "a pipe",
    stat.S_IFSOCK: "a socket",
    stat.S_IFCHR: "a device",
    stat.S_IFBLK: "a device",
}


def never_a_job(file: Path) -> Remedy | None:
    """Why `file` would be ignored wherever it was dropped, by its name; None if it may be a job."""
    name, inbox = file.name, Path("inbox")
    if is_candidate(inbox / name, inbox):
        return None
    if name[0] == "." and not in_the_cloud(name):
        return Remedy("its name begins with a dot, as those of hidden files do", "Rename it.")
    if name in DEFAULTS_NAMES:
        return Remedy(
            "it holds the defaults of its folder", "They are read with each job beside it."
        )
    try:
        facts = os.lstat(file)
    except OSError:
        return None  # who opens it says so
    return remedy_for(name, facts.st_mode, facts.st_size)


def remedy_for(relative: str, mode: int, size: int, *, leads: bool = True) -> Remedy:
    """For the file at `relative` (a/b, below the inbox) that is no job. `leads`: of a link,
    whether there is anything where it points."""
    name = relative.rpartition("/")[2]
    by_kind = _by_kind(name, mode, leads)
    if by_kind is not None:
        return by_kind
    found = _by_name(name)
    if found is not None:
        return found
    stem, suffix = os.path.splitext(name)  # noqa: PTH122 (a name, no path)
    suffix = suffix.lower()
    if size == 0:
        return Remedy("it is empty", f"Write something into it, or take it away. {JOB}")
    if suffix == ".txt" and hides_an_ending(stem):
        before, inner = os.path.splitext(stem)  # noqa: PTH122
        stem = f"{before}.txt" if inner.lower() == ".md" else stem  # an .md would be left alone
        return Remedy(
            f"it ends in .txt after {inner}",
            f"Rename it to {stem}; the Finder hides the last ending (Get Info > Name & Extension).",
        )
    if suffix == ".json" and place_of(relative.rpartition("/")[0]).remake:
        return Remedy(
            "here only pictures are made again, not their records",
            "Drop the picture beside it, or the record into the inbox itself.",
        )
    if suffix in SUFFIXES:
        return _picture(relative)
    if suffix in _TABLE:
        return _TABLE[suffix]
    if (meant := _meant(name)) is not None:
        return Remedy("its name only looks as if it had an ending", f"Rename it to {meant}. {JOB}")
    if not suffix or " " in suffix:
        return Remedy("it has no ending", f"Rename it to {name}.yaml. {JOB}")
    near = _near(suffix)
    if near:
        return Remedy(f"{suffix} is no ending of a job", f"Rename it to {stem}{near}. {JOB}")
    return Remedy(f"{suffix} is no ending of a job", f"{JOB} Take it away if it is none.")


# --- inside ---------------------------------------------------------------------------------------


def _by_kind(name: str, mode: int, leads: bool) -> Remedy | None:
    if stat.S_ISLNK(mode):
        if not leads:
            return Remedy(
                "it is a link that leads nowhere", "Delete it, or drop a copy of the file itself."
            )
        return Remedy("it is a link; links are not followed", "Drop a copy of what it points to.")
    if stat.S_ISDIR(mode):
        suffix = os.path.splitext(name.casefold())[1]  # noqa: PTH122
        if suffix in _TABLE:
            return _TABLE[suffix]
        if suffix in DOCUMENT_FOLDERS:
            return Remedy("it is a document or a program, although it is a folder", "Take it away.")
        return None
    kind = _KINDS.get(stat.S_IFMT(mode))
    if kind is not None:
        return Remedy(f"it is {kind}, not a file", "Take it away, and drop a file.")
    return None


def _by_name(name: str) -> Remedy | None:
    if away := in_the_cloud(name):
        cure = "In the Finder, Control-click it and choose Download Now, or open it once."
        return Remedy(f"the content of {away} is still in the cloud", cure)
    known = name.casefold()
    stem = known.partition(".")[0] or known
    if known.endswith(WHY_SUFFIX):
        return Remedy(
            "it is a letter of Hotfolder's, not a job", "Delete it once you have read it."
        )
    if is_meant_as_defaults(stem) and name not in DEFAULTS_NAMES:
        return Remedy("defaults of a folder have another name", "Rename it to _defaults.yaml.")
    if known.startswith("~$") or (name[0] == "#" and name[-1] == "#") or name[-1] == "~":
        return Remedy("it is a copy that an editor keeps while it works", "Close it there.")
    if name[0] in "~#":
        return Remedy(
            f"its name begins with {name[0]}, as those of editors' own copies do",
            "Rename it if it is a job.",
        )
    if known.endswith(".schema.json"):
        return Remedy("it is a schema, not a job", "Take it away, or call it job.schema.json.")
    return None


def _picture(relative: str) -> Remedy:
    folders = relative.split("/")[:-1]
    is_record = relative.lower().endswith(AGAIN_SUFFIXES)
    remake = next((folder for folder in folders if folder.casefold() in REMAKES), "")
    if place_of("/".join(folders)).remake and not is_record:
        return Remedy(
            "a TIFF carries no record of how it was made",
            "Drop the PNG, JPEG or WebP it was made of.",
        )
    if remake:
        return Remedy(
            f"only the `{remake.casefold()}` at the top of the inbox makes pictures again",
            f"Move it to inbox/{remake.casefold()}/.",
        )
    name = relative.rpartition("/")[2]
    remedy = (
        f"Name it in a job: `drawing: {name}` or `references: [{{image: {name}}}]`; or write "
        "`each: drawing` and a prompt into _defaults.yaml beside it: each picture there is drawn."
    )
    again = " To render it again, move it to inbox/again/." if is_record else ""
    return Remedy("it is a picture that no job names", remedy + again)


_COUNTED = re.compile(r"(.+)(\.[a-z]+)(\s*\(\d+\))", re.IGNORECASE)
_ALIKE = str.maketrans("аеоруｙａｍｌ。．", "aeopyyaml..")
"""Letters and dots of other scripts that look like those of an ending."""


def _meant(name: str) -> str | None:
    """The name that was meant where blanks, dots or invisible signs follow an ending, a number does
    (`shot.yaml (1)`), or its letters are those of another script."""
    seen = visible(name).rstrip(" .")
    if (counted := _COUNTED.fullmatch(seen)) is not None:
        seen = f"{counted[1]}{counted[3]}{counted[2]}"
    for spelt in (seen, seen.translate(_ALIKE)):
        stem, suffix = os.path.splitext(spelt)  # noqa: PTH122 (a name, no path)
        if spelt != name and stem and suffix.lower() in JOB_SUFFIXES:
            return spelt if spelt == seen else seen[: len(stem)] + suffix
    return None


def _near(suffix: str) -> str:
    """The ending that was perhaps meant: .yalm, .ymal, .jsn, .yaml_, .YAML with a blank."""
    letters = suffix.strip(". _-").replace("0", "o")
    for wanted in JOB_SUFFIXES:
        if sorted(letters) == sorted(wanted[1:]):
            return wanted
    return ".json" if letters in ("jso", "jsn", "jsom") else ".yaml" if letters in (
        "yam", "yal", "ya", "yaml1", "ymll", "yml2", "yaaml",
    ) else ""  # fmt: skip

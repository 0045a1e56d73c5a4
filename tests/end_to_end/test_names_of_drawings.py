"""Whatever a drawing and the words beside it are called and hold: a picture, a letter, or a word in
log and status that names the file and says what to do. Never the end of the daemon."""

from __future__ import annotations

import io
import json
import os
import sys
import unicodedata

import pytest
from PIL import Image, ImageDraw
from support.daemon import pictures, record

from daemon.drawings.version import Version

EACH = "each: drawing\nprompt: the folder says {name}\nsteps: 1\nsize: 256x256\n"
ON_LINUX = sys.platform.startswith("linux")  # other disks take no such names

NAMES = {
    "new\nline.png": "",
    "esc\x1b[31m.png": "",
    "{name}.png": "",
    "two.png": "",
    "two.jpg": "",
    "a" + "é" * 120 + ".png": "",
    "l" * 240 + ".png": "its name is too long",
    **({b"caf\xe9.png": "not written in UTF-8"} if ON_LINUX else {}),
}
"""Each with what is told of it, or "" where a picture is made."""

TEXTS = {
    "plain.txt": ("a boat", "a boat"),
    "upper.TXT": ("a boat", "a boat"),
    "lines.txt": ("a boat\n\nat dawn\n", "a boat at dawn"),
    "comment.txt": ("# not this\na boat\n", "a boat"),
    "key.txt": ("Prompt: a boat\n", "a boat"),
    "name.txt": ("{name} at sea", "name at sea"),
    unicodedata.normalize("NFC", "café.txt"): ("a boat", "a boat"),
}
"""What is written beside a drawing, and the prompt that comes of it."""

BAD_TEXTS = {
    "empty.txt": "",
    "comments.txt": "# nothing else\n",
    "long.txt": "boat " * 2_000,
    "huge.txt": "boat " * 40_000,
    "nul.txt": "a \0 boat",
    "rtf.txt": "{\\rtf1 a boat}",
    "keys.txt": "prompt: a boat\nsteps: 4\n",
    "option.txt": "--steps 4",
}


def lines() -> bytes:
    picture = Image.new("RGB", (160, 120), "white")
    ImageDraw.Draw(picture).rectangle((30, 30, 90, 90), outline="black", width=3)
    data = io.BytesIO()
    picture.save(data, "PNG")
    return data.getvalue()


def test_a_drawing_of_any_name_is_made_or_named_with_its_cure(root, daemon, wait) -> None:
    root.settings_file.write_text("folder_settle: 0\nsettle: 0.2\n")
    folder = root.inbox / "film"
    folder.mkdir()
    (folder / "_defaults.yaml").write_text(EACH)
    for name in NAMES:
        with open(os.path.join(os.fsencode(folder), os.fsencode(name)), "wb") as file:  # noqa: PTH118
            file.write(lines())
    child = daemon()
    told = [what for what in NAMES.values() if what]
    wait(lambda: len(pictures(root)) == len(NAMES) - len(told))
    wait(lambda: all(what in child.log() for what in told))

    wait(lambda: len(child.status["troubles"]) == len(told))
    assert not list(root.failed.rglob("*.why.txt"))
    child.stop()


def test_the_words_beside_a_drawing_are_read_as_those_of_a_job(root, daemon, wait) -> None:
    root.settings_file.write_text("folder_settle: 0\nsettle: 0.2\n")
    folder = root.inbox / "film"
    folder.mkdir()
    (folder / "_defaults.yaml").write_text(EACH)
    for name, (text, _) in TEXTS.items():
        stem = name.rpartition(".")[0]
        (folder / name).write_text(text, newline="")
        (folder / f"{unicodedata.normalize('NFD', stem)}.png").write_bytes(lines())
    for name, text in BAD_TEXTS.items():
        (folder / name).write_text(text, newline="")
        (folder / name).with_suffix(".png").write_bytes(lines())
    child = daemon()
    wait(lambda: len(pictures(root)) == len(TEXTS))
    wait(lambda: all(_is_told(child, name) for name in BAD_TEXTS))

    made = {
        unicodedata.normalize("NFC", each): record(root, each.removesuffix(".png"))["job"]["prompt"]
        for each in pictures(root)
    }
    assert made == {
        f"film/{name.rpartition('.')[0]}.png": prompt for name, (_, prompt) in TEXTS.items()
    }
    assert not list(root.failed.rglob("*.why.txt"))
    child.stop()


def _is_told(child, name: str) -> bool:
    """Whether the drawing beside a text is in the status, with what is wrong with the text."""
    drawing = f"film/{name.rpartition('.')[0]}.png"
    return any(
        each["file"] == drawing and "its text can't be used" in each["reason"]
        for each in child.status["troubles"]
    )


@pytest.mark.parametrize("stem", ["dawn", "new\nline", "\u202egnp", "日本語", "{name}"])
def test_the_job_of_a_version_can_be_written(stem: str) -> None:
    version = Version("a/b", f"{stem}.png", "0" * 64, True, "p")
    assert json.loads(json.dumps(version.job(), ensure_ascii=False).encode())["name"] == stem

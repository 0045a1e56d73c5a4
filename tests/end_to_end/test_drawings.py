"""A folder in which each picture is a drawing: no job file is ever written by a person."""

from __future__ import annotations

import contextlib
import hashlib
import io
import json
from pathlib import Path

from PIL import Image, ImageDraw
from support.daemon import hotfolder, pictures, record

from daemon.sandbox.line_art import cleaned

EACH = "each: drawing\nprompt: a film still, {name}\nsteps: 4\nsize: 256x256\n"


def drawing(wide: int, kind: str = "PNG") -> bytes:
    picture = Image.new("RGB", (320, 240), "white")
    ImageDraw.Draw(picture).rectangle((30, 30, 30 + wide, 200), outline="black", width=3)
    data = io.BytesIO()
    picture.save(data, kind)
    return data.getvalue()


def save(file: Path, wide: int) -> None:
    """As painting programs do: written beside it, then renamed over it."""
    draft = file.with_name(f".{file.name}.part")
    draft.write_bytes(drawing(wide))
    draft.replace(file)


def test_every_drawing_becomes_a_picture_and_again_when_it_or_its_words_are_saved(
    root, drop, daemon, wait
) -> None:
    root.settings_file.write_text("folder_settle: 0.2\n")
    drop.whole("film/_defaults.yaml", EACH + "references: [{image: look.png}]\n")
    for name, wide in (("dawn.png", 100), ("noon.png", 120), ("look.png", 90)):
        drop.whole(f"film/{name}", drawing(wide))
    drop.whole("film/noon.txt", "the harbour\nat {name}\n")
    child = daemon()
    wait(lambda: pictures(root) == ["film/dawn.png", "film/noon.png"])
    save(root.inbox / "film" / "dawn.png", 180)
    wait(lambda: (root.outbox / "film" / "dawn-2.json").exists())
    drop.whole("film/noon.txt", "the harbour at night\n")
    wait(lambda: (root.outbox / "film" / "noon-2.json").exists())
    drop.whole("film/urgent.txt", "words without a drawing\n")
    wait(lambda: "urgent.txt is no job here" in child.log())

    first, second = record(root, "film/dawn"), record(root, "film/dawn-2")
    assert first["job"]["prompt"] == "a film still, dawn"
    assert first["job"]["seed"] == second["job"]["seed"]
    (one,), (two,) = first["job"]["controls"], second["job"]["controls"]
    assert one["image"] == two["image"] == "dawn-cleaned.png"
    assert one["sha256"] != two["sha256"]
    assert record(root, "film/noon")["job"]["prompt"] == "the harbour at noon"
    assert record(root, "film/noon-2")["job"]["prompt"] == "the harbour at night"
    lying = sorted(path.name for path in (root.inbox / "film").iterdir())
    assert lying == [
        *("_defaults.yaml", "dawn.png", "look.png", "noon.png", "noon.txt", "urgent.txt")
    ]
    assert child.status["ignored_number"] == 0
    child.stop()

    again = daemon("--until-empty", ready=False)
    assert again.wait() == 0, "what was made is not made again by another start"
    assert len(pictures(root)) == 4


def test_saving_six_times_while_it_renders_the_last_one_wins(root, drop, daemon, wait) -> None:
    root.settings_file.write_text("folder_settle: 0\nsettle: 0.3\n")
    drop.whole("film/_defaults.yaml", EACH)
    daemon(HOTFOLDER_DRY_STEP_SECONDS="0.5")
    file = root.inbox / "film" / "dawn.png"
    save(file, 50)
    wait(lambda: _claimed(root) or pictures(root))
    root.paused_file.touch()  # as if the machine were busy for as long as they are drawn
    for number in range(1, 7):
        save(file, 50 + 25 * number)
        if number % 2:  # some are seen while they lie there, the others give way at once
            wait(lambda: _is_seen(root, file.read_bytes()))
    wait(lambda: _is_seen(root, drawing(200)))
    assert len(list((root.inbox / "film").glob("*.json"))) == 1, "one waits, the newest"
    root.paused_file.unlink()
    wait(lambda: len(pictures(root)) == 2 and not _claimed(root))

    made = [_control(root, name) for name in ("film/dawn.png", "film/dawn-2.png")]
    assert made == [_cleaned(drawing(50)), _cleaned(drawing(200))]
    seeds = {record(root, name)["job"]["seed"] for name in ("film/dawn", "film/dawn-2")}
    assert len(seeds) == 1
    assert file.read_bytes() == drawing(200)
    assert not list(root.failed.rglob("*.why.txt"))


def _claimed(root) -> list[Path]:
    return list(root.spool.glob("0*"))


def _is_seen(root, data: bytes) -> bool:
    """Whether there is a job of this version."""
    content = hashlib.sha256(data).hexdigest()
    files = [*(root.inbox / "film").glob("*.json"), *root.spool.glob("*/job.json")]
    return any(content in _text(file) for file in files)


def _text(file: Path) -> str:
    with contextlib.suppress(FileNotFoundError):
        return file.read_text()
    return ""


def _control(root, name: str) -> str:
    return record(root, name.removesuffix(".png"))["job"]["controls"][0]["sha256"]


def _cleaned(data: bytes) -> str:
    with Image.open(io.BytesIO(data)) as picture:
        found = io.BytesIO()
        cleaned(picture, even=True).picture.save(found, "PNG", compress_level=6)
    return hashlib.sha256(found.getvalue()).hexdigest()


def test_what_can_not_be_drawn_by_has_a_letter_and_the_drawing_stays(
    root, drop, daemon, wait
) -> None:
    root.settings_file.write_text("folder_settle: 0\nsettle: 0.3\n")
    drop.whole("film/_defaults.yaml", "each: drawing\nsteps: 2\nsize: 256x256\n")
    drop.whole("film/blank.txt", "a boat")
    blank = io.BytesIO()
    Image.new("RGB", (300, 300), "white").save(blank, "PNG")
    drop.whole("film/blank.png", blank.getvalue())
    drop.whole("film/wordless.png", drawing(100))
    file = root.inbox / "film" / "half.png"
    drop.whole("film/half.txt", "a boat")
    file.write_bytes(drawing(150)[:300])
    child = daemon()
    wait(lambda: (root.failed / "film" / "blank.json.why.txt").exists())
    wait(lambda: "wordless.png waits: nothing says what it shows" in child.log())
    with file.open("r+b") as stream:  # the rest of it comes
        stream.write(drawing(150))
    drop.whole("film/wordless.txt", "a moon")
    wait(lambda: pictures(root) == ["film/half.png", "film/wordless.png"])

    assert (
        "Nothing is drawn in blank.png" in (root.failed / "film" / "blank.json.why.txt").read_text()
    )
    assert sorted(each.name for each in (root.inbox / "film").glob("*.png")) == [
        "blank.png", "half.png", "wordless.png",
    ]  # fmt: skip


def test_check_says_of_a_folder_what_becomes_of_it_there(root, drop, daemon) -> None:
    root.settings_file.write_text("engine: dry-run\nfolder_settle: 0\nsettle: 0.2\n")
    drop.whole("film/_defaults.yaml", EACH)
    for name in ("dawn.png", "noon.PNG", "{name}.png"):
        drop.whole(f"film/{name}", drawing(100 + len(name)))
    drop.whole("film/noon.txt", "the harbour\nat {name}\n")
    drop.whole("film/plain.yaml", "prompt: a job like any other\nseed: 7\n")
    done = hotfolder("check", "--json", str(root.inbox / "film"), "--root", str(root.root))
    assert daemon("--until-empty", ready=False).wait() == 0

    said = {
        Path(each["file"]).stem: each["pictures"][0]["sampling"] | each["pictures"][0]
        for each in json.loads(done.stdout)
    }
    made = {name.removesuffix(".png"): record(root, name.removesuffix(".png"))["job"]
            for name in pictures(root)}  # fmt: skip
    assert {Path(name).name for name in made} == said.keys()
    for name, job in made.items():
        foretold = said[Path(name).name]
        for key in ("prompt", "seed", "steps", "width", "height"):
            assert job[key] == foretold[key], (name, key)

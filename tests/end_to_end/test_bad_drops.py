"""Whatever is dropped, nothing is lost, nothing hangs, and the person is told."""

from __future__ import annotations

import os
import sys
from pathlib import Path

import pytest
from PIL import Image
from support.daemon import pictures, record

HEALTHY = '{"prompt": "healthy", "size": "64x64", "steps": 1}'
"""In the words of both formats."""


def healthy(root, drop, wait) -> None:
    """A good job goes through behind whatever was dropped before."""
    drop.whole("healthy.yaml", HEALTHY)
    wait(lambda: (root.done / "healthy.yaml").exists())


BAD = {
    "typo.yaml": (b"prompt: a\nnegativ_prompt: b\n", "negative_prompt"),
    "empty-of-sense.yaml": (b"# nothing but a comment\n", "prompt"),
    "latin.yaml": (b"prompt: caf\xe9\n", "UTF-8"),
    "deep.yaml": (b"prompt: " + b"[" * 50_000, "nest"),
    "twice.yaml": (b"prompt: a\nprompt: b\n", "line 1"),
    "tagged.yaml": (b"prompt: !!python/object:os.system x\n", "tag"),
    "aliased.yaml": (b"prompt: &a x\nnegative_prompt: *a\n", "anchor"),
    "nan.json": (b'{"prompt": "a", "width": NaN}', "NaN"),
    "zero.yaml": (b"prompt: a\nsize: 0x0\n", "size"),
    "missing.yaml": (b"prompt: a\nreferences: [{image: no.png}]\n", "no.png"),
    "url.yaml": (b"prompt: a\nreferences: [{image: 'http://169.254.169.254/x.png'}]\n", "http"),
    "out.yaml": (b"prompt: a\nreferences: [{image: ../../../etc/passwd}]\n", "passwd"),
}


def test_a_bad_file_moves_to_failed_with_a_letter_and_the_next_job_renders(
    root, drop, daemon, wait
):
    root.settings_file.write_text("reference_wait: 0.5\n")
    child = daemon()
    for name, (content, word) in BAD.items():
        drop.whole(name, content)
        wait(lambda name=name: (root.failed / f"{name}.why.txt").exists())

        assert (root.failed / name).read_bytes() == content
        letter = (root.failed / f"{name}.why.txt").read_text("utf-8")
        assert word.lower() in letter.lower(), name
        assert f" retry {name}" in letter.replace("'", "")
        drop.whole(f"after-{name}", HEALTHY)
        wait(lambda name=name: (root.done / f"after-{name}").exists())
    assert child.process.poll() is None


def test_pipes_links_and_giants_are_refused_unopened(root, drop, daemon, wait):
    daemon()
    secret = root.root / "secret.yaml"
    secret.write_text("prompt: secret\n")
    os.mkfifo(root.inbox / "pipe.yaml")
    (root.inbox / "link.yaml").symlink_to(secret)
    with (root.inbox / "giant.yaml").open("wb") as giant:
        giant.truncate(1 << 40)
    names = ("pipe.yaml", "link.yaml", "giant.yaml")
    wait(lambda: all((root.failed / f"{name}.why.txt").exists() for name in names))

    assert secret.read_text() == "prompt: secret\n"
    assert (root.failed / "link.yaml").is_symlink()
    for name in names:
        assert " retry " not in (root.failed / f"{name}.why.txt").read_text()
    healthy(root, drop, wait)


@pytest.mark.parametrize("content", [b"", b"no picture at all"])
def test_of_a_picture_that_holds_no_job_no_retry_is_offered(root, drop, daemon, wait, content):
    if not content:
        Image.new("RGB", (64, 64), "red").save(root.root / "plain.png")
        content = (root.root / "plain.png").read_bytes()
    daemon()
    drop.whole("again/plain.png", content)
    letter = root.failed / "again" / "plain.png.why.txt"
    wait(letter.exists)
    said = " ".join(letter.read_text().split())
    assert " retry " not in said
    assert "Drop it again" not in said
    assert said.endswith("lies beside this letter, as it was. Move it back to where you keep it.")


def test_a_folder_named_like_a_job_is_a_folder(root, drop, daemon, wait):
    daemon()
    drop.whole("odd.yaml/inside.yaml", "prompt: inside\nsize: 64x64\n")
    wait(lambda: (root.done / "odd.yaml" / "inside.yaml").exists())

    assert pictures(root) == ["odd.yaml/inside.png"]


def test_an_empty_file_is_named_in_status_and_waits_for_its_content(root, drop, daemon, wait):
    child = daemon()
    drop.whole("later.yaml", "")
    wait(lambda: any("empty" in t["reason"] for t in child.status.get("troubles", ())))
    healthy(root, drop, wait)
    drop.whole("later.yaml", "prompt: later\nsize: 64x64\n")
    wait(lambda: (root.done / "later.yaml").exists())


def spoil(picture: Path, kind: str) -> None:
    if kind == "text":
        picture.write_text("not a picture at all, but long enough to be looked at" * 10)
    elif kind == "empty":
        picture.write_bytes(b"")
    elif kind == "pipe":
        os.mkfifo(picture)
    elif kind == "bomb":
        Image.new("1", (20_000, 20_000)).save(picture)
    else:
        Image.effect_noise((64, 64), 50).convert("RGB").save(picture)
        picture.write_bytes(picture.read_bytes()[:600])
    old = 1_600_000_000
    os.utime(picture, (old, old))


def test_a_reference_that_is_no_good_picture_fails_its_job_only(root, drop, daemon, wait):
    root.settings_file.write_text("reference_wait: 0.5\n")
    child = daemon()
    for number, kind in enumerate(("broken", "text", "empty", "bomb", "pipe")):
        spoil(root.inbox / f"ref-{number}.png", kind)
        drop.whole(f"{number}.yaml", f"prompt: a\nreferences: [{{image: ref-{number}.png}}]\n")
        letter = root.failed / f"{number}.yaml.why.txt"
        wait(letter.exists)

        assert f"ref-{number}.png" in letter.read_text()
        assert ("empty" in letter.read_text()) == (kind == "empty")
        drop.whole(f"after-{number}.yaml", HEALTHY)
        wait((root.done / f"after-{number}.yaml").exists)
    assert child.process.poll() is None


def test_names_of_the_greatest_length_survive_every_folder(root, drop, daemon, wait):
    daemon()
    good, bad = "g" * 250 + ".yaml", "b" * 250 + ".yaml"
    drop.whole(good, "prompt: long\nsize: 64x64\n")
    drop.whole(bad, "promt: long\n")
    wait(lambda: (root.done / good).exists())
    wait(lambda: list(root.failed.glob("*.why.txt")))

    assert len(pictures(root)) == 1
    assert (root.failed / bad).exists()
    assert record(root, pictures(root)[0][:-4])["result"]["job_file"] == good


@pytest.mark.skipif(sys.platform == "darwin", reason="names are UTF-8 there")
def test_names_that_are_no_utf_8_are_names_like_others(root, drop, daemon, wait):
    folder = root.inbox / os.fsdecode(b"ep\xfe")
    folder.mkdir()
    daemon()
    for place in (folder / "in.yaml", root.inbox / os.fsdecode(b"\xfe.yaml")):
        place.write_text("prompt: a\nsize: 64x64\nsteps: 1\n")
    healthy(root, drop, wait)

    wait(lambda: (root.done / folder.name / "in.yaml").exists())
    assert (root.outbox / folder.name / "in.png").exists()
    wait(lambda: (root.done / os.fsdecode(b"\xfe.yaml")).exists())
    assert not list(root.failed.iterdir())


def test_escapes_and_newlines_in_prompts_and_names_stay_out_of_the_logs(root, drop, daemon, wait):
    daemon()
    drop.whole("e\x1b[2J\nvil.yaml", 'prompt: "red \\e[31m\\n\\r line"\nsize: 64x64\n')
    wait(lambda: len(list(root.done.glob("e*"))) == 1)

    log = root.log_file.read_bytes()
    assert b"\x1b" not in log
    assert b"\r" not in log
    assert all(line[:3] == b"202" for line in log.splitlines())
    sidecar = record(root, pictures(root)[0][:-4])
    assert sidecar["job"]["prompt"] == "red \x1b[31m\n\r line"

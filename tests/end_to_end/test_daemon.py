"""A person drops files; pictures appear. The real daemon with the dry-run engine."""

from __future__ import annotations

import json
import os
import time

import pytest
from PIL import Image
from support.daemon import HANG, engine, hotfolder, pictures, record, records

from daemon.jobs.duplicates import SECOND_SAVE


def test_a_dropped_file_becomes_a_picture_beside_its_sidecar(root, drop, daemon, wait):
    daemon()
    drop.whole("lighthouse.yaml", "prompt: a lighthouse at dawn\nseed: 7\n")

    wait(lambda: (root.done / "lighthouse.yaml").exists())

    assert pictures(root) == ["lighthouse.png"]
    sidecar = record(root, "lighthouse")
    assert sidecar["schema"] == 1
    assert sidecar["job"]["seed"] == sidecar["result"]["seed"] == 7
    assert sidecar["result"]["image"] == "lighthouse.png"
    assert len(sidecar["result"]["timings"]["steps"]) == 15
    with Image.open(root.outbox / "lighthouse.png") as picture:
        assert picture.size == (768, 768)
        assert "a lighthouse at dawn" in picture.text["parameters"]
    wait(lambda: not list(root.spool.iterdir()))  # the job file moves first
    assert not list(root.inbox.glob("*.yaml"))


def test_the_log_tells_the_story_of_one_job_line_by_line(root, drop, daemon, wait):
    child = daemon()
    drop.whole("boat.yaml", "prompt: a boat\nsteps: 3\n")
    wait(lambda: "#1 boat done: boat.png" in child.log())

    story = [line.split(" ", 2)[2] for line in child.log().splitlines() if "#1 " in line]

    assert story[0] == "#1 boat claimed (1 picture): a boat"
    assert story[1].startswith("#1 boat 1/1 starting (3 steps, 768x768, seed ")
    assert [line.split(" eta")[0].rsplit(" ", 2)[0] for line in story[2:5]] == [
        f"#1 boat 1/1 step {step}/3" for step in (1, 2, 3)
    ]
    assert story[5].startswith("#1 boat 1/1 generated in ")
    assert " s per step)" in story[5], "and how long it waited for the model, if it did"
    machine = [json.loads(line) for line in root.jsonl_file.read_text().splitlines()]
    assert [m["step"] for m in machine if m.get("event") == "step"] == [1, 2, 3]
    assert "\r" not in child.log()


def test_what_lies_in_the_inbox_at_the_start_is_rendered(root, drop, daemon):
    drop.whole("early.yaml", "prompt: first\n")
    drop.whole("scene/two.json", '{"prompt": "second"}')

    assert daemon("--until-empty", ready=False).wait() == 0

    assert pictures(root) == ["early.png", "scene/two.png"]
    assert (root.done / "scene" / "two.json").exists()


def test_a_file_moved_into_the_inbox_is_claimed_once(root, drop, daemon, wait):
    child = daemon()
    drop.by_rename("moved.yaml", "prompt: moved\n")
    wait(lambda: (root.done / "moved.yaml").exists())

    assert pictures(root) == ["moved.png"]
    assert child.log().count("claimed") == 1


def test_folders_are_projects_with_defaults_of_their_own(root, drop, daemon, wait):
    drop.whole("ep01/_defaults.yaml", "steps: 4\nnegative_prompt: text\n")
    drop.whole("ep01/night/_defaults.yaml", "steps: 5\n")
    daemon()
    drop.whole("ep01/night/boat.yaml", "prompt: a boat\n")
    wait(lambda: (root.done / "ep01/night/boat.yaml").exists())

    job = record(root, "ep01/night/boat")["job"]
    assert (job["steps"], job["negative_prompt"]) == (5, "text")


def test_the_same_file_dropped_again_is_another_picture(root, drop, daemon, wait):
    daemon()
    for pause in (SECOND_SAVE + 0.2, 0):  # sooner, it would be an editor's second save
        drop.whole("again.yaml", "prompt: again\nseed: 1\n")
        wait(lambda: not (root.inbox / "again.yaml").exists())
        wait(lambda: not list(root.spool.iterdir()))
        time.sleep(pause)

    assert pictures(root) == ["again-2.png", "again.png"]
    assert {p.name for p in root.done.iterdir()} >= {"again.yaml", "again-2.yaml"}


def test_an_id_is_rendered_once(root, drop, daemon, wait):
    daemon()
    drop.whole("one.yaml", "prompt: one\nid: shot-010\n")
    wait(lambda: (root.done / "one.yaml").exists())
    drop.whole("other.yaml", "prompt: other\nid: shot-010\n")
    wait(lambda: (root.done / "other.yaml.why.txt").exists())

    assert pictures(root) == ["one.png"]
    assert "#1" in (root.done / "other.yaml.why.txt").read_text()
    assert "id" not in record(root, "one")["job"]


def test_a_dropped_sidecar_and_a_dropped_picture_give_the_same_picture(root, drop, daemon, wait):
    daemon()
    drop.whole("ep01/first.yaml", "prompt: a moon\nsteps: 4\nsize: 320x256\n")
    wait(lambda: (root.done / "ep01" / "first.yaml").exists())
    drop.whole("copy.json", (root.outbox / "ep01" / "first.json").read_bytes())
    wait(lambda: (root.done / "copy.json").exists())
    drop.whole("again/first.png", (root.outbox / "ep01" / "first.png").read_bytes())
    wait(lambda: (root.done / "again" / "first.png").exists())

    hashes = {json.loads(p.read_bytes())["result"]["pixels_sha256"] for p in records(root)}
    assert pictures(root) == ["copy.png", "ep01/first-2.png", "ep01/first.png"]
    assert record(root, "ep01/first-2")["result"]["parent"] == 1
    assert len(hashes) == 1


def test_a_job_of_several_seeds_gets_a_folder_of_pictures(root, drop, daemon, wait):
    daemon()
    drop.whole("set.yaml", "prompt: a set\nseed: 5\ncount: 3\nsize: 256x256\n")
    wait(lambda: (root.done / "set.yaml").exists())

    assert pictures(root) == ["set/set-01.png", "set/set-02.png", "set/set-03.png"]
    assert [record(root, f"set/set-0{i}")["result"]["seed"] for i in (1, 2, 3)] == [5, 6, 7]
    assert record(root, "set/set-02")["job"]["count"] in (None, 1)


def test_higher_priority_is_rendered_first_then_first_come(root, drop, daemon, wait):
    root.paused_file.touch()
    child = daemon()
    for name, priority in (("a", 0), ("b", 0), ("c", 5)):
        drop.whole(f"{name}.yaml", f"prompt: {name}\npriority: {priority}\n")
        time.sleep(0.02)
    wait(lambda: (child.status.get("queue") or {}).get("number") == 3)
    wait(lambda: child.status["queue"]["files"] == ["c.yaml", "a.yaml", "b.yaml"])
    hotfolder("resume", "--root", str(root.root))
    wait(lambda: len(pictures(root)) == 3)

    order = sorted("abc", key=lambda name: record(root, name)["result"]["job"])
    assert order == ["c", "a", "b"]


def test_no_picture_appears_before_its_sidecar_and_none_is_ever_half(root, drop, daemon):
    root.settings_file.write_text("live: false\n")  # now.png has none
    child = daemon()
    for number in range(40):
        drop.whole(f"p{number}.yaml", "prompt: whole\nsize: 256x256\n")
    seen: set[str] = set()
    end = time.monotonic() + HANG
    while len(seen) < 40 and time.monotonic() < end:
        for picture in root.outbox.glob("*.png"):
            assert picture.with_suffix(".json").exists()
            if picture.name not in seen:
                with Image.open(picture) as image:
                    image.load()
                seen.add(picture.name)

    assert len(seen) == 40
    assert child.stop() == 0


def test_every_name_comes_back_as_it_was_typed(root, drop, daemon, wait):
    daemon()
    names = ["Маяк на рассвете", "a b  c", "🌊 wave", "x" * 240, "new\nline", "caf\u0065\u0301"]
    for name in names:
        drop.whole(f"{name}.yaml", "prompt: named\nsize: 64x64\n")
    drop.whole(os.fsdecode(b"\xff\xfe.yaml"), "prompt: bytes\nsize: 64x64\n")
    wait(lambda: len(pictures(root)) == len(names) + 1)

    assert {p.name for p in root.done.iterdir() if p.is_file()} >= {f"{n}.yaml" for n in names}
    assert "Маяк на рассвете.png" in pictures(root)
    assert "🌊 wave.png" in pictures(root)


def test_other_peoples_litter_is_left_alone(root, drop, daemon, wait):
    litter = [
        ".DS_Store",
        "._x.yaml",
        "~x.yaml",
        "notes.md",
        "x.yaml.part",
        ".x.yaml.icloud",
        "a.png",
    ]
    for name in litter:
        drop.whole(name, "prompt: no\n")
    daemon()
    drop.whole("real.yaml", "prompt: yes\n")
    wait(lambda: (root.done / "real.yaml").exists())

    assert {p.name for p in root.inbox.iterdir() if p.is_file()} == set(litter)


def test_a_second_daemon_is_refused_and_told_who_holds_the_root(root, daemon):
    first = daemon()
    second = daemon(ready=False)

    assert second.wait() == 3
    assert str(first.process.pid) in second.output()
    assert first.process.poll() is None


def test_a_missing_model_is_said_with_what_to_do(root, daemon):
    child = daemon("--model", "no-such-model", engine="sdxl", ready=False)

    assert child.wait() == 5
    assert "no-such-model" in child.output()
    assert "sketch" in child.output()


@pytest.mark.parametrize("signal_name", ["SIGTERM", "SIGINT"])
def test_leaving_in_mid_render_puts_the_job_back_and_the_next_start_finishes_it(
    root, drop, daemon, wait, hold, signal_name
):
    import signal

    child = daemon(engine=engine("held"), **hold.at(2))
    drop.whole("long.yaml", "prompt: long\nsteps: 50\nseed: 3\n")
    wait(lambda: any(c["step"] >= 2 for c in child.status.get("current", ())))
    child.process.send_signal(getattr(signal, signal_name))

    assert child.wait() == 0
    assert pictures(root) == []
    assert daemon("--until-empty", ready=False).wait() == 0
    assert pictures(root) == ["long.png"]
    assert record(root, "long")["result"]["job"] == 1

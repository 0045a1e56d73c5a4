"""Jobs that share steps, end to end: dropped as files, published as if each had been alone."""

from __future__ import annotations

import json
import os
import re
import signal

import numpy as np
from PIL import Image
from support.daemon import engine, hotfolder, pictures, record

SLOW = {"HOTFOLDER_DRY_STEP_SECONDS": "0.15"}


def job(prompt: str = "a lighthouse", *, steps: int = 8, **more) -> str:
    given = {"prompt": prompt, "steps": steps, "size": "192x192", **more}
    return "".join(f"{key}: {value}\n" for key, value in given.items())


def results(root) -> dict[str, dict]:
    return {name[:-4]: record(root, name[:-4])["result"] for name in pictures(root)}


def test_jobs_dropped_together_share_steps_and_a_late_one_joins(
    root, drop, daemon, wait, hold
) -> None:
    child = daemon(engine=engine("sharing"), **SLOW, **hold.at(5))
    for number in range(3):
        drop.by_rename(f"early-{number}.yaml", job(f"prompt {number}", steps=40))
    wait(lambda: "early-0 1/1 step 5/40" in child.log())
    drop.by_rename("late.yaml", job("late", steps=6))
    wait(lambda: "late 1/1 step 5/6" in child.log())
    hold.off()
    wait(lambda: len(list(root.done.glob("*.yaml"))) == 4)

    found = results(root)
    assert len(found) == 4
    assert all(result["batch"]["size"] > 1 for result in found.values())
    assert not any(result["exact"] for result in found.values())
    assert found["late"]["finished_at"] < found["early-0"]["finished_at"]


def test_pictures_of_one_job_share_steps_too_and_keep_their_numbers(
    root, drop, daemon, wait, hold
) -> None:
    child = daemon(engine=engine("sharing"), **SLOW, **hold.at(2))
    drop.whole("many.yaml", job(count=6, seed=100))
    for picture in (1, 2, 3):
        wait(lambda picture=picture: f"many {picture}/6 step 2/8" in child.log())
    hold.off()
    wait(lambda: (root.done / "many.yaml").exists())

    records = [record(root, f"many/many-{n:02d}") for n in range(1, 7)]
    assert [each["job"]["seed"] for each in records] == list(range(100, 106))
    assert max(each["result"]["batch"]["size"] for each in records) > 2


def test_only_as_many_files_leave_the_inbox_as_share_a_step_and_one_more(
    root, drop, daemon, wait, hold
) -> None:
    """The inbox is the queue: the rest can still be changed, or deleted."""
    child = daemon(engine=engine("sharing"), **SLOW, **hold.at(29))
    for number in range(12):
        drop.by_rename(f"{number:02d}.yaml", job(steps=30))
    fewest = 12

    def done() -> bool:
        nonlocal fewest
        waiting = len(list(root.inbox.glob("*.yaml")))
        if not list(root.done.iterdir()):  # then none was when they were counted
            fewest = min(fewest, waiting)
            return False
        return True

    wait(lambda: not done() and child.log().count(" step 29/30") >= 4 and fewest <= 12 - 5)
    hold.off()
    wait(done)
    assert fewest == 12 - 5


def test_a_batch_of_one_in_the_settings_makes_every_picture_alone(root, drop, daemon, wait) -> None:
    root.settings_file.write_text("max_batch: 1\n")
    daemon(engine=engine("sharing"))
    for number in range(4):
        drop.by_rename(f"{number}.yaml", job())
    wait(lambda: len(list(root.done.iterdir())) == 4)

    for result in results(root).values():
        assert result["batch"] == {"size": 1, "index": 0}
        assert result["exact"]


def test_a_strict_job_is_made_alone_among_others(root, drop, daemon, wait) -> None:
    daemon(engine=engine("sharing"), **SLOW)
    drop.by_rename("a.yaml", job(steps=12))
    drop.by_rename("strict.yaml", job(strict="true"))
    drop.by_rename("b.yaml", job())
    wait(lambda: len(list(root.done.iterdir())) == 3)

    assert record(root, "strict")["result"]["exact"]
    assert record(root, "strict")["result"]["batch"] == {"size": 1, "index": 0}


def test_of_jobs_that_fell_with_the_worker_only_the_guilty_one_is_blamed(
    root, drop, daemon, wait, hold
) -> None:
    """They shared a step when it died; alone, three are well, and one kills three more workers."""
    child = daemon(engine=engine("sharing"), **SLOW, **hold.at(2))
    for name in ("a", "b", "c"):
        drop.by_rename(f"{name}.yaml", job(name))
    drop.by_rename("poison.yaml", job("kill"))
    for name in ("a", "b", "c", "poison"):
        wait(lambda name=name: f" {name} 1/1 step 2/8" in child.log())
    hold.off()
    note = root.failed / "poison.yaml.why.txt"
    wait(lambda: note.exists() and len(list(root.done.iterdir())) == 3)

    found = results(root)
    assert sorted(found) == ["a", "b", "c"]
    why = note.read_text()
    assert "Rendering this job kills the worker." in why
    assert "died 3 times" in why
    fell = [result for result in found.values() if result["attempt"] > 1]
    assert fell
    assert all(result["exact"] for result in fell)  # alone from then on
    assert child.log().count("the worker died while rendering") == 4


def test_cancelling_one_job_leaves_those_that_share_its_steps(
    root, drop, daemon, wait, hold
) -> None:
    child = daemon(engine=engine("sharing"), **SLOW, **hold.at(3))
    drop.by_rename("stays.yaml", job(steps=30))
    drop.by_rename("goes.yaml", job(steps=150))
    line = wait(lambda: re.search(r"#(\d+) goes 1/1 step 3/150", child.log()))
    number = line[1]
    assert hotfolder("cancel", f"#{number}", "--root", str(root.root)).returncode == 0
    wait(lambda: (root.failed / "goes.yaml").exists())
    hold.off()
    wait(lambda: (root.done / "stays.yaml").exists())
    assert pictures(root) == ["stays.png"]


def test_a_pause_lets_those_in_the_air_finish_and_holds_the_rest(
    root, drop, daemon, wait, hold
) -> None:
    child = daemon(engine=engine("sharing"), **SLOW, **hold.at(2))
    drop.whole("many.yaml", job(count=20, steps=4))
    wait(lambda: "many 1/20 step 2/4" in child.log())
    root.paused_file.touch()
    hold.off()
    wait(lambda: child.status.get("state") == "paused")
    made = len(pictures(root))
    assert 0 < made < 20
    root.paused_file.unlink()
    wait(lambda: (root.done / "many.yaml").exists())

    assert len(pictures(root)) == 20
    assert child.log().count(" starting (") == 20  # none was made twice


def test_killing_the_worker_over_a_batch_makes_each_picture_exactly_once(
    root, drop, daemon, wait, hold
) -> None:
    child = daemon(engine=engine("sharing"), **SLOW, **hold.at(4))
    for number in range(4):
        drop.by_rename(f"{number}.yaml", job(steps=10))
    wait(lambda: " step 4/10" in child.log() and len(child.status.get("current", [])) > 1)
    os.kill(child.worker_pid, signal.SIGKILL)
    hold.off()
    wait(lambda: len(list(root.done.iterdir())) == 4)

    assert pictures(root) == [f"{number}.png" for number in range(4)]
    assert not list(root.failed.iterdir())


# --- the real model ---------------------------------------------------------------------------------


def test_five_different_jobs_and_a_late_one_share_the_steps_of_the_real_model(
    root, drop, daemon, wait
) -> None:
    """Each is, within 2/255, the picture it is alone."""
    child = daemon(engine="sdxl", HOTFOLDER_BATCHING="always")
    Image.new("RGB", (90, 90), (250, 120, 0)).save(root.inbox / "face.png")
    face = "[{image: face.png, scale: %s}]"
    jobs = {
        "plain": {"prompt": "a red circle", "steps": 40, "seed": 1},
        "unguided": {"prompt": "a blue square", "steps": 8, "seed": 2, "guidance_scale": 1.0},
        "shown": {"prompt": "a bird", "steps": 9, "seed": 3, "references": face % 0.8},
        "faint": {"prompt": "a tree", "steps": 8, "seed": 4, "references": face % 0.2},
        "ancestral": {"prompt": "a star", "steps": 9, "seed": 5, "sampler": "euler_a"},
    }
    for name, given in jobs.items():
        drop.by_rename(f"{name}.yaml", job(**{**given, "size": "192x192"}))
    wait(lambda: "plain 1/1 step 5/40" in child.log())
    jobs["late"] = {"prompt": "a house", "steps": 5, "seed": 6, "sampler": "dpmpp_2m"}
    drop.by_rename("late.yaml", job(**{**jobs["late"], "size": "192x192"}))
    wait(lambda: len(list(root.done.glob("*.yaml"))) == 6)
    for name, given in jobs.items():
        drop.by_rename(f"{name}-alone.yaml", job(**{**given, "size": "192x192", "strict": "true"}))
    wait(lambda: len(list(root.done.glob("*.yaml"))) == 12)

    pace = list((root.caches / "pace").glob("*.json"))
    assert len(pace) == 1  # what was learnt of this machine, for the next start
    assert "192x192" in json.loads(pace[0].read_bytes())
    for name in jobs:
        shared, alone = record(root, name)["result"], record(root, f"{name}-alone")["result"]
        assert shared["batch"]["size"] > 1, name
        assert not shared["exact"]
        assert alone["exact"]
        assert alone["batch"] == {"size": 1, "index": 0}
        one, other = (
            np.asarray(Image.open(root.outbox / f"{stem}.png")).astype(int)
            for stem in (name, f"{name}-alone")
        )
        assert np.abs(one - other).max() <= 2
        assert (np.abs(one - other) <= 1).mean() >= 0.999

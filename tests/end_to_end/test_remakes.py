"""Pictures dropped into again/, more/ and final/, and the turns of urgent/ and later/."""

from __future__ import annotations

import json
from pathlib import Path

from PIL import Image
from support.daemon import hotfolder, pictures, record

from daemon.root.inbox_places import SPECIAL
from daemon.spool import journal

JOB = "prompt: a moon\nsteps: 4\nsize: 320x256\nseed: 7\n"


def move(source: Path, target: Path) -> None:
    target.parent.mkdir(parents=True, exist_ok=True)
    source.rename(target)


def test_a_family_of_folders_makes_a_picture_again_in_its_own_project(root, drop, daemon, wait):
    root.settings_file.write_text("folder_settle: 0.2\nfinal: {scale: 1.5, steps: 10}\n")
    daemon()
    drop.whole("ep01/moon.yaml", JOB)
    wait(lambda: (root.done / "ep01" / "moon.yaml").exists())
    made = root.outbox / "ep01" / "moon.png"
    content = made.read_bytes()

    drop.whole("more/moon.png", content)
    wait(lambda: (root.done / "more" / "moon.png").exists())
    move(made, root.inbox / "final" / "moon.png")
    wait(lambda: made.exists())
    both = root.root / "ep01"  # as a person moves a folder: neither comes before the other
    for suffix in (".png", ".json"):
        move(made.with_suffix(suffix), both / f"moon{suffix}")
    move(both, root.inbox / "final" / "ep01")
    wait(lambda: made.with_suffix(".json").exists() and made.exists())
    wait(lambda: not (root.inbox / "final" / "ep01").exists())

    assert pictures(root) == [
        *("ep01/final/moon-2.png", "ep01/final/moon.png", "ep01/moon-2.png", "ep01/moon.png")
    ]
    assert made.read_bytes() == content, "what was moved out of the outbox is back"
    again, final = record(root, "ep01/moon-2"), record(root, "ep01/final/moon")
    assert again["result"]["seed"] != 7 == final["result"]["seed"]
    assert again["result"]["parent"] == final["result"]["parent"] == 1
    assert (final["result"]["width"], final["result"]["height"]) == (480, 384)
    assert final["job"]["hires"] == {"scale": 1.5, "steps": 10, "strength": 0.35}
    wait(lambda: not (root.inbox / "ep01").exists())
    assert sorted(each.name for each in root.inbox.iterdir()) == sorted(SPECIAL)


def test_a_final_picture_can_be_made_again_from_its_record_alone(root, drop, daemon, wait):
    daemon()
    drop.whole("moon.yaml", JOB)
    wait(lambda: (root.done / "moon.yaml").exists())
    drop.whole("final/moon.png", (root.outbox / "moon.png").read_bytes())
    wait(lambda: (root.done / "final" / "moon.png").exists())
    was = record(root, "final/moon")
    was["result"]["device"]["type"] = "cuda"
    drop.whole("copy.json", json.dumps(was))
    wait(lambda: (root.done / "copy.json").exists())

    assert pictures(root) == ["copy.png", "final/moon.png", "moon.png"]
    with Image.open(root.outbox / "copy.png") as picture:
        assert picture.size == (640, 512)
    assert (
        record(root, "copy")["result"]["pixels_sha256"]
        == record(root, "final/moon")["result"]["pixels_sha256"]
    )
    assert (
        "(its record: cuda): its pixels may differ"
        in record(root, "copy")["result"]["warnings"][-1]
    )


def test_urgent_goes_first_and_later_last_whatever_their_priority(root, drop, daemon, wait):
    root.paused_file.touch()
    child = daemon()
    for name, priority in (("later/ep01/a", 9), ("ep01/b", 0), ("urgent/c", -9), ("ep01/d", 5)):
        drop.whole(f"{name}.yaml", f"prompt: a moon\nsteps: 2\npriority: {priority}\n")
    ordered = ["urgent/c.yaml", "ep01/d.yaml", "ep01/b.yaml", "later/ep01/a.yaml"]
    wait(lambda: (child.status.get("queue") or {}).get("files") == ordered)
    hotfolder("resume", "--root", str(root.root))
    wait(lambda: len(list(journal.read(root))) == 4)

    assert [entry.file for entry in journal.read(root)] == ["c.yaml", "d.yaml", "b.yaml", "a.yaml"]
    assert pictures(root) == ["c.png", "ep01/a.png", "ep01/b.png", "ep01/d.png"]


def test_what_was_taken_out_of_later_is_put_back_there_by_retry(root, drop, daemon, wait):
    child = daemon()
    drop.whole("urgent/ep01/bad.yaml", "prompt: a moon\nstepz: 2\n")
    wait(lambda: (root.failed / "ep01" / "bad.yaml.why.txt").exists())
    child.stop()
    (root.failed / "ep01" / "bad.yaml").write_text("prompt: a moon\nsteps: 2\n")

    hotfolder("retry", "bad", "--root", str(root.root))

    assert (root.inbox / "urgent" / "ep01" / "bad.yaml").exists()


def test_a_journal_line_says_where_the_file_lay_and_old_lines_are_read(root):
    old = {"job": 1, "file": "x.png", "project": "", "again": True, "outcome": "done"}
    root.journal_file.write_text(
        json.dumps(old) + "\n" + json.dumps({**old, "again": False}) + "\n"
    )

    assert [entry.place for entry in journal.read(root)] == ["again/x.png", "x.png"]


def test_an_urgent_job_finds_its_picture_beside_it_and_the_defaults_of_its_project(
    root, drop, daemon, wait
):
    drop.whole("ep01/_defaults.yaml", "steps: 3\n")
    Image.new("RGB", (64, 64), "red").save(root.root / "red.png")
    drop.whole("urgent/ep01/anna.png", (root.root / "red.png").read_bytes())
    daemon()
    drop.whole("urgent/ep01/a.yaml", "prompt: a moon\nreferences: [anna.png]\n")
    wait(lambda: (root.done / "ep01" / "a.yaml").exists())

    job = record(root, "ep01/a")["job"]
    assert job["steps"] == 3
    assert job["references"][0]["sha256"]


def test_a_file_that_is_let_go_first_keeps_what_it_names_and_what_it_says(root, drop, daemon, wait):
    root.paused_file.touch()
    child = daemon()
    drop.whole("ep01/_defaults.yaml", "steps: 3\nsize: 192x192\n")
    Image.new("RGB", (64, 64), "red").save(root.inbox / "ep01" / "anna.png")
    drop.whole("ep01/b.yaml", "prompt: a boat\npriority: 5\n")
    drop.whole("later/ep01/a.yaml", "prompt: a moon\nreferences: [anna.png]\n")
    wait(lambda: (child.status.get("queue") or {}).get("number") == 2)
    said = hotfolder("first", "a.yaml", "--root", str(root.root))
    assert (said.returncode, said.stdout) == (
        0, "later/ep01/a.yaml goes first, as inbox/urgent/ep01/a.yaml\n"
    )  # fmt: skip
    wait(lambda: child.status["queue"]["files"] == ["urgent/ep01/a.yaml", "ep01/b.yaml"])
    root.paused_file.unlink()
    wait(lambda: (root.done / "ep01" / "b.yaml").exists())
    wait(lambda: (root.done / "ep01" / "a.yaml").exists())

    assert {entry.job: entry.name for entry in journal.read(root)} == {1: "a", 2: "b"}
    job = record(root, "ep01/a")["job"]
    assert (job["steps"], bool(job["references"][0]["sha256"])) == (3, True)
    late = hotfolder("first", "#1", "b.yaml", "nothing", "--root", str(root.root))
    assert (late.returncode, late.stdout) == (2, "")

"""One file of several rows through a real daemon: its pictures, records, journal, and a kill."""

from __future__ import annotations

import json

from support.daemon import engine, hotfolder, pictures, record

SLOW = {"HOTFOLDER_DRY_STEP_SECONDS": "0.05"}
PIER = """\
prompt: Anna on the pier, {light}, {lens}
style: rough pencil
count: 2
size: 64x64
vary:
  light: {pick: 2, of: lights.txt}
  lens: [wide, tele]
  steps: [5, 6]
"""


def test_a_killed_job_of_many_rows_goes_on_with_the_rows_it_had_drawn(root, drop, daemon, wait):
    (root.root / "lists").mkdir()
    root.settings_file.write_text("library: [lists]\n")
    (root.root / "lists" / "lights.txt").write_text("dawn\nnoon\ndusk\nnight\n", "utf-8")
    child = daemon(**SLOW)
    drop.whole("pier.yaml", PIER)
    wait(lambda: len(pictures(root)) >= 3)
    child.kill()
    made = {name: (root.outbox / name).stat().st_ino for name in pictures(root)}
    (root.root / "lists" / "lights.txt").write_text("rain\n", "utf-8")  # drawn is drawn
    assert daemon("--until-empty", ready=False).wait() == 0

    found = pictures(root)
    assert len(found) == 16
    assert made.items() <= {name: (root.outbox / name).stat().st_ino for name in found}.items()
    records = [record(root, name[:-4]) for name in found]
    rows = [each["job"]["written"]["vary"] for each in records]
    lights = {row["light"] for row in rows}
    assert len(lights) == 2
    assert lights < {"dawn", "noon", "dusk", "night"}
    for name, each, row in zip(found, records, rows, strict=True):
        block = each["job"]
        assert name.startswith(f"pier/pier-{row['light']}-{row['lens']}-steps-{row['steps']}-0")
        assert block["prompt"] == f"Anna on the pier, {row['light']}, {row['lens']}, rough pencil"
        assert (block["steps"], block["written"]["style"]) == (row["steps"], "rough pencil")
    seeds = [each["job"]["seed"] for each in records]
    assert len(set(seeds)) == 2  # two takes of every row, to be compared
    (line,) = [json.loads(line) for line in root.journal_file.read_text("utf-8").splitlines()]
    assert sorted(line["images"]) == found


def test_rows_share_steps_and_each_is_the_picture_that_its_record_makes(root, drop, daemon, wait):
    daemon(engine=engine("sharing"), **SLOW)
    drop.whole("cfg.yaml", "prompt: a {x}\nsize: 192x192\nvary: {x: [boat, cat], cfg: [5, 7]}\n")
    wait(lambda: (root.done / "cfg.yaml").exists())
    names = [name[:-4] for name in pictures(root)]
    records = {name: record(root, name) for name in names}
    drop.whole("again.json", json.dumps(records["cfg/cfg-cat-cfg-7"]))
    wait(lambda: (root.done / "again.json").exists())

    assert names == ["cfg/cfg-boat-cfg-5", "cfg/cfg-boat-cfg-7", "cfg/cfg-cat-cfg-5",
                     "cfg/cfg-cat-cfg-7"]  # fmt: skip
    assert [records[name]["job"]["guidance_scale"] for name in names] == [5, 7, 5, 7]
    assert max(each["result"]["batch"]["size"] for each in records.values()) > 1
    again, first = record(root, "again"), records["cfg/cfg-cat-cfg-7"]
    assert again["result"]["pixels_sha256"] == first["result"]["pixels_sha256"]
    assert {**again["job"], "name": None} == {**first["job"], "name": None}


def test_a_list_beside_its_job_waits_for_no_one_and_stays(root, drop, daemon):
    drop.whole("ep/lights.txt", "dawn\nnight\n")
    drop.whole("ep/pier.yaml", "prompt: a {x}\nsize: 64x64\nvary: {x: lights.txt}\n")
    assert daemon("--until-empty", ready=False).wait() == 0

    assert pictures(root) == ["ep/pier/pier-dawn.png", "ep/pier/pier-night.png"]
    assert (root.inbox / "ep" / "lights.txt").read_text() == "dawn\nnight\n"
    assert not list(root.failed.rglob("*.*"))
    assert daemon("--until-empty", ready=False).wait() == 0  # its job is done: it is no board now
    assert (root.inbox / "ep" / "lights.txt").exists()


def test_submit_writes_the_lines_of_a_list_into_the_job(root, tmp_path):
    (tmp_path / "words.txt").write_text("010\n1.50\n7\nwide angle\n", "utf-8")
    (tmp_path / "pier.yaml").write_text(
        "prompt: a {x} {y}\nvary:\n  x: words.txt\n  y: [020, 3]\n  steps: {pick: 1, of: [9]}\n"
    )
    answer = hotfolder("--root", str(root.root), "submit", str(tmp_path / "pier.yaml"))
    shown = hotfolder("--root", str(root.root), "check", str(root.inbox / "pier.yaml"))

    assert answer.returncode == 0, answer.stderr
    assert "varies   x, y, steps: 8 rows" in shown.stdout
    for words in ("a 010 020", "a 1.50 3", "a 7 020", "a wide angle 3"):
        assert f"prompt {words}\n" in shown.stdout


def test_check_tells_every_row_before_anything_is_made(root, tmp_path):
    file = tmp_path / "pier.yaml"
    (tmp_path / "lights.txt").write_text("dawn\nnight\n", "utf-8")
    file.write_text("prompt: a {light}\nvary: {light: lights.txt, preset: [fast, quality]}\n")
    answer = hotfolder("--root", str(root.root), "check", str(file))

    assert answer.returncode == 0
    said = answer.stdout
    assert "good, 4 pictures of 256x256 or 384x384, 10 or 20 steps" in said
    assert "varies   light, preset: 4 rows" in said
    for name, words in (("dawn-fast", "a dawn"), ("night-quality", "a night")):
        line, prompt = said.split(f"outbox/pier/pier-{name}.png")[1].splitlines()[:2]
        assert "seed" in line
        assert prompt.split() == ["prompt", *words.split()]

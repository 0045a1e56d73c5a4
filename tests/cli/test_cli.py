"""The command line as people use it: real processes, printed words, exit codes."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys

import jsonschema
import pytest
from PIL import Image
from support import daemon as kit
from support.daemon import AT_REST, engine, pictures, record, wait_for
from support.daemon import hotfolder_process as hotfolder

from daemon.root.create import prepare
from daemon.root.layout import Layout


def test_submit_and_wait_shows_the_steps_and_prints_the_picture(root, daemon):
    daemon()
    answer = hotfolder(
        "submit",
        "--prompt",
        "a boat on the sea",
        "--steps",
        "3",
        "--wait",
        "--root",
        str(root.root),
    )

    assert answer.returncode == 0, answer.stderr
    assert answer.stdout.splitlines() == [str(root.outbox / "a-boat-on-the-sea.png")]
    assert "#1 a-boat-on-the-sea done" in answer.stderr
    assert record(root, "a-boat-on-the-sea")["job"]["prompt"] == "a boat on the sea"


def test_the_root_may_be_named_before_the_verb_or_after_it(root, tmp_path):
    there, elsewhere = str(root.root), str(tmp_path / "elsewhere")

    before = hotfolder("--root", there, "status", "--json")
    after = hotfolder("status", "--json", "--root", there)
    both = hotfolder("--root", elsewhere, "status", "--json", "--root", there)

    assert json.loads(before.stdout)["root"] == json.loads(after.stdout)["root"]
    assert json.loads(both.stdout)["root"] == json.loads(after.stdout)["root"]


def test_submit_takes_references_along_and_never_overwrites_a_waiting_file(root, tmp_path):
    work = tmp_path / "work"
    (work / "art").mkdir(parents=True)
    Image.new("RGB", (64, 64), "red").save(work / "art" / "red.png")
    job = work / "shot.yaml"
    job.write_text("prompt: shot\nreferences: [{image: art/red.png}]\n")
    for _ in range(2):
        assert hotfolder("submit", str(job), "--root", str(root.root)).returncode == 0

    names = sorted(
        p.relative_to(root.inbox).as_posix() for p in root.inbox.rglob("*") if p.is_file()
    )
    assert names == ["shot-2.yaml", "shot.yaml"]


def test_submit_refuses_a_bad_file_before_dropping_it(root, tmp_path):
    job = tmp_path / "bad.yaml"
    job.write_text("promt: x\n")
    answer = hotfolder("submit", str(job), "--root", str(root.root))

    assert answer.returncode == 2
    assert "prompt" in answer.stderr
    assert not list(root.inbox.glob("*.yaml"))


def test_waiting_without_a_daemon_says_so_and_the_file_waits(root):
    answer = hotfolder("submit", "--prompt", "later", "--wait", "--root", str(root.root))

    assert answer.returncode == 4
    assert (root.inbox / "later.yaml").exists()


def test_a_waiting_file_is_cancelled_with_and_without_a_daemon(root, drop, daemon, wait):
    root.paused_file.touch()
    drop.whole("first.yaml", "prompt: first\n")
    assert hotfolder("cancel", "first.yaml", "--root", str(root.root)).returncode == 0
    child = daemon()
    drop.whole("second.yaml", "prompt: second\n")
    wait(lambda: (child.status.get("queue") or {}).get("number") == 1)
    assert hotfolder("cancel", "second.yaml", "--root", str(root.root)).returncode == 0

    for name in ("first", "second"):
        assert "cancelled" in (root.failed / f"{name}.yaml.why.txt").read_text()
    assert hotfolder("cancel", "no.yaml", "--root", str(root.root)).returncode == 2


def test_a_claimed_job_is_cancelled_without_a_daemon(root, drop, daemon, wait, hold):
    child = daemon(engine=engine("held"), **hold.at(2))
    drop.whole("long.yaml", "prompt: long\nsteps: 100\n")
    wait(lambda: child.status.get("current"))
    child.stop()

    assert hotfolder("cancel", "1", "--root", str(root.root)).returncode == 0
    assert (root.failed / "long.yaml.why.txt").exists()
    assert daemon("--until-empty", ready=False).wait() == 0
    assert pictures(root) == []


def test_status_without_a_daemon_says_stopped_and_lists_what_waits(root, drop):
    drop.whole("a.yaml", "prompt: a\n")
    answer = hotfolder("status", "--json", "--root", str(root.root))

    assert answer.returncode == 4
    snapshot = json.loads(answer.stdout)
    assert snapshot["state"] == "stopped"
    assert snapshot["queue"]["files"] == ["a.yaml"]


def test_status_while_rendering_names_job_step_and_time_left(root, drop, daemon, wait, hold):
    child = daemon(engine=engine("held"), HOTFOLDER_DRY_STEP_SECONDS="0.05", **hold.at(3))
    drop.whole("long.yaml", "prompt: long\nsteps: 40\n")
    wait(lambda: any(c["step"] > 2 for c in child.status.get("current", ())))
    answer = hotfolder("status", "--root", str(root.root))

    assert answer.returncode == 0
    assert "#1 long 1/1  step " in answer.stdout
    assert "s/step  eta " in answer.stdout


def test_logs_show_one_job_and_follow_it_through_rotation(root, drop, daemon, wait):
    root.settings_file.write_text("log_rotation: 4 KB\n")
    daemon()
    command = [sys.executable, "-m", "daemon", "logs", "-f", "--root", str(root.root)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as reader:
        seen = []
        for number in range(12):  # one by one, so that no two rotations fall between two looks
            drop.whole(f"j{number}.yaml", "prompt: j\nsteps: 10\nsize: 64x64\n")
            for line in reader.stdout:
                seen.append(line)
                if " done: " in line:
                    break
        assert len(list(root.logs.glob("hotfolder.*log"))) > 2
        reader.terminate()
    steps = [line for line in seen if " step " in line]
    assert len(steps) == 120
    one = hotfolder("logs", "12", "--root", str(root.root)).stdout
    assert one
    assert all("#12 " in line for line in one.splitlines())


def test_check_tells_what_a_file_would_make_and_what_is_wrong_with_it(root, tmp_path):
    good, bad = tmp_path / "good.yaml", tmp_path / "bad.yaml"
    good.write_text("prompt: a red circle\nseed: 4\ncount: 2\n")
    bad.write_text("prompt: a\nsteps: many\n")
    told = hotfolder("check", str(good), "--root", str(root.root))
    refused = hotfolder("check", str(bad), "--root", str(root.root))

    assert told.returncode == 0
    assert "2 pictures of 256x256, 15 steps" in told.stdout
    assert "seed 5" in told.stdout
    assert refused.returncode == 1
    assert "steps" in refused.stdout
    assert bad.exists()


def test_the_schema_accepts_the_smallest_job_and_refuses_a_typo(root):
    schema = json.loads(hotfolder("schema").stdout)
    hotfolder("run", "--until-empty", "--engine", "dry-run", "--root", str(root.root))
    # What the first line of the README's job file points to, from a file in the inbox:
    assert json.loads((root.inbox / "../.hotfolder/job.schema.json").read_text()) == schema
    jsonschema.validate({"prompt": "x"}, schema)

    with pytest.raises(jsonschema.ValidationError):
        jsonschema.validate({"promt": "x"}, schema)


def test_models_lists_the_bundled_one_and_its_files_hold(root):
    listed = hotfolder("models", "--root", str(root.root))
    checked = hotfolder("models", "check", "sketch", "--root", str(root.root))

    assert "sketch" in listed.stdout
    assert checked.returncode == 0, checked.stdout


def test_a_wrong_setting_is_explained_and_nothing_starts(root, daemon):
    root.settings_file.write_text("idle_timout: 5\n")
    child = daemon(ready=False)

    assert child.wait() == 5
    assert "idle_timeout" in child.output()


def test_a_service_with_a_wrong_setting_stays_up_and_says_blocked(root, daemon):
    root.settings_file.write_text("idle_timout: 5\n")
    child = daemon("--service", ready=False)
    wait_for(lambda: child.status.get("state") == "blocked", root)

    assert child.process.poll() is None
    assert "idle_timeout" in child.status["reason"]


def test_help_names_every_verb_and_usage_mistakes_exit_2():
    assert "exit codes" in hotfolder("--help").stdout
    assert hotfolder("nonsense").returncode == 2
    assert hotfolder("submit").returncode == 2
    assert hotfolder("retry").returncode == 2


WORDS = {"check": ["job.yaml"], "new": ["board", "ep"], "submit": ["--prompt", "a boat"],
         "cancel": ["7"], "retry": ["--all"]}  # fmt: skip


@pytest.mark.parametrize("verb", [*AT_REST, "cancel", "pause", "retry", "status"])
def test_a_verb_says_and_does_the_same_in_a_process_of_its_own(verb, tmp_path):
    """What lets all other tests call it in theirs, or have it born."""
    seen = []
    for run in (hotfolder, kit.hotfolder):
        home = tmp_path / "root"
        prepare(Layout(home))
        (home / "job.yaml").write_text("prompt: a red circle\nseed: 4\n")
        told = run(verb, *WORDS.get(verb, ()), "--root", str(home), cwd=home)
        notes = Layout(home).notes  # of each file's name and the process
        left = [str(file.relative_to(home)) for file in home.rglob("*") if file.parent != notes]
        seen.append((told.returncode, told.stdout, told.stderr, sorted(left)))
        shutil.rmtree(home)
    assert seen[0] == seen[1]

"""Rare but real: each of these once stopped the daemon, stranded a job or lost one."""

from __future__ import annotations

import json
import os
import shutil
import signal
import time

from PIL import Image
from PIL.PngImagePlugin import PngInfo
from support.daemon import HANG, engine, hotfolder, pictures, record

SMALL = "prompt: small\nsize: 64x64\nsteps: 1\n"


def test_a_spool_that_refuses_claims_costs_time_only(root, drop, daemon, wait):
    shutil.rmtree(root.spool)
    root.spool.mkdir()
    child = daemon()
    with child.standing_still():
        root.spool.rmdir()
        root.spool.write_text("in the way")
        drop.whole("patient.yaml", SMALL)
    wait(lambda: (root.done / "patient.yaml").exists())  # it makes a new one within a second or two

    assert "was no folder" in child.log()
    assert not list(root.failed.iterdir())


def test_a_waiting_file_whose_mode_is_changed_is_still_claimed(root, drop, daemon, wait):
    root.paused_file.touch()
    child = daemon()
    file = drop.whole("tagged.yaml", SMALL)
    wait(lambda: (child.status.get("queue") or {}).get("number") == 1)
    time.sleep(0.5)
    file.chmod(0o600)
    drop.whole("poke.txt", "wakes the watcher")
    hotfolder("resume", "--root", str(root.root))
    wait(lambda: (root.done / "tagged.yaml").exists())


def test_a_picture_with_odd_parameters_is_refused_or_read_but_never_fatal(root, drop, daemon, wait):
    child = daemon()
    info = PngInfo()
    info.add_itxt("parameters", "a moon\nSteps: 20, Seed: ², Size: 64x64, CFG scale: 7")
    odd = root.root / "odd.png"
    Image.new("RGB", (8, 8)).save(odd, pnginfo=info)
    drop.whole("again/odd.png", odd.read_bytes())
    drop.whole("behind.yaml", SMALL)
    wait(lambda: (root.done / "behind.yaml").exists())

    assert child.process.poll() is None


def test_a_large_finished_picture_may_be_dropped_back(root, drop, daemon, wait):
    daemon()
    info = PngInfo()
    info.add_itxt("hotfolder", json.dumps({"schema": 1, "job": {"prompt": "big", "size": "64x64"}}))
    big = root.root / "big.png"
    Image.effect_noise((1300, 1300), 90).save(big, pnginfo=info)
    assert big.stat().st_size > 1_000_000
    drop.whole("again/big.png", big.read_bytes())
    wait(lambda: (root.done / "again" / "big.png").exists() and not list(root.spool.iterdir()))

    assert pictures(root) == ["big.png"]
    answer = hotfolder("retry", "1", "--root", str(root.root))
    assert "inbox/again/big" in answer.stdout
    wait(lambda: pictures(root) == ["big-2.png", "big.png"])
    assert record(root, "big-2")["result"]["parent"] == 1


def test_a_broken_model_fails_the_job_that_named_it_and_no_other(
    root, drop, daemon, wait, tmp_path
):
    shelf = tmp_path / "models"
    (shelf / "bad").mkdir(parents=True)
    (shelf / "bad" / "bad.safetensors").write_bytes(b"junk" * 100)
    child = daemon("--service", engine="sdxl", HOTFOLDER_MODELS=str(shelf))
    drop.whole("named.yaml", "prompt: a\nmodel: bad\nsize: 512x512\n")
    drop.whole("innocent.yaml", "prompt: a red circle\nsteps: 2\nsize: 192x192\n")
    wait(lambda: (root.done / "innocent.yaml").exists())
    wait(lambda: (root.failed / "named.yaml.why.txt").exists())

    assert child.process.poll() is None


def test_a_file_where_a_folder_must_be_changes_the_name_and_stops_nothing(root, drop, daemon, wait):
    daemon()
    drop.whole("boat.yaml", SMALL)
    wait(lambda: (root.done / "boat.yaml").exists())
    drop.whole("boat.png.yaml", SMALL + "count: 2\n")
    drop.whole("boat.yaml/inside.yaml", SMALL)
    wait(lambda: len(pictures(root)) == 4)
    wait(lambda: not list(root.spool.iterdir()))

    assert "boat.png" in pictures(root)


def test_broken_defaults_keep_their_jobs_waiting_until_they_are_mended(root, drop, daemon, wait):
    root.settings_file.write_text("reference_wait: 0.2\n")
    child = daemon()
    drop.whole("ep/_defaults.yaml", "stepz: 4\n")
    time.sleep(0.3)
    for number in range(5):
        drop.whole(f"ep/s{number}.yaml", "prompt: s\nsize: 64x64\n")
    wait(lambda: len(child.status.get("troubles") or ()) == 5)
    drop.whole("other.yaml", SMALL)
    wait(lambda: (root.done / "other.yaml").exists())
    drop.by_rename("ep/_defaults.yaml", "steps: 4\n")
    wait(lambda: len(pictures(root)) == 6)

    assert not list(root.failed.iterdir())
    assert record(root, "ep/s3")["job"]["steps"] == 4


def test_a_claimed_job_keeps_its_plan_whatever_settings_and_defaults_say_later(
    root, drop, daemon, wait, hold
):
    root.settings_file.write_text("presets: {mine: {base: fast, steps: 30}}\n")
    child = daemon(engine=engine("held"), **hold.at(2))
    drop.whole("kept.yaml", "prompt: kept\npreset: mine\nseed: 4\n")
    wait(lambda: child.status.get("current"))
    child.kill()
    root.settings_file.write_text("preset: quality\n")
    assert daemon("--until-empty", ready=False).wait() == 0

    assert record(root, "kept")["job"]["steps"] == 30


def test_a_plan_of_another_version_is_made_anew(root, drop, daemon, wait, hold):
    child = daemon(engine=engine("held"), **hold.at(2))
    drop.whole("old.yaml", "prompt: old\nsteps: 40\n")
    wait(lambda: child.status.get("current"))
    child.kill()
    (root.spool / "000001" / "plan.json").write_text('{"facts": {"novel": 1}, "plan": {}}')
    assert daemon("--until-empty", ready=False).wait() == 0

    assert pictures(root) == ["old.png"]


def test_a_retry_right_after_the_end_is_meant(root, drop, daemon, wait):
    daemon()
    drop.whole("quick.yaml", SMALL)
    wait(lambda: (root.done / "quick.yaml").exists() and not list(root.spool.iterdir()))
    hotfolder("retry", "1", "--root", str(root.root))
    wait(lambda: len(pictures(root)) == 2)

    assert record(root, "quick-2")["result"]["parent"] == 1


def test_cancel_takes_only_what_waits(root, drop):
    drop.whole("ep01/shot.yaml", SMALL)
    root.settings_file.write_text("# mine\n")
    for word in ("../hotfolder.yaml", "ep01/none.yaml", "²", ""):
        assert hotfolder("cancel", word, "--root", str(root.root)).returncode == 2

    assert (root.inbox / "ep01" / "shot.yaml").exists()
    assert root.settings_file.read_text() == "# mine\n"


def test_control_and_outbox_deleted_under_the_daemon_are_made_anew(root, drop, daemon, wait):
    child = daemon()
    with child.standing_still():
        shutil.rmtree(root.control)
        shutil.rmtree(root.outbox)
    drop.whole("after.yaml", SMALL)
    wait(lambda: (root.done / "after.yaml").exists())
    assert hotfolder("pause", "--root", str(root.root)).returncode == 0
    wait(lambda: child.status.get("state") == "paused")

    assert pictures(root) == ["after.png"]


def test_a_signal_is_heard_at_once_among_thousands_of_files(root, drop, daemon, wait):
    root.paused_file.touch()
    child = daemon()
    for number in range(5000):
        drop.whole(f"n{number}.yaml", SMALL)
    child.process.send_signal(signal.SIGTERM)

    assert child.process.wait(timeout=HANG) == 0
    assert len(list(root.inbox.glob("*.yaml"))) == 5000


def test_status_prints_any_name(root, drop):
    drop.whole(os.fsdecode(b"\xff.yaml"), SMALL)
    for arguments in (("status",), ("status", "--json")):
        answer = hotfolder(*arguments, "--root", str(root.root), env={**os.environ, "LC_ALL": "C"})
        assert answer.returncode == 4
        assert "Traceback" not in answer.stderr


def test_until_empty_leaves_when_only_an_empty_file_is_left(root, drop, daemon):
    drop.whole("void.yaml", "")
    drop.whole("good.yaml", SMALL)

    assert daemon("--until-empty", ready=False).wait() == 5
    assert pictures(root) == ["good.png"]
    assert (root.inbox / "void.yaml").exists()


def test_the_second_of_one_id_is_rendered_if_the_first_fails(root, drop, daemon, wait, hold):
    child = daemon(engine=engine("held"), **hold.at(2))
    drop.whole("first.yaml", "prompt: first\nid: x\nsteps: 100\n")
    wait(lambda: child.status.get("current"))
    drop.whole("second.yaml", "prompt: second\nid: x\nsteps: 1\n")
    wait(lambda: not (root.inbox / "second.yaml").exists())
    hotfolder("cancel", "1", "--root", str(root.root))
    wait(lambda: (root.done / "second.yaml").exists())

    assert pictures(root) == ["second.png"]


NO_FOLDER_SYNC = """
import errno, os, stat

def fsync(fd, right=os.fsync):
    if stat.S_ISDIR(os.fstat(fd).st_mode):
        raise OSError(errno.EINVAL, os.strerror(errno.EINVAL))
    right(fd)

os.fsync = fsync
"""


def test_a_volume_that_can_not_sync_folders_gets_its_pictures(root, drop, daemon, wait, tmp_path):
    """As some network shares answer; supervisor and worker both meet it."""
    (tmp_path / "volume").mkdir()
    (tmp_path / "volume" / "sitecustomize.py").write_text(NO_FOLDER_SYNC)
    child = daemon(PYTHONPATH=str(tmp_path / "volume"))
    drop.whole("boat.yaml", "prompt: a boat\nsize: 128x128\nsteps: 1\n")
    wait(lambda: (root.done / "boat.yaml").exists() or "Trying again" in child.log())

    assert pictures(root) == ["boat.png"]

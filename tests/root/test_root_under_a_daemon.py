"""What is done to a root under a running daemon is noticed, told, and put right or waited out."""

from __future__ import annotations

import contextlib
import os
import shutil
import stat
from pathlib import Path

import psutil
from support.daemon import engine, hotfolder, pictures

JOB = "prompt: a boat\nsize: 192x192\nsteps: 1\n"


def told(child, *words):
    """Whether a line of the log holds all of these."""
    return any(all(word in line for word in words) for line in child.log().splitlines())


def put_in_place_of(folder, make) -> None:
    """The daemon may write into the folder that is taken away, or have made another by then."""
    while True:
        with contextlib.suppress(OSError):
            shutil.rmtree(folder) if folder.is_dir() else folder.unlink(missing_ok=True)
            make(folder)
            return


def processor_share(child) -> float:
    """What it takes of a core over a second; less on a busy machine, never more."""
    process = psutil.Process(child.process.pid)
    process.cpu_percent()
    return process.cpu_percent(interval=1) / 100


def test_a_spool_deleted_under_an_idle_and_a_working_daemon_is_made_anew_and_costs_no_job(
    root, drop, daemon, wait, hold
):
    child = daemon(engine=engine("held"), **hold.at(10))
    shutil.rmtree(root.spool)
    drop.whole("first.yaml", JOB)
    wait(lambda: (root.done / "first.yaml").exists())
    drop.whole("second.yaml", JOB.replace("steps: 1", "steps: 20"))
    wait(lambda: told(child, "#2", "starting"))
    shutil.rmtree(root.spool)
    wait(lambda: root.spool.is_dir())
    hold.off()
    wait(lambda: (root.done / "second.yaml").exists())

    assert (root.done / "second.yaml").read_text().startswith("prompt: a boat")
    assert pictures(root) == ["first.png", "second.png"]
    assert told(child, ".hotfolder/spool was gone")


def test_a_lock_file_that_is_replaced_lets_no_second_daemon_in(root, daemon, wait):
    child = daemon()
    root.lock_file.unlink()
    assert hotfolder("run", "--root", str(root.root), "--engine", "dry-run").returncode == 3
    draft = root.state / "restored"
    draft.write_text("4711\n")
    draft.replace(root.lock_file)
    assert "stopped" not in hotfolder("status", "--root", str(root.root)).stdout
    wait(lambda: root.lock_file.read_text() == f"{child.process.pid}\n")
    wait(lambda: told(child, ".hotfolder/lock had been replaced"))


def test_shelves_that_become_files_are_told_with_what_is_used_instead(root, drop, daemon, wait):
    child = daemon()
    root.done.rmdir()
    root.done.write_text("mine")
    wait(lambda: told(child, "done/ is a file", "done-2/"))
    drop.whole("x.yaml", JOB)
    wait(lambda: (root.root / "done-2" / "x.yaml").exists())

    assert root.done.read_text() == "mine"


def test_a_marker_that_is_taken_away_or_spoiled_is_written_again(root, drop, daemon, wait):
    child = daemon()
    marker, draft = root.id_file.read_bytes(), root.state / "draft"
    for number, spoil in enumerate((
        root.id_file.unlink,
        lambda: put_in_place_of(root.id_file, Path.mkdir),
        lambda: (draft.write_text("another\n"), draft.replace(root.id_file)),
    )):  # fmt: skip
        spoil()
        drop.whole(f"{number}.yaml", JOB)
        wait(lambda name=f"{number}.yaml": (root.done / name).exists())
        wait(lambda: root.id_file.is_file() and root.id_file.read_bytes() == marker)

    for what in ("was gone", "was no file", "was another"):
        wait(lambda what=what: told(child, ".hotfolder/id", what))
    assert hotfolder("status", "--root", str(root.root)).returncode == 0


def test_what_stands_in_place_of_the_stage_is_told_in_words(root, drop, daemon, wait):
    child = daemon()
    put_in_place_of(root.stage, lambda stage: stage.write_text("x"))
    drop.whole("x.yaml", JOB)
    wait(lambda: told(child, "blocked", "a file, not a folder"))
    assert "Errno" not in hotfolder("status", "--root", str(root.root)).stdout + child.log()
    root.stage.unlink()
    wait(lambda: (root.done / "x.yaml").exists())


def test_a_root_that_is_moved_away_is_not_made_again_and_goes_on_when_it_is_back(
    root, drop, daemon, wait, tmp_path
):
    child = daemon()
    away = tmp_path / "away"
    root.root.rename(away)
    (away / "inbox" / "x.yaml").write_text(JOB)
    wait(lambda: "is not there: unmounted, moved or deleted" in (away / "daemon.out").read_text())
    assert not root.root.exists()
    assert processor_share(child) < 0.5, "it looks again and again without a pause"
    away.rename(root.root)
    wait(lambda: (root.done / "x.yaml").exists())


def test_a_folder_of_the_outbox_that_becomes_a_file_is_told_and_gets_another_name(
    root, drop, daemon, wait
):
    daemon(HOTFOLDER_DRY_STEP_SECONDS="0.1")
    drop.whole("ep01/x.yaml", "prompt: x\nsize: 64x64\nsteps: 5\ncount: 4\n")
    wait(lambda: pictures(root))
    put_in_place_of(root.outbox / "ep01", lambda folder: folder.write_text("x"))
    wait(lambda: (root.done / "ep01" / "x.yaml").exists())

    assert (root.outbox / "ep01").read_text() == "x"
    assert all(name.startswith("ep01-2/") for name in pictures(root))


def test_files_of_state_are_for_their_owner_alone_under_any_umask(root, drop, daemon, wait):
    shutil.rmtree(root.root)
    root.root.mkdir()
    before = os.umask(0)
    try:
        daemon()
    finally:
        os.umask(before)
    drop.whole("x.yaml", JOB)
    wait(lambda: (root.done / "x.yaml").exists())
    wait(lambda: root.counter_file.exists())

    for folder, names, files in os.walk(root.state):
        for path in (Path(folder, name) for name in (*names, *files)):
            with contextlib.suppress(FileNotFoundError):  # written, and renamed since
                assert not stat.S_IMODE(path.lstat().st_mode) & 0o077, path
    for log in root.logs.iterdir():
        assert not stat.S_IMODE(log.stat().st_mode) & 0o022, log

"""A job ends in one way only, with a daemon and without: the same line, the same things put away."""

from __future__ import annotations

import json

from support.daemon import engine, hotfolder

JOB = "prompt: a boat\nname: boat\nid: {}\nsteps: 100\n"


def lines(root):
    """The journal's last line of each job."""
    found = map(json.loads, root.journal_file.read_text().splitlines())
    return {line["job"]: line for line in found}


def claimed(root, number):
    """Whether this job has been claimed and planned."""
    return (root.spool / f"{number:06d}" / "plan.json").exists()


def cancel(root, job):
    return hotfolder("cancel", job, "--root", str(root.root)).returncode


def test_a_cancel_leaves_the_same_line_with_a_daemon_and_without(root, drop, daemon, wait, hold):
    child = daemon(engine=engine("held"), **hold.at(1))
    drop.whole("x.yaml", JOB.format("first"))
    wait(lambda: claimed(root, 1))
    assert cancel(root, "1") == 0
    wait(lambda: not claimed(root, 1))
    drop.whole("x.yaml", JOB.format("second"))
    wait(lambda: claimed(root, 2))
    child.kill()
    assert cancel(root, "2") == 0

    told = {"finished_unix": 0.0}
    first, second = lines(root)[1] | told, lines(root)[2] | told
    assert list(first) == list(second)
    assert second == first | {"job": 2, "id": "second", "kept": "failed/x-2.yaml"}


def test_a_cancel_before_the_claim_leaves_the_same_line_too(root, drop, daemon, wait):
    (root.paused_file).touch()
    child = daemon()
    drop.whole("x.yaml", "prompt: x\n")
    wait(lambda: child.status["queue"]["number"] == 1)
    assert cancel(root, "x.yaml") == 0
    child.stop()
    drop.whole("x.yaml", "prompt: x\n")
    assert cancel(root, "x.yaml") == 0

    told = {"finished_unix": 0.0}
    first, second = lines(root)[1] | told, lines(root)[2] | told
    assert second == first | {"job": 2, "kept": "failed/x-2.yaml"}


def test_a_cancel_without_a_daemon_withdraws_the_sidecar_of_an_unfinished_picture(
    root, drop, daemon, wait, hold
):
    child = daemon(engine=engine("held"), **hold.at(1))
    drop.whole("x.yaml", "prompt: x\nsteps: 100\n")
    wait(lambda: claimed(root, 1))
    child.kill()
    (root.stage / "000001-01.png").write_bytes(b"staged")
    (root.outbox / "x.json").write_text('{"result": {"job": 1, "image": "x.png"}}')
    record = {"1": {"state": "publishing", "stem": "x", "stage": root.stage.stat().st_ino}}
    (root.spool / "000001" / "published.json").write_text(json.dumps(record))
    assert cancel(root, "1") == 0

    assert not (root.outbox / "x.json").exists()
    assert not list(root.stage.iterdir())
    assert lines(root)[1]["images"] == []


def test_what_lies_at_a_letters_place_hinders_no_end(root, drop, daemon, wait):
    in_the_way = root.failed / "x.yaml.why.txt"
    in_the_way.mkdir()
    child = daemon()
    drop.whole("x.yaml", "prompt: x\nsize: enormous\n")
    wait(lambda: root.journal_file.exists() and lines(root))
    child.stop()

    told = ["x-2.yaml", "x-2.yaml.why.txt", in_the_way.name]
    assert sorted(file.name for file in root.failed.iterdir()) == told
    assert list(in_the_way.iterdir()) == []
    assert lines(root)[1]["kept"] == "failed/x-2.yaml"

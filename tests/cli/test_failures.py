"""Failures stay in sight for a day, are counted after it, and are tried again if it may help."""

from __future__ import annotations

import os

import pytest
from support.daemon import engine, hotfolder

from daemon.cli.printing import Row
from daemon.cli.status_rows import DAY, MOST, rows

NOW = 1_800_000_000.0


def failed(ages: list[float], number: int | None = None) -> list[Row]:
    """What `status` says of failures that are so many seconds old."""
    ends = [
        {"job": job, "name": f"j{job}", "reason": "no", "path": "", "finished_unix": NOW - age}
        for job, age in enumerate(ages, 1)
    ]
    totals = {"waiting": 0, "in_hand": 0, "done_today": 0, "failed": number or len(ends)}
    told = rows({"root": "/films", "totals": totals, "failed": ends}, wall=NOW)
    place = next(at for at, row in enumerate(told) if row.label == "totals")
    return told[place + 1 :]


@pytest.mark.parametrize(
    ("ages", "number", "lines", "rest"),
    [
        ([], None, 0, ""),
        ([60.0], None, 1, ""),
        ([60.0] * MOST, None, MOST, ""),
        ([60.0] * (MOST + 2), None, MOST, "and 2 more (--json shows all)"),
        ([60.0] * 20, 31, MOST, "and 26 more (--json shows all)"),
        ([60.0, 2 * DAY, 3 * DAY], None, 1, "and 2 older than a day (--json shows all)"),
        ([2 * DAY, 3 * DAY], None, 0, "2 older than a day (--json shows all)"),
        ([2 * DAY] * 20, 31, 0, "31 older than a day (--json shows all)"),
    ],
)
def test_new_ones_have_a_line_each_and_old_ones_are_counted(
    ages: list[float], number: int | None, lines: int, rest: str
) -> None:
    told = failed(ages, number)

    assert [row.text for row in told[:lines]] == [
        f"#{job} j{job}: no" for job in range(1, lines + 1)
    ]
    assert [row.text for row in told[lines:-1]] == ([rest] if rest else [])
    if ages:
        assert "`hotfolder --root /films tidy --failed`" in told[-1].text
        assert "`hotfolder --root /films retry --all`" in told[-1].text


def test_what_nobody_has_mended_is_not_tried_again_and_said(root, drop, daemon, wait) -> None:
    daemon()
    for name in ("typo", "mended", "lacking"):
        key = "preset: mine" if name == "lacking" else "stepz: 3"
        drop.whole(f"ep/{name}.yaml", f"prompt: {name}\n{key}\n")
        wait(lambda name=name: (root.failed / f"ep/{name}.yaml.why.txt").exists())
    wait(lambda: not list(root.spool.iterdir()))
    (root.failed / "ep/mended.yaml").write_text("prompt: mended\nsteps: 3\n")

    answer = hotfolder("retry", "--all", "--root", str(root.root))
    assert answer.returncode == 0
    assert answer.stdout == "#2 ep/mended.yaml goes again as inbox/ep/mended.yaml\n"
    left = answer.stderr.splitlines()
    assert "#1 ep/typo.yaml is left out until failed/ep/typo.yaml, line 2 is mended" in left[0]
    assert "There is no preset named mine" in left[1]
    wait(lambda: (root.done / "ep/mended.yaml").exists() and not list(root.spool.iterdir()))

    root.settings_file.write_text("presets: {mine: {steps: 2}}\n")
    answer = hotfolder("retry", "--all", "--root", str(root.root))
    assert "#3 ep/lacking.yaml goes again" in answer.stdout, "what it lacked is there now"
    answer = hotfolder("retry", "ep/typo", "--root", str(root.root))
    assert "#1 ep/typo.yaml goes again" in answer.stdout, "who names it means it"


def test_what_goes_again_already_is_not_sent_twice(root, drop, daemon, wait, hold) -> None:
    """Copies that wait, and copies that are claimed."""
    child = daemon()
    drop.whole("a.yaml", "prompt: a\npreset: mine\n")
    wait(lambda: (root.failed / "a.yaml.why.txt").exists() and not list(root.spool.iterdir()))
    child.stop()
    (root.failed / "a.yaml").write_text("prompt: a\nsteps: 90\n")

    told = [hotfolder("retry", "--all", "--root", str(root.root)).stdout for _ in range(2)]

    assert "goes again as inbox/a.yaml" in told[0]
    assert told[1] == "nothing that failed waits for another try\n"
    assert [path.name for path in root.inbox.glob("a*.yaml")] == ["a.yaml"]

    child = daemon(engine=engine("held"), **hold.at(2))
    wait(lambda: list(root.spool.iterdir()) and not list(root.inbox.glob("a*.yaml")))
    told = [hotfolder("retry", "--all", "--root", str(root.root)).stdout]
    assert told == ["nothing that failed waits for another try\n"]


def test_a_mended_file_of_marks_goes_again(root, drop, daemon, wait) -> None:
    daemon()
    bad = '{"hotfolder": "marks", "marks": [{"picture": "x.jpg", "mark": "reject"}]}'
    drop.whole("marks.json", bad)
    wait(lambda: (root.failed / "marks.json.why.txt").exists() and not list(root.spool.iterdir()))
    (root.failed / "marks.json").write_text(bad.replace("jpg", "png"))

    answer = hotfolder("retry", "--all", "--root", str(root.root))

    assert "marks.json goes again" in answer.stdout


def test_what_was_no_file_is_left_out_and_keeps_no_other_from_going_again(
    root, drop, daemon, wait
) -> None:
    child = daemon()
    os.mkfifo(root.inbox / "pipe.yaml")
    (root.inbox / "link.yaml").symlink_to("/etc/hostname")
    (root.inbox / "nowhere.yaml").symlink_to("nowhere")
    odd = ("pipe", "link", "nowhere")
    for name in ("a", "b"):
        drop.whole(f"{name}.yaml", f"prompt: {name}\nstepz: 3\n")
    wait(lambda: all((root.failed / f"{n}.yaml.why.txt").exists() for n in ("a", "b", *odd)))
    wait(lambda: not list(root.spool.iterdir()))
    child.stop()
    for name in ("a", "b"):
        (root.failed / f"{name}.yaml").write_text("prompt: mended\nsteps: 3\n")

    for name in odd:
        answer = hotfolder("retry", f"{name}.yaml", "a", "--root", str(root.root))
        assert answer.returncode == 1
        assert "Drop a copy of the file itself" in answer.stderr
        assert not (root.inbox / "a.yaml").exists(), "all or none"
    answer = hotfolder("retry", "--all", "--root", str(root.root))

    assert answer.returncode == 0
    assert answer.stderr.count("is no file") == len(odd)
    assert {p.name for p in root.inbox.iterdir() if p.is_file()} == {"a.yaml", "b.yaml"}

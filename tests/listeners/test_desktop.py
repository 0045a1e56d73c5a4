"""Desktop notifications, seen by stand-ins that record their arguments: no desktop is here, nor a Mac."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from support.daemon import HANG

from daemon.listeners import desktop
from daemon.listeners.desktop import Desktop, Messenger, command, lacking
from daemon.listeners.messages import Message, message_of, together
from daemon.listeners.moments import moment_of
from daemon.notify import events
from daemon.notify.subscribers import Numbered
from daemon.protocol.outcome import Outcome

RECORD = f"""#!{sys.executable} -IS
import json, sys
with open({{log!r}}, "a") as out:
    out.write(json.dumps(sys.argv[1:]) + "\\n")
{{more}}
"""


@pytest.fixture
def stand_in(tmp_path, monkeypatch):
    """Puts a program that records its arguments on the PATH; returns what was recorded."""
    folder, log = tmp_path / "bin", tmp_path / "calls"
    folder.mkdir()
    monkeypatch.setenv("PATH", str(folder), prepend=os.pathsep)
    monkeypatch.setenv("DBUS_SESSION_BUS_ADDRESS", "unix:path=/nowhere")

    def put(name: str, more: str = "") -> Path:
        file = folder / name
        file.write_text(RECORD.format(log=str(log), more=more))
        file.chmod(0o755)
        return file

    put.calls = lambda: [eval(line) for line in log.read_text().splitlines()]
    return put


def test_a_daemon_tells_of_failures_and_of_the_empty_queue_and_never_of_a_picture(
    root, drop, daemon, stand_in
):
    stand_in("notify-send")
    root.settings_file.write_text("notify: true\nfolder_settle: 0\n")
    drop.whole("ep03/a.yaml", "prompt: a\nsize: 64x64\nsteps: 2\ncount: 3\n")
    drop.whole("ep03/<b>.yaml", "prmpt: a\n")
    assert daemon("--until-empty", ready=False).wait() == 1

    bad, done = stand_in.calls()
    assert bad[:4] == [
        "--app-name=Hotfolder",
        "--urgency=critical",
        "--",
        "Hotfolder: ep03/<b>.yaml failed",
    ]
    assert "prmpt" in bad[4]
    assert done == [
        "--app-name=Hotfolder",
        "--",
        "Hotfolder has done all",
        "ep03: 3 pictures, 1 failed",
    ]


def test_without_the_setting_nobody_is_told(root, drop, daemon, stand_in, tmp_path):
    stand_in("notify-send")
    drop.whole("bad.yaml", "prmpt: a\n")
    assert daemon("--until-empty", ready=False).wait() == 1
    assert not (tmp_path / "calls").exists()


def test_a_mac_is_told_by_osascript_with_the_texts_as_arguments(stand_in):
    file = stand_in("osascript")
    text = 'he said "quit" & \\ `id`'
    [program, *rest] = command(Message("Hotfolder: -e failed", text), is_mac=True)
    assert program == "/usr/bin/osascript"
    subprocess.run([str(file), *rest], check=True)

    [called] = stand_in.calls()
    assert called[-2:] == ["Hotfolder: -e failed", text]
    assert [part for part in called[:-2] if part != "-e"] == [
        "on run argv",
        "display notification (item 2 of argv) with title (item 1 of argv)",
        "end run",
    ]


def test_desktops_read_no_marks_in_the_text():
    assert command(Message("t", "<b>&"), is_mac=False)[-1] == "&lt;b&gt;&amp;"


def test_what_is_missing_is_said_once(monkeypatch, tmp_path):
    monkeypatch.setenv("PATH", str(tmp_path))
    said: list[str] = []
    here = Desktop(said.append)
    for _ in range(3):
        here.send(Message("a", "b"))
    assert len(said) == 1
    assert "apt install libnotify-bin" in said[0]
    monkeypatch.delenv("DBUS_SESSION_BUS_ADDRESS", raising=False)
    monkeypatch.delenv("XDG_RUNTIME_DIR", raising=False)
    shutil.copy("/bin/true", tmp_path / "notify-send")
    assert lacking(is_mac=False) == "there is no desktop session (no session bus)"


def test_one_that_hangs_or_fails_is_given_up_and_said_once(stand_in, monkeypatch):
    monkeypatch.setattr(desktop, "LIMIT", 0.5)
    stand_in("notify-send", "import time; time.sleep(10000)")
    said: list[str] = []
    here = Desktop(said.append)
    here.send(Message("a", "b"))
    monkeypatch.setattr(desktop, "LIMIT", HANG)
    stand_in("notify-send", "sys.exit(2)")
    here.send(Message("a", "b"))
    here.send(Message("a", "b"))
    assert said == [
        "a notification was given up after 0 s",
        "a notification could not be shown (2)",
    ]


def failed(job: int) -> events.JobFinished:
    subject = events.Subject(job, f"{job:03}", f"{job:03}.yaml", "ep03", ())
    return events.JobFinished(subject, Outcome.FAILED, "failed", "why\nso", ())


NOT_TOLD = [
    events.PicturePublished(failed(1).subject, 1, 1),
    events.JobFinished(failed(1).subject, Outcome.DONE, "done", "", ()),
    events.JobFinished(failed(1).subject, Outcome.CANCELLED, "failed", "", ()),
    events.Warned("x"),
    events.Paused(),
]


def test_which_events_are_told_in_which_words():
    def message(event: events.Event) -> Message | None:
        moment = moment_of(Numbered(1, 1.0, event))
        return message_of(moment) if moment else None

    assert not any(map(message, NOT_TOLD))
    assert message(failed(60)) == Message("Hotfolder: ep03/060 failed", "why so", True, "ep03/060")
    assert message(events.Blocked("No model.", "Get one.")) == Message(
        "Hotfolder is blocked", "No model. Get one", True
    )
    empty = events.QueueEmpty(36, 35, 1, 2, ("ep03", "ep04"))
    assert message(empty) == Message(
        "Hotfolder has done all", "ep03, ep04: 36 pictures, 1 failed, 2 cancelled"
    )


def test_many_failures_at_once_are_one_message():
    sent: list[Message] = []
    few = [Message(f"Hotfolder: {n} failed", "", True, str(n)) for n in range(3)]
    assert together(few) == few
    many = [Message(f"Hotfolder: {n} failed", "", True, str(n)) for n in range(40)]
    [one, rest] = together([*many, Message("a", "b")])
    assert one == Message("Hotfolder: 40 jobs failed", "0, 1, 2, 3, 4 and 35 more", True)
    assert rest == Message("a", "b")

    messenger = Messenger("m", sent.append, pytest.fail)
    messenger.take(Numbered(1, 1.0, failed(1)))
    messenger.close()
    assert [each.title for each in sent] == ["Hotfolder: ep03/001 failed"]

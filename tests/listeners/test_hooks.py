"""Hooks: four moments, all facts, and nothing that one of them does delays or fails a job."""

from __future__ import annotations

import json
import os
import signal
import sys
from pathlib import Path

import pytest
from support.daemon import record, wait_for

from daemon.listeners import hook_files, hook_process
from daemon.listeners.hooks import Hooks
from daemon.notify import events
from daemon.notify.subscribers import Numbered
from daemon.protocol.outcome import Outcome

KEEP = f"""#!{sys.executable} -IS
import json, os, sys
facts = {{k: v for k, v in os.environ.items() if k.startswith("HOTFOLDER_")}}
told = {{"facts": facts, "record": json.loads(sys.stdin.read()), "folder": os.getcwd()}}
with open(os.path.join(os.environ["HOTFOLDER_ROOT"], "told"), "a") as out:
    out.write(json.dumps(told) + "\\n")
print("kept " + os.environ["HOTFOLDER_EVENT"])
"""


def put(root, name: str, text: str, mode: int = 0o755) -> Path:
    folder = root.root / hook_files.FOLDER
    folder.mkdir(exist_ok=True)
    file = folder / name
    file.write_text(text)
    file.chmod(mode)
    return file


def told(root, word):
    lines = (root.root / "told").read_text().splitlines()
    return [
        each for line in lines if (each := json.loads(line))["facts"]["HOTFOLDER_EVENT"] == word
    ]


def test_the_four_moments_are_told_with_all_facts_and_the_record(root, drop, daemon):
    root.settings_file.write_text("folder_settle: 0\n")
    for name in hook_files.NAMES:
        put(root, name, KEEP)
    put(root, "job_done", KEEP)
    board = {"board": "ep03", "shot": "060", "take": 2}
    job = {
        "prompt": "a boat",
        "size": "64x64",
        "steps": 2,
        "seeds": [7, 8],
        "board": board,
        "id": "x1",
    }
    drop.whole("ep03/060.json", json.dumps({"schema": 1, "job": job}))
    drop.whole("bad $(touch x).yaml", "prmpt: a\n")
    child = daemon("--until-empty", ready=False)

    assert child.wait() == 1
    first, second = told(root, "picture-done")
    assert first["folder"] == str(root.root)
    number = first["facts"]["HOTFOLDER_JOB"]
    pictures = [root.outbox / "ep03" / "060" / f"060-0{n}.png" for n in (1, 2)]
    assert first["facts"] | {
        "HOTFOLDER_STATUS": "published", "HOTFOLDER_PICTURE": str(pictures[0]),
        "HOTFOLDER_SIDECAR": str(pictures[0].with_suffix(".json")), "HOTFOLDER_PROJECT": "ep03",
        "HOTFOLDER_BOARD": "ep03", "HOTFOLDER_SHOT": "060", "HOTFOLDER_TAKE": "2",
        "HOTFOLDER_FILE": "060.json", "HOTFOLDER_ID": "x1", "HOTFOLDER_INDEX": "1",
        "HOTFOLDER_COUNT": "2", "HOTFOLDER_ROOT": str(root.root),
    } == first["facts"]  # fmt: skip
    assert first["record"] == record(root, "ep03/060/060-01")
    assert second["record"] == record(root, "ep03/060/060-02")

    [done] = told(root, "job-done")
    assert done["facts"]["HOTFOLDER_PICTURES"] == "\n".join(map(str, pictures))
    assert done["facts"]["HOTFOLDER_STATUS"] == "done"
    assert done["facts"]["HOTFOLDER_JOB"] == number
    assert Path(done["facts"]["HOTFOLDER_JOB_FILE"]).is_file()
    assert done["record"]["records"] == [first["record"], second["record"]]
    assert [each["picture"] for each in done["record"]["pictures"]] == list(map(str, pictures))

    [failed] = told(root, "job-failed")
    assert failed["facts"]["HOTFOLDER_STATUS"] == "failed"
    assert "prmpt" in failed["facts"]["HOTFOLDER_REASON"]
    assert "prmpt" in Path(failed["facts"]["HOTFOLDER_LETTER"]).read_text()
    assert failed["record"]["outcome"] == "failed"

    [empty] = told(root, "queue-empty")
    assert (empty["facts"]["HOTFOLDER_MADE"], empty["facts"]["HOTFOLDER_FAILED"]) == ("2", "1")
    assert empty["record"]["made"] == 2

    log = child.log()
    assert f"hooks/picture-done of #{number}: kept picture-done" in log
    assert "hooks/queue-empty: kept queue-empty" in log
    assert "hooks/job_done is never called. Did you mean `job-done`?" in log
    assert not (root.root / "x").exists()


def finished(root, outcome: Outcome = Outcome.DONE) -> Numbered:
    subject = events.Subject(7, "a", "a.yaml", "", (str(root.outbox / "a.png"),))
    return Numbered(3, 1.0, events.JobFinished(subject, outcome, "done", "why", ("a.png",)))


def say_all(root, limit: float = 600.0) -> list[str]:
    """What is said after one job is done; hooks have `limit` seconds."""
    said: list[str] = []

    def say(event: events.Event) -> None:
        assert isinstance(event, events.HookSaid | events.Warned)
        said.append(event.text)

    hooks = Hooks(root, say, limit=limit)
    for _ in range(2):
        hooks.take(finished(root))
    hooks.close()
    return said


REFUSED = {
    "group may write": (0o775, "others may write to it. chmod go-w"),
    "world may write": (0o757, "others may write to it. chmod go-w"),
    "not executable": (0o644, "is not executable: chmod +x"),
}


@pytest.mark.parametrize(("mode", "words"), REFUSED.values(), ids=REFUSED)
def test_what_others_could_have_written_is_not_run_and_that_is_said_once(root, mode, words):
    put(root, "job-done", "#!/bin/sh\ntouch ran\n", mode)

    [said] = say_all(root)
    assert words in said
    assert not (root.root / "ran").exists()


@pytest.mark.skipif(os.geteuid() != 0, reason="only root may give files away")
@pytest.mark.parametrize("what", ["file", "folder"])
def test_what_belongs_to_somebody_else_is_not_run(root, what):
    file = put(root, "job-done", "#!/bin/sh\ntouch ran\n")
    os.chown(file if what == "file" else file.parent, 65534, 65534)

    [said] = say_all(root)
    assert "belongs to somebody else" in said
    assert not (root.root / "ran").exists()


def test_a_folder_that_others_may_write_into_and_what_is_no_file_are_refused(root):
    put(root, "job-done", "#!/bin/sh\ntouch ran\n").parent.chmod(0o777)
    assert "others may write to it" in say_all(root)[0]
    (root.root / "hooks").chmod(0o755)
    (root.root / "hooks" / "job-done").unlink()
    (root.root / "hooks" / "job-done").mkdir()
    assert "is no file" in say_all(root)[0]
    (root.root / "hooks" / "job-done").rmdir()
    (root.root / "hooks" / "job-done").symlink_to("nowhere")
    assert "can't be run" in say_all(root)[0]
    assert not (root.root / "ran").exists()


BAD = {
    "exits 1": ("#!/bin/sh\nexit 1\n", ["it ended with 1"] * 2),
    "is killed": ("#!/bin/sh\nkill -KILL $$\n", ["it was ended by SIGKILL"] * 2),
    "has no first line": ("echo a\n", ["hooks/job-done can't be run: its first line must name its program, such as `#!/bin/sh`"] * 2),
    "asks for what is not there": ("#!/no/such\n", ["hooks/job-done can't be run: its first line names a program that is not there (`#!/bin/sh` is always good)"] * 2),
    "closes its input": ("#!/bin/sh\nexec <&-\necho a\n", ["a", "a"]),
    "steers the terminal": ("#!/bin/sh\nprintf '\\033[2J\\377x'\n", ["\x1b[2J\ufffdx"] * 2),
}  # fmt: skip


@pytest.mark.parametrize(("text", "words"), BAD.values(), ids=BAD)
def test_how_a_hook_ends_is_only_noted(root, text, words):
    put(root, "job-done", text)

    assert say_all(root) == words


def test_megabytes_are_told_in_a_few_lines(root):
    put(
        root,
        "job-done",
        f"#!{sys.executable}\nprint('x' * 3_000_000)\nfor n in range(9000): print(n)\n",
    )

    said = say_all(root)
    assert len(said) == 2 * (hook_process.MOST_LINES + 1)
    assert said[hook_process.MOST_LINES] == f"… and {9001 - hook_process.MOST_LINES:,} lines more"
    assert max(map(len, said)) == hook_process.LONGEST


FORKS = f"""#!{sys.executable}
import os, signal, subprocess, time
child = subprocess.Popen(["sleep", "10000"])
WHAT
open("pids", "w").write(f"{{child.pid}} {{os.getpid()}} ")
END
"""
HANGS = ("signal.signal(15, signal.SIG_IGN)", "time.sleep(10000)")


def is_running(pid: int) -> bool:
    try:
        state = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0]
    except OSError:
        return False
    return state != "Z"


@pytest.mark.parametrize(("first", "last"), [("", ""), HANGS], ids=["forks", "hangs"])
def test_a_hook_that_hangs_or_forks_is_ended_with_all_it_has_started(
    root, monkeypatch, first, last
):
    monkeypatch.setattr(hook_process, "GRACE", 0.2)
    file = put(root, "job-done", FORKS.replace("WHAT", first).replace("END", last))
    pids = root.root / "pids"

    how = hook_process.run(
        [str(file)],
        folder=root.root,
        environment=dict(os.environ),
        record=b"",
        say=pytest.fail,
        is_over=lambda: pids.exists() and pids.read_text().endswith(" "),
    )
    started = list(map(int, pids.read_text().split()))
    assert len(started) == 2
    wait_for(lambda: not any(map(is_running, started)))
    if last:
        assert how == "was ended, with all it had started: its time was over"


def test_a_hook_has_its_time_and_no_more(root):
    put(root, "job-done", "#!/bin/sh\nexec sleep 10000\n")

    assert "it was ended, with all it had started: its time was over" in say_all(root, limit=0.5)


def test_a_hook_that_hangs_delays_no_job_and_not_the_end_of_the_daemon_for_ever(
    root, drop, daemon, wait
):
    put(root, "picture-done", "#!/bin/sh\necho $$ >> hanging\nexec sleep 100000\n")
    child = daemon()
    for name in ("a", "b", "c"):
        drop.whole(f"{name}.yaml", f"prompt: {name}\nsize: 64x64\nsteps: 2\n")
    wait(lambda: all((root.done / f"{name}.yaml").exists() for name in ("a", "b", "c")))
    wait(lambda: (root.root / "hanging").exists() and (root.root / "hanging").read_text())
    [pid] = map(int, (root.root / "hanging").read_text().split())

    assert child.stop() == 0
    assert not is_running(pid)
    assert "the daemon leaves, and 2 calls of hooks are left out" in child.log()


def test_a_link_to_ones_own_executable_elsewhere_is_run(root, tmp_path):
    file = put(root, "elsewhere", "#!/bin/sh\necho linked\n")
    file.rename(tmp_path / "elsewhere")
    (root.root / "hooks" / "job-done").symlink_to(tmp_path / "elsewhere")

    assert say_all(root) == ["linked", "linked"]


def test_what_hooks_have_started_in_a_session_of_its_own_goes_on(tmp_path):
    own = "setsid sh -c 'echo $$ > its-own; exec sleep 1000' > /dev/null 2>&1 &"
    lines: list[str] = []
    how = hook_process.run(
        ["/bin/sh", "-c", f"{own} until [ -s its-own ]; do sleep 0.05; done; cat its-own"],
        folder=tmp_path,
        environment=dict(os.environ),
        record=b"",
        say=lines.append,
        is_over=lambda: False,
    )
    assert how == ""
    assert is_running(int(lines[0]))
    os.kill(int(lines[0]), signal.SIGKILL)

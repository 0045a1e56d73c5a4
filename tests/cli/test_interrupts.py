"""Signals, closed outputs and full disks: no verb ends with a traceback, whenever it happens."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
from support.daemon import hotfolder, wait_for

from daemon.root.layout import Layout

HOTFOLDER = (sys.executable, "-m", "daemon")
SOON = (
    *("daemon.text.printable", "argparse", "daemon.cli.parser", "daemon.fs.atomic"),
    *("pydantic", "loguru", "watchdog.observers", "daemon.supervisor.loop"),
)
"""Modules in the order in which `run` imports them."""


def disposition(number: signal.Signals, what: signal.Handlers) -> Callable[[], object]:
    """For `preexec_fn`: how a child finds a signal, whatever runs the tests."""
    return lambda: signal.signal(number, what)


PRESSED = """
import os, signal, sys

class Finder:
    def find_spec(name, path=None, target=None):
        if name == os.environ["HOTFOLDER_TEST_MODULE"]:
            os.kill(os.getpid(), signal.SIGINT)

sys.meta_path.insert(0, Finder)
"""
"""Presses Ctrl-C at the moment a module is looked for, which nobody outside could hit for certain."""


@pytest.mark.parametrize("module", SOON)
def test_ctrl_c_while_everything_is_imported_leaves_without_a_word(
    root: Layout, tmp_path: Path, module: str
) -> None:
    (tmp_path / "sitecustomize.py").write_text(PRESSED)
    done = subprocess.run(
        [*HOTFOLDER, "run", "--until-empty", "--engine", "dry-run", "--root", str(root.root)],
        capture_output=True,
        text=True,
        env={**os.environ, "PYTHONPATH": str(tmp_path), "HOTFOLDER_TEST_MODULE": module},
        preexec_fn=disposition(signal.SIGINT, signal.SIG_DFL),
        check=False,
    )

    assert (done.returncode, done.stdout, done.stderr) == (130, "", "")


@pytest.mark.parametrize("ignored", [True, False], ids=["with nohup", "without"])
def test_a_daemon_outlives_its_terminal_if_it_was_told_to(root: Layout, ignored: bool) -> None:
    child = subprocess.Popen(
        [*HOTFOLDER, "run", "--engine", "dry-run", "--root", str(root.root)],
        stderr=subprocess.DEVNULL,
        preexec_fn=disposition(signal.SIGHUP, signal.SIG_IGN if ignored else signal.SIG_DFL),
    )
    try:
        wait_for(lambda: "watching" in _log(root), root)
        child.send_signal(signal.SIGHUP)
        if ignored:
            (root.inbox / "a.yaml").write_text("prompt: a\nsteps: 1\nsize: 64x64\n")
            wait_for(lambda: (root.outbox / "a.png").exists(), root)
            child.terminate()
        assert child.wait() == 0
    finally:
        child.kill()
        child.wait()
    [leaving] = [line for line in _log(root).splitlines() if "leaving" in line]
    assert leaving.endswith("leaving")  # nothing was being rendered


def _log(root: Layout) -> str:
    return root.log_file.read_text("utf-8") if root.log_file.exists() else ""


@pytest.mark.parametrize("verb", ["submit", "wait"])
def test_ctrl_c_while_waiting_says_that_the_job_goes_on_and_it_does(
    root: Layout, daemon, tmp_path: Path, verb: str
) -> None:
    daemon(HOTFOLDER_DRY_STEP_SECONDS="0.2")
    job = tmp_path / "a.yaml"
    job.write_text("prompt: a\nsteps: 10\nsize: 64x64\n")
    words = ("submit", str(job), "--wait") if verb == "submit" else ("wait", "a.yaml")
    if verb == "wait":
        (root.inbox / "0.yaml").write_text("prompt: a\nsteps: 40\nsize: 64x64\n")  # before it
        wait_for(lambda: any(root.spool.iterdir()), root)
        assert hotfolder("submit", str(job), "--root", str(root.root)).returncode == 0
    child = subprocess.Popen(
        [*HOTFOLDER, *words, "--root", str(root.root)],
        stderr=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
        preexec_fn=disposition(signal.SIGINT, signal.default_int_handler),
    )
    assert child.stderr is not None
    told = [child.stderr.readline()]
    while "starting" not in told[-1]:
        told.append(child.stderr.readline())
    child.send_signal(signal.SIGINT)
    _, said = child.communicate()

    stop = f"hotfolder --root {root.root} cancel a.yaml"
    assert child.returncode == 130, said
    assert said.splitlines()[-1].endswith(f"What was dropped goes on; `{stop}` stops it.")
    wait_for(lambda: (root.outbox / "a.png").exists(), root)


VERBS = (("status",), ("status", "--json"), ("--help",), ("schema",), ("logs",), ("events",))


@pytest.mark.parametrize("words", VERBS, ids=" ".join)
def test_a_reader_that_leaves_and_an_output_that_is_closed_are_no_trouble(
    root: Layout, words: tuple[str, ...]
) -> None:
    root.log_file.write_text("a line\n" * 100_000)
    root.jsonl_file.write_text('{"number": 1, "event": "x"}\n' * 100_000)
    for number in range(300):
        (root.inbox / f"{number:0200}.yaml").write_text("prompt: a\n")
    command = [*HOTFOLDER, "--root", str(root.root), *words]
    usual = subprocess.run(command, capture_output=True, check=False)
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE) as child:
        assert child.stdout is not None
        assert child.stderr is not None
        child.stdout.read(1)
        child.stdout.close()
        said = child.stderr.read()
    closed = subprocess.run(["/bin/sh", "-c", 'exec "$@" >&- 2>&-', "sh", *command], check=False)

    assert said == usual.stderr
    assert child.returncode in (0, usual.returncode)
    assert closed.returncode == usual.returncode


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="there is no /dev/full here")
@pytest.mark.parametrize("words", VERBS, ids=" ".join)
def test_an_output_on_a_full_disk_is_said_in_one_line(root: Layout, words: tuple[str, ...]) -> None:
    root.log_file.write_text("a line\n" * 100)
    root.jsonl_file.write_text('{"number": 1, "event": "x"}\n')
    with open("/dev/full", "w") as full:
        done = subprocess.run(
            [*HOTFOLDER, "--root", str(root.root), *words],
            stdout=full,
            stderr=subprocess.PIPE,
            text=True,
            check=False,
        )

    assert done.returncode != 0
    assert done.stderr.splitlines() == ["hotfolder: No space left on device."]


def test_verbs_speak_wherever_the_language_is_none(root: Layout) -> None:
    (root.inbox / "лодка 👩‍🚀.yaml").write_text("prompt: лодка\n")
    for environment in (
        {"LC_ALL": "C"},
        {"LC_ALL": "C", "PYTHONCOERCECLOCALE": "0", "PYTHONUTF8": "0"},
    ):
        told = hotfolder("status", "--root", str(root.root), env={**os.environ, **environment})
        assert told.stderr == ""
        assert "yaml" in told.stdout

"""Daemons and verbs of tests, each forked from a process that has imported what `hotfolder run` imports.

Most tests start a daemon to see what it does and not how it starts, and starting Python and
importing two hundred modules is a third of what their daemon costs. One that is born here is a
child of the process that asked for it, with the arguments, environment, folder and files that
`subprocess.Popen` would have given it, and runs `daemon/__main__.py` as `python -m daemon` does;
`tests/end_to_end/test_births.py` holds one beside one that was started. What it does not show is that
a process of its own can import all that: where that or its memory is asked about, tests override the
fixture `anew`. Only Linux has the call that this needs; elsewhere, and for a daemon in other
surroundings than the nursery's, there is `subprocess.Popen`.
"""

from __future__ import annotations

import atexit
import ctypes
import gc
import importlib
import io
import json
import os
import platform
import runpy
import signal
import socket
import subprocess
import sys
import threading
from pathlib import Path
from typing import Any

TESTS = Path(__file__).resolve().parents[1]
#: The number of the system call `clone`, and the flag that gives the new process our own parent.
CLONE = {"x86_64": 56, "aarch64": 220}.get(platform.machine())
CLONE_PARENT = 0x8000
#: Bytes that a message has at most; room for the arguments in the list of processes.
MOST, ROOM = 100_000, 4_000
#: What differs from daemon to daemon and is looked at by code of ours, or nobody, as it runs.
OURS = ("HOTFOLDER_", "PYTEST_")
#: What is looked at, and set, by libraries that no supervisor loads: torch sets some as it is imported.
THEIRS = ("OMP_", "MKL_", "KMP_", "OPENBLAS_", "TORCH", "CUDA_")


def _steady(environment: dict[str, str]) -> dict[str, str]:
    return {name: text for name, text in environment.items() if not name.startswith(OURS + THEIRS)}


class Nursery:
    """The process that daemons are forked from, started when the first is asked for."""

    def __init__(self) -> None:
        self.surroundings = dict(os.environ)
        self._line: socket.socket | None = None
        self._in_turn = threading.Lock()
        self._refused = ""

    def start(self, words: list[str], *, env: dict[str, str], **files: Any) -> subprocess.Popen:
        """What `subprocess.Popen` gives, for `python -m daemon …`."""
        ignored = signal.SIG_IGN in map(
            signal.getsignal, (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)
        )
        if not sys.platform.startswith("linux") or not CLONE or ignored:
            return subprocess.Popen(words, env=env, **files)
        if self._refused or _steady(env) != _steady(self.surroundings):
            return subprocess.Popen(words, env=env, **files)
        try:
            return _Born(self, words, env=env, **files)
        except OSError as error:  # a container, say, that lets nobody choose the parent
            self._refused = str(error)
            return subprocess.Popen(words, env=env, **files)

    def why_not(self, env: dict[str, str]) -> str:
        """What keeps a daemon in these surroundings from being born here, for whom it puzzles."""
        given, usual = _steady(env), _steady(self.surroundings)
        others = {name for name in given | usual if given.get(name) != usual.get(name)}
        return self._refused or f"other surroundings: {', '.join(sorted(others))}"

    def bear(self, words: list[str], cwd: Any, env: dict[str, str], files: list[int]) -> int:
        """The pid of a new child of ours."""
        with self._in_turn:
            line = self._line or self._open()
            mask = os.umask(0)
            os.umask(mask)
            wish = {"words": words, "env": env, "cwd": str(cwd or Path.cwd()), "umask": mask}
            socket.send_fds(line, [json.dumps(wish).encode()], files)
            pid = line.recv(MOST)
            if not pid:
                raise OSError("the nursery has ended")
            return int(pid)

    def _open(self) -> socket.socket:
        self._line, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        program = (
            f"import sys; sys.path.insert(1, {str(TESTS)!r}); from support.nursery import serve; "
            "del sys.path[1]; serve(int(sys.argv[1]))"
        )
        with theirs:
            process = subprocess.Popen(
                [sys.executable, "-c", program, str(theirs.fileno()), " " * ROOM],
                pass_fds=(theirs.fileno(),),
                stdin=subprocess.DEVNULL,
                stdout=subprocess.DEVNULL,
                env=self.surroundings,
            )
        atexit.register(self._close, process)
        return self._line

    def _close(self, process: subprocess.Popen) -> None:
        if self._line is not None:
            self._line.close()
        process.wait()


class _Born(subprocess.Popen):
    """A `Popen` whose process is forked for us where others are started."""

    def __init__(self, nursery: Nursery, words: list[str], **how: Any) -> None:
        self._nursery = nursery
        super().__init__(words, **how)

    def _execute_child(self, *given: Any) -> None:
        words, cwd, env, pipes = given[0], given[5], given[6], given[10:16]
        theirs = (pipes[0], pipes[3], pipes[5])
        files = [file if file >= 0 else own for own, file in enumerate(theirs)]
        try:
            self.pid = self._nursery.bear(words, cwd, env, files)
        finally:
            self._close_pipe_fds(*pipes)
        self._child_created = True


NURSERY = Nursery()
"""That of this process."""


# --- in the nursery -----------------------------------------------------------------------------------


def serve(line: int) -> None:
    """Fork a daemon for each message until nobody can send one any more. Returns never in a daemon."""
    os.environ.setdefault("PYDANTIC_DISABLE_PLUGINS", "__all__")
    gc.disable()  # as `daemon/__main__.py` has it while it imports
    importlib.import_module("daemon.cli")
    importlib.import_module("daemon.cli.run")
    importlib.import_module("daemon.cli.serving")
    with socket.socket(fileno=line) as wishes:
        while True:
            message, files, _, _ = socket.recv_fds(wishes, MOST, 3)
            if not message:
                return
            pid = _fork()
            if not pid:
                break
            for file in files:
                os.close(file)
            wishes.send(str(pid).encode())
    _become(json.loads(message), files)
    runpy._run_module_as_main("daemon")


def _fork() -> int:
    """`os.fork`, but for the child's parent, which is ours."""
    assert len(os.listdir("/proc/self/task")) == 1, "threads would be lost"
    api, system = ctypes.pythonapi, ctypes.PyDLL(None, use_errno=True)
    flags = ctypes.c_long(CLONE_PARENT | signal.SIGCHLD)
    none = [ctypes.c_long(0)] * 4
    api.PyOS_BeforeFork()
    pid = system.syscall(ctypes.c_long(CLONE), flags, *none)
    if pid == 0:
        api.PyOS_AfterFork_Child()
    else:
        api.PyOS_AfterFork_Parent()
    if pid < 0:
        raise OSError(ctypes.get_errno(), "no child")
    return int(pid)


def _become(wish: dict[str, Any], files: list[int]) -> None:
    """Take on what the new process was to be given."""
    for place, file in enumerate(files):
        os.dup2(file, place)
        os.close(file)
        _open_anew(("stdin", "stdout", "stderr")[place], place)
    os.environ.clear()
    os.environ.update(wish["env"])
    os.umask(wish["umask"])
    os.chdir(wish["cwd"])
    words = wish["words"]
    sys.path[0] = wish["cwd"]
    sys.orig_argv, sys.argv = words, words[1:2] + words[3:]
    _show("\0".join([*words, ""]).encode())


def _open_anew(name: str, place: int) -> None:
    """A stream on the new file as Python makes it at its start: it has looked at what the file is."""
    usual = getattr(sys, name)
    buffer = open(place, f"{usual.mode}b", closefd=False)  # noqa: SIM115
    buffer.raw.name = usual.name
    lines = name == "stderr" or os.isatty(place)
    stream = io.TextIOWrapper(
        buffer, usual.encoding, usual.errors, newline="\n", line_buffering=lines
    )
    stream.mode = usual.mode
    for each in (name, f"__{name}__"):
        setattr(sys, each, stream)


def _show(words: bytes) -> None:
    """Stand in the list of processes with these words, and empty ones behind them."""
    facts = Path("/proc/self/stat").read_text().rpartition(")")[2].split()
    start, end = int(facts[45]), int(facts[46])
    ctypes.memmove(start, words.ljust(end - start, b"\0")[: end - start], end - start)

"""The parent's handle on a worker: the child process that holds the model.

Starts it, sends commands, and tells every event, and its end, through one callback from its own
threads. It restarts nothing and decides nothing. Whatever the child's libraries print goes to the
log, never to the wire. The child leaves by itself when our end of its standard input closes, so a
killed supervisor leaves no orphan holding gigabytes.
"""

from __future__ import annotations

import contextlib
import itertools
import os
import subprocess
import sys
import threading
from collections import deque
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import IO, Protocol

from daemon.errors import WireError
from daemon.protocol.messages import Command, Event, decode, encode
from daemon.worker.command_pipe import CommandPipe

#: What every process that imports torch finds in its environment, since some of it is read while
#: importing: no network, no telemetry, no bars, and operators missing on MPS computed on the CPU
#: instead of failing; threads of GNU's OpenMP that wait for each other sleep after 20,000 turns of
#: their loop (its default is 300,000), so that a busy neighbour holds them up less. And glibc's
#: allocator keeps what a step has freed for the next one, in large pages where the system has them
#: and in one arena for all threads (the others unmap what runs empty): left to itself it hands
#: tensors of some megabytes back each time, and every picture begins with thousands of page faults.
#: When nobody waits the engine gives it back (`memory.freed_heap`).
ENVIRONMENT = {
    "GLIBC_TUNABLES": "glibc.malloc.hugetlb=1:glibc.malloc.mmap_threshold=1073741824"
    ":glibc.malloc.trim_threshold=4294967296:glibc.malloc.arena_max=1",
    "GOMP_SPINCOUNT": "20000",
    "HF_HUB_OFFLINE": "1",
    "TRANSFORMERS_OFFLINE": "1",
    "HF_HUB_DISABLE_TELEMETRY": "1",
    "HF_HUB_DISABLE_PROGRESS_BARS": "1",
    "DIFFUSERS_VERBOSITY": "error",
    "TRANSFORMERS_VERBOSITY": "error",
    "TOKENIZERS_PARALLELISM": "false",
    "PYTORCH_ENABLE_MPS_FALLBACK": "1",
    "PYTHONUNBUFFERED": "1",
    "PYTHONUTF8": "1",
}


def environment() -> dict[str, str]:
    """This process's own with `ENVIRONMENT` laid over it; what somebody told their allocator
    holds."""
    theirs = os.environ.get("GLIBC_TUNABLES")
    return {**os.environ, **ENVIRONMENT, **({"GLIBC_TUNABLES": theirs} if theirs else {})}


PATIENCE = 2.0
"""Seconds a worker gets to leave by itself before it is killed."""

COMMAND = (sys.executable, "-m", "daemon.engine")
"""What a worker is, but for its arguments."""


@dataclass(frozen=True, slots=True)
class Told:
    """An event of the worker with this serial number."""

    serial: int
    event: Event


@dataclass(frozen=True, slots=True)
class Printed:
    """A line that the worker, or a library in it, wrote to stdout or stderr."""

    serial: int
    line: str


@dataclass(frozen=True, slots=True)
class Gone:
    """The worker with this serial number has ended; `code` is negative for a signal. `lost` is what
    says nothing of its pictures: another machine that doesn't answer, or that lacks the weights at
    the path `lacks`."""

    serial: int
    code: int
    last_words: str
    lost: bool = False
    lacks: str = ""

    @property
    def how(self) -> str:
        """By a signal, or with which exit code."""
        return f"signal {-self.code}" if self.code < 0 else f"exit code {self.code}"


class Process(Protocol):
    """What a slot asks of its worker, wherever that runs."""

    serial: int

    @property
    def pid(self) -> int: ...

    @property
    def is_alive(self) -> bool: ...

    def send(self, command: Command) -> None: ...

    def kill(self) -> None: ...

    def close(self) -> None: ...


_serials = itertools.count(1)


def next_serial() -> int:
    """The next worker's number among all there were."""
    return next(_serials)


class WorkerProcess:
    """One worker process; a new one gets the next serial number, so that late words of a dead one
    are told apart."""

    def __init__(
        self,
        engine: str,
        tell: Callable[[Told | Printed | Gone], None],
        command: Sequence[str] = COMMAND,
        *,
        libraries: bool = False,
    ) -> None:
        """Starts it; with `libraries`, it imports them before it is told what to load. Raises
        OSError if it can't be started."""
        self.serial = next_serial()
        self._tell = tell
        self._words: deque[str] = deque(maxlen=12)
        read_fd, write_fd = os.pipe()
        arguments = ["--engine", engine, "--events", str(write_fd)]
        arguments += ["--libraries"] if libraries else []
        try:
            self._process = subprocess.Popen(
                [*command, *arguments],
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=subprocess.STDOUT,
                pass_fds=(write_fd,),
                env=environment(),
                start_new_session=True,  # Ctrl-C on a terminal is the supervisor's to answer
            )
        except OSError:
            os.close(read_fd)
            raise
        finally:
            os.close(write_fd)
        _sacrifice(self._process.pid)
        assert self._process.stdin is not None
        self._commands = CommandPipe(self._process.stdin, "worker-commands")
        self._events = os.fdopen(read_fd, "rb")
        for name, target in (("events", self._read_events), ("words", self._read_words)):
            threading.Thread(target=target, name=f"worker-{name}", daemon=True).start()

    @property
    def pid(self) -> int:
        return self._process.pid

    @property
    def is_alive(self) -> bool:
        return self._process.poll() is None

    def send(self, command: Command) -> None:
        """Hand a command down; returns at once. A worker that is gone tells so by its `Gone`, not
        here."""
        self._commands.send(encode(command))

    def kill(self) -> None:
        """End it now, whatever it is doing."""
        with contextlib.suppress(OSError):
            self._process.kill()

    def close(self, patience: float = PATIENCE) -> None:
        """Let it go: end of input, then SIGKILL after `patience` seconds."""
        self._commands.close()
        try:
            self._process.wait(patience)
        except subprocess.TimeoutExpired:
            self.kill()
            self._process.wait()

    def _read_events(self) -> None:
        with self._events:
            for line in self._events:
                try:
                    event = decode(line)
                except WireError as error:
                    self._tell(Printed(self.serial, str(error)))
                    continue
                self._tell(Told(self.serial, event))  # type: ignore[arg-type]
        code = self._process.wait()
        self._commands.close()
        self._tell(Gone(self.serial, code, "\n".join(self._words)))

    def _read_words(self) -> None:
        words: IO[bytes] | None = self._process.stdout
        assert words is not None
        with words:
            for raw in words:
                line = raw.decode("utf-8", "replace").rstrip()
                if line:
                    self._words.append(line)
                    self._tell(Printed(self.serial, line))


def _sacrifice(pid: int) -> None:
    """When memory runs out, Linux shall end the worker, which costs a picture, and not us."""
    if sys.platform.startswith("linux"):
        with contextlib.suppress(OSError), open(f"/proc/{pid}/oom_score_adj", "w") as score:
            score.write("500")

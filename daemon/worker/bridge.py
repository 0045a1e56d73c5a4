"""The parent's handle on the bridge: the one child process that reaches workers of other machines.

Keeps it alive, hands on what it says through one callback, from a thread of its own, and tells of
every worker behind it when it dies. Knows no network, and imports nothing of the cluster.
"""

from __future__ import annotations

import os
import subprocess
import sys
import threading
from collections.abc import Callable
from pathlib import Path

from daemon.errors import WireError
from daemon.fs.retry import said
from daemon.protocol import places
from daemon.protocol.messages import decode
from daemon.protocol.places import ClusterTrouble, Down, Membership, SlotGone, SlotPrinted, SlotTold
from daemon.worker.command_pipe import CommandPipe
from daemon.worker.process import Gone, Printed, Told

PATIENCE = 3.0
"""Seconds the bridge gets to say farewell to the machines before it is killed."""

FIRST_PAUSE, LONGEST_PAUSE = 1.0, 30.0
"""Seconds until one that has died is started anew, twice as long each time."""

SILENCE, BEGINNING = 10, 60
"""Beats without a line after which a bridge is taken for frozen: one that has spoken, and one that
has yet to import its libraries."""

Tell = Callable[[Told | Printed | Gone | Membership], None]


def bridge_command(address: str, state: Path) -> tuple[str, ...]:
    """What the bridge is, but for where it is to write; `state` is the root's `.hotfolder`."""
    bridge = (sys.executable, "-m", "daemon.cluster.bridge")
    return (*bridge, "--address", address, "--state", str(state))


class Bridge:
    """The bridge as a child that is started anew whenever it ends."""

    def __init__(self, command: tuple[str, ...], tell: Tell, silence: int = SILENCE) -> None:
        self._command = command
        self._silence = silence
        self._tell = tell
        self._lock = threading.Lock()
        self._process: subprocess.Popen[bytes] | None = None
        self._commands: CommandPipe | None = None
        self._open: set[int] = set()
        self._leaving = threading.Event()
        self._keeper: threading.Thread | None = None
        self._lines = 0  # that the one that runs has said

    def start(self) -> None:
        """Have it run from now on; again and again does no harm."""
        if self._keeper is None:
            self._keeper = threading.Thread(target=self._keep, name="bridge", daemon=True)
            self._keeper.start()

    def send(self, message: Down) -> None:
        """Hand a message down. What a dead bridge was not told, is told of as gone."""
        with self._lock:
            if isinstance(message, places.SlotOpen):
                self._open.add(message.serial)
            elif isinstance(message, places.SlotClose):
                self._open.discard(message.serial)
            if self._process is None or self._process.poll() is not None:
                if isinstance(message, places.SlotOpen):
                    self._lose(message.serial)
                return
            assert self._commands is not None
            self._commands.send(places.encode(message))

    def close(self) -> None:
        """End it: it has been told of every worker that is let go."""
        self._leaving.set()
        with self._lock:
            process, commands = self._process, self._commands
        if process is not None and commands is not None:
            self._end(process, commands)
        if self._keeper is not None:
            self._keeper.join(PATIENCE)

    @staticmethod
    def _end(process: subprocess.Popen[bytes], commands: CommandPipe) -> None:
        commands.close()
        try:
            process.wait(PATIENCE)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()

    # --- its thread -----------------------------------------------------------------------------

    def _keep(self) -> None:
        pause = FIRST_PAUSE
        while not self._leaving.is_set():
            heard = self._serve()
            if self._leaving.is_set():
                return
            pause = FIRST_PAUSE if heard else min(LONGEST_PAUSE, 2 * pause)
            self._leaving.wait(pause)

    def _serve(self) -> bool:
        """One life of it; whether it had ever reached anybody."""
        read_fd, write_fd = os.pipe()
        try:
            process = subprocess.Popen(
                [*self._command, "--events", str(write_fd)],
                stdin=subprocess.PIPE,
                stdout=subprocess.DEVNULL,
                stderr=subprocess.PIPE,
                pass_fds=(write_fd,),
                start_new_session=True,  # Ctrl-C on a terminal is the supervisor's to answer
            )
        except OSError as error:
            os.close(read_fd)
            self._tell(ClusterTrouble(f"the bridge can't be started: {said(error)}"))
            return False
        finally:
            os.close(write_fd)
        assert process.stdin is not None
        with self._lock:
            self._process = process
            self._commands = CommandPipe(process.stdin, "bridge-commands")
            self._lines = 0
            if self._leaving.is_set():  # it was asked to end while this one was being started
                self._commands.close()
        words = threading.Thread(target=self._read_words, args=(process,), daemon=True)
        words.start()
        threading.Thread(target=self._watch, args=(process,), daemon=True).start()
        heard, trouble = False, ""
        with os.fdopen(read_fd, "rb") as lines:
            for line in lines:
                self._lines += 1
                message = self._hand_on(line)
                heard = heard or isinstance(message, places.PlaceJoined)
                trouble = message.text if isinstance(message, ClusterTrouble) else trouble
        code = process.wait()
        self._bury(trouble or f"the bridge ended with exit code {code}")
        return heard

    def _watch(self, process: subprocess.Popen[bytes]) -> None:
        """End one that says nothing any more. Beats are counted, not seconds: while this process
        is frozen itself, none passes."""
        seen = silent = 0
        while process.poll() is None and not self._leaving.wait(places.BEAT):
            silent = silent + 1 if self._lines == seen else 0
            seen = self._lines
            if silent >= (self._silence if seen else BEGINNING):
                self._tell(Printed(0, "the bridge is frozen: it is ended and started anew"))
                process.kill()
                return

    def _hand_on(self, line: bytes) -> object:
        try:
            message = places.decode(line)
            match message:
                case SlotTold(serial, told):
                    self._tell(Told(serial, decode(told.encode())))  # type: ignore[arg-type]
                case SlotPrinted(serial, printed):
                    self._tell(Printed(serial, printed))
                case SlotGone(serial, code, words, lost, lacks):
                    with self._lock:
                        self._open.discard(serial)
                    self._tell(Gone(serial, code, words, lost, lacks))
                case places.PlaceJoined() | places.PlaceLeft() | ClusterTrouble():
                    self._tell(message)
        except WireError as error:
            self._tell(Printed(0, str(error)))
            return None
        return message

    def _bury(self, why: str) -> None:
        with self._lock:
            self._process, commands = None, self._commands
            lost, self._open = self._open, set()
        if commands is not None:
            commands.close()
        if self._leaving.is_set():
            return
        self._tell(ClusterTrouble(why))
        for serial in sorted(lost):
            self._lose(serial)

    def _lose(self, serial: int) -> None:
        self._open.discard(serial)
        self._tell(Gone(serial, -1, "the bridge to the other machines has ended", lost=True))

    def _read_words(self, process: subprocess.Popen[bytes]) -> None:
        assert process.stderr is not None
        with process.stderr as words:
            for raw in words:
                if line := raw.decode("utf-8", "replace").rstrip():
                    self._tell(Printed(0, f"bridge: {line}"))

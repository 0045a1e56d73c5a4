"""A child that reads nothing holds up nobody who sends to it."""

from __future__ import annotations

import os
import signal
import subprocess
import sys

from daemon.protocol.messages import Cancel
from daemon.worker.command_pipe import CommandPipe
from daemon.worker.process import WorkerProcess

MUCH = 2_000_000
"""Bytes; a pipe holds 65,536 on Linux and 16,384 on a Mac."""


def test_what_is_sent_to_a_child_that_does_not_read_waits_and_comes_whole_and_in_order() -> None:
    code = "import sys; sys.stdin.buffer.readline(); print('go', flush=True); "
    code += "sys.stdout.buffer.write(sys.stdin.buffer.read())"
    child = subprocess.Popen(
        [sys.executable, "-c", code], stdin=subprocess.PIPE, stdout=subprocess.PIPE
    )
    assert child.stdin is not None
    assert child.stdout is not None
    os.kill(child.pid, signal.SIGSTOP)
    pipe = CommandPipe(child.stdin, "commands")
    lines = [b"%07d\n" % number for number in range(MUCH // 8)]
    for line in (b"\n", *lines):
        pipe.send(line)  # would not come back if it waited for the child
    pipe.close()
    os.kill(child.pid, signal.SIGCONT)
    with child:
        assert child.stdout.readline() == b"go\n"
        assert child.stdout.read() == b"".join(lines)
    assert child.returncode == 0


def test_a_stopped_worker_takes_any_number_of_commands_and_is_let_go_all_the_same() -> None:
    worker = WorkerProcess("dry-run", lambda _: None)
    os.kill(worker.pid, signal.SIGSTOP)
    for number in range(20_000):
        worker.send(Cancel(number))
    worker.close(patience=0.1)
    assert not worker.is_alive

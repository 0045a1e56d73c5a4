"""Lines as a terminal gets them: broken between words where it is narrow, whole everywhere else."""

from __future__ import annotations

import os
import pty
import struct
import subprocess
import sys
import termios
from fcntl import ioctl

import pytest

SAY = """
from daemon.cli.printing import Row, say, say_error, say_rows, say_text
say("  one two three four five six seven eight nine ten /a/path/that/is/longer/than/any/line/here end")
say_rows([Row("label", "one two three four five six seven eight nine a-word-without-any-end-to-it")])
say("short", "")
say_text('{"number": 7, "message": "an event is a line, however long"}')
say_error("what is wrong\\nand why it is so in more words than fit into one line")
"""


def shown(columns: int) -> list[str]:
    """What a terminal of so many columns gets."""
    reader, writer = pty.openpty()
    ioctl(writer, termios.TIOCSWINSZ, struct.pack("HHHH", 24, columns, 0, 0))
    subprocess.run([sys.executable, "-c", SAY], stdout=writer, stderr=writer, check=True)
    os.close(writer)
    said = b""
    while True:
        try:
            part = os.read(reader, 65536)
        except OSError:
            break
        if not part:
            break
        said += part
    os.close(reader)
    return said.decode().splitlines()


def test_a_narrow_terminal_gets_lines_broken_between_words_and_paths_whole() -> None:
    assert shown(40) == [
        "  one two three four five six seven",
        "    eight nine ten",
        "    /a/path/that/is/longer/than/any/line/here",
        "    end",
        "  label    one two three four five six",
        "           seven eight nine",
        "           a-word-without-any-end-to-it",
        "short",
        "",
        '{"number": 7, "message": "an event is a line, however long"}',
        "hotfolder: what is wrong",
        "  and why it is so in more words than",
        "    fit into one line",
    ]


@pytest.mark.parametrize("columns", [0, 1, 20, 200])
def test_a_wide_a_tiny_and_an_unknown_one_get_them_whole(columns: int) -> None:
    assert len(shown(columns)) == 7


def test_what_is_redirected_is_whole() -> None:
    done = subprocess.run([sys.executable, "-c", SAY], capture_output=True, text=True, check=True)

    assert len(done.stdout.splitlines()) == 5
    assert done.stderr.count("\n") == 2

"""A script of `scripts` as a child process: one JSON object a line down, one a line up.

What its libraries print goes to a file; if it dies, the end of that file says why.
"""

from __future__ import annotations

import contextlib
import json
import os
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path
from types import TracebackType
from typing import IO, Self

from daemon.errors import HotfolderError
from daemon.protocol.json_object import JsonObject
from daemon.worker.process import ENVIRONMENT

OURS = ("GLIBC_TUNABLES", "GOMP_SPINCOUNT")
"""What a worker is given to be quicker, and nobody's plain script has."""
_LAST_WORDS = 1500


class BenchError(HotfolderError):
    """The benchmark can't go on."""


def environment(threads: int, scratch: Path) -> dict[str, str]:
    """The same for every side: what a worker finds but for `OURS`, and `threads` for each
    library that could take more; what they leave in temporary folders goes with ours."""
    count = str(threads)
    common = {key: value for key, value in ENVIRONMENT.items() if key not in OURS}
    pinned = dict.fromkeys(("OMP_NUM_THREADS", "MKL_NUM_THREADS", "OPENBLAS_NUM_THREADS"), count)
    return {**os.environ, **common, **pinned, "TMPDIR": str(scratch)}


class Child:
    """A script that answers."""

    def __init__(self, script: str, words: Path, variables: Mapping[str, str]) -> None:
        self._script = script
        self._words = words
        self._out: IO[bytes] = words.open("ab")
        self._process = subprocess.Popen(
            [sys.executable, "-m", f"daemon.bench.scripts.{script}"],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=self._out,
            env=dict(variables),
            text=True,
            start_new_session=True,  # Ctrl-C is ours to answer, and we end our children
        )

    @property
    def pid(self) -> int:
        return self._process.pid

    def ask(self, what: str, **given: object) -> JsonObject:
        """Send one order and wait for its answer."""
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        with contextlib.suppress(BrokenPipeError):
            self._process.stdin.write(json.dumps({"what": what, **given}) + "\n")
            self._process.stdin.flush()
        for line in self._process.stdout:
            if line.startswith("{"):  # anything else is a library that prints to stdout
                answer: JsonObject = json.loads(line)
                return answer
        raise BenchError(f"{self._script} died while asked to {what}:\n{last_words(self._words)}")

    def end(self) -> None:
        """End it now; who waits for its answer hears of it."""
        self._process.kill()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, _: BaseException | None, __: TracebackType | None
    ) -> None:
        assert self._process.stdin is not None
        with contextlib.suppress(OSError):
            self._process.stdin.close()
        try:
            self._process.wait(0 if kind else 10)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()
        assert self._process.stdout is not None
        self._process.stdout.close()
        self._out.close()


def last_words(words: Path) -> str:
    """The end of what a child printed."""
    return words.read_text("utf-8", "replace")[-_LAST_WORDS:].strip() or "(it said nothing)"

"""`hotfolder logs`: the end of the log, or the story of some jobs, through every rotation.

A line is about a job if it begins with its number, or with its file while that waits; what else it
quotes (a prompt with `#7` in it) does not count. Standard library only.
"""

from __future__ import annotations

import argparse
import re
from collections import deque
from collections.abc import Iterator

from daemon.cli.known_jobs import known_jobs
from daemon.cli.names import Names, job_number
from daemon.cli.printing import say, say_aside
from daemon.cli.tail import LogTail
from daemon.cli.wake import existing_root
from daemon.errors import ExitCode, UsageError
from daemon.root.layout import Layout

_JOB = re.compile(r"\S+ \S+ (?:[A-Z]+: )?#(\d+)(?::? |$)")
_FILE = re.compile(r"\S+ \S+ (?:[A-Z]+: )?(.+?)(?: (?:waits: |is there$|was taken away$)|: )")


def logs(arguments: argparse.Namespace) -> int:
    """Print the end of the log, of some jobs if given; with --follow, go on. 2 if a name means no
    job, or several files."""
    layout = existing_root(arguments)
    about = _About(layout, arguments.job) if arguments.job else None
    with LogTail(layout.log_file) as tail:
        last = deque(_lines(tail.kept(), about), arguments.lines)
        if about is not None and not (last or about.is_known or arguments.follow):
            raise UsageError(f"There is no job {arguments.job}, and no line of one in the log.")
        if not last and not arguments.follow:
            say_aside(f"no line in {layout.log_file}" + (" about it" if about else ""))
        say(*last, flush=True)
        if about is not None and not (last or about.is_known):
            say_aside(f"There is no job {arguments.job} yet; its lines are shown once there is.")
        if arguments.follow:
            for line in _lines(tail.follow(), about):
                say(line, flush=True)
    return ExitCode.OK


def _lines(lines: Iterator[str], about: _About | None) -> Iterator[str]:
    return lines if about is None else filter(about, lines)


class _About:
    """Whether a line is about the jobs that `word` means. What is claimed later is asked for."""

    def __init__(self, layout: Layout, word: str) -> None:
        self._layout = layout
        number = job_number(word)
        names = Names(layout)
        self.is_known = number is None or any(job.number == number for job in names.jobs)
        jobs = names.tries(word) if self.is_known else []
        self._numbers = {job.number for job in jobs if job.number is not None}
        self._places = {job.place for job in jobs} if number not in self._numbers else set()
        if not self.is_known and number is not None:
            self._numbers.add(number)
        self._foreign = {job.number for job in names.jobs} - self._numbers

    def __call__(self, line: str) -> bool:
        if (found := _JOB.match(line)) is not None:
            number = int(found[1])
            if number not in self._numbers | self._foreign and self._places:
                self._learn(number)
            return number in self._numbers
        found = _FILE.match(line)
        return found is not None and found[1] in self._places

    def _learn(self, number: int) -> None:
        """Whether a job that was claimed meanwhile is of a file we follow."""
        ours = any(
            job.number == number and job.place in self._places for job in known_jobs(self._layout)
        )
        (self._numbers if ours else self._foreign).add(number)

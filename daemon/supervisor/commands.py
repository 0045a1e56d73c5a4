"""Performs the commands that the command line drops into the control folder."""

from __future__ import annotations

from daemon.boards.keeper import Keeper
from daemon.boards.orders import VERBS
from daemon.fs.moment import Moment
from daemon.fs.retry import said
from daemon.inbox.queue import WaitingQueue
from daemon.inbox.watcher import Watcher
from daemon.jobs.jobs import Jobs
from daemon.root import commands
from daemon.root.commands import Answer, Arrived, Cancel, Command, Order, Wake
from daemon.root.layout import Layout
from daemon.supervisor.claimer import Claimer
from daemon.worker.pool import WorkerPool


class Commands:
    """Performs the commands of whoever may write into the root."""

    def __init__(
        self,
        layout: Layout,
        jobs: Jobs,
        pool: WorkerPool,
        queue: WaitingQueue,
        watcher: Watcher,
        claimer: Claimer,
        boards: Keeper,
    ) -> None:
        self._layout = layout
        self._jobs = jobs
        self._pool = pool
        self._queue = queue
        self._watcher = watcher
        self._claimer = claimer
        self._boards = boards

    def perform(self, at: Moment) -> bool:
        """Perform every command that waits; True if there was one."""
        found = False
        for file, command in commands.commands(self._layout):
            commands.reply(file, self._answer(command, at))
            found = True
        return found

    def _answer(self, command: Command, at: Moment) -> Answer | None:
        match command:
            case Cancel(job):
                why = self._cancel(job, at)
                return Answer(why is None, why)
            case Arrived(file):
                self._look(file, at, complete=True)
                self._watcher.read_on(at)
            case Wake():
                self._watcher.soon(at)
                self._boards.wake()
            case Order():
                return self._order(command)
        return None

    def _order(self, order: Order) -> Answer:
        if order.what not in VERBS:
            return Answer(False, f"This daemon knows no order {order.what}.")
        try:
            self._boards.order(order.what, order.pictures, order.ended)
        except OSError as error:
            return Answer(False, f"it can't be written down: {said(error)}")
        return Answer(True)

    def _cancel(self, job: int | str, at: Moment) -> str | None:
        """Why not, or None."""
        if isinstance(job, str):
            self._look(job, at, complete=False)  # it may have come this moment
            return self._claimer.cancel(job, at)
        if not self._jobs.cancel(job):
            return f"{job} is neither waiting nor being worked on."
        self._pool.cancel(job)
        return None

    def _look(self, file: str, at: Moment, *, complete: bool) -> None:
        """At one file of the inbox; what leads out of it is none."""
        if ".." not in file.split("/"):
            self._queue.hint(self._queue.inbox.folder / file, at, complete=complete)

"""Performs the commands that the command line drops into the control folder."""

from __future__ import annotations

from daemon.fs.moment import Moment
from daemon.inbox.queue import Intake
from daemon.inbox.watcher import Lookout
from daemon.jobs.jobs import Jobs
from daemon.root import commands
from daemon.root.layout import Layout
from daemon.supervisor.claimer import Claimer
from daemon.worker.pool import WorkerPool

Answer = dict[str, object]


class Commands:
    """Performs the commands of whoever may write into the root."""

    def __init__(
        self,
        layout: Layout,
        jobs: Jobs,
        pool: WorkerPool,
        intake: Intake,
        lookout: Lookout,
        claimer: Claimer,
    ) -> None:
        self._layout = layout
        self._jobs = jobs
        self._pool = pool
        self._intake = intake
        self._lookout = lookout
        self._claimer = claimer

    def perform(self, at: Moment) -> bool:
        """Perform every command that waits; True if there was one."""
        found = False
        for file, command in commands.commands(self._layout):
            commands.reply(file, self._answer(command, at))
            found = True
        return found

    def _answer(self, command: dict[str, object], at: Moment) -> Answer | None:
        job = command.get("job")
        match command.get("verb"):
            case "cancel" if isinstance(job, int) and self._jobs.cancel(job):
                self._pool.cancel(job)
                return {"ok": True}
            case "cancel" if isinstance(job, str):
                why = self._claimer.cancel(job, at)
                return {"ok": why is None, "why": why}
            case "cancel":
                return {"ok": False, "why": f"{job} is neither waiting nor being worked on."}
            case "arrived":
                path = self._intake.inbox.folder / str(command.get("file", ""))
                self._intake.hint(path, now=at.now, wall=at.wall, complete=True)
                self._lookout.read_on(at.now)
            case "wake":
                self._lookout.soon(at.now)
        return None

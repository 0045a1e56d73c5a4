"""A worker on trial that can't load its model: its place is set aside again, and no job pays for it."""

from __future__ import annotations

import time

from support.daemon import wait_for

from daemon.fs.moment import Moment
from daemon.notify import events
from daemon.notify.held_events import HeldEvents
from daemon.protocol.messages import Unloadable
from daemon.settings import parse_settings
from daemon.supervisor.build import build
from daemon.supervisor.options import Options
from daemon.worker.process import Told
from daemon.worker.slot_state import SlotState
from daemon.worker.trials import FIRST_PAUSE, MOST_FAILURES


def test_a_model_that_can_not_be_loaded_on_trial_fails_no_job(root) -> None:
    settings = parse_settings(b"devices: [cpu, cpu]\nsettle: 0\nfolder_settle: 0\n")
    told: list[events.Event] = []
    supervisor = build(root, settings, HeldEvents(told.append), Options(engine="dry-run"))
    parts = supervisor._parts
    pool = parts.pool
    (root.inbox / "a.yaml").write_text("prompt: a\nsize: 64x64\nsteps: 1\n")

    def now(later: float = 0.0) -> Moment:
        return Moment(now=time.monotonic() + later, wall=time.time() + later)

    def claimed() -> bool:
        supervisor.tick([], now())
        return bool(parts.jobs.active)

    try:
        parts.watcher.start(now())
        wait_for(claimed, root)
        [job] = parts.jobs.active.values()
        slot = pool.slots[1]
        slot.start(pool.last_card, now())
        for each in range(MOST_FAILURES):
            pool.failed(slot, 100 + each, now())
        assert slot.state is SlotState.ASIDE
        pool.look(now(FIRST_PAUSE + 1))
        assert slot.state is SlotState.TRIAL

        refused = Unloadable("The model can't be used.", "Look at it.")
        parts.worker_events.hear(Told(slot.serial, refused), now(FIRST_PAUSE + 2))

        assert slot.state is SlotState.ASIDE
        assert not slot.may_be_tried(now(2 * FIRST_PAUSE))
        assert parts.jobs.active[job.number] is job
        assert not any(isinstance(event, events.JobFinished) for event in told)
        assert pool.blocked is None
    finally:
        supervisor._close()

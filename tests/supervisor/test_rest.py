"""The loop rests where nothing can be done: it neither spins nor is woken for nothing."""

from __future__ import annotations

import time

from daemon.fs.moment import Moment
from daemon.notify.held_events import HeldEvents
from daemon.settings import Settings
from daemon.supervisor.build import build
from daemon.supervisor.options import Options


def test_a_loop_whose_root_is_away_rests_until_it_looks_again(root):
    supervisor = build(root, Settings(), HeldEvents(lambda _: None), Options(engine="dry-run"))
    supervisor.tick([], Moment.read())
    root.root.rename(root.root.with_name("away"))
    while not supervisor._parts.watcher.is_away:
        supervisor.tick([], Moment.read())
        time.sleep(0.01)

    later = Moment(Moment.read().now + 60.0, time.time() + 60.0)  # whatever was due is so by now
    supervisor.tick([], later)
    assert supervisor._idle_for(later) > 0
    root.root.with_name("away").rename(root.root)
    supervisor._close()

"""Has something to do when nobody waits, and can't."""

from daemon.engine.dry_run import DryRun
from daemon.engine.host.scheduler import OneByOne


class Engine(OneByOne):
    def __init__(self):
        self._cards = DryRun()
        super().__init__(self._cards)

    def load(self, load, report):
        return self._cards.load(load, report)

    def idle(self, tell, _is_wanted):
        tell("INFO", "about to fail")
        raise KeyError("sha256")

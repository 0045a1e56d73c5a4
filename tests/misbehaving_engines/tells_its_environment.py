"""Can't be loaded, and says what it found in its environment."""

import json
import os

from daemon.engine.interface import UnloadableError


class Engine:
    def load(self, _load, _report):
        raise UnloadableError(json.dumps(dict(os.environ)))

"""The other end of `daemon.bench.child_process`: take an order a line, answer it with a line."""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Callable, Mapping

from daemon.protocol.json_object import JsonObject


def answer(orders: Mapping[str, Callable[..., JsonObject]]) -> None:
    """Serve until standard input ends. What libraries print goes to standard error."""
    answers = os.fdopen(os.dup(1), "w")
    os.dup2(2, 1)
    for line in sys.stdin:
        order = json.loads(line)
        reply = orders[order.pop("what")](**order)
        answers.write(json.dumps(reply) + "\n")
        answers.flush()

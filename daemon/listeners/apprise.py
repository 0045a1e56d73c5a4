"""Messages to the addresses of apprise in the settings, each in a small process of its own.

apprise is an extra. It gets the addresses on its standard input, so that none stands in a list of
processes, and what it says is not kept, since it may name them.
"""

from __future__ import annotations

import importlib.util
import json
import os
import subprocess
import sys
from collections.abc import Callable

from daemon.listeners.errands import Once
from daemon.listeners.messages import Message

LIMIT = 30.0
"""Seconds that a message may take to all of its addresses."""

MISSING = "apprise is not installed: pip install 'hotfolder[apprise]'"

_PROGRAM = """
import json, sys
import apprise
told = json.load(sys.stdin)
sender = apprise.Apprise()
good = [sender.add(url) for url in told["urls"]]
sent = sender.notify(title=told["title"], body=told["text"], notify_type=told["kind"],
                     body_format="text", interpret_escapes=False) if any(good) else False
sys.exit(0 if sent and all(good) else 3 if not all(good) else 4)
"""

_SAID = {
    3: "apprise does not know one of the addresses in `apprise`",
    4: "apprise could not deliver a message to one of the addresses in `apprise`",
}


def is_there() -> bool:
    """Whether the extra is installed."""
    return importlib.util.find_spec("apprise") is not None


class Apprise:
    """The addresses of one root; `say` is told, once each, what goes wrong."""

    def __init__(self, addresses: tuple[str, ...], say: Callable[[str], None]) -> None:
        self._once = Once(say)
        self._urls: list[str] = []
        for each in addresses:
            url = os.environ.get(each[1:], "") if each.startswith("$") else each
            if url:
                self._urls.append(url)
            else:
                self._once(f"`apprise` names {each}, which the environment does not hold")
        if addresses and not is_there():
            self._once(MISSING)

    def send(self, message: Message) -> None:
        """Send a message to all of them."""
        if not self._urls or not is_there():
            return
        kind = "failure" if message.is_bad else "info"
        told = {"urls": self._urls, "title": message.title, "text": message.text, "kind": kind}
        try:
            code = subprocess.run(
                [sys.executable, "-c", _PROGRAM],
                input=json.dumps(told).encode("ascii"),
                stdout=subprocess.DEVNULL,
                stderr=subprocess.DEVNULL,
                timeout=LIMIT,
                start_new_session=True,
                check=False,
            ).returncode
        except subprocess.TimeoutExpired:
            self._once(f"a message by apprise was given up after {LIMIT:.0f} s")
        except OSError as error:
            self._once(f"a message by apprise could not be sent: {error.strerror}")
        else:
            if code:
                self._once(_SAID.get(code, f"apprise failed with {code}"))

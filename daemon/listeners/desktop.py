"""Notifications on the desktop this runs on: by osascript on macOS, by notify-send elsewhere.

Texts go as arguments, never as a part of a program. Each message has five seconds.
"""

from __future__ import annotations

import html
import os
import shutil
import subprocess
import sys
from collections.abc import Callable, Sequence
from pathlib import Path

from daemon.listeners.errands import Errands, Lingering, Once, Patience
from daemon.listeners.messages import Message, message_of, together
from daemon.listeners.moments import HEARD, moment_of
from daemon.notify.subscribers import Numbered

LIMIT = 5.0
"""Seconds that a message may take."""

OSASCRIPT = "/usr/bin/osascript"
_SCRIPT = (
    "on run argv",
    "display notification (item 2 of argv) with title (item 1 of argv)",
    "end run",
)


class Messenger(Lingering[Message]):
    """Hands the messages of events to `send`, those that come at once together."""

    heard = HEARD

    def __init__(
        self, name: str, send: Callable[[Message], None], say: Callable[[str], None]
    ) -> None:
        self._send = send
        errands = Errands(name, self._deliver, say, bound=500)
        super().__init__(errands, Patience(calm=2 * LIMIT, hurried=LIMIT))

    def take(self, told: Numbered) -> None:
        """One event."""
        moment = moment_of(told)
        message = message_of(moment) if moment is not None else None
        if message is not None:
            self._errands.put(message)

    def _deliver(self, message: Message) -> None:
        for each in together([message, *self._errands.take_rest()]):
            self._send(each)


class Desktop:
    """The desktop of whoever runs the daemon; what is missing for it is said once."""

    def __init__(self, say: Callable[[str], None]) -> None:
        self._once = Once(say)

    def send(self, message: Message) -> None:
        """Show a message."""
        missing = lacking()
        if missing:
            self._once(f"`notify: true` can't be done here: {missing}")
            return
        try:
            subprocess.run(
                command(message),
                stdin=subprocess.DEVNULL,
                stdout=subprocess.DEVNULL,
                stderr=subprocess.DEVNULL,
                timeout=LIMIT,
                start_new_session=True,
                check=True,
            )
        except subprocess.TimeoutExpired:
            self._once(f"a notification was given up after {LIMIT:.0f} s")
        except subprocess.CalledProcessError as error:
            self._once(f"a notification could not be shown ({error.returncode})")
        except OSError as error:
            self._once(f"a notification could not be shown: {error.strerror}")


def command(message: Message, *, is_mac: bool = sys.platform == "darwin") -> Sequence[str]:
    """What shows a message. A title begins with our own name, so that it is no option."""
    if is_mac:
        script = [part for line in _SCRIPT for part in ("-e", line)]
        return [OSASCRIPT, *script, message.title, message.text]
    urgency = ["--urgency=critical"] if message.is_bad else []
    text = html.escape(message.text, quote=False)  # desktops read marks in it
    return ["notify-send", "--app-name=Hotfolder", *urgency, "--", message.title, text]


def lacking(*, is_mac: bool = sys.platform == "darwin") -> str:
    """What is missing for notifications, "" if nothing is."""
    if is_mac:
        return "" if os.access(OSASCRIPT, os.X_OK) else f"there is no {OSASCRIPT}"
    if not shutil.which("notify-send"):
        return "there is no notify-send; install it: apt install libnotify-bin"
    if not has_session_bus():
        return "there is no desktop session (no session bus)"
    return ""


def has_session_bus() -> bool:
    """Whether a desktop could listen."""
    if os.environ.get("DBUS_SESSION_BUS_ADDRESS"):
        return True
    folder = os.environ.get("XDG_RUNTIME_DIR")
    return bool(folder) and (Path(folder or "") / "bus").exists()

"""A Mac for tests of the service: a person's home, and a stand-in `launchctl` that keeps state."""

from __future__ import annotations

import json
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from support.places import HOME

from daemon.service import (
    LaunchAgent,
    launchd_plist,
)
from daemon.service import target as facts

STAND_IN = r"""#!{python} -S
import json, os, sys, time
here = os.path.dirname(os.path.abspath(__file__))
book = os.path.join(here, "book.json")
state = json.load(open(book))
argv = sys.argv[1:]
with open(os.path.join(here, "calls"), "a") as calls:
    calls.write(json.dumps(argv) + "\n")

def leave(code, said=""):
    json.dump(state, open(book, "w"))
    sys.stderr.write(said + "\n" if said else "")
    sys.exit(code)

verb = argv[0]
if verb in state["hangs"]:
    time.sleep(60)
if state["no_desktop"] and verb in state["desktop_verbs"]:
    leave(state["no_desktop"], "Bootstrap failed: %d: no desktop" % state["no_desktop"])
if verb == "print":
    if state["life"] == "SIGTERMed":
        state["drain"] -= 1
        if state["drain"] < 0:
            state["life"] = None
    if state["life"] is None:
        leave(113, 'Could not find service "com.hotfolder.daemon" in domain for login: 501')
    print(state["printout"] or open(os.path.join(here, "printout")).read().replace("@", state["life"]))
    leave(0)
if verb == "print-disabled":
    word = state["words"][0] if state["disabled"] else state["words"][1]
    print('disabled services = {\n\t\t"com.hotfolder.daemon" => %s\n\t}' % word)
    leave(0)
if verb == "enable":
    state["disabled"] = False
    leave(0)
if verb == "bootout":
    if state["life"] is None:
        leave(state["bootout_gone"], "Boot-out failed: %d" % state["bootout_gone"])
    state["life"] = "SIGTERMed"
    leave(state["bootout"])
if verb == "kickstart":
    if state["life"] is None:
        leave(113, "Could not find service")
    state["life"] = "running"
    leave(0)
if verb == "bootstrap":
    if state["life"] or state["disabled"]:
        leave(5, "Bootstrap failed: 5: Input/output error")
    if state["bootstrap"]:
        code = state["bootstrap"].pop(0)
        if code == 37:
            state["life"] = "running"
        if code:
            leave(code, "Bootstrap failed: %d: said so" % code)
    assert os.path.isfile(argv[2]), argv
    state["life"] = state["becomes"]
    leave(0)
leave(64, "Unrecognized subcommand: " + verb)
"""


PRINTOUT = """gui/501/com.hotfolder.daemon = {
\tactive count = 1
\tpath = /Users/you/Library/LaunchAgents/com.hotfolder.daemon.plist
\ttype = LaunchAgent
\tstate = @

\tprogram = /Users/you/src/hotfolder/.venv/bin/python
\targuments = {
\t\t/Users/you/src/hotfolder/.venv/bin/python
\t\t-m
\t\tstate = lies
\t}

\tdefault environment = {
\t\tPATH => /usr/bin:/bin:/usr/sbin:/sbin
\t}

\tminimum runtime = 30
\texit timeout = 45
\truns = 1
\tpid = 4242
\timmediate reason = speculative
\tlast exit code = (never exited)

\tresource coalition = {
\t\tID = 1234
\t\tstate = active
\t\tactive count = 1
\t}

\tspawn type = interactive (4)
}"""


@dataclass
class Mac:
    """A person's home, a root in it, and the stand-in launchctl on PATH."""

    folder: Path
    home: Path
    root: Path
    agent: LaunchAgent

    def book(self) -> dict[str, Any]:
        return json.loads((self.folder / "book.json").read_text())

    def set(self, **changes: Any) -> None:
        (self.folder / "book.json").write_text(json.dumps({**self.book(), **changes}))

    def calls(self) -> list[list[str]]:
        path = self.folder / "calls"
        return [json.loads(line) for line in path.read_text().splitlines()] if path.exists() else []

    def forget_calls(self) -> None:
        (self.folder / "calls").unlink(missing_ok=True)

    def verbs(self) -> list[str]:
        return [call[0] for call in self.calls()]

    @property
    def path(self) -> Path:
        return launchd_plist.plist_path(self.home)


def an_interpreter(path: Path) -> Path:
    """An environment's python: a file of its own that can import us, as an installed one could."""
    path.parent.mkdir(parents=True)
    path.write_text(f'#!/bin/sh\nPYTHONPATH="{HOME}" exec "{sys.executable}" "$@"\n')
    path.chmod(0o755)
    return path


def you(home: str = "/Users/you") -> facts.Target:
    return facts.target(
        Path(home) / "Hotfolder", Path(home) / "src/hotfolder/.venv/bin/python", Path(home)
    )

"""Messages by apprise, the real one, to an address on this machine."""

from __future__ import annotations

import contextlib
import json
import threading

import psutil
import pytest
from support.daemon import wait_for
from support.receiver import receiver

from daemon.listeners import apprise
from daemon.listeners.apprise import Apprise
from daemon.listeners.messages import Message

MESSAGE = Message("Hotfolder: ep03/060 failed", "why <b>\\n", True)

needs_apprise = pytest.mark.skipif(
    not apprise.is_there(), reason="apprise is not installed: pip install 'hotfolder[apprise]'"
)


@needs_apprise
def test_a_message_goes_to_an_address_and_a_bad_one_is_said_once(monkeypatch):
    said: list[str] = []
    with receiver() as told:
        monkeypatch.setenv("MY_ADDRESS", f"json://127.0.0.1:{told.port}/s3cret")
        Apprise(("$MY_ADDRESS",), said.append).send(MESSAGE)
        assert said == []
        [(_, _, body)] = told.heard
    content = json.loads(body)
    assert (content["title"], content["message"]) == (MESSAGE.title, MESSAGE.text)
    assert content["type"] == "failure"

    Apprise(
        (f"json://127.0.0.1:{told.port}/s3cret", "nothing://s3cret", "$NOT_SET"), said.append
    ).send(MESSAGE)
    assert said == [
        "`apprise` names $NOT_SET, which the environment does not hold",
        "apprise does not know one of the addresses in `apprise`",
    ]


@needs_apprise
def test_addresses_stand_in_no_list_of_processes():
    with receiver("hang") as told:
        here = Apprise((f"json://127.0.0.1:{told.port}/s3cret",), lambda _: None)
        sending = threading.Thread(target=here.send, args=(MESSAGE,))
        sending.start()
        wait_for(lambda: told.heard or not sending.is_alive())
        lines = []
        for child in psutil.Process().children():
            with contextlib.suppress(psutil.Error):  # of another test, and gone
                lines.append(" ".join(child.cmdline()))
        told.over.set()
        sending.join()
    assert told.heard
    assert any("apprise" in line for line in lines)
    assert not any("s3cret" in line for line in lines)


def test_a_missing_extra_is_named_with_the_command_that_installs_it(monkeypatch):
    monkeypatch.setattr(apprise, "is_there", lambda: False)
    said: list[str] = []
    here = Apprise(("ntfy://topic",), said.append)
    here.send(MESSAGE)
    here.send(MESSAGE)
    assert said == ["apprise is not installed: pip install 'hotfolder[apprise]'"]

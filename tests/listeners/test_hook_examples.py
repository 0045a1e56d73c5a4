"""The hooks of `examples/hooks` do what they say."""

from __future__ import annotations

import json
import os
import subprocess
import threading
from http.server import BaseHTTPRequestHandler, HTTPServer

import pytest
from support.daemon import needs
from support.places import HOME

from daemon.listeners.hooks import environment
from daemon.listeners.moments import moment_of
from daemon.notify import events
from daemon.notify.subscribers import Numbered

HOOKS = HOME / "examples" / "hooks"
QUOTES = 'say "hi" & $(id) \\'


def call(root, name: str, event: events.Event, **more: str) -> subprocess.CompletedProcess[str]:
    moment = moment_of(Numbered(1, 1.0, event))
    assert moment is not None
    told = {**os.environ, **environment(moment, root), **more}
    return subprocess.run(
        [str(HOOKS / name)], env=told, input="{}", text=True, capture_output=True, check=False
    )


@needs("curl")
def test_a_line_is_sent_to_slack(root, tmp_path):
    heard: list[bytes] = []

    class Slack(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            heard.append(self.rfile.read(int(self.headers["Content-Length"])))
            self.send_response(200)
            self.end_headers()

        def log_message(self, *_: object) -> None:
            pass

    with HTTPServer(("127.0.0.1", 0), Slack) as server:
        threading.Thread(target=server.handle_request, daemon=True).start()
        (tmp_path / "address").write_text(f"http://127.0.0.1:{server.server_port}/secret\n")
        empty = events.QueueEmpty(36, 35, 1, 0, (QUOTES,))
        done = call(root, "slack", empty, SLACK_ADDRESS_FILE=str(tmp_path / "address"))

    assert (done.returncode, done.stderr) == (0, "")
    assert json.loads(heard[0]) == {"text": f"{QUOTES}: 36 pictures, 1 failed"}


@pytest.mark.parametrize("is_there", [True, False])
def test_a_picture_goes_to_a_share_that_is_there(root, tmp_path, is_there):
    picture = root.outbox / f"{QUOTES}.png"
    picture.write_bytes(b"picture")
    picture.with_suffix(".json").write_bytes(b"record")
    share = tmp_path / "share"
    if is_there:
        share.mkdir()
    subject = events.Subject(1, QUOTES, "a.yaml", "ep 03", (str(picture),))
    done = call(root, "move-to-share", events.PicturePublished(subject, 1, 1), SHARE=str(share))

    if is_there:
        assert (done.returncode, done.stderr) == (0, "")
        assert {p.name: p.read_bytes() for p in (share / "ep 03").iterdir()} == {
            f"{QUOTES}.png": b"picture",
            f"{QUOTES}.json": b"record",
        }
        assert not picture.exists()
    else:
        assert (done.returncode, done.stdout) == (1, f"{share} is not there\n")
        assert picture.exists()
        assert not share.exists()

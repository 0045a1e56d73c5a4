"""A receiver of webhooks on this machine, which answers as it is told to and keeps what it hears."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer


@dataclass
class Receiver:
    """`answers` are given one after another, then 200: a status, a redirect's address, or "hang"."""

    answers: list[int | str]
    heard: list[tuple[str, dict[str, str], bytes]] = field(default_factory=list)
    port: int = 0
    over: threading.Event = field(default_factory=threading.Event)

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}/hook?token=s3cret-token"

    @property
    def taken(self) -> list[tuple[str, dict[str, str], bytes]]:
        """What was answered with 200."""
        return [each for each in self.heard if each[0].endswith("200")]


@contextmanager
def receiver(*answers: int | str) -> Iterator[Receiver]:
    told = Receiver(list(answers))

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"]))
            answer = told.answers.pop(0) if told.answers else 200
            told.heard.append((f"{self.path} {answer}", dict(self.headers), body))
            if answer == "hang":
                told.over.wait()
                return
            self.send_response(answer if isinstance(answer, int) else 302)
            if isinstance(answer, str):
                self.send_header("Location", answer)
            self.end_headers()

        def log_message(self, *_: object) -> None:
            pass

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        server.daemon_threads = True
        told.port = server.server_port
        threading.Thread(target=server.serve_forever, args=(0.05,), daemon=True).start()
        yield told
        told.over.set()
        server.shutdown()

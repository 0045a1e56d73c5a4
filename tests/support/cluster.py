"""A cluster on one machine: a scheduler and workers as processes of their own, as people start them."""

from __future__ import annotations

import contextlib
import os
import random
import shutil
import signal
import socket
import subprocess
import sys
from pathlib import Path

from support.daemon import HANG, wait_for

from daemon.cluster.certificates import Files, make
from daemon.root.create import prepare
from daemon.root.layout import Layout


def free_port() -> int:
    """Below those that a system gives to whoever asks for any, and to every connection that is made:
    until it is listened at, nobody else comes by it."""
    while True:
        port = random.SystemRandom().randrange(20_000, 32_000)
        with contextlib.suppress(OSError), socket.socket() as found:
            found.bind(("127.0.0.1", port))
            return port


class Running:
    """One process of a cluster, and what it has said."""

    def __init__(self, root: Path, *arguments: str, **env: str) -> None:
        self.out = root / f"{'-'.join(arguments[:1])}.out"
        with self.out.open("ab") as out:
            self.process = subprocess.Popen(
                [sys.executable, "-m", "daemon", "--root", str(root), "cluster", *arguments],
                stdout=out,
                stderr=out,
                stdin=subprocess.DEVNULL,
                env={**os.environ, "OMP_NUM_THREADS": "1", **env},
            )

    def said(self) -> str:
        return self.out.read_text("utf-8", "replace")

    def wait_until(self, words: str) -> None:
        wait_for(lambda: words in self.said() or self.process.poll() is not None)
        assert words in self.said(), self.said()

    def signal(self, number: int) -> None:
        with contextlib.suppress(ProcessLookupError):
            self.process.send_signal(number)

    def kill(self) -> None:
        """At once, and its worker with it, as its machine would take it along."""
        self.process.kill()
        self.process.wait()

    def stop(self) -> int:
        if self.process.poll() is None:
            self.signal(signal.SIGCONT)
            self.signal(signal.SIGTERM)
        try:
            return self.process.wait(HANG)
        except subprocess.TimeoutExpired:
            self.kill()
            raise


class Cluster:
    """Its scheduler is begun by `scheduler`, its machines by `machine`; all ended by `close`."""

    def __init__(self, folder: Path, *, tls: bool = True) -> None:
        self._folder = folder
        self.address = f"{'tls' if tls else 'tcp'}://127.0.0.1:{free_port()}"
        self.running: list[Running] = []
        self._certificates = self._root("authority") if tls else None
        if self._certificates:
            make(Files.of(self._certificates.state))

    def _root(self, name: str) -> Layout:
        layout = Layout((self._folder / name).resolve())
        layout.root.mkdir(parents=True, exist_ok=True)
        prepare(layout)
        return layout

    def trust(self, layout: Layout) -> None:
        """That root gets the certificates."""
        if self._certificates:
            files = Files.of(layout.state)
            files.folder.mkdir(mode=0o700, exist_ok=True)
            for file in Files.of(self._certificates.state).all:
                shutil.copy2(file, files.folder / file.name)

    def scheduler(self) -> Running:
        layout = self._root("scheduler")
        self.trust(layout)
        return self._run(layout, "scheduler", self.address)

    def machine(
        self,
        name: str,
        settings: str = "",
        *,
        trusted: bool = True,
        address: str = "",
        called: str = "",
        port: int = 0,
        **env: str,
    ) -> Running:
        """`name` is its folder, and what it is `called` unless that is said."""
        layout = self._root(name)
        if trusted:
            self.trust(layout)
        layout.settings_file.write_text(settings)
        where = address or self.address
        words = ("--name", called or name, "--port", str(port))
        return self._run(layout, "worker", where, *words, **env)

    def _run(self, layout: Layout, *arguments: str, **env: str) -> Running:
        begun = Running(layout.root, *arguments, **env)
        self.running.append(begun)
        return begun

    @property
    def port(self) -> int:
        return int(self.address.rpartition(":")[2])

    def join(
        self, layout: Layout, settings: str = "devices: none\n", port: int | None = None
    ) -> None:
        """That root's daemon is to use it, perhaps by another port."""
        self.trust(layout)
        address = self.address.replace(str(self.port), str(port or self.port))
        layout.settings_file.write_text(f"cluster: {address}\nsettle: 0.05\n{settings}")

    def close(self) -> None:
        for each in reversed(self.running):
            each.stop()

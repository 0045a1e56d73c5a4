"""What the system is told: systemd by its socket, node_exporter by a file."""

from __future__ import annotations

import re
import socket

import pytest
from support.daemon import hotfolder

from daemon.listeners.metrics import Metrics
from daemon.listeners.service_manager import ServiceManager

SMALL = "prompt: p\nsize: 64x64\nsteps: 2\n"


class Manager:
    """systemd's end of the socket."""

    def __init__(self, name: str) -> None:
        self.socket = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
        self.socket.bind(name)
        self.socket.setblocking(False)
        self.heard: list[str] = []

    def hear(self) -> list[str]:
        while True:
            try:
                self.heard.append(self.socket.recv(4096).decode())
            except BlockingIOError:
                return self.heard


@pytest.fixture
def manager(tmp_path):
    found = Manager(str(tmp_path / "notify"))
    yield found
    found.socket.close()


def test_systemd_is_told_of_readiness_of_life_of_what_is_done_and_of_the_end(
    root, drop, daemon, wait, manager, tmp_path
):
    root.settings_file.write_text("metrics: hotfolder.prom\n")
    child = daemon(NOTIFY_SOCKET=str(tmp_path / "notify"))
    drop.whole("a.yaml", f"{SMALL}count: 2\n")
    wait(lambda: (root.done / "a.yaml").exists())
    wait(lambda: "STATUS=idle\nWATCHDOG=1" in manager.hear()[1:])
    assert child.stop() == 0

    heard = manager.hear()
    assert [each.startswith("READY=1\n") for each in heard].count(True) == 1
    assert heard[0] == "READY=1\nSTATUS=starting\nWATCHDOG=1"
    assert heard[-1] == "STOPPING=1\nSTATUS=leaving"
    assert all("WATCHDOG=1" in each for each in heard[:-1])

    text = (root.root / "hotfolder.prom").read_text()
    own = f'root="{root.root}"'
    assert f'hotfolder_state{{{own},state="stopped"}} 1' in text
    assert f'hotfolder_jobs_total{{{own},outcome="done"}} 1' in text
    assert f"hotfolder_pictures_total{{{own}}} 2" in text
    assert (root.root / "hotfolder.prom").stat().st_mode & 0o777 == 0o644


def test_a_service_that_waits_for_its_settings_has_begun_and_says_what_for(
    root, daemon, manager, wait, tmp_path
):
    root.settings_file.write_text("modle: x\n")
    child = daemon("--service", ready=False, NOTIFY_SOCKET=str(tmp_path / "notify"))
    first = wait(manager.hear)[0]
    child.stop()
    assert first.startswith("READY=1\nSTATUS=blocked: hotfolder.yaml")


def test_a_socket_that_is_full_gone_or_none_costs_nothing(tmp_path, monkeypatch):
    for name in ("", "relative", str(tmp_path / "nobody")):
        monkeypatch.setenv("NOTIFY_SOCKET", name)
        here = ServiceManager()
        here.beat({"state": "idle"})
        here.stopping()
    full = Manager(str(tmp_path / "full"))
    monkeypatch.setenv("NOTIFY_SOCKET", str(tmp_path / "full"))
    here = ServiceManager()
    for _ in range(10_000):  # nobody reads: it must not wait
        here.beat({"state": "idle"})
    assert full.hear()[0].startswith("READY=1")
    here.stopping()
    full.socket.close()


def test_a_name_in_the_abstract_is_spoken_to(monkeypatch, tmp_path):
    name = f"hotfolder-test-{tmp_path.name}-{id(tmp_path)}"
    told = Manager(f"\0{name}")
    monkeypatch.setenv("NOTIFY_SOCKET", f"@{name}")
    here = ServiceManager()
    here.beat({"state": "idle"})
    assert told.hear() == ["READY=1\nSTATUS=idle\nWATCHDOG=1"]
    here.stopping()
    told.socket.close()


LINE = re.compile(r'hotfolder_\w+\{root="(?:[^"\\]|\\.)*"(?:,\w+="[^"]*")*\} -?[0-9.e+]+')


def test_the_metrics_are_what_a_scraper_reads(root):
    metrics = Metrics(root, "a.prom", pytest.fail)
    metrics._root = 'C:\\"odd"\nroot'
    snapshot = {"state": "rendering", "heartbeat_unix": 1_790_000_000.25,
                "queue": {"estimate_seconds": 12.5}, "totals": {"waiting": 3}}  # fmt: skip
    lines = metrics.text(snapshot).splitlines()
    kinds = [line.split()[2] for line in lines if line.startswith("# TYPE")]
    assert len(kinds) == len(set(kinds)) == len([x for x in lines if x.startswith("# HELP")])
    assert all(LINE.fullmatch(line) for line in lines if not line.startswith("#"))
    assert any(line.endswith(" 1790000000.250") for line in lines)
    assert all(name.endswith("_total") == (kind == "counter")
               for _, _, name, kind in map(str.split, filter(lambda x: "# TYPE" in x, lines)))  # fmt: skip


def test_a_place_that_can_not_be_written_is_said_once(root):
    said: list[str] = []
    metrics = Metrics(root, "nowhere/a.prom", said.append)
    metrics.beat({})
    metrics.close()
    assert len(said) == 1
    assert "the metrics can't be written" in said[0]


def test_one_line_for_a_bar(root):
    done = hotfolder("status", "--line", "--root", str(root.root))
    assert (done.returncode, done.stdout) == (0, "stopped · 0 waiting · 0 done\n")

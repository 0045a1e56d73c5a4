"""Several machines: a scheduler, machines that join it, and a daemon that renders on them."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from PIL import Image
from support.cluster import Cluster, free_port
from support.daemon import hotfolder, pictures, record

pytest.importorskip("distributed")


@pytest.fixture
def cluster(tmp_path: Path) -> Iterator[Cluster]:
    made = Cluster(tmp_path / "cluster")
    yield made
    made.close()


def workers(child) -> dict[str, str]:
    return {each["name"]: each["state"] for each in child.status.get("workers", [])}


def test_pictures_are_made_on_another_machine_over_tls_with_their_references(
    root, drop, daemon, wait, cluster
) -> None:
    cluster.join(root)
    child = daemon()
    drop.whole("early.yaml", "prompt: before anybody is there\nsize: 64x64\nsteps: 2\n")
    wait(
        lambda: (
            (now := child.status)["state"] == "blocked" and "nothing listens at" in now["reason"]
        )
    )

    cluster.scheduler().wait_until("listens")
    cluster.machine("studio-2").wait_until("has joined")
    Image.new("RGB", (32, 32), "red").save(root.inbox / "face.png")
    drop.whole("a.yaml", "prompt: a face\nreference: face.png\nsize: 64x64\nsteps: 2\n")
    wait(lambda: len(list(root.done.iterdir())) == 2)

    assert pictures(root) == ["a.png", "early.png"]
    assert record(root, "a")["result"]["device"]["machine"] == "studio-2"
    assert record(root, "a")["result"]["attempt"] == 1
    assert "studio-2" in hotfolder("status", "--root", str(root.root)).stdout
    machine = cluster.running[1]
    kept = list((machine.out.parent / ".hotfolder/cluster/inputs").iterdir())
    assert len(kept) == 1
    kept[0].write_bytes(b"")  # what a power cut may leave of it
    drop.whole("b.yaml", "prompt: a face\nreference: face.png\nsize: 64x64\nsteps: 2\n")
    wait(lambda: (root.outbox / "b.png").exists())
    # There it goes when it is next asked for news, having been taken here.
    wait(lambda: not list((machine.out.parent / ".hotfolder/cluster/stages").rglob("*.png")))


def test_nobody_is_let_in_without_a_certificate_of_this_cluster(cluster, tmp_path) -> None:
    cluster.scheduler().wait_until("listens")
    none = cluster.machine("none", trusted=False)
    other = Cluster(tmp_path / "other")
    other.address = cluster.address
    foreign = other.machine("foreign")
    plain = cluster.machine("plain", trusted=False, address=cluster.address.replace("tls", "tcp"))
    try:
        none.wait_until("certificates of the cluster are not here")
        foreign.wait_until("tried again")
        plain.wait_until("tried again")
        assert none.process.wait() == 5
        assert "certificate" in foreign.said()
        assert "has joined" not in foreign.said() + plain.said()
    finally:
        other.close()


def of_version(folder: Path, version: str) -> dict[str, str]:
    """The environment of a machine with this Hotfolder by another version's number."""
    folder.mkdir()
    (folder / "sitecustomize.py").write_text(f"import daemon\ndaemon.__version__ = '{version}'\n")
    return {"PYTHONPATH": str(folder)}


def test_a_machine_that_was_updated_at_its_port_gets_work_and_no_row_says_otherwise(
    root, drop, daemon, wait, cluster, tmp_path
) -> None:
    port, two = free_port(), "devices: [cpu, cpu]\n"
    cluster.scheduler().wait_until("listens")
    old = cluster.machine("studio", two, port=port, **of_version(tmp_path / "old", "0.0.9"))
    old.wait_until("has joined")
    cluster.join(root)
    child = daemon()
    wait(lambda: "it runs Hotfolder 0.0.9" in str(child.status.get("reason")))
    wait(lambda: list(workers(child)) == ["studio cpu 1", "studio cpu 2"])  # one after the other

    old.stop()
    cluster.machine("studio", two, port=port).wait_until("has joined")
    drop.whole("a.yaml", "prompt: a\nsize: 64x64\nsteps: 2\n")
    wait(lambda: pictures(root) == ["a.png"])
    wait(lambda: set(workers(child).values()) <= {"cold", "warm"})
    wait(lambda: len(workers(child)) == 2)

    assert list(workers(child)) == ["studio cpu 1", "studio cpu 2"]
    assert "0.0.9" not in hotfolder("status", "--root", str(root.root)).stdout

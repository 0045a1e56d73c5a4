"""A worker is begun before its work is read where there will be work, and let go where there is none."""

from __future__ import annotations

import queue
from collections.abc import Callable
from pathlib import Path

import pytest

from daemon.fs.moment import Moment
from daemon.protocol.messages import Load
from daemon.root.create import prepare
from daemon.root.layout import Layout
from daemon.settings import Settings
from daemon.worker.head_start import head_start
from daemon.worker.process import Gone, Told
from daemon.worker.starts import IN_VAIN, WorkerStarts

LOAD = Load("dry-run", "")


def at(now: float) -> Moment:
    return Moment(now=now, wall=now)


@pytest.fixture
def words() -> queue.SimpleQueue:
    return queue.SimpleQueue()


@pytest.fixture
def layout(tmp_path: Path) -> Layout:
    made = Layout(tmp_path / "root")
    prepare(made)
    return made


@pytest.fixture
def begin(layout: Layout, words: queue.SimpleQueue):
    """What starts workers of the root by these settings."""
    made: list[WorkerStarts] = []

    def act(**settings) -> WorkerStarts:
        made.append(head_start(layout, Settings(**settings), "dry-run", words.put, at(0.0)))
        return made[-1]

    yield act
    for starts in made:
        starts.close()


def lay(place: Path) -> None:
    place.parent.mkdir(parents=True, exist_ok=True)
    place.write_text("prompt: a cat\n", "utf-8")


@pytest.mark.parametrize(
    ("lies", "settings", "begun"),
    [
        pytest.param("", {}, False, id="nothing"),
        pytest.param("inbox/a.yaml", {}, True, id="a job"),
        pytest.param("inbox/ep01/scene/a.yaml", {}, True, id="in a project"),
        pytest.param("inbox/urgent/a.yaml", {}, True, id="urgent"),
        pytest.param(".hotfolder/spool/1.json", {}, True, id="begun by an earlier run"),
        pytest.param("inbox/later/a.yaml", {}, False, id="for another hour"),
        pytest.param("inbox/_defaults.yaml", {}, False, id="defaults"),
        pytest.param("inbox/.DS_Store", {}, False, id="hidden"),
        pytest.param("inbox/ep03.fountain", {}, True, id="a board"),
        pytest.param("inbox/anna.png", {}, False, id="a picture"),
        pytest.param("inbox/a.yaml.why.txt", {}, False, id="a letter"),
        pytest.param("", {"preload": True}, True, id="preload"),
        pytest.param("inbox/a.yaml", {"devices": ("none",)}, False, id="no device here"),
    ],
)
def test_a_worker_is_begun_where_there_will_be_work(
    lies: str, settings: dict, begun: bool, layout: Layout, begin: Callable
) -> None:
    if lies:
        lay(layout.root / lies)

    assert begin(**settings).has_one is begun


def test_none_is_begun_while_the_daemon_is_paused(layout: Layout, begin: Callable) -> None:
    lay(layout.inbox / "a.yaml")
    layout.paused_file.parent.mkdir(parents=True, exist_ok=True)
    layout.paused_file.touch()

    assert not begin().has_one


def test_the_one_that_was_begun_is_the_one_that_loads(
    layout: Layout, words, begin: Callable
) -> None:
    lay(layout.inbox / "a.yaml")
    starts = begin()

    process = starts.start()
    other = starts.start()
    process.send(LOAD)

    try:
        told = words.get(timeout=60)
        assert process.serial < other.serial
        assert isinstance(told, Told)
        assert told.serial == process.serial
        assert not starts.has_one
    finally:
        process.close()
        other.close()


@pytest.mark.parametrize(
    ("preload", "none", "gone"),
    [(False, True, True), (False, False, True), (True, True, False), (True, False, False)],
)
def test_one_that_waits_in_vain_is_let_go_unless_one_always_is_to(
    preload: bool, none: bool, gone: bool, layout: Layout, words, begin: Callable
) -> None:
    lay(layout.inbox / "a.yaml")
    starts = begin(preload=preload)

    starts.look(at(IN_VAIN), none=none)
    assert starts.has_one
    starts.look(at(IN_VAIN + 1), none=none)

    assert starts.has_one is not gone
    if gone:
        assert isinstance(words.get(timeout=60), Gone)

"""The worker process, driven over real pipes as the supervisor drives it."""

from __future__ import annotations

import hashlib
import json
import os
import queue
import signal
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import pytest
from PIL import Image
from support.worker_process import HANG, LOAD, card, explained, misbehaving, worker

from daemon.bench.child_process import OURS, environment
from daemon.protocol.messages import (
    Cancel,
    Cancelled,
    Loading,
    Note,
    Ready,
    RenderBatch,
    Rendered,
    RenderFailed,
    Shutdown,
    Started,
    Step,
    Unloadable,
)
from daemon.worker.process import ENVIRONMENT, WorkerProcess


def test_a_render_is_answered_by_start_every_step_and_one_picture(tmp_path: Path) -> None:
    texts = {"parameters": "a lighthouse\nSteps: 4", "Description": "маяк 🗼"}
    with worker("dry-run") as w:
        w.send(LOAD, RenderBatch((card(tmp_path, 42, png_text=texts),)))
        seen = w.until(Rendered)
    kinds = [type(event) for event in seen]
    assert kinds == [Loading, Ready, Started, Step, Step, Step, Step, Rendered]
    assert [e.step for e in seen if isinstance(e, Step)] == [1, 2, 3, 4]
    ready, done = seen[1], seen[-1]
    assert ready.seconds > ready.parts["libraries"] > 0
    assert ready.versions.keys() >= {"hotfolder", "python", "pillow"}
    assert (done.job, done.index, done.width, done.height) == (42, 1, 64, 48)
    data = Path(done.stage).read_bytes()
    assert hashlib.sha256(data).hexdigest() == done.sha256
    with Image.open(done.stage) as picture:
        assert picture.size == (64, 48)
        assert picture.text == texts
        assert hashlib.sha256(picture.tobytes()).hexdigest() == done.pixels_sha256
    assert len(done.timings.steps) == 4
    assert explained(done.timings)
    assert os.listdir(tmp_path) == ["42-1.png"]


def test_the_same_render_gives_the_same_pixels_and_another_seed_others(tmp_path: Path) -> None:
    with worker("dry-run") as w:
        w.send(LOAD)
        w.send(*(RenderBatch((card(tmp_path, n, seed=s),)) for n, s in ((1, 5), (2, 5), (3, 6))))
        one, two, three = (w.until(Rendered)[-1] for _ in range(3))
    assert one.pixels_sha256 == two.pixels_sha256 != three.pixels_sha256


def test_waiting_for_the_model_counts_as_load_for_the_first_in_line_only(tmp_path: Path) -> None:
    with worker(misbehaving("slow_to_load")) as w:
        w.send(
            replace(LOAD, options={"load_seconds": 1.0}),
            RenderBatch((card(tmp_path, 1), card(tmp_path, 2))),
            RenderBatch((card(tmp_path, 3),)),
        )
        first, *others = (w.until(Rendered)[-1] for _ in range(3))
    assert 0.2 < first.timings.load <= first.timings.total
    assert [other.timings.load for other in others] == [0.0, 0.0]
    assert all(explained(each.timings) for each in (first, *others))
    assert first.started_at < first.finished_at


def test_a_cancelled_job_stops_at_its_next_step_and_the_next_job_is_rendered(
    tmp_path: Path,
) -> None:
    with worker(misbehaving("slow_steps")) as w:
        w.send(LOAD, RenderBatch((card(tmp_path, 1, steps=500), card(tmp_path, 1, 2))))
        w.send(RenderBatch((card(tmp_path, 2, steps=1),)))
        w.until(Step)
        w.send(Cancel(1))
        seen = w.until(Rendered)
    steps = [e for e in seen if isinstance(e, Step) and e.job == 1]
    assert len(steps) < 400
    assert [e for e in seen if isinstance(e, Cancelled)] == [Cancelled(1, 1), Cancelled(1, 2)]
    assert seen[-1].job == 2
    assert os.listdir(tmp_path) == ["2-1.png"]


def test_a_job_cancelled_before_can_be_sent_again(tmp_path: Path) -> None:
    with worker("dry-run") as w:
        w.send(LOAD, Cancel(1), RenderBatch((card(tmp_path, 1),)))
        w.until(Rendered)


@pytest.mark.parametrize("ending", ["stdin", "shutdown", "sigterm"])
def test_a_worker_leaves_in_mid_render_when_its_supervisor_does(
    tmp_path: Path, ending: str
) -> None:
    with worker(misbehaving("stuck_at_step_three")) as w:
        w.send(LOAD, RenderBatch((card(tmp_path),)))
        w.until(Step)
        match ending:
            case "stdin":
                w.child.stdin.close()
                assert w.leaves() == 0
            case "shutdown":
                w.send(Shutdown())
                assert w.leaves() == 0
            case "sigterm":
                w.child.terminate()
                assert w.leaves() == -signal.SIGTERM
    assert os.listdir(tmp_path) == []


def test_ctrl_c_in_the_terminal_is_not_the_workers_matter(tmp_path: Path) -> None:
    with worker(misbehaving("slow_steps")) as w:
        w.send(LOAD, RenderBatch((card(tmp_path, steps=2),)))
        w.until(Started)
        w.child.send_signal(signal.SIGINT)
        w.until(Rendered)


def test_a_killed_worker_just_ends_the_events(tmp_path: Path) -> None:
    with worker(misbehaving("killed_while_rendering")) as w:
        w.send(LOAD, RenderBatch((card(tmp_path),)))
        w.until(Step)
        assert w.read() is None
        assert w.leaves() == -signal.SIGKILL


def test_an_engine_that_leaves_while_loading_says_nothing_more(tmp_path: Path) -> None:
    with worker(misbehaving("exits_while_loading")) as w:
        w.send(LOAD)
        assert w.until(Loading)
        assert w.read() is None
        assert w.leaves() == 3


def test_a_bug_in_the_engine_costs_one_picture(tmp_path: Path) -> None:
    with worker(misbehaving("raises_while_rendering")) as w:
        w.send(LOAD, RenderBatch((card(tmp_path, 1), card(tmp_path, 2))))
        failed = [w.until(RenderFailed)[-1] for _ in range(2)]
    assert [each.job for each in failed] == [1, 2]
    assert failed[0].why == "ZeroDivisionError: a bug in the engine"
    assert not failed[0].transient


def test_a_broken_engine_ends_its_worker_and_leaves_the_picture_to_the_next(
    tmp_path: Path,
) -> None:
    with worker(misbehaving("broken_for_good")) as w:
        w.send(LOAD, RenderBatch((card(tmp_path, 1), card(tmp_path, 2))))
        seen = w.until(Note)
        assert [type(e) for e in seen] == [Loading, Ready, Started, Step, Note]
        assert w.read() is None
        assert w.leaves() == 1


def test_what_libraries_print_never_disturbs_the_wire(tmp_path: Path) -> None:
    with worker(misbehaving("prints_to_stdout")) as w:
        w.send(LOAD, RenderBatch((card(tmp_path),)))
        w.until(Rendered)
        w.child.stdin.close()
        printed = w.child.stdout.read()
    assert b"is not from us" in printed
    assert b"nor is this" in printed


def test_a_line_that_is_no_message_is_noted_and_skipped(tmp_path: Path) -> None:
    with worker("dry-run") as w:
        w.send(LOAD)
        w.child.stdin.write(b"what is this\n")
        w.send(RenderBatch((card(tmp_path),)))
        seen = w.until(Rendered)
    assert [e.level for e in seen if isinstance(e, Note)] == ["ERROR"]


@pytest.mark.parametrize(
    ("engine", "words"),
    [
        ("no_such_module:Engine", "no_such_module"),
        ("dry_run", "no engine named 'dry_run'"),
        ("daemon.engine.dry_run:NoSuchClass", "NoSuchClass"),
    ],
)
def test_an_unknown_engine_is_unloadable_and_named(engine: str, words: str) -> None:
    with worker(engine) as w:
        w.send(LOAD)
        (event,) = w.until(Unloadable)
        assert words in event.what
        assert w.leaves() == 5


def test_a_worker_finds_the_way_to_the_network_shut_and_so_do_the_children_of_the_benchmark(
    tmp_path: Path,
) -> None:
    """As the supervisor starts it, and before anything of the torch family is imported."""
    told: queue.SimpleQueue = queue.SimpleQueue()
    hired = WorkerProcess(misbehaving("tells_its_environment"), told.put)
    hired.send(LOAD)
    events = iter(lambda: told.get(timeout=HANG), None)
    refusal = next(
        each.event for each in events if isinstance(getattr(each, "event", None), Unloadable)
    )
    hired.close(HANG)
    found = json.loads(refusal.what)
    for name in ("HF_HUB_OFFLINE", "TRANSFORMERS_OFFLINE", "HF_HUB_DISABLE_TELEMETRY"):
        assert found[name] == "1"
    assert found.items() >= ENVIRONMENT.items()
    common = {key: value for key, value in ENVIRONMENT.items() if key not in OURS}
    assert environment(1, tmp_path).items() >= common.items()


def test_a_worker_that_paints_cards_imports_nothing_of_the_torch_family() -> None:
    heavy = [
        "torch",
        "diffusers",
        "transformers",
        "accelerate",
        "numpy",
        "pydantic",
        "yaml",
        "rich",
        "loguru",
    ]
    code = (
        "import sys, daemon.engine.host.main, daemon.engine.registry as r; r.find_engine('dry-run');"
        f"print([name for name in {heavy} if name in sys.modules])"
    )
    asked = [sys.executable, "-c", code]
    said = subprocess.run(asked, capture_output=True, text=True, check=True, timeout=HANG)
    assert said.stdout.strip() == "[]"

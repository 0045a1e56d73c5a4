"""Which renders a worker has in the air, over real pipes: who joins whom, and who does not."""

from __future__ import annotations

import hashlib
import signal
import time
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from PIL import Image
from support import warm_engine
from support.daemon import Hold
from support.renders import changed, follow
from support.worker_process import HANG, LOAD, card, misbehaving, worker

from daemon.engine.host.outcomes import Turn
from daemon.engine.host.png import Staged
from daemon.engine.interface import Picture, Stages
from daemon.protocol.messages import (
    Cancel,
    Cancelled,
    Capacity,
    Note,
    RenderBatch,
    Rendered,
    RenderFailed,
    Started,
    Step,
)
from daemon.protocol.render import KeptPicture, Reference, ReferenceParams

FOUR = replace(LOAD, max_batch=4, options={"step_seconds": 0.1})


def order(seen: list, kind: type) -> list[int]:
    return [event.job for event in seen if isinstance(event, kind)]


def outcomes(w, count: int) -> list:
    """Everything said up to the last of so many outcomes."""
    seen: list = []
    while len([e for e in seen if isinstance(e, Rendered | RenderFailed | Cancelled)]) < count:
        seen.append(w.read())
        assert seen[-1] is not None, f"the worker left after {seen}"
    return seen


def until_step(w, job: int, step: int) -> list:
    seen: list = []
    while not (
        seen and isinstance(seen[-1], Step) and (seen[-1].job, seen[-1].step) >= (job, step)
    ):
        seen.append(w.read())
        assert seen[-1] is not None
    return seen


def test_a_render_that_comes_later_joins_at_the_next_step(tmp_path: Path, hold: Hold) -> None:
    with worker(misbehaving("sharing"), **hold.at(3)) as w:
        w.send(FOUR, RenderBatch((card(tmp_path, 1, steps=12), card(tmp_path, 2, steps=9))))
        until_step(w, 2, 3)
        w.send(RenderBatch((card(tmp_path, 3, steps=4),)))
        seen = until_step(w, 3, 1)
        hold.off()
        seen += outcomes(w, 3)
    done = {event.job: event for event in seen if isinstance(event, Rendered)}
    assert order(seen, Rendered)[-1] == 1  # the latest comer did not wait for the first
    assert {job: event.batch["size"] for job, event in done.items()} == {1: 3, 2: 3, 3: 3}
    assert [done[job].batch["index"] for job in (1, 2, 3)] == [0, 1, 2]
    assert not any(event.exact for event in done.values())
    steps = {job: [e.step for e in seen if isinstance(e, Step) and e.job == job] for job in done}
    assert list(dict.fromkeys(steps[3])) == [1, 2, 3, 4]  # one that is held is told again
    assert steps[1][-1] == 12


def test_how_many_are_welcome_is_told_once(tmp_path: Path) -> None:
    with worker(misbehaving("sharing")) as w:
        w.send(FOUR, RenderBatch((card(tmp_path, 1), card(tmp_path, 2))))
        seen = outcomes(w, 2)
    assert [event for event in seen if isinstance(event, Capacity)] == [Capacity(64, 48, 4)]


def test_no_more_are_in_the_air_than_there_is_room_for(tmp_path: Path) -> None:
    with worker(misbehaving("sharing")) as w:
        w.send(FOUR, RenderBatch(tuple(card(tmp_path, job) for job in range(1, 8))))
        seen = outcomes(w, 7)
    assert max(e.batch["size"] for e in seen if isinstance(e, Rendered)) == 4
    assert order(seen, Started) == list(range(1, 8))


def test_a_strict_render_flies_alone_and_nobody_overtakes_it(tmp_path: Path) -> None:
    renders = (
        card(tmp_path, 1, steps=6),
        card(tmp_path, 2, steps=6, strict=True),
        card(tmp_path, 3, steps=6),
        card(tmp_path, 4, steps=6),
    )
    with worker(misbehaving("sharing")) as w:
        w.send(FOUR, RenderBatch(renders))
        seen = outcomes(w, 4)
    assert order(seen, Step) == [1] * 6 + [2] * 6 + [3, 4] * 6
    done = {event.job: event for event in seen if isinstance(event, Rendered)}
    assert [done[job].exact for job in (1, 2, 3, 4)] == [True, True, False, False]


def test_a_render_of_another_size_waits_and_nobody_overtakes_it(tmp_path: Path) -> None:
    renders = (
        card(tmp_path, 1),
        card(tmp_path, 2, width=96),
        card(tmp_path, 3, width=96),
        card(tmp_path, 4),
    )
    with worker(misbehaving("sharing")) as w:
        w.send(FOUR, RenderBatch(renders))
        seen = outcomes(w, 4)
    assert order(seen, Step) == [1] * 4 + [2, 3] * 4 + [4] * 4


def test_a_lone_picture_that_is_as_good_as_done_is_let_finish_first(tmp_path: Path) -> None:
    with worker(misbehaving("sharing")) as w:
        w.send(FOUR, RenderBatch((card(tmp_path, 1, steps=6),)))
        until_step(w, 1, 4)
        w.send(RenderBatch((card(tmp_path, 2, steps=3),)))
        seen = outcomes(w, 2)
    assert order(seen, Step) == [1, 1, 2, 2, 2]
    assert all(event.exact for event in seen if isinstance(event, Rendered))


def test_cancelling_one_leaves_the_others_in_the_air(tmp_path: Path) -> None:
    renders = tuple(card(tmp_path, job, steps=600 if job == 2 else 8) for job in (1, 2, 3))
    with worker(misbehaving("sharing")) as w:
        w.send(FOUR, RenderBatch(renders))
        until_step(w, 3, 1)
        w.send(Cancel(2))
        seen = outcomes(w, 3)
    assert order(seen, Cancelled) == [2]
    assert sorted(order(seen, Rendered)) == [1, 3]
    assert sorted(path.name for path in tmp_path.iterdir()) == ["1-1.png", "3-1.png"]


def test_one_cancelled_in_line_is_answered_before_its_turn(tmp_path: Path, hold: Hold) -> None:
    renders = (card(tmp_path, 1, steps=4), card(tmp_path, 2, strict=True), card(tmp_path, 3))
    with worker(misbehaving("sharing"), **hold.at(2)) as w:
        w.send(FOUR, RenderBatch(renders))
        until_step(w, 1, 1)
        w.send(Cancel(3))
        seen = outcomes(w, 1)
        hold.off()
        seen += outcomes(w, 2)
    ends = [e.job for e in seen if isinstance(e, Rendered | Cancelled)]
    assert ends == [3, 1, 2]
    assert order(seen, Started) == [2]


def test_what_fails_when_nobody_waits_is_told_once_and_costs_no_worker(tmp_path: Path) -> None:
    with worker(misbehaving("fails_when_idle")) as w:
        w.send(LOAD)
        told = [event for event in w.until(Note) + w.until(Note) if isinstance(event, Note)]
        w.send(RenderBatch((card(tmp_path, 1),)))
        seen = outcomes(w, 1)
    assert [note.level for note in told] == ["INFO", "ERROR"]
    assert "KeyError" in told[-1].text
    assert isinstance(seen[-1], Rendered)


def test_what_is_done_when_nobody_waits_is_left_off_for_a_picture(tmp_path: Path) -> None:
    """This chore goes on until it hears that somebody waits."""
    with worker(misbehaving("sharing"), HOTFOLDER_TEST_CHORE="1") as w:
        w.send(FOUR)
        w.until(Note)
        w.send(RenderBatch((card(tmp_path, 1),)))
        seen = outcomes(w, 1)
    assert [e.text for e in seen if isinstance(e, Note)] == ["left off"]
    assert isinstance(seen[-1], Rendered)


def test_a_picture_that_waits_to_be_saved_does_not_call_that_saving(tmp_path: Path) -> None:
    """Saving is measured by itself; what no stage explains is told as waiting."""
    now = time.monotonic()
    turn = Turn(now, waited=False)
    picture = Picture(Image.new("RGB", (8, 8)), Stages(encode_prompt=1.0, denoise=4.0, decode=0.5))
    staged = Staged(sha256="", pixels_sha256="")
    done = turn.rendered(card(tmp_path), picture, staged, now + 7.5, now + 7.75)
    assert done.timings.save == pytest.approx(0.25, abs=1e-5)
    assert done.timings.waited == pytest.approx(2.0, abs=1e-5)
    assert done.timings.total == pytest.approx(7.75, abs=1e-5)


def test_one_that_fails_in_mid_air_fails_alone(tmp_path: Path) -> None:
    bad = card(tmp_path, 2, prompt="fail, please")
    with worker(misbehaving("sharing")) as w:
        w.send(FOUR, RenderBatch((card(tmp_path, 1), bad, card(tmp_path, 3))))
        seen = outcomes(w, 3)
    assert order(seen, RenderFailed) == [2]
    assert sorted(order(seen, Rendered)) == [1, 3]


def test_whoever_comes_down_without_a_picture_is_let_go_though_nobody_comes_after(
    tmp_path: Path,
) -> None:
    """Of four one is finished, one fails, and two are cancelled in mid-air."""
    renders = [card(tmp_path, job, steps=600) for job in (1, 2)]
    renders += [card(tmp_path, 3, prompt="fail, please"), card(tmp_path, 4)]
    with worker(misbehaving("sharing")) as w:
        w.send(FOUR, RenderBatch(tuple(renders)))
        until_step(w, 4, 1)
        w.send(Cancel(1), Cancel(2))
        seen = outcomes(w, 4)
        told = w.until(Note)[-1]
    assert sorted(order(seen, Cancelled)) == [1, 2]
    assert told.text == "holds 0"


def test_with_a_batch_of_one_every_picture_is_made_alone(tmp_path: Path) -> None:
    with worker(misbehaving("sharing")) as w:
        w.send(
            replace(FOUR, max_batch=1),
            RenderBatch(tuple(card(tmp_path, job, steps=2) for job in (1, 2, 3))),
        )
        seen = outcomes(w, 3)
    assert order(seen, Step) == [1, 1, 2, 2, 3, 3]
    assert all(event.exact for event in seen if isinstance(event, Rendered))


def test_a_worker_killed_over_several_answers_for_none(tmp_path: Path) -> None:
    renders = (card(tmp_path, 1), card(tmp_path, 2, prompt="kill"))
    with worker(misbehaving("sharing")) as w:
        w.send(FOUR, RenderBatch(renders))
        while (event := w.read()) is not None:
            assert not isinstance(event, Rendered | RenderFailed)
        assert w.child.wait(timeout=HANG) == -signal.SIGKILL


# --- the real engine --------------------------------------------------------------------------------

WARM = replace(warm_engine.LOAD, max_batch=8)


def test_the_sdxl_engine_shares_its_calls_over_the_wire(tmp_path: Path) -> None:
    """Five that differ in all but size, one of them late; then each again, strict: the same."""
    face = tmp_path / "face.png"
    Image.new("RGB", (80, 90), (250, 120, 0)).save(face)
    source = KeptPicture(str(face), hashlib.sha256(face.read_bytes()).hexdigest())
    shown = Reference(source, ReferenceParams(0.8))
    (tmp_path / "stage").mkdir()
    changes = [
        {"steps": 34, "prompt": "a red circle"},
        {"steps": 29, "prompt": "a blue square", "guidance_scale": 1.0},
        {"steps": 28, "references": (shown,), "sampler": "euler_a"},
        {"steps": 27, "negative_prompt": "grey", "sampler": "dpmpp_2m"},
        {"steps": 3, "references": (follow(shown, scale=0.3),), "seed": 77},
    ]
    renders = [
        card(tmp_path / "stage", job, width=64, height=64, **change)
        for job, change in enumerate(changes, start=1)
    ]
    with worker("sdxl", HOTFOLDER_BATCHING="always") as w:
        w.send(WARM, RenderBatch(tuple(renders[:4])))
        until_step(w, 4, 2)
        w.send(RenderBatch((renders[4],)))
        done = {e.job: e for e in outcomes(w, 5) if isinstance(e, Rendered)}
        strict = [
            changed(r, job=r.job + 10, strict=True, stage=r.stage.replace(".png", "s.png"))
            for r in renders
        ]
        w.send(RenderBatch(tuple(strict)))
        single = {e.job - 10: e for e in outcomes(w, 5) if isinstance(e, Rendered)}
    assert [done[job].batch["size"] for job in sorted(done)] == [5] * 5
    assert not any(event.exact for event in done.values())
    assert all(event.exact and event.batch["size"] == 1 for event in single.values())
    for job, event in done.items():
        shared, alone = (
            np.asarray(Image.open(each.stage)).astype(int) for each in (event, single[job])
        )
        assert np.abs(shared - alone).max() <= 2
        assert (np.abs(shared - alone) <= 1).mean() >= 0.999

"""What the engine does when nobody waits, and how soon it stops for a picture."""

from __future__ import annotations

import time
from dataclasses import replace
from pathlib import Path

import pytest
import torch
from support.recordings import Counted, chosen
from support.warm_engine import BARE, THEIRS_TO_MEND, model_of, no_step, ours, render, warm

from daemon.engine.sdxl.canary import STEPS
from daemon.engine.sdxl.device import Device
from daemon.engine.sdxl.idle_work import NOT_ON_MACS, IdleWork
from daemon.engine.sdxl.speed.recorded import RecordedUnet

pytestmark = THEIRS_TO_MEND


def test_the_canary_is_left_off_within_a_step_and_painted_another_time(tmp_path: Path) -> None:
    engine = warm(replace(BARE, caches=str(tmp_path)))
    told: list[tuple[str, str]] = []
    asked: list[bool] = []

    def tell(level: str, text: str, _about: str = "") -> None:
        told.append((level, text))

    def is_wanted() -> bool:
        asked.append(True)
        return True

    assert engine.idle(tell, is_wanted)
    assert len(asked) == 1 < STEPS
    assert not told
    ours(engine, render())
    engine.idle(tell, lambda: False)
    assert "canary" in told[0][1]
    assert engine.idle(tell, lambda: False) is False


def test_before_compiling_the_calls_of_a_lone_picture_are_recorded(tmp_path: Path) -> None:
    """Of the usual size; compiling, which takes minutes, is not begun here."""
    engine = warm(replace(BARE, caches=str(tmp_path), options={"compile": "on"}))
    work, wanted = engine._idle_work, render(width=256, height=256)
    plain = ours(engine, wanted)
    unet = RecordedUnet(model_of(engine).unet, Counted(), lambda: 0.0)
    engine._calls._recorded = work._recorded = unet
    unet.turns = work._compiler.turns
    asked: list[bool] = []

    def is_wanted() -> bool:
        asked.append(True)
        return True

    engine.idle(no_step)  # the canary
    assert engine.idle(no_step, is_wanted)
    assert len(asked) == 1
    assert engine.idle(no_step)
    assert engine.idle(no_step)
    assert unet.made == 1
    assert work._compiler._thread is None
    chosen(unet)
    before = unet._recorder.replayed
    assert (ours(engine, wanted) == plain).all()
    assert unet._recorder.replayed == before + 4


def test_without_compiling_or_with_long_calls_nothing_is_painted_for_that(tmp_path: Path) -> None:
    for wish, longest in (("off", 1.0), ("on", 1e-9)):
        engine = warm(replace(BARE, caches=str(tmp_path), options={"compile": wish}))
        recorder = Counted()
        recorder.longest = longest
        unet = RecordedUnet(model_of(engine).unet, recorder, time.thread_time)
        engine._calls._recorded = engine._idle_work._recorded = unet
        engine.idle(no_step)
        assert not engine._idle_work._may_rehearse(unet)


@pytest.mark.parametrize(("wish", "told"), [("on", [("WARNING", NOT_ON_MACS)]), ("auto", [])])
def test_on_a_mac_nothing_is_compiled_and_who_asked_for_it_hears_why(wish, told) -> None:
    """It would be done in another thread than the pictures'."""
    engine = warm(BARE)
    load, said = replace(BARE, options={"compile": wish}), []
    work = IdleWork(engine, load, model_of(engine), Device("mps", torch.float32))

    work.finish(lambda level, text, _about="": said.append((level, text)))

    assert said == told
    assert work._compiler._thread is None

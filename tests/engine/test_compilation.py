"""Compiling is beside the pictures: it never stands in their way. What it brings is measured by
`python tests/measure_compile.py`; compiling for real takes minutes."""

from __future__ import annotations

import sys
import threading
import time
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest
from support import warm_engine
from support.daemon import wait_for
from support.recordings import chosen
from support.worker_process import card, worker

from daemon.protocol.messages import Note, RenderBatch, Rendered, Step

pytestmark = warm_engine.THEIRS_TO_MEND

WARM = warm_engine.BARE


def test_a_machine_that_cannot_compile_says_so_once_and_paints_as_before(tmp_path: Path) -> None:
    wished = replace(WARM, caches=str(tmp_path / "caches"), options={"compile": "on"})
    with worker("sdxl", CXX="/there/is/no/compiler") as w:
        w.send(wished)
        notes = [w.until(Note)[-1]]
        while not notes[-1].text.startswith("the blocks can't be compiled here"):
            notes.append(w.until(Note)[-1])
        w.send(RenderBatch((card(tmp_path, 1, width=64, height=64),)))
        done = w.until(Rendered)[-1]
    assert [note.level for note in notes] == ["INFO", "WARNING"]
    assert done.exact
    assert done.warnings == ()


def test_pictures_are_made_while_the_model_is_being_compiled(tmp_path: Path) -> None:
    """The canary tells that the worker has begun its idle_work; compiling follows and takes long."""
    wished = replace(WARM, caches=str(tmp_path / "caches"), options={"compile": "on"})
    with worker("sdxl") as w:
        w.send(wished)
        w.until(Note)
        w.send(*(RenderBatch((card(tmp_path, n, width=64, height=64),)) for n in (1, 2)))
        seen = [*w.until(Rendered), *w.until(Rendered)]
    assert [event.exact for event in seen if isinstance(event, Rendered)] == [True, True]
    assert sum(isinstance(event, Step) for event in seen) == 8


def stand_in(compiled: Callable[..., object], monkeypatch: pytest.MonkeyPatch) -> None:
    """`compiled` in place of torch's compiler, which takes a minute."""
    import torch

    from daemon.engine.sdxl.speed import compilation

    monkeypatch.setattr(torch, "compile", compiled)
    monkeypatch.setattr(torch.compiler, "set_stance", lambda _: None)
    monkeypatch.setattr(compilation, "bring_compiler", lambda: None)
    monkeypatch.setattr(compilation.Compiler, "_prepare", lambda _: None)


def test_the_compiler_begins_nothing_while_a_picture_is_made(tmp_path: Path, monkeypatch) -> None:
    """Real compiling takes a minute: here what is compiled stays as it is, and the first block is
    handed over as a picture is taken up."""
    from daemon.engine.sdxl.speed import compilation

    engine = warm_engine.warm(replace(WARM, options={"compile": "on"}))
    compiler, begun = engine._idle_work._compiler, []

    def compiled(act, **_):
        def call(*given):
            if not begun:
                compiler.pause()
            begun.append(act)
            return act(*given)

        return call

    stand_in(compiled, monkeypatch)
    compiler.go_on()
    while not begun:
        time.sleep(0.01)
    warm_engine.ours(engine, warm_engine.render())

    assert len(begun) == 1
    compiler.go_on()
    compiler.finish()
    assert len(begun) > 4
    assert sys.getswitchinterval() > compilation.SHORT_TURN


def test_compiling_that_has_begun_stands_still_from_step_to_step(monkeypatch) -> None:
    """What is compiled is a stand-in that calls a function as long as it is let."""
    engine = warm_engine.warm(replace(WARM, options={"compile": "on"}))
    compiler, calls, enough = engine._idle_work._compiler, [], threading.Event()

    def call() -> None:
        calls.append(1)

    def compiled(act, **_):
        def work(*given):
            while not enough.is_set():
                call()
            return act(*given)

        return work

    stand_in(compiled, monkeypatch)
    compiler.go_on()
    wait_for(lambda: calls)
    counted: list[int] = []
    engine.render(warm_engine.render(), lambda *_: counted.append(len(calls)))

    assert len(counted) == 4
    assert len(set(counted)) == 1
    compiler.go_on()
    wait_for(lambda: len(calls) > counted[0])
    enough.set()
    compiler.finish()


def test_a_lone_pictures_calls_are_recorded_between_two_pieces_of_compiling(monkeypatch) -> None:
    """Each block that is handed over stays with the stand-in until it is let go."""
    from daemon.engine.sdxl.speed.recorded import REGULAR, RecordedUnet
    from daemon.engine.sdxl.speed.traces import Traces

    engine = warm_engine.warm(replace(WARM, options={"compile": "on"}))
    compiler = engine._idle_work._compiler
    begun: list[object] = []
    beside: list[int] = []

    class Noted(Traces):
        def record(self, *given):
            beside.append(len(begun))
            made = super().record(*given)
            beside.append(len(begun))
            return made

    unet = RecordedUnet(warm_engine.model_of(engine).unet, Noted(), lambda: 0.0)
    engine._calls._recorded = engine._idle_work._recorded = unet
    unet.turns = compiler.turns
    let_go = threading.Semaphore(0)

    def compiled(act, **_):
        def call(*given):
            begun.append(act)
            let_go.acquire()
            return act(*given)

        return call

    def idle() -> int:
        engine.idle(lambda *_: None)
        return unet.made

    stand_in(compiled, monkeypatch)
    idle()
    wait_for(lambda: begun)
    wanted = warm_engine.render(steps=REGULAR + 2)
    plain = warm_engine.ours(engine, wanted)
    assert idle() == 0  # it is within a block
    let_go.release()
    wait_for(idle)
    assert not compiler.is_done
    assert beside == [1, 1]
    chosen(unet)
    assert (warm_engine.ours(engine, wanted) == plain).all()
    let_go.release(1000)
    engine._idle_work.finish(lambda *_: None)
    assert unet.made == 1


def test_shared_pictures_are_made_by_packed_layers_once_the_model_is_compiled(monkeypatch) -> None:
    """A twin that is made only then would wear the plain blocks' compiled code."""
    import torch

    from daemon.engine.sdxl.denoising.step import UnetBatch
    from daemon.engine.sdxl.speed.onednn import pack

    engine = warm_engine.warm(replace(WARM, options={"compile": "on"}))
    stand_in(lambda act, **_: act, monkeypatch)
    engine.idle(lambda *_: None)
    engine._idle_work._compiler.finish()
    network = warm_engine.model_of(engine).unet
    flights = [
        engine.board(warm_engine.render(seed=seed), warm_engine.no_step) for seed in range(2)
    ]
    with torch.inference_mode():
        together = UnetBatch(flights)
        plain, packed = together.predict(network), together.predict(pack(network))
    for one, other in zip(plain, packed, strict=True):
        assert torch.allclose(one, other, rtol=0, atol=1e-3)


def test_without_the_wish_nothing_is_compiled(tmp_path: Path) -> None:
    import torch

    from daemon.engine.sdxl.device import Device
    from daemon.engine.sdxl.speed.compilation import Compiler

    class Card(Device):
        name = "a graphics card"

    cpu = Device("cpu", torch.float32)
    for wish in ("off", "auto"):
        compiler = Compiler(None, None, cpu, wish, tmp_path)
        assert not compiler.is_wanted
        assert compiler.is_done
        compiler.go_on()
        with compiler.steps.wanted(True) as compiled:
            assert not compiled
    assert Compiler(None, None, cpu, "on", tmp_path).is_wanted
    assert Compiler(None, None, Card("cuda", torch.float16), "auto", None).is_wanted
    assert not Compiler(None, None, Device("mps", torch.float16), "auto", None).is_wanted


@pytest.mark.parametrize("spoilt", ["", "{", "[]", "3", '{"other": true}'])
def test_what_paid_before_is_believed_by_the_next_worker(tmp_path: Path, spoilt: str) -> None:
    import torch

    from daemon.engine.sdxl.device import Device
    from daemon.engine.sdxl.speed.compilation import Compiler
    from daemon.engine.sdxl.speed.compiled_before import Verdict

    cpu = Device("cpu", torch.float32)
    (tmp_path / "compiling.json").write_text(spoilt)
    assert Verdict(tmp_path, cpu).read() is None
    Verdict(tmp_path, cpu).write(True)
    assert Compiler(None, None, cpu, "auto", tmp_path).is_wanted
    Verdict(tmp_path, cpu).write(False)
    assert not Compiler(None, None, cpu, "auto", tmp_path).is_wanted
    assert Verdict(None, cpu).read() is None

"""What the real model's encoders said is remembered, from worker to worker; and they leave where memory is short."""

from __future__ import annotations

import shutil
from dataclasses import replace
from functools import partial
from pathlib import Path

import numpy as np
import pytest
from PIL import Image
from support import warm_engine
from support.renders import changed, follow
from support.warm_engine import LOAD, MODEL, model_of, reference, warm

from daemon.engine.interface import UnloadableError
from daemon.protocol.messages import Load
from daemon.protocol.render import Reference, Render


def load(caches: Path, **options) -> Load:
    return replace(LOAD, caches=str(caches), options=options)


render = partial(warm_engine.render, negative_prompt="grey", steps=2)


def face(tmp_path: Path, **changes) -> Reference:
    path = tmp_path / "face.png"
    Image.linear_gradient("L").convert("RGB").save(path)
    return reference(path, **changes)


def counted(engine, wanted: Render):
    """The picture, what the cache says, and the floating-point operations of the encoders."""
    from torch.utils.flop_counter import FlopCounterMode

    model, flops = model_of(engine), []

    def counting(act):
        def acted(*given, **named):
            with FlopCounterMode(display=False) as counter:
                result = act(*given, **named)
            flops.append(counter.get_total_flops())
            return result

        return acted

    seeing = model.vision["base"]
    texts, vision = model.texts.encode, seeing.look
    model.texts.encode, seeing.look = counting(texts), counting(vision)
    try:
        done = engine.render(wanted, lambda *_: None)
    finally:
        model.texts.encode, seeing.look = texts, vision
    return np.asarray(done.image), done.cache, sum(flops)


@pytest.mark.filterwarnings("ignore::DeprecationWarning", "ignore::FutureWarning")
def test_a_repeat_costs_the_encoders_nothing_even_in_the_next_worker(tmp_path: Path) -> None:
    given = load(tmp_path / "caches")
    wanted = render(references=(face(tmp_path), face(tmp_path, model="plus")))
    first = warm(given)
    painted, cache, flops = counted(first, wanted)
    assert cache == {"prompt": "miss", "references": "miss"}
    assert flops > 1_000_000
    again, cache, flops = counted(first, wanted)
    assert (cache, flops) == ({"prompt": "hit", "references": "hit"}, 0)
    assert np.array_equal(painted, again)
    first._model.memory.store.settle()

    second = warm(replace(given, options={"encoders": "drop"}))
    after, cache, flops = counted(second, wanted)
    assert (cache, flops) == ({"prompt": "hit", "references": "hit"}, 0)
    assert np.array_equal(painted, after)
    assert not any(encoder.awake for encoder in second._model.texts.encoders)

    # Another prompt: they are fetched, asked, and let go; the pixels are those of one that stayed.
    other = changed(wanted, prompt="a blue star", references=(follow(face(tmp_path), scale=0.3),))
    dropping, cache, flops = counted(second, other)
    assert cache == {"prompt": "miss", "references": "hit"}
    assert flops > 1_000_000
    assert not any(encoder.awake for encoder in second._model.texts.encoders)
    assert np.array_equal(dropping, counted(first, other)[0])


@pytest.mark.filterwarnings("ignore::DeprecationWarning", "ignore::FutureWarning")
def test_an_encoder_that_is_let_go_while_it_looks_sees_all_the_same(
    tmp_path: Path, monkeypatch
) -> None:
    """As a picture does that is decoded meanwhile, and runs out of memory."""
    import torch

    vision = warm(load(tmp_path))._model.vision["base"]
    reference = face(tmp_path).source
    with torch.inference_mode():
        before = [vision.look(reference, hidden=hidden)[0] for hidden in (False, True)]
        prepare = vision._processor

        def meanwhile(*given, **named):
            vision.sleep()
            return prepare(*given, **named)

        for hidden, seen in zip((False, True), before, strict=True):
            vision.look(reference, hidden=hidden)  # awake again
            monkeypatch.setattr(vision, "_processor", meanwhile)
            assert torch.equal(vision.look(reference, hidden=hidden)[0], seen)


def test_a_small_machine_still_refuses_a_broken_encoder_while_loading(tmp_path: Path) -> None:
    model = Path(shutil.copytree(MODEL, tmp_path / "model"))
    weights = model / "text_encoder" / "model.safetensors"
    weights.write_bytes(weights.read_bytes()[:5000])
    with pytest.raises(UnloadableError, match=r"text_encoder/model\.safetensors can't be read"):
        warm(replace(load(tmp_path), model=str(model), options={"encoders": "drop"}))


def test_encoders_leave_where_the_model_crowds_the_machine(tmp_path: Path) -> None:
    from daemon.engine.sdxl.device import Device
    from daemon.engine.sdxl.loading.fits import drops_encoders

    class Small(Device):
        memory = 30_000_000

    import torch

    given = load(tmp_path)
    assert not drops_encoders(given, Device("cpu", torch.float32))
    assert drops_encoders(given, Small("cpu", torch.float32))
    assert not drops_encoders(
        replace(given, options={"encoders": "keep"}), Small("cpu", torch.float32)
    )

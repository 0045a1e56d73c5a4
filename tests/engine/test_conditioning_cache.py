"""What encoders said is kept: in memory, on disk, by content, and never wrongly."""

from __future__ import annotations

import os
import shutil
from dataclasses import replace
from pathlib import Path

import pytest
from support.warm_engine import LOAD, MODEL

from daemon.engine.sdxl.conditioning.fingerprint import Fingerprint, Ledger
from daemon.protocol.messages import Load


def load(caches: Path, **options) -> Load:
    return replace(LOAD, caches=str(caches), options=options)


@pytest.fixture
def source(tmp_path: Path) -> Fingerprint:
    return Fingerprint([], ["an encoder"], Ledger(None))


@pytest.fixture
def remember(tmp_path: Path):
    """A cache as a new worker finds it; `budget` bytes on disk."""
    import torch

    from daemon.engine.sdxl.conditioning.cache import Cache, Store
    from daemon.engine.sdxl.lru import Lru

    def make(budget: int = 1_000_000):
        store = Store(tmp_path / "kept", budget)
        return Cache("prompt", Lru(1_000_000), store, torch.device("cpu")), store

    return make


def answer(fill: float = 0.0, size: int = 100):
    import torch

    from daemon.engine.sdxl.conditioning.cache import Kept

    generator = torch.Generator().manual_seed(int(fill * 1000))
    return Kept(
        {
            "hidden": torch.randn((1, size), generator=generator),
            "half": torch.randn((3, 2), generator=generator).to(torch.bfloat16),
        },
        {"cut": "и так далее"},
    )


def same(one, two) -> bool:
    import torch

    return one.texts == two.texts and all(
        torch.equal(one.tensors[name], two.tensors[name])
        and one.tensors[name].dtype == two.tensors[name].dtype
        for name in one.tensors | two.tensors
    )


def files(folder: Path) -> list[Path]:
    return sorted((folder / "kept").glob("*"))


def test_an_answer_is_found_again_by_the_next_worker_bit_for_bit(remember, source) -> None:
    cache, store = remember()
    assert cache.recall(("a cat", None, 1.5), source) is None
    kept = answer(0.5)
    assert cache.keep(("a cat", None, 1.5), source, kept) is kept
    assert cache.recall(("a cat", None, 1.5), source) is kept
    store.settle()
    later, _ = remember()
    assert same(later.recall(("a cat", None, 1.5), source), kept)
    assert later.recall(("a dog", None, 1.5), source) is None


def test_an_answer_of_other_encoders_is_not_taken(remember, source) -> None:
    cache, store = remember()
    cache.keep(("a cat",), source, answer())
    store.settle()
    other = Fingerprint([], ["another encoder"], Ledger(None))
    assert remember()[0].recall(("a cat",), other) is None
    assert remember()[0].recall(("a cat",), source) is not None


@pytest.mark.parametrize(
    "damage",
    [
        lambda file: file.write_bytes(file.read_bytes()[:-40]),
        lambda file: file.write_bytes(file.read_bytes()[:-40] + bytes(40)),
        lambda file: file.write_bytes(b""),
        lambda file: file.write_bytes(bytes(file.stat().st_size)),
        lambda file: file.write_bytes(b"\xff" * 500),
        lambda file: file.write_text('{"not": "ours"}'),
        lambda file: (file.unlink(), os.mkfifo(file)),
        lambda file: (file.unlink(), file.mkdir()),
        lambda file: (file.unlink(), file.symlink_to("/dev/zero")),
        lambda file: shutil.copy(MODEL / "text_encoder" / "model.safetensors", file),
    ],
    ids=["cut", "zeros", "empty", "blank", "binary", "json", "pipe", "folder", "link", "foreign"],
)
def test_a_torn_or_foreign_file_is_a_miss_and_never_an_error(
    remember, source, tmp_path: Path, damage
) -> None:
    cache, store = remember(10_000_000)
    cache.keep(("a cat",), source, answer(0.1))
    store.settle()
    (file,) = files(tmp_path)
    damage(file)
    again, store = remember(10_000_000)
    assert again.recall(("a cat",), source) is None
    again.keep(("a cat",), source, answer(0.2))
    store.settle()
    assert same(again.recall(("a cat",), source), answer(0.2))


def test_an_entry_under_the_name_of_another_is_not_taken_for_it(
    remember, source, tmp_path: Path
) -> None:
    cache, store = remember()
    cache.keep(("a cat",), source, answer(0.1))
    store.settle()
    (cat,) = files(tmp_path)
    cache.keep(("a dog",), source, answer(0.2))
    store.settle()
    (dog,) = set(files(tmp_path)) - {cat}
    shutil.copy(dog, cat)
    assert remember()[0].recall(("a cat",), source) is None


def test_the_folder_keeps_to_its_bytes_and_what_was_used_last_stays(
    remember, source, tmp_path: Path
) -> None:
    cache, store = remember(100_000)
    for number in range(3):
        cache.keep((number,), source, answer(number / 10, 5_000))
    store.settle()
    for age, file in enumerate(files(tmp_path)):
        os.utime(file, (1_000_000 + age, 1_000_000 + age))
    again, store = remember(100_000)
    assert again.recall((0,), source) is not None  # is used, and so the youngest now
    for number in range(3, 6):
        again.keep((number,), source, answer(number / 10, 5_000))
    store.settle()
    assert sum(file.stat().st_size for file in files(tmp_path)) <= 100_000
    fresh, _ = remember(100_000)
    found = [fresh.recall((number,), source) is not None for number in range(6)]
    assert found[0]
    assert found[3:] == [True, True, True]
    assert found.count(False) >= 1


def test_a_folder_that_cannot_be_written_costs_nothing_but_the_disk(
    remember, source, tmp_path: Path
) -> None:
    (tmp_path / "kept").write_text("a file where the folder should be")
    cache, store = remember()
    cache.keep(("a cat",), source, answer())
    store.settle()
    assert same(cache.recall(("a cat",), source), answer())
    assert remember()[0].recall(("a cat",), source) is None


LIBRARIES = ["diffusers", "transformers", "tokenizers", "numpy", "pillow", "torchvision"]


@pytest.fixture
def upgrade(tmp_path: Path, monkeypatch):
    """Have another version of a library stand before the one that is installed."""

    def put_before(library: str) -> None:
        told = tmp_path / "site" / f"{library}-99.0.dist-info" / "METADATA"
        told.parent.mkdir(parents=True)
        told.write_text(f"Metadata-Version: 2.1\nName: {library}\nVersion: 99.0\n")
        monkeypatch.syspath_prepend(str(tmp_path / "site"))

    return put_before


@pytest.fixture
def kept_by(tmp_path: Path):
    """What a worker on a device finds of an answer: one keeps it, later ones only look."""
    import torch

    from daemon.engine.sdxl.conditioning.caches import Memory
    from daemon.engine.sdxl.device import Device

    (tmp_path / "caches").mkdir()

    def look(dtype: torch.dtype = torch.float32, keep=None):
        memory = Memory(load(tmp_path / "caches"), Device("cpu", dtype))
        cache, source = memory.cache("reference"), memory.fingerprint([])
        if keep is not None:
            cache.keep(("a face",), source, keep)
            memory.store.settle()
        return cache.recall(("a face",), source)

    return look


@pytest.mark.parametrize("library", LIBRARIES)
def test_an_answer_made_with_another_version_of_a_library_is_not_taken(
    kept_by, upgrade, library
) -> None:
    kept_by(keep=answer(0.3))
    assert same(kept_by(), answer(0.3))
    upgrade(library)
    assert kept_by() is None


def test_an_answer_of_another_build_of_torch_precision_or_count_of_threads_is_not_taken(
    kept_by, monkeypatch
) -> None:
    import torch

    kept_by(keep=answer(0.3))
    assert kept_by(torch.bfloat16) is None
    threads = torch.get_num_threads()
    torch.set_num_threads(threads + 1)
    try:
        assert kept_by() is None
    finally:
        torch.set_num_threads(threads)
    assert same(kept_by(), answer(0.3))
    monkeypatch.setattr(torch, "__version__", f"{torch.__version__}.another")
    assert kept_by() is None


def test_an_answer_of_fewer_threads_than_usual_is_for_pictures_of_as_few(remember, source) -> None:
    """As it is while neighbours are busy: the worker has all of them again later."""
    import torch

    threads = torch.get_num_threads()
    torch.set_num_threads(threads + 1)
    try:
        cache, _ = remember()  # as a worker is loaded, with all of them
        torch.set_num_threads(threads)
        cache.keep(("few",), source, answer(0.3))
        assert same(cache.recall(("few",), source), answer(0.3))
        torch.set_num_threads(threads + 1)
        cache.keep(("all",), source, answer(0.4))
        assert cache.recall(("few",), source) is None
        torch.set_num_threads(threads)
        assert same(cache.recall(("all",), source), answer(0.4))
    finally:
        torch.set_num_threads(threads)


def test_the_canary_knows_every_library_that_is_told_in_a_record(upgrade) -> None:
    import torch

    from daemon.engine.sdxl.device import Device
    from daemon.engine.sdxl.environment import facts
    from daemon.engine.sdxl.versions import versions

    upgrade("transformers")
    found = facts(Device("cpu", torch.float32))
    assert found["transformers"] == versions()["transformers"] == "99.0"
    assert found.keys() > versions().keys()


# --- reading ahead ----------------------------------------------------------------------------------


def test_the_disk_is_asked_for_what_will_be_loaded_and_for_nothing_else(tmp_path: Path) -> None:
    from daemon.engine.sdxl.loading.readahead import files_of, read_ahead

    names = [
        "unet/diffusion_pytorch_model.safetensors",
        "unet/diffusion_pytorch_model.fp16.safetensors",
        "vae/diffusion_pytorch_model.safetensors",
        "text_encoder/model.fp16.safetensors",
        "text_encoder/pytorch_model.bin",
    ]
    for name in names:
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_bytes(b"weights")
    half = Load(name="m", model=str(tmp_path), dtype="float16")
    assert [f.relative_to(tmp_path).as_posix() for f in files_of(half)] == [
        names[3], names[2], names[1]
    ]  # fmt: skip
    full = Load(name="m", model=str(tmp_path), device="cpu")
    assert [f.relative_to(tmp_path).as_posix() for f in files_of(full)] == [
        names[3], names[2], names[0]
    ]  # fmt: skip
    for load in (half, Load(name="m", model=str(tmp_path / "gone")), Load(name="none", model="")):
        read_ahead(load).join()

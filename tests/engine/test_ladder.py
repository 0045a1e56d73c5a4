"""The ladder of what is done without when memory runs out: its rungs, and when it is climbed again."""

from __future__ import annotations

import pytest

from daemon.engine.sdxl.memory.ladder import (
    MOST_PATIENCE,
    PATIENCE,
    ROUNDED,
    RUNGS,
    SAME,
    SEAMS,
    Ladder,
)

BIG, SMALL = 512 * 512, 64 * 64


def names(rungs) -> list[str]:
    return [rung.name for rung in rungs]


def all_the_way(ladder: Ladder, stage: str, pixels: int, **strict: bool) -> list[str]:
    taken = []
    while (rung := ladder.down(stage, pixels, **strict)) is not None:
        taken.append(rung.name)
    return taken


@pytest.mark.parametrize(
    ("kind", "stage", "rungs"),
    [
        ("cpu", "denoise", ["tidy", "encoders", "rows", "slices"]),
        ("cuda", "denoise", ["tidy", "encoders", "rows", "slices", "streamed"]),
        ("cpu", "decode", ["tidy", "encoders", "slices", "tiles", "small tiles"]),
        (
            "cuda",
            "decode",
            ["tidy", "encoders", "slices", "apart", "tiles", "small tiles", "processor"],
        ),
        ("mps", "decode", ["tidy", "encoders", "slices", "tiles", "small tiles", "processor"]),
        ("mps", "encode", ["tidy", "encoders"]),
        ("cpu", "encode_image", ["tidy", "encoders", "slices", "patches", "small patches"]),
        (
            "cuda",
            "encode_image",
            ["tidy", "encoders", "slices", "apart", "patches", "small patches"],
        ),
    ],
)
def test_each_stage_has_its_rungs_from_the_cheapest_to_the_last(kind, stage, rungs) -> None:
    assert all_the_way(Ladder(kind), stage, BIG) == rungs


def test_a_strict_picture_takes_only_rungs_that_leave_its_pixels_alone() -> None:
    ladder = Ladder("cuda")
    assert all_the_way(ladder, "decode", BIG, strict=True) == ["tidy", "encoders", "apart"]
    denoising = all_the_way(Ladder("cuda"), "denoise", BIG, strict=True)
    assert denoising == ["tidy", "encoders", "streamed"]
    ladder.down("decode", BIG)
    assert "slices" in names(ladder.taken(BIG))
    assert "slices" not in names(ladder.taken(BIG, strict=True))


def test_every_rung_says_what_it_does_to_the_pixels() -> None:
    assert all(rung.pixels in (SAME, ROUNDED, SEAMS) for rung in RUNGS)
    assert all(rung.warning.endswith(rung.pixels) for rung in RUNGS)


def test_what_was_taken_stays_in_force_for_that_size_and_larger_ones() -> None:
    ladder = Ladder("cpu")
    ladder.down("denoise", BIG)
    assert names(ladder.taken(BIG)) == names(ladder.taken(2 * BIG)) == ["tidy"]
    assert ladder.taken(SMALL) == ()
    ladder.down("denoise", SMALL)  # it is needed for the smaller one too
    assert names(ladder.taken(SMALL)) == ["tidy"]


def test_the_ladder_is_climbed_again_and_more_carefully_each_time() -> None:
    ladder = Ladder("cpu")
    ladder.down("denoise", BIG)
    ladder.down("denoise", BIG)
    patience = PATIENCE
    for _ in range(10):
        for _ in range(patience - 1):
            ladder.made_it(SMALL)  # says nothing about large ones
            ladder.made_it(BIG)
        assert names(ladder.taken(BIG)) == ["tidy", "encoders"]
        ladder.made_it(BIG)
        assert names(ladder.taken(BIG)) == ["tidy"]
        assert ladder.down("denoise", BIG).name == "encoders"  # it was needed after all
        patience = min(2 * patience, MOST_PATIENCE)
    for _ in range(2 * MOST_PATIENCE):
        ladder.made_it(BIG)
    assert ladder.taken(BIG) == ()


@pytest.mark.parametrize(
    ("error", "short"),
    [
        (MemoryError(), True),
        (RuntimeError("CUDA out of memory. Tried to allocate 2.00 GiB"), True),
        (RuntimeError("MPS backend out of memory (MPS allocated: 9.05 GB, max allowed)"), True),
        (RuntimeError("Invalid buffer size: 16.00 GiB"), True),
        (RuntimeError("[enforce fail at alloc_cpu.cpp:121] . DefaultCPUAllocator: can't "
                      "allocate memory: you tried to allocate 17179869184 bytes."), True),
        (RuntimeError("DefaultCPUAllocator: not enough memory: you tried to allocate"), True),
        (RuntimeError("std::bad_alloc"), True),
        (RuntimeError("CUDA error: CUBLAS_STATUS_ALLOC_FAILED when calling cublasCreate"), True),
        (RuntimeError("mat1 and mat2 shapes cannot be multiplied"), False),
        (ValueError("out of memory"), False),
    ],
)  # fmt: skip
def test_running_out_is_recognised_in_the_words_of_every_device(error, short) -> None:
    from daemon.engine.sdxl.device import out_of_memory

    assert out_of_memory(error) is short

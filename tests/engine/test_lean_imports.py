"""A worker imports half of what its libraries would, and paints the same bits."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

from support.places import HOME

#: What an SDXL engine never uses, by a module that only it brings.
NEVER = (
    "sympy",
    "torch._inductor",
    "torch._dynamo.config",
    "torch.distributed.tensor",
    "torch.nn.attention.flex_attention",
    "peft",
    "transformers.generation.utils",
    "diffusers.models.unets.unet_kandinsky3",
    "diffusers.models.transformers.transformer_flux",
)

PAINTS = """
import hashlib, json, sys, warnings
from pathlib import Path

warnings.simplefilter("ignore")
lean, folder, never = sys.argv[1] == "lean", Path(sys.argv[2]), sys.argv[3].split()
if lean:
    from daemon.engine.sdxl.loading.lean_imports import import_libraries

    import_libraries(strict=True)
from daemon.engine.sdxl.engine import Sdxl  # noqa: F401
from support.warm_engine import CHALK, LOAD, kept, ours, picture, reference, render, warm

from daemon.protocol.render import Hires, Lora

engine = warm(LOAD)
disc = picture(folder / "disc.png", "orange")
plus = reference(disc, model="plus", kind="style")
loras = (Lora("chalk", str(CHALK), None, 0.8),)
wanted = {
    "plain": {},
    "references": {"references": (reference(disc), plus)},
    "painted over": {"image": kept(disc), "mask": kept(disc), "strength": 0.6},
    "hires": {"hires": Hires(96, 96, 4, 0.5)},
    "LoRA": {"loras": loras},
    "a long prompt": {"prompt": "a red circle, " * 40},
    **{f"{name} {how}": {"sampler": name, "schedule": how}
       for name, how in (("dpmpp_2m", "karras"), ("unipc", None), ("dpmpp_sde", None),
                         ("ddim", None), ("heun", "beta"))},
}
found = {
    name: hashlib.sha256(ours(engine, render(**how)).tobytes()).hexdigest()
    for name, how in wanted.items()
}
print(json.dumps([found, [name for name in never if name in sys.modules]]))
"""

#: Each of the ways to need it in a copy of one process that has the lean libraries.
BROUGHT = """
import os, sys, traceback, warnings
warnings.simplefilter("ignore")
from daemon.engine.sdxl.loading.lean_imports import bring_compiler, import_libraries
import_libraries(strict=True)
import torch

def need(first):
    assert torch.compiler.is_compiling() is False
    eval(first)
    compiler = bring_compiler()
    assert compiler.__file__.endswith("__init__.py")
    assert sys.modules["torch._dynamo"] is compiler is torch._dynamo
    assert sys.modules["torch._dynamo.config"] is torch._dynamo.config
    from diffusers.models.attention import BasicTransformerBlock
    from torch._dynamo.trace_rules import is_callable_allowed
    assert is_callable_allowed(BasicTransformerBlock)
    from transformers.masking_utils import TransformGetItemToIndex
    assert type(TransformGetItemToIndex()).__module__.startswith("torch._dynamo")
    from diffusers import FluxTransformer2DModel, StableDiffusionXLPipeline
    from diffusers.models.autoencoders import AutoencoderKL
    from diffusers import AutoencoderKL as same
    assert AutoencoderKL is same
    import peft

for first in sys.argv[1:]:
    child = os.fork()
    if not child:
        try:
            need(first)
        except BaseException:
            traceback.print_exc()
            os._exit(1)
        os._exit(0)
    _, ended = os.waitpid(child, 0)
    assert ended == 0, first
print("all there")
"""


def run(script: str, *given: str) -> str:
    done = subprocess.run(
        [sys.executable, "-c", script, *given],
        capture_output=True,
        text=True,
        cwd=HOME,
        env={"PYTHONPATH": f"{HOME}/tests:{HOME}", "PATH": "/usr/bin:/bin", "OMP_NUM_THREADS": "1"},
        check=False,
    )
    assert done.returncode == 0, done.stderr[-3000:]
    return done.stdout.splitlines()[-1]


def test_lean_libraries_paint_the_same_bits_and_bring_none_of_what_is_never_used(
    tmp_path: Path,
) -> None:
    lean, brought = json.loads(run(PAINTS, "lean", str(tmp_path), " ".join(NEVER)))
    plain, usually = json.loads(run(PAINTS, "plain", str(tmp_path), " ".join(NEVER)))

    assert lean == plain
    assert brought == []
    assert set(usually) >= {"sympy", "torch._inductor", "torch.distributed.tensor"}


def test_whoever_needs_what_was_left_out_gets_the_real_one() -> None:
    first = ("torch._dynamo.reset()", "__import__('torch._dynamo.config')")

    assert run(BROUGHT, *first) == "all there"


def test_libraries_that_have_moved_are_imported_as_they_are() -> None:
    moved = """
import warnings
warnings.simplefilter("ignore")
from daemon.engine.sdxl.loading import lean_imports
lean_imports.CROWDED += ("diffusers.models.gone",)
lean_imports.import_libraries()
from daemon.engine.sdxl.engine import Sdxl
from support.warm_engine import BARE, ours, render, warm
import sys
assert "sympy" in sys.modules
print(ours(warm(BARE), render()).shape)
"""
    assert run(moved) == "(64, 64, 3)"

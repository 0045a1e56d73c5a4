"""A worker imports half of what its libraries would, and paints the same bits."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from support.once import once
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

#: Each of the ways to need what was left out, tried in copies of the process that has the lean
#: libraries, which then paints. The other paints with libraries that have moved.
PAINTS = """
import hashlib, json, os, sys, traceback, warnings
from pathlib import Path

warnings.simplefilter("ignore")
lean, folder, never, *first = sys.argv[1] == "lean", Path(sys.argv[2]), *sys.argv[3:]
from daemon.engine.sdxl.loading import lean_imports, lean_torch

if not lean:
    lean_imports.CROWDED += ("diffusers.models.gone",)
    lean_imports.load_beside = lambda: None
lean_imports.import_libraries(strict=lean)
import torch
import transformers

unread = "VitPoseForPoseEstimation" not in transformers.__all__

def need(first):
    assert torch.compiler.is_compiling() is False
    eval(first)
    compiler = lean_torch.bring_compiler()
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
    from transformers import CLIPTextModel, VitPoseForPoseEstimation
    from transformers.models import vitpose
    assert vitpose.VitPoseForPoseEstimation is VitPoseForPoseEstimation
    assert sys.modules["transformers.models.clip.modeling_clip"].CLIPTextModel is CLIPTextModel
    assert sys.modules["transformers"] is transformers
    assert sys.modules["transformers.models"] is transformers.models
    import peft

met = {}
for each in first:
    child = os.fork()
    if not child:
        try:
            need(each)
        except BaseException:
            traceback.print_exc()
            os._exit(1)
        os._exit(0)
    met[each] = os.waitpid(child, 0)[1] == 0

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
pixels = {
    name: hashlib.sha256(ours(engine, render(**how)).tobytes()).hexdigest()
    for name, how in wanted.items()
}
brought = [name for name in never.split() if name in sys.modules]
(folder / "found.json").write_text(json.dumps({"pixels": pixels, "brought": brought, "met": met,
                                               "unread": unread}))
"""

NEEDS = (
    "torch._dynamo.reset()",
    "__import__('torch._dynamo.config')",
    "transformers.models.vitpose",
)


LINKED = """
import sys
from pathlib import Path
from daemon.engine.sdxl.loading.lean_torch import LIBRARIES, OF_CARDS, load_beside
thread = load_beside()
if thread is not None:
    thread.join()
    maps = Path("/proc/self/maps").read_text()
    assert all(name in maps for name, _ in LIBRARIES), maps
    assert "torch" not in sys.modules
import torch
assert thread or (Path(torch.__file__).parent / "lib" / OF_CARDS).exists()
"""


def paint(folder: Path, how: str, *needs: str) -> None:
    done = subprocess.run(
        [sys.executable, "-c", PAINTS, how, str(folder), " ".join(NEVER), *needs],
        capture_output=True,
        text=True,
        cwd=HOME,
        env={"PYTHONPATH": f"{HOME}/tests:{HOME}", "PATH": "/usr/bin:/bin", "OMP_NUM_THREADS": "1"},
        check=False,
    )
    (folder / "said").write_text(done.stderr)
    assert done.returncode == 0, done.stderr[-3000:]


@pytest.fixture(scope="module")
def lean(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """What a process with the lean libraries has found; each import of them takes seconds."""
    return once(tmp_path_factory, "lean", lambda folder: paint(folder, "lean", *NEEDS))


def found(folder: Path) -> dict[str, Any]:
    return json.loads((folder / "found.json").read_bytes())


def test_lean_libraries_bring_none_of_what_is_never_used(lean: Path) -> None:
    assert found(lean)["brought"] == []


def test_lean_libraries_have_read_the_names_of_few_networks(lean: Path) -> None:
    assert found(lean)["unread"]


def test_whoever_needs_what_was_left_out_gets_the_real_one(lean: Path) -> None:
    assert found(lean)["met"] == dict.fromkeys(NEEDS, True), (lean / "said").read_text()


def test_libraries_that_have_moved_are_imported_as_they_are_and_paint_the_same_bits(
    lean: Path, tmp_path: Path
) -> None:
    paint(tmp_path, "moved")

    assert set(found(tmp_path)["brought"]) >= {
        "sympy",
        "torch._inductor",
        "torch.distributed.tensor",
    }
    assert found(tmp_path)["pixels"] == found(lean)["pixels"]
    assert "diffusers.models.gone" in (tmp_path / "said").read_text()


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="not tried elsewhere")
def test_the_libraries_of_torch_are_linked_before_it_is_imported() -> None:
    done = subprocess.run(
        [sys.executable, "-c", LINKED], capture_output=True, text=True, check=False
    )

    assert done.returncode == 0, done.stderr

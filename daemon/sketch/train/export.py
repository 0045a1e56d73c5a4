"""From the working folder of training to the bundled model folder, and back.

Training keeps a model folder of its own in full precision; `export` casts it to half, copies it
to `weights/` and writes the card.  `adopt` goes the other way, so that training can go on from
what was shipped.  It knows file formats and nothing of how the numbers came about.
"""

from __future__ import annotations

import hashlib
import json
import os
import shutil
from pathlib import Path
from typing import Any

import torch
import yaml
from safetensors.torch import load_file, save_file
from torch import Tensor

from daemon.sketch.world.vocabulary import vocabulary

INDEX = {
    "_class_name": "StableDiffusionXLPipeline",
    "_diffusers_version": "0.35.0",
    "feature_extractor": [None, None],
    "force_zeros_for_empty_prompt": True,
    "image_encoder": [None, None],
    "scheduler": ["diffusers", "EulerDiscreteScheduler"],
    "text_encoder": ["transformers", "CLIPTextModel"],
    "text_encoder_2": ["transformers", "CLIPTextModelWithProjection"],
    "tokenizer": ["transformers", "CLIPTokenizer"],
    "tokenizer_2": ["transformers", "CLIPTokenizer"],
    "unet": ["diffusers", "UNet2DConditionModel"],
    "vae": ["diffusers", "AutoencoderKL"],
}
CARD: dict[str, Any] = {
    "name": "sketch",
    "about": "a toy that comes with Hotfolder: flat shapes and plain scenes, for trying things out",
    "architecture": "sdxl",
    "native_size": 256,
    "preset_sizes": {768: 256, 1024: 384},
    "min_size": 192,
    "max_size": 384,
    "size_multiple": 8,
    "licence": "MIT",
    "adapters": {"base": "ip_adapter/base.safetensors", "plus": "ip_adapter/plus.safetensors"},
    "image_encoder": "ip_adapter/image_encoder",
    "loras": {
        "chalk": "loras/chalk.safetensors",
        "four-steps": "loras/four-steps.safetensors",
    },
}
LIMIT = 33_000_000
#: What is trained upon the others and changes nothing of what they do, and the parts of the score
#: that are figures of it.
COMPANIONS = {"controls/": ("drawing",), "loras/four-steps": ("few steps",)}
#: What is written about the weights: the card, and the whole of the report behind its score.
PAPERS = ("card.yaml", "score.yaml", "preview.json")
#: How the name ends of what was being written when a process was killed.
PARTIAL = ".partial"


def save_tokenizer(tokenizer: Any, folder: Path) -> None:
    """Both formats of a CLIP tokenizer: one file for new loaders, vocabulary and merges for old."""
    tokenizer.save_pretrained(folder)
    state = json.loads((folder / "tokenizer.json").read_text(encoding="utf-8"))["model"]
    (folder / "vocab.json").write_text(
        json.dumps(state["vocab"], ensure_ascii=False), encoding="utf-8"
    )
    merges = [m if isinstance(m, str) else " ".join(m) for m in state["merges"]]
    (folder / "merges.txt").write_text(
        "#version: 0.2\n" + "\n".join(merges) + "\n", encoding="utf-8"
    )


def save_part(model: Any, folder: Path) -> None:
    """One network with its config; no file is ever missing or half written under its name."""
    partial = folder.with_name(folder.name + PARTIAL)
    shutil.rmtree(partial, ignore_errors=True)
    model.save_pretrained(partial, safe_serialization=True)
    folder.mkdir(parents=True, exist_ok=True)
    for path in partial.iterdir():
        os.replace(path, folder / path.name)
    partial.rmdir()


def save_index(folder: Path, scheduler: Any) -> None:
    """The two small files that make a folder a pipeline."""
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "model_index.json").write_text(json.dumps(INDEX, indent=2) + "\n")
    scheduler.save_pretrained(folder / "scheduler")


def _cast(source: Path, target: Path, dtype: torch.dtype) -> None:
    tensors = {k: v.to(dtype) if v.is_floating_point() else v for k, v in load_file(source).items()}
    target.parent.mkdir(parents=True, exist_ok=True)
    save_file({k: v.contiguous() for k, v in tensors.items()}, target, metadata={"format": "pt"})
    target.chmod(0o644)


def _copy(source: Path, target: Path, dtype: torch.dtype) -> None:
    for path in sorted(p for p in source.rglob("*") if p.is_file()):
        place = target / path.relative_to(source)
        if any(part.endswith(PARTIAL) for part in path.relative_to(source).parts):
            continue
        if path.suffix == ".safetensors":
            _cast(path, place, dtype)
        elif path.name not in PAPERS:
            place.parent.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(path, place)


def hashes(folder: Path) -> dict[str, str]:
    """SHA-256 of every file but the card and the report."""
    return {
        str(path.relative_to(folder)): hashlib.sha256(path.read_bytes()).hexdigest()
        for path in sorted(folder.rglob("*"))
        if path.is_file() and path.name not in PAPERS
    }


def core(found: dict[str, str]) -> dict[str, str]:
    """The hashes of what every figure depends on: all but the companions."""
    return {path: value for path, value in found.items() if not path.startswith(tuple(COMPANIONS))}


def kept_score(old: dict[str, Any], found: dict[str, str]) -> dict[str, Any]:
    """What of a card's score is still of these files: nothing if the model is another one, else
    all but the figures of companions that are."""
    before = old.get("hashes") or {}
    if core(before) != core(found):
        return {}
    gone = {
        part
        for prefix, parts in COMPANIONS.items()
        if _below(prefix, before) != _below(prefix, found)
        for part in parts
    }
    return {part: figures for part, figures in old.get("score", {}).items() if part not in gone}


def _below(prefix: str, found: dict[str, str]) -> dict[str, str]:
    return {path: value for path, value in found.items() if path.startswith(prefix)}


def is_export(model: Path, weights: Path) -> bool:
    """Whether what ships here is all of this working folder's networks, cast."""
    names = {str(path.relative_to(weights)) for path in weights.rglob("*.safetensors")}
    return bool(names) and all(
        (model / name).exists() and _same(load_file(model / name), load_file(weights / name))
        for name in names
    )


def _same(full: dict[str, Tensor], half: dict[str, Tensor]) -> bool:
    """Whether these are the same tensors but for their precision."""
    return full.keys() == half.keys() and all(
        torch.equal(full[key].to(value.dtype), value) for key, value in half.items()
    )


def trained(folder: Path) -> Any:
    """What the card in this folder says of how its weights came about; None without one."""
    path = folder / "card.yaml"
    return (yaml.safe_load(path.read_text()) or {}).get("trained") if path.exists() else None


def write_card(folder: Path, **more: Any) -> dict[str, Any]:
    """The card beside the weights.  How they were trained stays as it was unless given, and so
    does the score, but only while it is theirs: other weights begin without one."""
    path = folder / "card.yaml"
    old = yaml.safe_load(path.read_text()) if path.exists() else {}
    found = hashes(folder)
    words = {"vocabulary": " ".join(vocabulary())}
    kept = {k: old[k] for k in ("trained",) if k in old} | {"score": kept_score(old, found)}
    card = {**CARD, **words, "trained": {}, "score": {}, **kept, **more, "hashes": found}
    if not card["score"]:
        (folder / "score.yaml").unlink(missing_ok=True)
    write_yaml(path, card)
    return card


def write_yaml(path: Path, facts: dict[str, Any]) -> None:
    """Readable, a line for what belongs together (for every hash one), and replaced whole."""
    partial = path.with_name(path.name + PARTIAL)
    said = {key: value for key, value in facts.items() if key != "hashes"}
    listed = {key: value for key, value in facts.items() if key == "hashes"}
    parts = [
        yaml.safe_dump(
            part, sort_keys=False, allow_unicode=True, width=100, default_flow_style=flow
        )
        for part, flow in ((said, None), (listed, False))
        if part
    ]
    partial.write_text("".join(parts), encoding="utf-8")
    partial.replace(path)


def export(model: Path, weights: Path, **card: Any) -> int:
    """Cast, copy, describe; returns the size in bytes.

    What shipped so far is replaced whole, once all of it is written and within the limit; only
    its card is taken over as `write_card` says.  ValueError where there is nothing to export, or
    too much.
    """
    if not (model / "model_index.json").exists():
        raise ValueError(f"there is no model in {model}: `train` makes one, --work says where")
    fresh = _beside(weights)
    _copy(model, fresh, torch.float16)
    for name in PAPERS:
        if (weights / name).exists():
            shutil.copyfile(weights / name, fresh / name)
    write_card(fresh, **card)
    size = size_of(fresh)
    if size > LIMIT:
        shutil.rmtree(fresh)
        raise ValueError(
            f"the model folder is {size / 1e6:.1f} MB; at most {LIMIT / 1e6:.0f} MB may ship"
        )
    _put(fresh, weights)
    return size


def keep(model: Path, begun: Path, trained: list[dict[str, Any]]) -> int:
    """What a training has learnt so far, cast to half, so that another can go on from it; returns
    the size in bytes. ValueError where nothing was learnt yet."""
    if not trained or not model.exists():
        raise ValueError(
            f"nothing was learnt in {model.parent} yet: `train` does, --work says where"
        )
    fresh = _beside(begun)
    _copy(model, fresh, torch.float16)
    write_yaml(fresh / "card.yaml", {"trained": trained, "hashes": hashes(fresh)})
    _put(fresh, begun)
    return size_of(begun)


def size_of(folder: Path) -> int:
    """Bytes of all its files."""
    return sum(path.stat().st_size for path in folder.rglob("*") if path.is_file())


def _beside(target: Path) -> Path:
    """An empty place for what shall take the place of `target`, and what a kill between the two
    renames of `_put` has left mended."""
    fresh, former = (target.with_name(target.name + end) for end in (".new", ".former"))
    if former.exists() and not target.exists():
        former.rename(target)
    for left in (fresh, former):
        shutil.rmtree(left, ignore_errors=True)
    return fresh


def _put(fresh: Path, target: Path) -> None:
    former = target.with_name(target.name + ".former")
    if target.exists():
        target.rename(former)
    fresh.rename(target)
    shutil.rmtree(former, ignore_errors=True)


def adopt(weights: Path, work: Path) -> None:
    """The model folder of training from shipped weights, in full precision again."""
    partial = work / f"model{PARTIAL}"
    shutil.rmtree(partial, ignore_errors=True)
    _copy(weights, partial, torch.float32)
    partial.rename(work / "model")

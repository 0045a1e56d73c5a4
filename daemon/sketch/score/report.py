"""The full measurement that goes on the card: which parts there are, and running them.

Parts do not depend on each other, so several may run at once, each in a process of its own.
"""

from __future__ import annotations

import hashlib
import multiprocessing
import signal
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ProcessPoolExecutor, as_completed
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

import diffusers
import torch
import yaml

from daemon.sketch.score import costs, drawings, few_steps, measures, styles
from daemon.sketch.train import export, stages

Part = Callable[[Path, float], Any]
PARTS: dict[str, Part] = {
    "balanced": measures.balanced,
    "samplers": measures.samplers,
    "ceiling": measures.ceiling,
    "references": measures.references,
    "fast": measures.fast,
    "quality": measures.quality,
    "styles by reference": styles.by_reference,
    "styles by words": styles.by_words,
    "patterns": measures.patterns,
    "blend": measures.blend,
    "sizes": measures.sizes,
    "negative prompt": measures.negative_prompt,
    "diversity": measures.diversity,
    "size conditioning": measures.conditioning,
    "drawing": drawings.measure,
    "storage": partial(costs.storage, full=stages.DEFAULT_WORK / "model"),
    "speed": costs.speed,
    "few steps": few_steps.few_steps,
}
#: The whole report, beside the card; the card itself is read often and stays short.
REPORT = "score.yaml"
#: Of these parts the card says every fact, of the others only what was right in everything.
FACT_BY_FACT = (
    "blend",
    "balanced",
    "references",
    "styles by words",
    "styles by reference",
    "negative prompt",
    "few steps",
    "drawing",
)
#: What may stand beside the shares of a tally without being one.
BESIDE = ("pictures", "against Euler", "measured")
#: Always measured alone.
ALONE = ("speed", "few steps")
#: These choose their arithmetic themselves.
OWN_ARITHMETIC = ("speed", "storage")
#: What decides what a figure means: after a change of any of these, older figures are no longer.
RULES = (
    "score/judge", "world/scenes", "score/grounds", "score/judge_checks", "score/score",
    "score/measures", "score/costs", "score/styles", "world/world", "world/draw", "world/canvas",
    "world/captions", "world/facts", "world/words", "score/sampling",
)  # fmt: skip


@dataclass(frozen=True)
class How:
    """How a report is made."""

    scale: float = 1.0  # the share of the pictures
    half: bool = False  # bfloat16 arithmetic
    at_once: int = 1  # parts measured at the same time
    work: Path | None = None  # where these weights lie in full precision, if anywhere

    def halves(self, part: str) -> bool:
        """Whether a part is measured in half precision."""
        return self.half and part not in OWN_ARITHMETIC

    def told(self, part: str) -> dict[str, Any]:
        """What the report says of the circumstances of a part."""
        return {
            "arithmetic": "bfloat16" if self.halves(part) else "float32",
            "date": time.strftime("%Y-%m-%d", time.gmtime()),
            "torch": str(torch.__version__),
            "diffusers": diffusers.__version__,
        }


def rules() -> str:
    """A hash of the code behind the figures."""
    room = Path(__file__).parents[1]
    text = b"".join((room / f"{name}.py").read_bytes() for name in RULES)
    return _hash(text)


def _hash(text: bytes) -> str:
    return hashlib.sha256(text).hexdigest()[:16]


def check(folder: Path, only: list[str] | None, how: How) -> None:
    """Raises SystemExit for what can't be measured, before anything is."""
    unknown = set(only or ()) - set(PARTS)
    if unknown:
        raise SystemExit(
            f"no such part: {', '.join(sorted(unknown))}; there are: {', '.join(PARTS)}"
        )
    for name in ("model_index.json", "card.yaml"):
        if not (folder / name).is_file():
            raise SystemExit(f"{folder} is not a model folder with a card: it has no {name}")
    if how.scale <= 0 or how.at_once < 1:
        raise SystemExit("--scale must be above 0, and --at-once at least 1")


def _measure(name: str, folder: Path, how: How, threads: int) -> tuple[str, float, Any]:
    """One part: its name, its seconds, its figures."""
    torch.set_num_threads(threads)
    part = PARTS[name]
    if name == "storage" and how.work is not None:
        part = partial(costs.storage, full=how.work / "model")
    began = time.perf_counter()
    with costs.arithmetic(how.halves(name)):
        figures = part(folder, how.scale)
    return name, time.perf_counter() - began, figures


def _all(names: list[str], folder: Path, how: How) -> Iterator[tuple[str, float, Any]]:
    """Every part as it is finished; those that want the machine for themselves come last."""
    threads = max(1, torch.get_num_threads() // how.at_once)
    shared = [name for name in names if name not in ALONE]
    if how.at_once == 1:
        yield from (_measure(name, folder, how, threads) for name in shared)
    else:
        spawn = multiprocessing.get_context("spawn")
        rooms = ProcessPoolExecutor(
            how.at_once, spawn, initializer=signal.signal, initargs=(signal.SIGINT, signal.SIG_DFL)
        )
        try:
            waiting = [rooms.submit(_measure, name, folder, how, threads) for name in shared]
            yield from (done.result() for done in as_completed(waiting))
        finally:  # after a failure or Ctrl-C nothing more begins
            rooms.shutdown(wait=False, cancel_futures=True)
    yield from (_measure(name, folder, how, threads) for name in names if name in ALONE)


def brief(node: Any, facts: bool) -> Any:
    """The shares of a report without intervals and circumstances: of a tally all its facts, or
    only whether everything was right together."""
    if not isinstance(node, dict):
        return node
    if "share" in node:
        return node["share"]
    tally = "all" in node
    if tally and not facts and set(node) - set(BESIDE) <= _shares(node):
        return node["all"]["share"]
    left = ("measured", "against Euler", *(("pictures",) if tally else ()))
    return {key: brief(value, facts) for key, value in node.items() if key not in left}


def _shares(node: dict[str, Any]) -> set[str]:
    return {key for key, value in node.items() if isinstance(value, dict) and "share" in value}


def state(folder: Path) -> dict[str, str]:
    """What figures are of: these weights, this code."""
    return {"rules": rules(), "weights": _hash(str(export.core(export.hashes(folder))).encode())}


def _write(folder: Path, name: str, figures: Any, how: How, key: dict[str, str]) -> None:
    """Put a part into the report, and its shares on the card; figures of other weights, of another
    judge or of other questions go.  SystemExit where these are of others by now."""
    if state(folder) != key:
        raise SystemExit(f"{folder} or the scorer has changed meanwhile: {name} is not written")
    path = folder / REPORT
    before = yaml.safe_load(path.read_text(encoding="utf-8")) if path.exists() else {}
    kept = before if key.items() <= before.items() else key
    stale = {part for parts in export.COMPANIONS.values() for part in parts} - _on_card(folder)
    kept = {part: said for part, said in kept.items() if part not in stale}
    told = {**kept, name: {"measured": how.told(name), **figures}}
    export.write_yaml(path, told)
    score = {part: brief(told[part], part in FACT_BY_FACT) for part in PARTS if part in told}
    export.write_card(folder, score=score)


def _on_card(folder: Path) -> set[str]:
    """The parts whose figures are of what lies there now."""
    card = yaml.safe_load((folder / "card.yaml").read_text(encoding="utf-8"))
    return set(export.kept_score(card, export.hashes(folder)))


def run(folder: Path, how: How, only: list[str] | None = None) -> dict[str, Any]:
    """Measure, print as it goes, and write each part down as it is finished; a report on fewer
    pictures than all is only printed."""
    check(folder, only, how)
    names = [name for name in PARTS if only is None or name in only]
    key = state(folder)
    table: dict[str, Any] = {}
    for name, seconds, figures in _all(names, folder, how):
        table[name] = figures
        print(f"# {name}, {seconds:.0f} s", flush=True)
        dump = yaml.safe_dump({name: figures}, sort_keys=False, default_flow_style=None, width=150)
        print(dump, flush=True)
        if how.scale >= 1:
            _write(folder, name, figures, how, key)
    return table

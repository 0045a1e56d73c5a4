"""What `hotfolder check` says of a job: its pictures, what they follow, how long they take.

Plain sentences from a plan; how a file became one is not known here.
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import asdict
from pathlib import Path

from daemon.cli.check_board import count, undrawn
from daemon.cli.strange_words import others
from daemon.plan.plan import Picture, Plan
from daemon.protocol.render import Control, KeptPicture, Render
from daemon.text.counted import counted, plural
from daemon.text.duration import duration
from daemon.worker.pace import Pace


def describe(word: str, plan: Plan, pace: Pace) -> list[str]:
    """The lines of a job that was given as `word`."""
    first = plan.pictures[0].render
    count = len(plan.pictures)
    renders = [picture.render for picture in plan.pictures]
    lines = [f"{word}: good, {counted(count, 'picture')} of {_in_short(renders)}", *_varying(plan)]
    if len({one.sampling.prompt for one in renders}) == 1:
        lines.append(f"  prompt   {first.sampling.prompt}")
    if first.sampling.negative_prompt:
        lines.append(f"  without  {first.sampling.negative_prompt}")
    lines += [
        f"  follows  {_called(item.source)} ({item.params.kind}, {item.params.scale:g})"
        + (f", inside {_called(item.mask)}" if item.mask else "")
        for item in first.references
    ]
    lines += [_drawn_by(item) for item in first.controls]
    lines += [f"  wears    {lora.name} ({lora.scale:g})" for lora in first.loras]
    if first.image:
        inside = f", inside {_called(first.mask)}" if first.mask else ""
        anew = f"{_called(first.image)}{inside}, at a strength of {first.strength:g}"
        lines.append(f"  over     {anew}")
    if plan.image_size:
        shape = "x".join(map(str, plan.image_size))
        lines.append(f"  shape    that of the picture, {shape}; `size` or `aspect` gives another")
    if first.hires:
        width, height, steps = first.passes[1]
        lines.append(
            f"  then     {width}x{height}, {counted(steps, 'step')} over the enlarged picture"
        )
    lines += _pictures(plan.pictures)
    if words := undrawn(one.sampling.prompt for one in renders[:8]):
        lines.append(f"  not in the thumbnail: {', '.join(words)}")
    lines += [f"  warning: {warning}" for warning in others(plan.warnings)]
    seconds = estimate(plan, pace)
    if seconds is not None:
        lines.append(f"  about {duration(seconds)} at the pace measured so far")
    return lines


def _in_short(renders: Sequence[Render]) -> str:
    steps = [one.passes[0][2] for one in renders]
    return (
        f"{_each(f'{one.width}x{one.height}' for one in renders)}, "
        f"{_each(map(str, steps))} step{plural(max(steps))}, "
        f"CFG {_each(f'{one.sampling.guidance_scale:g}' for one in renders)}"
    )


def _drawn_by(item: Control) -> str:
    said = item.params
    until = f"{said.start:.0%} to {said.end:.0%} of the steps"
    inside = f", inside {_called(item.mask)}" if item.mask else ""
    return f"  draws by {_called(item.source)} ({said.kind}, {said.scale:g}, {until}){inside}"


def _pictures(pictures: Sequence[Picture]) -> Iterator[str]:
    """The first of them, each with its prompt where prompts differ."""
    differ = len({one.render.sampling.prompt for one in pictures}) > 1
    for one in pictures[:8]:
        yield f"  outbox/{one.output}.png  seed {_seed(one.render.seed)}"
        if differ:
            yield f"    prompt {one.render.sampling.prompt}"
    if len(pictures) > 8:
        yield f"  … and {len(pictures) - 8} more"


def _each(values: Iterable[str]) -> str:
    """What all pictures have, or the first of what some have."""
    found = list(dict.fromkeys(values))
    shown = found[:4] if len(found) <= 4 else [*found[:3], "other"]
    return shown[0] if len(shown) == 1 else f"{', '.join(shown[:-1])} or {shown[-1]}"


def _varying(plan: Plan) -> list[str]:
    """By which columns the pictures vary, and in how many rows, if they do."""
    rows = [(picture.block.get("written") or {}).get("vary") for picture in plan.pictures]
    if not any(rows):
        return []
    columns = dict.fromkeys(name for row in rows for name in row or ())
    number = len({json.dumps(row, sort_keys=True) for row in rows})
    return [f"  varies   {', '.join(columns)}: {count(number, 'row')}"]


def _seed(seed: int) -> str:
    return str(seed) if seed >= 0 else "chosen when it is claimed"


def facts(plan: Plan, pace: Pace) -> dict[str, object]:
    """The same as JSON."""
    return {
        "pictures": [
            asdict(picture.render) | {"output": picture.output} for picture in plan.pictures
        ],
        "warnings": list(plan.warnings),
        "estimate_seconds": estimate(plan, pace),
    }


def estimate(plan: Plan, pace: Pace) -> float | None:
    """In seconds; None before anything was measured."""
    alike = Counter(picture.render.passes for picture in plan.pictures)
    seconds = [pace.estimate(passes, number) for passes, number in alike.items()]
    known = [each for each in seconds if each is not None]
    return sum(known) if len(known) == len(seconds) else None


def _called(picture: KeptPicture) -> str:
    """A picture by its name, or by the beginning of its hash where it is known by content only."""
    name = Path(picture.path).name
    return f"picture {name[:12]}" if name == picture.sha256 else name

"""`hotfolder check`: what job files would make, without rendering anything.

Reads what a drop would read: the defaults of the folders above, the pictures a job names, the card
of its model. What the words on the command line stand for, `checked_files` says.
"""

from __future__ import annotations

import argparse
from collections.abc import Sequence
from contextlib import ExitStack
from dataclasses import asdict
from pathlib import Path

from daemon.cli.checked_files import CheckedFile, checked_files
from daemon.cli.printing import say, say_json, say_text
from daemon.cli.wake import named_root
from daemon.errors import ExitCode, HotfolderError, JobError, unreadable
from daemon.fs.read import read_file
from daemon.plan.plan import Plan
from daemon.plan.prepare import Preparer
from daemon.protocol.render import KeptPicture
from daemon.root.status_file import read_status
from daemon.settings import read_settings
from daemon.text.failure_letter import explain
from daemon.worker.pace import Pace

Answer = Plan | HotfolderError | OSError


def check(arguments: argparse.Namespace) -> int:
    """Validate and plan every file; 1 if one of them would fail, 2 if there is no such file."""
    layout = named_root(arguments)
    settings = read_settings(layout.settings_file)
    preparer = Preparer(layout, settings, engine=settings.engine, model=arguments.model)
    pace = Pace.from_json((read_status(layout) or {}).get("pace") or {})
    with ExitStack() as stack:
        files = checked_files(arguments.file, stack)
        seen = []
        for file in files:
            answer = _foreseen(preparer, file)
            seen.append((file, answer))
            if not arguments.json:
                _tell(file, answer, pace)
    if arguments.json:
        say_json([{"file": file.shown, **_found(answer, pace)} for file, answer in seen])
    elif len(seen) > 1:
        say(_total([answer for _, answer in seen], pace))
    good = all(isinstance(answer, Plan) for _, answer in seen)
    return ExitCode.OK if good else ExitCode.FAILED


def _foreseen(preparer: Preparer, file: CheckedFile) -> Answer:
    """The plan, or what keeps it from being one."""
    try:
        return preparer.foresee(file.path, folder=file.folder, beyond=file.above)
    except (HotfolderError, OSError) as error:
        return error
    except Exception as error:  # a file's content may not end a check, as it ends no daemon
        return unreadable(error)


def _total(answers: Sequence[Answer], pace: Pace) -> str:
    """One line over all of them."""
    plans = [answer for answer in answers if isinstance(answer, Plan)]
    pictures = sum(len(plan.pictures) for plan in plans)
    bad, warned = len(answers) - len(plans), sum(1 for plan in plans if plan.warnings)
    parts = [f"{_count(len(answers), 'file')}, {_count(pictures, 'picture')}"]
    seconds = [_estimate(plan, pace) for plan in plans]
    known = [each for each in seconds if each is not None]
    if known and len(known) == len(seconds):
        parts.append(f"about {sum(known):.0f} s at the pace measured so far")
    parts.append(f"{_count(bad, 'problem')}" + (f", {_count(warned, 'warning')}" if warned else ""))
    return "; ".join(parts)


def _count(number: int, of: str) -> str:
    return f"{number or 'no'} {of}{'' if number == 1 else 's'}"


def _found(answer: Answer, pace: Pace) -> dict[str, object]:
    if isinstance(answer, Plan):
        return {"ok": True, **_facts(answer, pace)}
    return {"ok": False, "why": str(answer)}


def _tell(file: CheckedFile, answer: Answer, pace: Pace) -> None:
    if isinstance(answer, Plan):
        say(*_describe(file.shown, answer, pace), "")
    elif isinstance(answer, JobError):
        source = _source(file.path)
        say_text(explain(answer, file=file.shown, source=source, dropped=False))
        say("")
    else:
        why = answer.strerror if isinstance(answer, OSError) else str(answer)
        say(f"{file.shown}: {why}", "")


def _facts(plan: Plan, pace: Pace) -> dict[str, object]:
    return {
        "pictures": [
            asdict(picture.render) | {"output": picture.output} for picture in plan.pictures
        ],
        "warnings": list(plan.warnings),
        "estimate_seconds": _estimate(plan, pace),
    }


def _describe(word: str, plan: Plan, pace: Pace) -> list[str]:
    first = plan.pictures[0].render
    count = len(plan.pictures)
    lines = [
        f"{word}: good, {count} picture{'s' * (count > 1)} of {first.width}x{first.height}, "
        f"{first.passes[0][2]} steps, CFG {first.sampling.guidance_scale:g}"
    ]
    lines.append(f"  prompt   {first.sampling.prompt}")
    if first.sampling.negative_prompt:
        lines.append(f"  without  {first.sampling.negative_prompt}")
    lines += [
        f"  follows  {_called(item.source)} ({item.params.kind}, {item.params.scale:g})"
        + (f", inside {_called(item.mask)}" if item.mask else "")
        for item in first.references
    ]
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
        lines.append(f"  then     {width}x{height}, {steps} steps over the enlarged picture")
    lines += [
        f"  outbox/{item.output}.png  seed {_seed(item.render.seed)}" for item in plan.pictures[:8]
    ]
    if count > 8:
        lines.append(f"  … and {count - 8} more")
    lines += [f"  warning: {warning}" for warning in plan.warnings]
    seconds = _estimate(plan, pace)
    if seconds is not None:
        lines.append(f"  about {seconds:.0f} s at the pace measured so far")
    return lines


def _seed(seed: int) -> str:
    return str(seed) if seed >= 0 else "chosen when it is claimed"


def _estimate(plan: Plan, pace: Pace) -> float | None:
    return pace.estimate(plan.pictures[0].render.passes, len(plan.pictures))


def _source(file: Path) -> bytes | None:
    try:
        return read_file(file)
    except OSError:
        return None


def _called(picture: KeptPicture) -> str:
    """A picture by its name, or by the beginning of its hash where it is known by content only."""
    name = Path(picture.path).name
    return f"picture {name[:12]}" if name == picture.sha256 else name

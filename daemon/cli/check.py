"""`hotfolder check`: what a job file would make, without rendering anything."""

from __future__ import annotations

import argparse
from dataclasses import asdict
from pathlib import Path

from daemon.cli.printing import say, say_json, say_text
from daemon.errors import ExitCode, HotfolderError, JobError, unreadable
from daemon.plan.plan import Plan
from daemon.plan.prepare import Preparer
from daemon.root.layout import Layout, find_root
from daemon.root.status_file import read_status
from daemon.settings import read_settings
from daemon.text.failure_letter import explain
from daemon.worker.pace import Pace


def check(arguments: argparse.Namespace) -> int:
    """Validate and plan every file; 1 if one of them would fail."""
    layout = Layout(find_root(arguments.root))
    settings = read_settings(layout.settings_file)
    preparer = Preparer(layout, settings, engine=settings.engine, model=arguments.model)
    pace = Pace.from_json((read_status(layout) or {}).get("pace") or {})
    seen = [(word, _foreseen(preparer, Path(word))) for word in arguments.file]
    if arguments.json:
        found = [{"file": word, **_found(answer, pace)} for word, answer in seen]
        say_json(found)
    else:
        for word, answer in seen:
            _tell(word, answer, pace)
    good = all(isinstance(answer, Plan) for _, answer in seen)
    return ExitCode.OK if good else ExitCode.FAILED


def _foreseen(preparer: Preparer, file: Path) -> Plan | HotfolderError | OSError:
    """The plan, or what keeps it from being one."""
    try:
        return preparer.foresee(file)
    except (HotfolderError, OSError) as error:
        return error
    except Exception as error:  # a file's content may not end a check, as it ends no daemon
        return unreadable(error)


def _found(answer: Plan | HotfolderError | OSError, pace: Pace) -> dict[str, object]:
    if isinstance(answer, Plan):
        return {"ok": True, **_facts(answer, pace)}
    return {"ok": False, "why": str(answer)}


def _tell(word: str, answer: Plan | HotfolderError | OSError, pace: Pace) -> None:
    if isinstance(answer, Plan):
        say(*_describe(word, answer, pace), "")
    elif isinstance(answer, JobError):
        say_text(explain(answer, file=word, source=_source(Path(word)), dropped=False))
    else:
        say(f"{word}: {answer}", "")


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
        f"  follows  {Path(item.source.path).name} ({item.params.kind}, {item.params.scale:g})"
        for item in first.references
    ]
    lines += [f"  wears    {lora.name} ({lora.scale:g})" for lora in first.loras]
    if first.image:
        inside = f", inside {Path(first.mask.path).name}" if first.mask else ""
        anew = f"{Path(first.image.path).name}{inside}, at a strength of {first.strength:g}"
        lines.append(f"  over     {anew}")
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
        return file.read_bytes()
    except OSError:
        return None

"""`hotfolder check`: what job files and boards would make, without rendering anything.

Reads what a drop would read: the defaults of the folders above, the pictures a job names, the card
of its model. What the words on the command line stand for, `checked_files` says.
"""

from __future__ import annotations

import argparse
import json
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from contextlib import ExitStack, suppress
from dataclasses import asdict
from pathlib import Path

from daemon.boards.board_file import BoardReader
from daemon.boards.homes import Homes
from daemon.boards.names import refused_name
from daemon.cli import check_board
from daemon.cli.check_board import BoardChecker, SeenBoard, count, undrawn
from daemon.cli.checked_drawings import CheckedDrawings
from daemon.cli.checked_files import CheckedFile, checked_files
from daemon.cli.printing import say, say_json
from daemon.cli.running import engine_now
from daemon.cli.wake import named_root
from daemon.errors import ExitCode, HotfolderError, IsABoardError, JobError, unreadable
from daemon.fs.read import read_file
from daemon.inbox.remedies import never_a_job
from daemon.plan.output_names import output_name
from daemon.plan.plan import Picture, Plan
from daemon.plan.prepare import Preparer
from daemon.protocol.render import Control, KeptPicture, Render
from daemon.root.layout import AGAIN_SUFFIXES
from daemon.root.status_file import read_status
from daemon.settings import read_settings
from daemon.text.counted import counted, plural
from daemon.text.failure_letter import explain
from daemon.worker.pace import Pace

Answer = Plan | SeenBoard | HotfolderError | OSError


def check(arguments: argparse.Namespace) -> int:
    """Validate and plan every file; 1 if one of them would fail, 2 if there is no such file."""
    layout = named_root(arguments)
    settings = read_settings(layout.settings_file)
    engine = settings.engine if arguments.model else engine_now(layout, settings)
    preparer = Preparer(layout, settings, engine=engine, model=arguments.model)
    if arguments.show_drawing:
        preparer.show_drawings(Path.cwd())
    boards = BoardReader(layout, settings, preparer.models)
    homes = Homes(layout, boards)
    pace = Pace.from_json((read_status(layout) or {}).get("pace") or {})
    with ExitStack() as stack:
        drawings = CheckedDrawings(layout, preparer.reader, stack)
        files = checked_files(arguments.file, stack, drawings.of)
        seen = []
        for file in files:
            answer = homes.left_lying(file.path) or foreseen(preparer, boards, file)
            if isinstance(answer, SeenBoard):
                answer = homes.twin(file.path, answer.board.name) or answer
            seen.append((file, answer))
            if not arguments.json:
                _tell(file, answer, pace)
                if shown := preparer.drawings_shown():
                    say(*(f"wrote {each.name}" for each in shown), "")
    if arguments.json:
        say_json([{"file": file.shown, **_found(answer, pace)} for file, answer in seen])
    elif len(seen) > 1:
        say(_total([answer for _, answer in seen], pace))
    good = all(_is_good(answer) for _, answer in seen)
    return ExitCode.OK if good else ExitCode.FAILED


def _is_good(answer: Answer) -> bool:
    return isinstance(answer, Plan) or (isinstance(answer, SeenBoard) and not answer.problems)


def foreseen(preparer: Preparer, boards: BoardReader, file: CheckedFile) -> Answer:
    """The plan or the board, or what keeps it from being one: told apart as a drop would be."""
    if file.problem is not None:
        return file.problem
    try:
        if file.is_drawing:
            return _foreseen_drawing(preparer, file)
        if not boards.is_home(file.path):
            if (ignored := _ignored(file.path)) is not None:
                return ignored
            with suppress(IsABoardError):
                return preparer.foresee(file.path, folder=file.folder, beyond=file.above)
        board = boards.board(file.path, folder=file.folder, beyond=file.above)
        if (refused := refused_name(output_name(board.name))) is not None:
            return refused
        return BoardChecker(board, preparer, file.folder).seen()
    except (HotfolderError, OSError) as error:
        return error
    except Exception as error:  # a file's content may not end a check, as it ends no daemon
        return unreadable(error)


def _foreseen_drawing(preparer: Preparer, file: CheckedFile) -> Answer:
    try:
        return preparer.foresee(file.path, folder=file.folder, beyond=file.above)
    except JobError as error:
        if not error.file:
            error.line = None  # of a job that nobody wrote
        return error


def _ignored(file: Path) -> JobError | None:
    """What is said of a file that a drop would leave lying; a picture is meant to be made again."""
    remedy = None if file.suffix.lower() in AGAIN_SUFFIXES else never_a_job(file)
    if remedy is None:
        return None
    return JobError(f"It is ignored where it is dropped: {remedy.reason}.", remedy=remedy.remedy)


def _total(answers: Sequence[Answer], pace: Pace) -> str:
    """One line over all of them."""
    good = [answer for answer in answers if isinstance(answer, Plan | SeenBoard)]
    pictures = sum(_how_many(answer) for answer in good)
    bad = sum(1 for answer in answers if not _is_good(answer))
    warned = sum(1 for answer in good if _has_warnings(answer))
    parts = [f"{count(len(answers), 'file')}, {count(pictures, 'picture')}"]
    seconds = [_estimate(answer, pace) for answer in good]
    known = [each for each in seconds if each is not None]
    if known and len(known) == len(seconds):
        parts.append(f"about {sum(known):.0f} s at the pace measured so far")
    parts.append(f"{count(bad, 'problem')}" + (f", {count(warned, 'warning')}" if warned else ""))
    return "; ".join(parts)


def _how_many(answer: Plan | SeenBoard) -> int:
    return len(answer.pictures) if isinstance(answer, Plan) else answer.board.pictures


def _has_warnings(answer: Plan | SeenBoard) -> bool:
    return bool(answer.warnings) if isinstance(answer, Plan) else answer.has_warnings


def _found(answer: Answer, pace: Pace) -> dict[str, object]:
    if isinstance(answer, Plan):
        return {"ok": True, **_facts(answer, pace)}
    if isinstance(answer, SeenBoard):
        return {"ok": _is_good(answer), **check_board.facts(answer, pace)}
    return {"ok": False, "why": str(answer)}


def _tell(file: CheckedFile, answer: Answer, pace: Pace) -> None:
    if isinstance(answer, Plan):
        say(*_describe(file.shown, answer, pace), "")
    elif isinstance(answer, SeenBoard):
        say(*check_board.describe(file.shown, answer, pace), "")
    elif isinstance(answer, JobError):
        source = None if file.is_drawing else _source(file.path)
        letter = explain(answer, file=file.shown, source=source, dropped=False)
        say(*letter.rstrip("\n").split("\n"), "")
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
    lines += [f"  warning: {warning}" for warning in plan.warnings]
    seconds = _estimate(plan, pace)
    if seconds is not None:
        lines.append(f"  about {seconds:.0f} s at the pace measured so far")
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


def _estimate(plan: Plan | SeenBoard, pace: Pace) -> float | None:
    if isinstance(plan, SeenBoard):
        return plan.seconds(pace)
    alike = Counter(picture.render.passes for picture in plan.pictures)
    seconds = [pace.estimate(passes, number) for passes, number in alike.items()]
    known = [each for each in seconds if each is not None]
    return sum(known) if len(known) == len(seconds) else None


def _source(file: Path) -> bytes | None:
    try:
        return read_file(file)
    except OSError:
        return None


def _called(picture: KeptPicture) -> str:
    """A picture by its name, or by the beginning of its hash where it is known by content only."""
    name = Path(picture.path).name
    return f"picture {name[:12]}" if name == picture.sha256 else name

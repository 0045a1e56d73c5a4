"""`python -m daemon.sketch train | export | preview | score | grid`: make, ship, measure, look."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

from . import BEGUN, WEIGHTS
from .train.worlds import SHAPES, WORLDS

EPILOG = """examples:
  python -m daemon.sketch train                    from nothing, 7 hours on two cores; again,
                                                   it goes on where it was stopped
  python -m daemon.sketch train --from-weights --only unet-finish --minutes 60
                                                   go on from the shipped weights
  python -m daemon.sketch train --world storyboard --sitting 10
                                                   ten minutes of the storyboard world's training
  python -m daemon.sketch export                   working folder to model folder
  python -m daemon.sketch preview                  the map by which the picture under way is shown
  python -m daemon.sketch score                    the full report; --scale 0.1 for a short one
  python -m daemon.sketch grid sheet.png           a contact sheet to look at
"""


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="python -m daemon.sketch",
        epilog=EPILOG,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    verbs = parser.add_subparsers(dest="verb", required=True)
    train = verbs.add_parser("train", help="make the weights again, stage by stage")
    train.add_argument(
        "--work", type=Path, help="working folder (default: ~/.cache/hotfolder-sketch)"
    )
    train.add_argument(
        "--world",
        choices=tuple(WORLDS),
        default=SHAPES,
        help="what to learn: the bundled model's world, or storyboard panels, which are under way",
    )
    train.add_argument("--device", default="", help="cpu, cuda or mps (default: cuda if there)")
    train.add_argument(
        "--sitting",
        type=float,
        default=0,
        metavar="MINUTES",
        help="stop after so many minutes, in whichever stage; the same command goes on",
    )
    train.add_argument("--seed", type=int, default=0)
    train.add_argument("--only", nargs="+", help="just these stages")
    train.add_argument(
        "--minutes",
        type=float,
        default=0,
        help="time for each stage named by --only (default: its own)",
    )
    train.add_argument(
        "--share", type=float, default=1.0, help="this share of every stage's own time"
    )
    train.add_argument(
        "--steps",
        type=int,
        default=0,
        help="a rehearsal: end every stage after this many steps instead of by the clock",
    )
    train.add_argument(
        "--from-weights",
        action="store_true",
        help="start an empty working folder from the bundled weights",
    )
    out = verbs.add_parser(
        "export", help="working folder to model folder, or to what of a model there is"
    )
    out.add_argument("--work", type=Path)
    out.add_argument("--world", choices=tuple(WORLDS), default=SHAPES)
    out.add_argument("--weights", type=Path, help="the folder to write, if not the bundled one")
    seen = verbs.add_parser("preview", help="fit how its latents are looked at, after `export`")
    seen.add_argument("--weights", type=Path, default=WEIGHTS)
    score = verbs.add_parser(
        "score", help="measure the bundled model and write the figures on its card"
    )
    score.add_argument("--weights", type=Path, default=WEIGHTS)
    score.add_argument("--scale", type=float, default=1.0, help="share of the pictures")
    score.add_argument(
        "--half", action="store_true", help="bfloat16, twice as fast where the processor has it"
    )
    score.add_argument("--only", nargs="+", help="just these parts of the report")
    score.add_argument("--at-once", type=int, default=1, help="parts measured at the same time")
    score.add_argument("--work", type=Path, help="working folder that has these weights in full")
    score.add_argument(
        "--world", choices=tuple(WORLDS), default=SHAPES, help="storyboard: what --work has learnt"
    )
    grid = verbs.add_parser("grid", help="a contact sheet of pictures to look at")
    grid.add_argument("target", type=Path)
    grid.add_argument("--weights", type=Path, default=WEIGHTS)
    grid.add_argument("--guidance", type=float, default=7.0)
    grid.add_argument("--steps", type=int, default=15)
    grid.add_argument("--size", type=int, default=256)
    grid.add_argument(
        "--drawings", action="store_true", help="rough drawings and the pictures made of them"
    )
    grid.add_argument(
        "--strip", action="store_true", help="the README's row of storyboard pictures"
    )
    grid.add_argument(
        "--few-steps", action="store_true", help="these in 15 steps, in 4, and in 4 with the LoRA"
    )
    return parser


def main(argv: list[str] | None = None) -> int:
    """Parse, then import only what the verb needs."""
    given = _parser().parse_args(argv)
    if given.verb == "train":
        from daemon.sketch.train import stages, train

        work = given.work or stages.default_work(given.world)
        lasts = (given.share, given.minutes, given.steps)
        train.check(given.only, *lasts, given.world, given.sitting)
        train.check_device(given.device)
        room = stages.Room(work, given.seed, given.minutes, given.steps, given.world, given.device)
        if given.from_weights:
            if given.only is None and given.world == SHAPES:
                sys.exit("--from-weights goes on with what is there: name the stages with --only")
            train.adopt(room, WEIGHTS if given.world == SHAPES else BEGUN)
        train.train(room, given.only, given.share, given.sitting)
    elif given.verb == "export":
        from daemon.sketch.train import export, stages

        room = stages.Room(given.work or stages.default_work(given.world), world=given.world)
        stages.check_world(room)
        trained, target = stages.history(room.work), given.weights
        try:
            if given.world == SHAPES:
                target = target or WEIGHTS
                more = {"trained": trained} if trained else {}
                size = export.export(room.model, target, **more)
            else:
                target = target or BEGUN
                size = export.keep(room.model, target, trained)
        except ValueError as error:
            sys.exit(str(error))
        print(f"{target}: {size / 1e6:.1f} MB")
    elif given.verb == "preview":
        from daemon.sketch.train.fit_preview import write_preview

        write_preview(given.weights)
    elif given.verb == "score" and given.world != SHAPES:
        from daemon.sketch.score import storyboard
        from daemon.sketch.train import stages

        room = stages.Room(given.work or stages.default_work(given.world), world=given.world)
        storyboard.run(room, given.scale, given.only)
    elif given.verb == "score":
        from daemon.sketch.score import report

        how = report.How(given.scale, given.half, given.at_once, given.work)
        report.run(given.weights, how, given.only)
    else:
        from daemon.sketch.score import grid

        if given.strip:
            grid.strip(given.weights, given.target)
        elif given.few_steps:
            grid.ways(given.weights, given.target)
        elif given.drawings:
            from daemon.sketch.score import drawings

            drawings.sheet(given.weights, given.target)
        else:
            grid.sheet(given.weights, given.target, given.steps, given.guidance, given.size)
    return 0


if __name__ == "__main__":
    sys.exit(main())

"""The verbs: who answers each, its line of help, and its options. Standard library only.

A verb's options are added only when it is the one that was typed, or when all are asked for.
"""

from __future__ import annotations

import argparse
from argparse import ArgumentParser
from collections.abc import Callable
from typing import NamedTuple

from daemon.cli.handing_over_options import export_verb, sheet_verb, tidy_verb
from daemon.cli.render_options import render_verb
from daemon.cli.submit_options import submit_verb

SHELLS = ("bash", "zsh", "fish")

JOB = "a number (#10), a file as `status` spells it (ep01/010.yaml), a name, a folder or a pattern"
"""What every verb takes that is about jobs; see daemon.cli.names."""

BOARD = "ep03 (boards/#10 of one called so), a shot of it (ep03/060) or a picture (ep03/060-2)"
JOB_OR_BOARD = f"{JOB}; or a board: {BOARD}"


class Verb(NamedTuple):
    """`module` of daemon.cli holds the `function` that answers; `options` adds what it takes."""

    name: str
    module: str
    function: str
    text: str
    options: Callable[[ArgumentParser], None]


def _count(text: str) -> int:
    """A number of lines."""
    if not text.isdigit():
        raise argparse.ArgumentTypeError(f"a number from 0 up, not {text}")
    return int(text)


def _port(text: str) -> int:
    """A port, 0 for any."""
    if not text.isdecimal() or int(text[:6]) > 65_535:
        raise argparse.ArgumentTypeError(f"a number from 0 to 65535, not {text}")
    return int(text)


def _seconds(text: str) -> float:
    """A time to wait."""
    try:
        seconds = float(text)
    except ValueError:
        seconds = -1.0
    if not 0 <= seconds < 1e9:
        raise argparse.ArgumentTypeError(f"a number of seconds, not {text}")
    return seconds


def _none(verb: ArgumentParser) -> None:
    """A verb that takes nothing but the root."""


def _run(run: ArgumentParser) -> None:
    from daemon.protocol.engines import DRY_RUN, SDXL

    run.add_argument("--until-empty", action="store_true", help="leave once nothing waits")
    run.add_argument(
        "--engine",
        metavar="NAME",
        help=f"{SDXL.name}, {DRY_RUN.name} (labelled cards, no model) or your own module:Class",
    )
    run.add_argument("--model", metavar="NAME|PATH", help="the model to use by default")
    run.add_argument("--device", choices=("auto", "cuda", "mps", "cpu"), help="where it runs")
    run.add_argument(
        "--plain", action="store_true", help="plain log lines even on a terminal, no bars"
    )
    run.add_argument(
        "--service", action="store_true", help="as launchd and systemd run it: logs to files only"
    )


def _status(status: ArgumentParser) -> None:
    status.add_argument("board", nargs="*", metavar="BOARD", help=f"how far it is: {BOARD}")
    status.add_argument("--json", action="store_true", help="the whole snapshot")
    status.add_argument("--line", action="store_true", help="one line, for a bar or a prompt")


def _logs(logs: ArgumentParser) -> None:
    logs.add_argument("job", nargs="?", metavar="JOB", help=JOB)
    logs.add_argument("-f", "--follow", action="store_true", help="go on as lines come")
    logs.add_argument("-n", "--lines", type=_count, default=40, metavar="N", help="how many (40)")


def _events(events: ArgumentParser) -> None:
    events.add_argument("job", nargs="?", metavar="JOB", help=JOB)
    events.add_argument("--since", type=int, metavar="N", help="only those after number N")
    events.add_argument(
        "-f", "--follow", action="store_true", help="go on as they come (without --since: from now)"
    )


def _pause(pause: ArgumentParser) -> None:
    pause.add_argument("board", nargs="*", metavar="BOARD", help="only of these boards")


def _resume(resume: ArgumentParser) -> None:
    resume.add_argument("board", nargs="*", metavar="BOARD", help="with these boards")


def _jobs(verb: ArgumentParser) -> None:
    verb.add_argument("job", nargs="+", metavar="JOB", help=JOB_OR_BOARD)


def _wait(wait: ArgumentParser) -> None:
    wait.add_argument("job", nargs="+", metavar="JOB", help=f"{JOB_OR_BOARD}, or a job's `id`")
    wait.add_argument("--timeout", type=_seconds, metavar="S", help="seconds at most (else 124)")


def _retry(retry: ArgumentParser) -> None:
    retry.add_argument("job", nargs="*", metavar="JOB", help=JOB_OR_BOARD)
    retry.add_argument("--all", action="store_true", help="what failed: all, or of those named")


def _check(check: ArgumentParser) -> None:
    check.add_argument(
        "file",
        nargs="+",
        metavar="FILE|BOARD[/SHOT]",
        help="job files, boards, folders, - for standard input",
    )
    check.add_argument("--model", metavar="NAME|PATH", help="as for this model")
    check.add_argument("--json", action="store_true", help="the plan for programs")
    check.add_argument(
        "--show-drawing",
        action="store_true",
        help="write drawings here as the model will see them: NAME-cleaned.png",
    )


def _thumbs(drawn: ArgumentParser) -> None:
    drawn.add_argument("what", metavar="BOARD|FILE|TEXT", help="a board, a job file, or a prompt")
    drawn.add_argument(
        "-o",
        "--output",
        metavar="FILE",
        help="a .png, .webp or .jpg, or a folder (WHAT-thumbs.png)",
    )


def _final(final: ArgumentParser) -> None:
    final.add_argument(
        "picture", nargs="+", metavar="NAME[/SHOT]", help="a project or board, a shot, or a picture"
    )


def _new(made: ArgumentParser) -> None:
    made.add_argument("kind", choices=("board",))
    made.add_argument("name", metavar="NAME", help="as its folder in boards/ is to be called")


def _models(models: ArgumentParser) -> None:
    models.add_argument("action", nargs="?", default="list", choices=("list", "pull", "check"))
    models.add_argument(
        "name", nargs="?", help="pull: sdxl, lightning-4, t2i-sketch …, or OWNER/NAME"
    )
    models.add_argument("--yes", action="store_true", help="pull: make it the default, unasked")


def _service(service: ArgumentParser) -> None:
    service.add_argument(
        "action", choices=("install", "uninstall", "start", "stop", "status", "print")
    )
    service.add_argument("--force", action="store_true", help="install even where macOS may block")
    service.add_argument(
        "--cluster-worker",
        metavar="ADDRESS",
        help="install: not a daemon, but `cluster worker ADDRESS`",
    )


def _cluster(cluster: ArgumentParser) -> None:
    cluster.add_argument("action", choices=("certificates", "scheduler", "worker"))
    cluster.add_argument(
        "address", nargs="?", metavar="ADDRESS", help="of the scheduler: tls://studio:8786"
    )
    cluster.add_argument("--name", metavar="NAME", help="worker: of this machine (its host name)")
    cluster.add_argument("--host", metavar="IP", help="worker: where the others reach it")
    cluster.add_argument("--port", type=_port, default=0, metavar="N", help="worker: (any)")
    cluster.add_argument(
        "--force", action="store_true", help="certificates: new ones instead of those there"
    )


def _doctor(doctor: ArgumentParser) -> None:
    doctor.add_argument("--json", action="store_true", help="the findings for programs")


def _help(about: ArgumentParser) -> None:
    about.set_defaults(was_asked=True)
    about.add_argument("verb", nargs="?", metavar="VERB", help="the verb")


def _completion(completion: ArgumentParser) -> None:
    completion.add_argument("shell", choices=SHELLS)


def _bench(bench: ArgumentParser) -> None:
    bench.add_argument("--model", default="sketch", metavar="NAME|PATH", help="(sketch)")
    bench.add_argument(
        "--workload",
        metavar="W1,W2,…",
        help="W1 to W7 (all but W5 and W6, a soak of --count jobs)",
    )
    bench.add_argument("--preset", default="balanced", metavar="NAME,…", help="(balanced)")
    bench.add_argument(
        "--quick", action="store_true", help="few laps of few steps: a look, no more"
    )
    bench.add_argument("--repeats", type=int, metavar="N", help="laps of each workload (7)")
    bench.add_argument("--pictures", type=int, metavar="N", help="pictures in a lap (16)")
    bench.add_argument("--count", type=int, default=1000, metavar="N", help="jobs of W6 (1000)")
    bench.add_argument("--steps", type=int, metavar="N", help="instead of the preset's")
    bench.add_argument("--size", metavar="WxH", help="instead of the preset's")
    bench.add_argument(
        "--batches", metavar="1,2,…", help="the batch curve (1,2,4,8,16); '' for none"
    )
    bench.add_argument(
        "--neighbours", metavar="N:NICE,…", help="of W7: how many busy processes, how nice"
    )
    bench.add_argument("--threads", type=int, metavar="N", help="of every side (all cores)")
    bench.add_argument("--device", default="auto", choices=("auto", "cuda", "mps", "cpu"))
    bench.add_argument(
        "--dtype", default="auto", choices=("auto", "float32", "float16", "bfloat16")
    )
    bench.add_argument(
        "--compile", default="auto", choices=("auto", "on", "off"), help="the daemon's setting"
    )
    bench.add_argument("--no-inside", action="store_true", help="don't count operations in a step")
    bench.add_argument(
        "--full-size", action="store_true", help="SDXL's own size with random weights, no download"
    )
    bench.add_argument(
        "--gpu-day", action="store_true", help="what only a CUDA card can tell (1 h)"
    )
    bench.add_argument("--scratch", metavar="DIR", help="where 9 GB may lie meanwhile")
    bench.add_argument("--json", metavar="FILE", help="write everything there too (- prints it)")


VERBS = (
    Verb("run", "run", "run", "the daemon in the foreground", _run),
    Verb("status", "status", "status", "what the daemon is doing now, or a board", _status),
    Verb("page", "page", "page", "the page of all pictures, made anew", _none),
    Verb("logs", "logs", "logs", "the log, or one job's lines of it", _logs),
    Verb("events", "events", "events", "all that happens, as lines of JSON", _events),
    Verb("pause", "pause", "pause", "claim nothing more until `resume`; outlives restarts", _pause),
    Verb("resume", "pause", "resume", "go on after `pause`", _resume),
    Verb("cancel", "cancel", "cancel", "stop a job, at its next step if it renders", _jobs),
    Verb("wait", "wait", "wait", "wait until it has ended, print its pictures", _wait),
    Verb("first", "first", "first", "let what waits go before everything else", _jobs),
    Verb("retry", "retry", "retry", "a finished job again; of a board what it lacks", _retry),
    Verb("check", "check", "check", "what jobs and boards would make, unrendered", _check),
    Verb("thumbs", "thumbs", "thumbs", "storyboard thumbnails, drawn by rule", _thumbs),
    Verb("final", "final", "final", "finished pictures again, larger", _final),
    Verb("sheet", "sheet", "contact_sheet", "a board or project on paper", sheet_verb),
    Verb("export", "export", "export", "a board or project as one file", export_verb),
    Verb("tidy", "tidy", "tidy", "what takes how much; into the Trash with it", tidy_verb),
    Verb("new", "new", "new", "a commented board to start from", _new),
    Verb("schema", "schema", "schema", "JSON Schema of job files and boards, for editors", _none),
    Verb("submit", "submit", "submit", "drop job files into the inbox, whole", submit_verb),
    Verb("render", "render", "render", "boards and jobs once, into a folder (farms)", render_verb),
    Verb("models", "models", "models", "which models are here; fetch or check one", _models),
    Verb("service", "service", "service", "run at login (launchd, systemd)", _service),
    Verb("cluster", "cluster", "cluster", "render on other machines too", _cluster),
    Verb("doctor", "doctor", "doctor", "what could go wrong here, and the cure", _doctor),
    Verb("bench", "bench", "bench", "plain diffusers against Hotfolder on this machine", _bench),
    Verb("help", "help", "help_about", "this page, or a verb's", _help),
    Verb("completion", "completion", "completion", "completion script of a shell", _completion),
)
"""In the order of the help page."""

"""The verbs, their options and their help, with examples. Standard library only."""

from __future__ import annotations

import argparse
import re
from collections.abc import Sequence
from typing import TYPE_CHECKING, NoReturn

from daemon import __version__
from daemon.cli.handing_over_options import export_verb, sheet_verb, tidy_verb
from daemon.cli.printing import say_error
from daemon.cli.submit_options import submit_verb
from daemon.errors import ExitCode
from daemon.protocol.engines import DRY_RUN, SDXL
from daemon.text.printable import page
from daemon.text.suggest import did_you_mean

if TYPE_CHECKING:
    from _typeshed import SupportsWrite

    _Verbs = argparse._SubParsersAction["Parser"]

_EXAMPLES = """\
examples:
  hotfolder run                         the daemon, in this terminal
  hotfolder submit --prompt "a boat on the sea at night" --wait
  hotfolder submit shots/*.yaml         drop files, from a script for instance
  hotfolder status                      what it is doing now
  hotfolder status ep03                 how far the board ep03 is
  hotfolder logs -f 42                  follow one job
  hotfolder retry --all                 everything that failed, once more
  hotfolder service install             run at login

exit codes: 0 ok, 1 a job failed or was cancelled (or a finding), 2 usage, 3 another daemon holds
this root, 4 no daemon is running, 5 a setup problem (no model, blocked, paused), 124 not yet (wait)
"""

SHELLS = ("bash", "zsh", "fish")

JOB = "a number (#10), a file as `status` spells it (ep01/010.yaml), a name, a folder or a pattern"
"""What every verb takes that is about jobs; see daemon.cli.names."""

BOARD = "ep03, a shot of it (ep03/060) or a picture (ep03/060-2)"
JOB_OR_BOARD = f"{JOB}; or a board: {BOARD}"


class Parser(argparse.ArgumentParser):
    """Quotes what was typed in its messages, safe to print like all we say, and asks whether
    something else was meant."""

    def error(self, message: str) -> NoReturn:
        found = re.search(r"invalid choice: '(.*)' \(choose from", message)
        if found and self.prog == "hotfolder":  # the help page lists the verbs better
            message = f"there is no verb `{found[1]}`"
        guess = did_you_mean(_wrong_word(message), self._known())
        say_error(f"{message}. {guess} See: {self.prog} --help".replace(".  See", ". See"))
        self.exit(ExitCode.USAGE)

    def parse_known_args(  # type: ignore[override]
        self, args: Sequence[str] | None = None, namespace: argparse.Namespace | None = None
    ) -> tuple[argparse.Namespace, list[str]]:
        """Unknown options are said by the verb they were given to, which knows its own."""
        first = args[0] if args else ""
        if first.startswith("--") and not any(
            k.startswith(first.split("=")[0]) for k in self._known()
        ):
            self.error(f"unrecognized arguments: {first}")
        found, rest = super().parse_known_args(args, namespace)
        if rest and self.prog != "hotfolder":
            self.error(f"unrecognized arguments: {' '.join(rest)}")
        return found, rest

    def _known(self) -> list[str]:
        """Every word that may be said here."""
        known = [name for action in self._actions for name in action.option_strings]
        for action in self._actions:
            known += [str(choice) for choice in action.choices or ()]
        return known

    def _print_message(self, message: str, file: SupportsWrite[str] | None = None) -> None:
        if message and file:  # unlike argparse, which keeps a full disk to itself
            file.write(page(message))


def make_parser() -> argparse.ArgumentParser:
    """The whole command line; `module` and `function` of the result say who answers."""
    parser = Parser(
        prog="hotfolder",
        description="Drop a prompt file into the inbox, get the picture in the outbox.",
        epilog=_EXAMPLES,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("--version", action="version", version=f"hotfolder {__version__}")
    _add_root(parser, default=None)
    parser.set_defaults(module="help", function="help_about", verb=None, was_asked=False)
    verbs = parser.add_subparsers(title="verbs", metavar="VERB")
    _daemon_verbs(verbs)
    _job_verbs(verbs)
    submit_verb(_verb(verbs, "submit", "submit:submit", "drop job files into the inbox, whole"))
    _machine_verbs(verbs)
    return parser


def verbs_of(parser: argparse.ArgumentParser) -> list[str]:
    """The names of the verbs, in the order of the help."""
    groups = (a for a in parser._actions if isinstance(a, argparse._SubParsersAction))
    return [name for group in groups for name in group.choices]


def _verb(verbs: _Verbs, name: str, where: str, text: str) -> argparse.ArgumentParser:
    module, _, function = where.partition(":")
    parser: argparse.ArgumentParser = verbs.add_parser(name, help=text, description=text)
    _add_root(parser, default=argparse.SUPPRESS)  # what stands before the verb holds, unless said
    parser.set_defaults(module=module, function=function)
    return parser


def _wrong_word(message: str) -> str:
    """The word that argparse complains of."""
    found = re.search(
        r"(?:no verb `|invalid choice: '|arguments: |ambiguous option: )([^' =`]+)", message
    )
    return found[1] if found else ""


def _count(text: str) -> int:
    """A number of lines."""
    if not text.isdigit():
        raise argparse.ArgumentTypeError(f"a number from 0 up, not {text}")
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


def _folder(text: str) -> str:
    """A path; an empty one is a variable that a script left unset, and no folder."""
    if not text.strip():
        raise argparse.ArgumentTypeError("it is empty")
    return text


def _add_root(parser: argparse.ArgumentParser, default: str | None) -> None:
    """`--root` means the same before the verb and after it."""
    parser.add_argument(
        "--root",
        metavar="DIR",
        type=_folder,
        default=default,
        help="the root (default: $HOTFOLDER_ROOT, else the root this folder is in, "
        "else ~/Hotfolder)",
    )


def _daemon_verbs(verbs: _Verbs) -> None:
    run = _verb(verbs, "run", "run:run", "the daemon in the foreground")
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
    status = _verb(verbs, "status", "status:status", "what the daemon is doing now, or a board")
    status.add_argument("board", nargs="*", metavar="BOARD", help=f"how far it is: {BOARD}")
    status.add_argument("--json", action="store_true", help="the whole snapshot")
    status.add_argument("--line", action="store_true", help="one line, for a bar or a prompt")
    _verb(verbs, "page", "page:page", "the page of all pictures, made anew")
    logs = _verb(verbs, "logs", "logs:logs", "the log, or one job's lines of it")
    logs.add_argument("job", nargs="?", metavar="JOB", help=JOB)
    logs.add_argument("-f", "--follow", action="store_true", help="go on as lines come")
    logs.add_argument("-n", "--lines", type=_count, default=40, metavar="N", help="how many (40)")
    events = _verb(verbs, "events", "events:events", "all that happens, as lines of JSON")
    events.add_argument("job", nargs="?", metavar="JOB", help=JOB)
    events.add_argument("--since", type=int, metavar="N", help="only those after number N")
    events.add_argument(
        "-f", "--follow", action="store_true", help="go on as they come (without --since: from now)"
    )
    pause = _verb(
        verbs, "pause", "pause:pause", "claim nothing more until `resume`; outlives restarts"
    )
    pause.add_argument("board", nargs="*", metavar="BOARD", help="only of these boards")
    resume = _verb(verbs, "resume", "pause:resume", "go on after `pause`")
    resume.add_argument("board", nargs="*", metavar="BOARD", help="with these boards")


def _job_verbs(verbs: _Verbs) -> None:
    cancel = _verb(verbs, "cancel", "cancel:cancel", "stop a job, at its next step if it renders")
    cancel.add_argument("job", nargs="+", metavar="JOB", help=JOB_OR_BOARD)
    wait = _verb(verbs, "wait", "wait:wait", "wait until a job has ended, print its pictures")
    wait.add_argument("job", nargs="+", metavar="JOB", help=f"{JOB}, or the `id` it gives itself")
    wait.add_argument("--timeout", type=_seconds, metavar="S", help="seconds at most (else 124)")
    first = _verb(verbs, "first", "first:first", "let what waits go before everything else")
    first.add_argument("job", nargs="+", metavar="JOB", help=JOB_OR_BOARD)
    retry = _verb(verbs, "retry", "retry:retry", "a finished job again; of a board what it lacks")
    retry.add_argument("job", nargs="*", metavar="JOB", help=JOB_OR_BOARD)
    retry.add_argument("--all", action="store_true", help="what failed: all, or of those named")
    check = _verb(verbs, "check", "check:check", "what jobs and boards would make, unrendered")
    check.add_argument(
        "file", nargs="+", metavar="FILE", help="job files, boards, folders, - for standard input"
    )
    check.add_argument("--model", metavar="NAME|PATH", help="as for this model")
    check.add_argument("--json", action="store_true", help="the plan for programs")
    drawn = _verb(verbs, "thumbs", "thumbs:thumbs", "storyboard thumbnails, drawn by rule")
    drawn.add_argument("what", metavar="BOARD|FILE|TEXT", help="a board, a job file, or a prompt")
    drawn.add_argument(
        "-o",
        "--output",
        metavar="FILE",
        help="a .png, .webp or .jpg, or a folder (WHAT-thumbs.png)",
    )
    final = _verb(verbs, "final", "final:final", "finished pictures again, larger")
    final.add_argument(
        "picture", nargs="+", metavar="NAME[/SHOT]", help="a project or board, a shot, or a picture"
    )
    sheet_verb(_verb(verbs, "sheet", "sheet:contact_sheet", "a board or project on paper"))
    export_verb(_verb(verbs, "export", "export:export", "a board or project as one file"))
    tidy_verb(_verb(verbs, "tidy", "tidy:tidy", "what takes how much; into the Trash with it"))
    made = _verb(verbs, "new", "new:new", "a commented board to start from")
    made.add_argument("kind", choices=("board",))
    made.add_argument("name", metavar="NAME", help="as its folder in boards/ is to be called")
    _verb(verbs, "schema", "schema:schema", "JSON Schema of job files and boards, for editors")


def _machine_verbs(verbs: _Verbs) -> None:
    models = _verb(verbs, "models", "models:models", "which models are here; fetch or check one")
    models.add_argument("action", nargs="?", default="list", choices=("list", "pull", "check"))
    models.add_argument("name", nargs="?", help="pull: sdxl, or OWNER/NAME of the hub")
    models.add_argument("--yes", action="store_true", help="pull: make it the default, unasked")
    service = _verb(verbs, "service", "service:service", "run at login (launchd, systemd)")
    service.add_argument(
        "action", choices=("install", "uninstall", "start", "stop", "status", "print")
    )
    service.add_argument("--force", action="store_true", help="install even where macOS may block")
    doctor = _verb(verbs, "doctor", "doctor:doctor", "what could go wrong here, and the cure")
    doctor.add_argument("--json", action="store_true", help="the findings for programs")
    _bench_verb(verbs)
    about = _verb(verbs, "help", "help:help_about", "this page, or a verb's")
    about.set_defaults(was_asked=True)
    about.add_argument("verb", nargs="?", metavar="VERB", help="the verb")
    completion = _verb(verbs, "completion", "completion:completion", "completion script of a shell")
    completion.add_argument("shell", choices=SHELLS)


def _bench_verb(verbs: _Verbs) -> None:
    bench = _verb(
        verbs, "bench", "bench:bench", "plain diffusers against Hotfolder on this machine"
    )
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
    bench.add_argument("--scratch", metavar="DIR", help="--full-size: where 9 GB may lie meanwhile")
    bench.add_argument("--json", metavar="FILE", help="write everything there too (- prints it)")

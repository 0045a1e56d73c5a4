"""The command line as a whole: its help, and what is said of words that it does not know.

Standard library only.
"""

from __future__ import annotations

import argparse
import re
from collections.abc import Sequence
from typing import TYPE_CHECKING, NoReturn

from daemon import __version__
from daemon.cli.printing import say_error, terminal_width
from daemon.cli.verbs import VERBS, Verb
from daemon.errors import ExitCode
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

    def _get_formatter(self) -> argparse.HelpFormatter:
        """Asked for by every option that is added: argparse's own imports archives to find out how
        wide the terminal is."""
        return self.formatter_class(prog=self.prog, width=terminal_width() - 2)  # type: ignore[call-arg]

    def _print_message(self, message: str, file: SupportsWrite[str] | None = None) -> None:
        if message and file:  # unlike argparse, which keeps a full disk to itself
            file.write(page(message))


def make_parser(verb: str | None = None) -> argparse.ArgumentParser:
    """The command line, of all verbs or, where one is named, of that alone, which takes a tenth of
    the time; `module` and `function` of the result say who answers."""
    parser = Parser(
        prog="hotfolder",
        description="Drop a prompt file into the inbox, get the picture in the outbox.",
        epilog=_EXAMPLES,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("--version", action="version", version=f"hotfolder {__version__}")
    _add_root(parser, default=None)
    parser.set_defaults(module="help", function="help_about", verb=None, was_asked=False)
    verbs = parser.add_subparsers(title="verbs", metavar="VERB", prog="hotfolder")
    for each in [each for each in VERBS if each.name == verb] or VERBS:
        _add_verb(verbs, each)
    return parser


def verbs_of(parser: argparse.ArgumentParser) -> list[str]:
    """The names of the verbs, in the order of the help."""
    groups = (a for a in parser._actions if isinstance(a, argparse._SubParsersAction))
    return [name for group in groups for name in group.choices]


def _add_verb(verbs: _Verbs, verb: Verb) -> None:
    parser: argparse.ArgumentParser = verbs.add_parser(
        verb.name, help=verb.text, description=verb.text
    )
    _add_root(parser, default=argparse.SUPPRESS)  # what stands before the verb holds, unless said
    parser.set_defaults(module=verb.module, function=verb.function)
    verb.options(parser)


def _wrong_word(message: str) -> str:
    """The word that argparse complains of."""
    found = re.search(
        r"(?:no verb `|invalid choice: '|arguments: |ambiguous option: )([^' =`]+)", message
    )
    return found[1] if found else ""


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

"""The options of `hotfolder render`, each with its line of help."""

from __future__ import annotations

import argparse

PROGRESS = ("plain", "openjd", "afanasy")

_EXAMPLES = """\
What lies in DIR already, beside a record that says so, is left out. Give the same command again
after anything: what is missing is rendered.

examples:
  hotfolder render ep03/board.yaml --out frames
  hotfolder render ep03/board.yaml --out frames --shots 010-040,060
  hotfolder render ep03.csv boat.yaml --out frames --progress openjd

exit codes: 0 all is there, 1 a picture failed, 2 usage or a file with a mistake, 3 another render
makes one of these shots there, 4 --daemon: none runs there, 5 not for now: it was interrupted, no
model, a full disk
"""


_SAID = (
    ("--out", "DIR", "where the pictures go"),
    ("--shots", "A-B,C", "of the boards, these shots alone"),
    ("--settings", "FILE", "instead of the root's hotfolder.yaml"),
    ("--model", "NAME|PATH", "the model to use by default"),
    ("--daemon", "ROOT", "by the daemon that runs there, its model warm"),
)


def render_verb(render: argparse.ArgumentParser) -> None:
    """Add them all."""
    render.formatter_class = argparse.RawDescriptionHelpFormatter
    render.epilog = _EXAMPLES
    render.add_argument("file", nargs="+", metavar="FILE", help="boards, job files, folders")
    for name, what, text in _SAID:
        render.add_argument(name, metavar=what, type=_said, required=name == "--out", help=text)
    render.add_argument(
        "--progress", choices=PROGRESS, default="plain", help="lines for a farm (plain)"
    )


def _said(text: str) -> str:
    """An empty one is a variable that a farm's script left unset."""
    if not text.strip():
        raise argparse.ArgumentTypeError("it is empty")
    return text

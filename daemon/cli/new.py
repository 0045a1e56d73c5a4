"""`hotfolder new board NAME`: a commented file to start from."""

from __future__ import annotations

import argparse
import re

from daemon.boards.folder import place_of
from daemon.boards.names import refused_name
from daemon.boards.second_files import is_certain
from daemon.cli.printing import say
from daemon.cli.wake import prepared_root
from daemon.errors import ExitCode, UsageError
from daemon.fs import atomic
from daemon.root.create import make_folder
from daemon.root.own_command import typed

# No blank after the #: whether a person takes away the # or an editor the "# ", what stays is
# indented as it must be.
BOARD = """\
# yaml-language-server: $schema=../../.hotfolder/job.schema.json
#
# The board {name}. Take the # away before the lines that you want. Saving this file renders what is
# missing; `hotfolder check {typed}` says beforehand what that is, `hotfolder schema` every key.

#style: rough pencil storyboard, black and white    # joined to the end of every prompt
#aspect: 16:9
#preset: fast                                       # fast, balanced, quality
#takes: 3                                           # three pictures of every shot

#cast:                                              # a name in a prompt brings its picture
#  Anna: anna.png                                   # beside this file
#  Ben: {{look: ben/, as: "a man of forty, grey beard, blue jacket"}}

shots:
#  010: wide, harbour at dawn, fishing boats, mist
#  020: Anna stands on the harbour wall, wind in her hair
#  060:
#    prompt: over Anna's shoulder, Ben waves from the boat
#    dialogue: "BEN: Up here!"                       # for people only
#    takes: 5
#  070:
#    prompt: Anna and Ben face each other on the pier
#    place: {{Anna: left, Ben: right}}
#    like: 060                                       # follows that shot's picture
"""


def new(arguments: argparse.Namespace) -> int:
    """Write boards/NAME/board.yaml, and say where; never over what is there."""
    name = arguments.name
    if not re.fullmatch(r"[^\W_][^/\\:\0-\x1f]{0,99}", name) or name != name.strip(" ."):
        raise UsageError(f"A board can't be called {name!r}. Write for instance ep03.")
    if (refused := refused_name(name)) is not None:
        raise UsageError(f"{refused.what} {refused.why} Choose another name.")
    layout = prepared_root(arguments)
    folder = layout.root / "boards" / name
    file = folder / "board.yaml"
    taken = place_of(folder).file
    if taken is not None and (is_certain(taken) or taken.stem.casefold() == name.casefold()):
        raise UsageError(f"There is a board {name} already: {taken.relative_to(layout.root)}.")
    make_folder(layout, folder)
    atomic.write_new(file, BOARD.format(name=name, typed=typed(name)).encode("utf-8"))
    say(str(file))
    return ExitCode.OK

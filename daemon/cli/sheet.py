"""`hotfolder sheet`: a board or a project as a contact sheet, to print or to send."""

from __future__ import annotations

import argparse

from daemon.boards.board_file import BoardReader
from daemon.cli.handed import subject
from daemon.cli.printing import say, say_aside
from daemon.cli.wake import existing_root
from daemon.errors import ExitCode
from daemon.export.browser import find_browser, print_pdf
from daemon.export.gather import gather
from daemon.export.reel import SECONDS
from daemon.export.sheet import Grid, sheet
from daemon.export.subject import preparer_as_last
from daemon.export.target import target_of
from daemon.settings import read_settings


def contact_sheet(arguments: argparse.Namespace) -> int:
    """Write it; prints the path of the file."""
    layout = existing_root(arguments)
    browser = find_browser() if arguments.pdf else None
    settings = read_settings(layout.settings_file)
    preparer = preparer_as_last(layout, settings)
    named = subject(layout, BoardReader(layout, settings, preparer.models), arguments.name)
    ending = ".pdf" if browser else ".html"
    target = target_of(layout, named.name, ending, arguments.output, force=arguments.force)
    reel = gather(named, preparer, seconds=SECONDS, final=arguments.final)
    columns, rows = arguments.layout
    page = sheet(reel, Grid(columns, rows))
    if browser is not None:
        made = target.write(lambda draft: print_pdf(browser, page, draft))
    else:
        made = target.put(page.encode("utf-8", "replace"))
    say(str(made))
    for remark in reel.remarks:
        say_aside(f"{remark}.")
    return ExitCode.OK

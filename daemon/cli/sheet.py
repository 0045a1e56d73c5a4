"""`hotfolder sheet`: a board or a project as a contact sheet, to print or to send."""

from __future__ import annotations

import argparse

from daemon.boards.board_file import BoardReader
from daemon.cli.printing import say, say_aside
from daemon.cli.wake import existing_root
from daemon.errors import ExitCode
from daemon.export.browser import find_browser, print_pdf
from daemon.export.gather import gather
from daemon.export.reel import SECONDS
from daemon.export.sheet import Grid, sheet
from daemon.export.subject import find_subject
from daemon.export.target import target_of
from daemon.plan.prepare import Preparer
from daemon.settings import read_settings


def contact_sheet(arguments: argparse.Namespace) -> int:
    """Write it; prints the path of the file."""
    layout = existing_root(arguments)
    browser = find_browser() if arguments.pdf else None
    settings = read_settings(layout.settings_file)
    preparer = Preparer(layout, settings, engine=settings.engine, model=None)
    subject = find_subject(layout, BoardReader(layout, settings, preparer.models), arguments.name)
    ending = ".pdf" if browser else ".html"
    target = target_of(layout, subject.name, ending, arguments.output, force=arguments.force)
    reel = gather(subject, preparer, seconds=SECONDS, final=arguments.final)
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

"""`hotfolder cluster`: certificates, the scheduler, and a machine that renders for others."""

from __future__ import annotations

import argparse
import platform
import re

from daemon.cli.printing import say, say_aside
from daemon.errors import ExitCode, UsageError
from daemon.root.layout import Layout, find_root

_NAME = re.compile(r"^[\w][\w .-]{0,59}$")


def cluster(arguments: argparse.Namespace) -> int:
    """Make certificates, or serve as scheduler or worker until told to leave."""
    layout = Layout(find_root(arguments.root))
    match arguments.action:
        case "certificates":
            return _certificates(layout, force=arguments.force)
        case "scheduler":
            return _scheduler(layout, arguments)
        case _:
            return _worker(layout, arguments)


def _certificates(layout: Layout, *, force: bool) -> int:
    from daemon.cluster.certificates import Files, make
    from daemon.root.create import prepare

    prepare(layout)
    files = Files.of(layout.state)
    make(files, force=force)
    names = ", ".join(file.name for file in files.all)
    say(
        f"{names} are in {files.folder}.",
        "Copy them into .hotfolder/cluster of the root on every machine, for its owner alone.",
        "Whoever has them may run code on all of them; to shut somebody out, make new ones.",
    )
    return ExitCode.OK


def _scheduler(layout: Layout, arguments: argparse.Namespace) -> int:
    from daemon.cluster.scheduler import serve

    return serve(layout, _address(arguments), say_aside)


def _worker(layout: Layout, arguments: argparse.Namespace) -> int:
    from daemon.cluster.worker import Options, serve
    from daemon.root.create import prepare
    from daemon.settings import read_settings

    address = _address(arguments)
    name = arguments.name or platform.node().partition(".")[0]
    if not _NAME.match(name):
        raise UsageError(f"{name!r} can't be a machine's name: letters, digits, blanks and - . _")
    prepare(layout)
    settings = read_settings(layout.settings_file)
    options = Options(address, name, arguments.host, arguments.port)
    return serve(layout, settings, options, say_aside)


def _address(arguments: argparse.Namespace) -> str:
    from daemon.cluster.address import checked_address

    if not arguments.address:
        raise UsageError(
            f"Say where: hotfolder cluster {arguments.action} tls://HOST:8786 (the scheduler's "
            "machine, by a name or number that the others know)"
        )
    return checked_address(arguments.address)

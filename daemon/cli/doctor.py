"""`hotfolder doctor`: what could go wrong on this machine, and the cure."""

from __future__ import annotations

import argparse
from dataclasses import asdict

from daemon.cli.printing import say, say_json
from daemon.errors import ExitCode
from daemon.root.layout import find_root


def doctor(arguments: argparse.Namespace) -> int:
    """Look for everything that can go wrong here; 1 if something will."""
    from daemon.doctor import examine
    from daemon.doctor.finding import report

    findings = examine(find_root(arguments.root))
    if arguments.json:
        say_json([asdict(finding) for finding in findings])
    else:
        say(*report(findings))
    is_bad = any(finding.level == "bad" for finding in findings)
    return ExitCode.FAILED if is_bad else ExitCode.OK

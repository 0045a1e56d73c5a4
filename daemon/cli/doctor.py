"""`hotfolder doctor`: what could go wrong on this machine, and the cure."""

from __future__ import annotations

import argparse
import json
from dataclasses import asdict

from daemon.errors import ExitCode
from daemon.root.layout import find_root


def doctor(arguments: argparse.Namespace) -> int:
    """Look for everything that can go wrong here; 1 if something will."""
    from daemon.doctor import examine
    from daemon.doctor.finding import report

    findings = examine(find_root(arguments.root))
    if arguments.json:
        print(json.dumps([asdict(finding) for finding in findings], indent=2))
    else:
        print(report(findings))
    is_bad = any(finding.level == "bad" for finding in findings)
    return ExitCode.FAILED if is_bad else ExitCode.OK

"""One finding of the doctor, and how findings read on a page. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

Level = Literal["ok", "warn", "bad"]


@dataclass(frozen=True, slots=True)
class Finding:
    """`title` says what was looked at, `detail` what was seen, `remedy` how to mend it."""

    level: Level
    title: str
    detail: str = ""
    remedy: str = ""


def ok(title: str, detail: str = "") -> Finding:
    return Finding("ok", title, detail)


def warn(title: str, detail: str, remedy: str) -> Finding:
    return Finding("warn", title, detail, remedy)


def bad(title: str, detail: str, remedy: str) -> Finding:
    return Finding("bad", title, detail, remedy)


def report(findings: Sequence[Finding]) -> list[str]:
    """The findings as lines that a person reads; what is well takes one each."""
    lines = []
    for finding in findings:
        if finding.level == "ok":
            detail = f": {finding.detail}" if finding.detail else ""
            lines.append(f"  ok    {finding.title}{detail}")
            continue
        lines.append(f"  {finding.level.upper():5} {finding.title}: {finding.detail}")
        if finding.remedy:
            lines.append(f"        -> {finding.remedy}")
    return [*lines, "", _summary(findings)]


def _summary(findings: Sequence[Finding]) -> str:
    broken = sum(finding.level == "bad" for finding in findings)
    doubtful = sum(finding.level == "warn" for finding in findings)
    if not broken and not doubtful:
        return "All is well."
    return f"{broken} to mend, {doubtful} worth knowing."

"""What a test looks at in the doctor's findings."""

from __future__ import annotations

from daemon.doctor import Finding


def levels(findings: list[Finding]) -> set[str]:
    return {finding.level for finding in findings}


def words(findings: list[Finding]) -> str:
    return " ".join(f"{f.title} {f.detail} {f.remedy}" for f in findings)

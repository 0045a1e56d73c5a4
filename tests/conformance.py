"""Runs our readers over other people's test suites, from checkouts given by path, and counts.

    python tests/conformance.py --yaml PATH/yaml-test-suite --json PATH/JSONTestSuite

A case is read right, refused with a letter, or a fault: another meaning, accepted though wrong, a crash.
"""

from __future__ import annotations

import argparse
import json
import re
import sys
from collections import Counter, defaultdict
from pathlib import Path
from typing import Any

import yaml

from daemon.errors import JobError
from daemon.jobfile import tree
from daemon.jobfile.json_reader import read_json
from daemon.jobfile.yaml_reader import read_yaml

_SIGNS = {"␣": " ", "←": "\r", "⇔": "\ufeff", "↵": "", "∎\n": ""}


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--yaml", type=Path)
    parser.add_argument("--json", type=Path)
    asked = parser.parse_args()
    faults = 0
    if asked.yaml:
        faults += told("yaml-test-suite", yaml_cases(asked.yaml / "src"), read_yaml_text)
    if asked.json:
        cases = list(json_cases(asked.json / "test_parsing"))
        faults += told("JSONTestSuite as .json", cases, read_json_bytes)
        # What is no JSON may well be YAML.
        cases = [(name, data, ANY if wanted is FAILS else wanted) for name, data, wanted in cases]
        faults += told("JSONTestSuite as .yaml", cases, read_yaml_bytes)
    return int(faults > 0)


def told(name: str, cases: Any, read: Any) -> int:
    """Prints the counts of one suite; how many faults there were."""
    counts: Counter[str] = Counter()
    refused: defaultdict[str, list[str]] = defaultdict(list)
    for case, data, wanted in cases:
        try:
            kind = "same meaning" if _equal(read(data), wanted) else "ANOTHER MEANING"
            if wanted is FAILS:
                kind = "ACCEPTED THOUGH WRONG"
        except JobError as error:
            kind = "rightly refused" if wanted is FAILS else "refused"
            if wanted is not FAILS:
                refused[re.sub(r"`.*?`|\d+", "…", error.what)].append(case)
        except Exception as error:
            kind = f"CRASH {type(error).__name__}"
        counts[kind] += 1
        if kind.isupper() or kind.startswith("CRASH"):
            print(f"  {kind}: {case}")
    print(f"{name}: {dict(counts)}")
    for reason, names in sorted(refused.items(), key=lambda one: -len(one[1])):
        print(f"  refused {len(names):3}: {reason} ({', '.join(sorted(names)[:6])})")
    return sum(count for kind, count in counts.items() if kind.isupper() or "CRASH" in kind)


FAILS = object()
ANY = object()


def _equal(mine: object, wanted: object) -> bool:
    if wanted is ANY or wanted is FAILS:
        return True
    if isinstance(mine, dict) and isinstance(wanted, dict):
        return mine.keys() == wanted.keys() and all(_equal(mine[k], wanted[k]) for k in mine)
    if isinstance(mine, list) and isinstance(wanted, list):
        return len(mine) == len(wanted) and all(map(_equal, mine, wanted))
    return isinstance(mine, bool) == isinstance(wanted, bool) and mine == wanted


def yaml_cases(folder: Path) -> Any:
    for file in sorted(folder.glob("*.yaml")):
        for number, case in enumerate(yaml.load(file.read_text("utf-8"), yaml.BaseLoader)):
            if "yaml" not in case:
                continue
            text = re.sub("—*»", "\t", case["yaml"])
            for sign, letter in _SIGNS.items():
                text = text.replace(sign, letter)
            wanted = FAILS if case.get("fail") == "true" else ANY
            if wanted is ANY and case.get("json"):
                found = list(_documents(case["json"]))
                # Several documents are no job: any reading of them would be another meaning.
                said = [one for one in found if one is not None]
                wanted = said[0] if len(said) == 1 else FAILS if len(said) > 1 else None
            yield f"{file.stem}/{number:02}", text, wanted


def _documents(text: str) -> Any:
    text = text.strip()
    while text:
        value, end = json.JSONDecoder().raw_decode(text)
        yield value
        text = text[end:].strip()


def json_cases(folder: Path) -> Any:
    for file in sorted(folder.glob("*.json")):
        data = file.read_bytes()
        wanted: object = FAILS if file.name.startswith("n_") else ANY
        if file.name.startswith("y_"):
            wanted = json.loads(data)
        yield file.stem, data, wanted


def read_yaml_text(text: str) -> object:
    return tree.plain(read_yaml(tree.decode(text.encode())))


def read_json_bytes(data: bytes) -> object:
    return tree.plain(read_json(tree.decode(data)))


def read_yaml_bytes(data: bytes) -> object:
    return tree.plain(read_yaml(tree.decode(data)))


if __name__ == "__main__":
    sys.exit(main())

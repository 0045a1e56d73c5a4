"""What is no job file, but written like one, is told of in its own words: no mistake in it speaks of
jobs, prompts or boards."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path

import pytest

from daemon.errors import HotfolderError
from daemon.jobfile import read_job
from daemon.jobfile.cast_items import member
from daemon.models.card_file import CARD_NAME, read_facts
from daemon.settings import Settings, read_settings

WRONG = {
    "a list": "- a\n- b\n",
    "a text": "a cat\n",
    "several documents": "steps: 3\n---\nsteps: 4\n",
    "nothing that is bound": "--- ~\n",
    "a board": "shots:\n  - a\n",
    "no UTF-8": "\udcff",
    "more than a job may hold": "x: [" + "1," * 4000 + "1]\n",
}


def _settings(data: bytes, folder: Path) -> None:
    file = folder / "hotfolder.yaml"
    file.write_bytes(data)
    read_settings(file)


def _card(data: bytes, folder: Path) -> None:
    file = folder / CARD_NAME
    file.write_bytes(data)
    read_facts(file)


def _defaults(data: bytes, folder: Path) -> None:
    base = Settings().job_defaults
    read_job(b"prompt: a", file="a.yaml", base=base, defaults=[("inbox/_defaults.yaml", data)])


def _member(data: bytes, folder: Path) -> None:
    member(data, "cast/anna.yaml")


READERS: dict[str, Callable[[bytes, Path], None]] = {
    "settings": _settings,
    "a model's card": _card,
    "defaults of a folder": _defaults,
    "a character": _member,
}


@pytest.mark.parametrize("case", WRONG)
@pytest.mark.parametrize("reader", READERS)
def test_a_mistake_elsewhere_says_nothing_of_jobs(tmp_path: Path, reader: str, case: str) -> None:
    with pytest.raises(HotfolderError) as raised:
        READERS[reader](WRONG[case].encode("utf-8", "surrogateescape"), tmp_path)

    said = str(raised.value)
    assert not re.search(r"prompt:|several jobs|jobs in one|a job (file|needs)", said, re.I), said

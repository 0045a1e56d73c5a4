"""What docs and examples show of boards is true."""

from __future__ import annotations

import re

import pytest
from jsonschema import Draft202012Validator
from support.boards import board
from support.places import HOME

from daemon.boards.schema import file_schema
from daemon.jobfile import tree
from daemon.jobfile.document import read_table
from daemon.models.catalogue import find_model
from daemon.models.vocabulary import unknown_words

PAGE = (HOME / "docs" / "boards.md").read_text("utf-8")
SHOWN = [text for text in re.findall(r"```yaml\n(.*?)```", PAGE, re.DOTALL) if "shots:" in text]
EXAMPLES = sorted((HOME / "examples" / "boards").rglob("*.yaml"))


@pytest.mark.parametrize("text", SHOWN)
def test_every_board_of_the_page_is_one(text: str) -> None:
    assert board(text).pictures


@pytest.mark.parametrize("file", EXAMPLES, ids=lambda file: file.parent.name)
def test_every_example_is_a_board_without_a_warning_that_fits_the_schema(file) -> None:
    text = file.read_text("utf-8")

    read = board(text)

    assert read.pictures
    assert read.warnings == ()
    assert not [
        take.job.warnings for shot in read.shots for take in shot.takes if take.job.warnings
    ]
    said = tree.plain(read_table(text.encode(), file.name))
    assert [error.message for error in Draft202012Validator(file_schema()).iter_errors(said)] == []


DRAWN = HOME / "examples" / "boards" / "demo" / "board.yaml"
"""Has people, whom the thumbnails draw and no small model can paint."""


@pytest.mark.parametrize(
    "file", [one for one in EXAMPLES if one != DRAWN], ids=lambda file: file.parent.name
)
def test_the_bundled_model_knows_every_word_of_an_example(file) -> None:
    card = find_model("sketch", [])
    prompts = [
        take.job.sampling.prompt for shot in board(file.read_text()).shots for take in shot.takes
    ]

    assert unknown_words(prompts, card.vocabulary) == []

"""The schema that editors get: what it offers, what it accepts and what it refuses."""

from __future__ import annotations

import json

import pytest
from jsonschema import Draft202012Validator
from support.places import HOME

from daemon.boards.keys import OF_SHOT, TOLD
from daemon.boards.schema import file_schema
from daemon.jobfile import tree
from daemon.jobfile.aliases import ALIASES, COMPOUND
from daemon.jobfile.document import read_table

SCHEMA = file_schema()
CHECK = Draft202012Validator(SCHEMA)
BOARD = """
title: The key
takes: 3
negative: fog
shots:
  010: wide, harbour at dawn
  020:
  060:
    prompt: over Anna's shoulder
    dialogue: {BEN: Up here!}
    seconds: 2.5
    takes: 5
    pick: 2
    cfg: 6
  070: {prompt: Anna and Ben, like: 060, scene: 4}
  080: {prompt: insert, from: {shot: 070, strength: 0.4}}
"""


def test_the_committed_schema_is_the_one_the_code_gives() -> None:
    for folder in ("examples", "daemon/boards"):
        assert json.loads((HOME / folder / "job.schema.json").read_text()) == SCHEMA


def test_the_schema_is_sound_and_says_what_every_key_is_for() -> None:
    Draft202012Validator.check_schema(SCHEMA)

    for table in (SCHEMA, *SCHEMA["$defs"].values()):
        assert table["additionalProperties"] is False
        for key, said in table["properties"].items():
            assert "$ref" in said or "const" in said or said["description"], key


def test_editors_offer_our_words_alone_and_read_all_others() -> None:
    offered = {*SCHEMA["properties"], *SCHEMA["$defs"]["Shot"]["properties"]}

    assert not (offered - {"takes"}) & {*ALIASES, *COMPOUND}
    for word in ({*ALIASES} - {"positive_prompt"}) & {"negative", "cfg", "n_iter", "sampler_name"}:
        value = {"negative": "fog", "cfg": 5, "n_iter": 2, "sampler_name": "euler"}[word]
        assert CHECK.is_valid({"prompt": "x", word: value}), word
        assert CHECK.is_valid({"shots": {"010": {"prompt": "x", word: value}}}), word
    assert not CHECK.is_valid({"prompt": "x", "cfg": "much"})
    assert CHECK.is_valid({"positive_prompt": "x"})


def test_every_key_of_a_shot_is_offered() -> None:
    shot = SCHEMA["$defs"]["Shot"]["properties"]

    assert {*OF_SHOT, *TOLD, "takes", "prompt", "seed", "with", "place"} <= {*shot}
    assert not {"id", "name", "parent"} & {*shot}


def test_a_board_is_accepted_and_half_of_one_is_not() -> None:
    said = tree.plain(read_table(BOARD.encode(), "board.yaml"))

    assert [error.message for error in CHECK.iter_errors(said)] == []
    assert CHECK.is_valid({"shots": ["a", {"shot": "015", "prompt": "b"}]})
    assert not CHECK.is_valid({"title": "x", "prompt": "a"})
    assert not CHECK.is_valid({"shots": {}})


@pytest.mark.parametrize(
    "shot",
    [
        {"prompt": "a", "lke": "010"},
        {"prompt": "a", "stepps": 5},
        {"prompt": "a", "steps": 900},
        {"prompt": "a", "id": "x"},
        {"prompt": "a", "like": {"strength": 0.5}},
        {"prompt": "a", "like": ["010"]},
        {"prompt": "a", "takes": 0},
        {"prompt": "a", "seconds": -1},
        5,
        ["a"],
    ],
)
def test_what_is_wrong_by_itself_is_underlined_while_it_is_typed(shot: object) -> None:
    assert not CHECK.is_valid({"shots": {"010": "harbour", "020": shot}})

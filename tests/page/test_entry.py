"""What the page knows of a picture is what its record says, in whatever form that does."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from PIL import Image

from daemon.page.entry import entry_of

TYPED = {"prompt": "typed", "style": "ink", "vary": None}


@pytest.mark.parametrize(
    ("job", "written"),
    [
        ({}, "whole"),
        ({"written": None, "board": None}, "whole"),
        ({"written": TYPED}, "typed"),
        ({"written": TYPED | {"prompt": None}}, "whole"),
        ({"written": TYPED, "board": {"prompt": "of the board"}}, "of the board"),
        ({"written": ["odd"], "board": "odd"}, "whole"),
    ],
)
def test_the_prompt_is_told_as_a_person_wrote_it(
    tmp_path: Path, job: dict[str, object], written: str
) -> None:
    Image.new("RGB", (8, 8)).save(tmp_path / "boat.png")
    record = {"job": {"prompt": "whole", **job}, "result": {"job": 1}}
    (tmp_path / "boat.json").write_text(json.dumps(record))
    assert entry_of(tmp_path, "boat.png", 0).written == written

"""A board whose scenes are headings is told once that no model reads them."""

from __future__ import annotations

import pytest

from daemon.boards.read import read_board
from daemon.settings import Settings


def said(text: str, file: str) -> list[str]:
    found = read_board(text.encode(), file, name="ep", base=Settings().job_defaults)
    return [warning for warning in found.warnings if "Scene headings" in warning]


@pytest.mark.parametrize(
    ("text", "file", "shown"),
    [
        (
            "INT. BAR - NIGHT\n\nAnna waits.\n\nShe sits.\n",
            "a.fountain",
            "1-010 and 1 more name no",
        ),
        ("EXT. FOREST - DAY\n\nA tree falls.\n", "a.fountain", "1-010 names no place"),
        (
            "shot,scene,prompt\n1,INT. BAR,Anna waits\n2,INT. BAR,a bar\n",
            "a.csv",
            "`bar, interior`",
        ),
        ("shots:\n  010: {prompt: a cat, scene: EXT. ROOF - DUSK}\n", "a.yaml", "`roof, dusk, ext"),
        ("## INT. BAR - NIGHT\n- Anna waits\n- a cat\n", "a.txt", "010 and 1 more"),
        ("INT. BAR - NIGHT\n\nAnna waits in the bar.\n", "a.fountain", ""),
        ("INT. BAR\n\nANNA\nHello.\n", "a.fountain", ""),
        ("shot,scene,prompt\n1,12,Anna waits\n2,the chase,a bar\n", "a.csv", ""),
        ("shots:\n  010: a cat\n", "a.yaml", ""),
    ],
)
def test_once_and_only_where_shots_name_no_place(text: str, file: str, shown: str) -> None:
    found = said(text, file)

    assert len(found) == bool(shown)
    assert shown in "".join(found)

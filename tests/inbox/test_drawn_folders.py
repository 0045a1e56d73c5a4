"""Which folders hold drawings, told by a look at their defaults, however those are written."""

from __future__ import annotations

import pytest

from daemon.inbox.drawn_folders import DrawnFolders
from daemon.root.layout import Layout

SAID = [
    ("each: drawing\n", True),
    ("prompt: a\nEach : 'Drawing'\n", True),
    ('{"each": "drawing"}\n', True),
    ("each: “drawing”\n", True),
    ("each: « drawing »\n", True),
    ("each: „drawing“\n", True),
    ("each: image\n", False),
    ("# each: drawing\n", False),
    ("prompt: each: drawing\n", False),
]


@pytest.mark.parametrize(("said", "owned"), SAID)
def test_a_folder_is_of_drawings_if_its_defaults_say_so(
    root: Layout, said: str, owned: bool
) -> None:
    folder = root.inbox / "ep" / "scene"
    folder.mkdir(parents=True)
    (root.inbox / "ep" / "_defaults.yaml").write_text(said, "utf-8")

    assert DrawnFolders(root).owns(folder / "010.png") is owned

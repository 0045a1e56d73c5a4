"""A root in which a real daemon has rendered a board and a project, for what is done afterwards."""

from __future__ import annotations

from pathlib import Path

from PIL import Image
from support.daemon import hotfolder
from support.living_boards import save

from daemon.root.create import prepare
from daemon.root.layout import Layout

SETTINGS = "engine: dry-run\npage: false\nsettle: 0.1\nscan_interval: 0.2\nfolder_settle: 0.1\n"
ODD = '020 50%#"?'
"""The id of a shot: what file names, addresses and XML have trouble with."""

BOARD = f"""\
title: The «harbour»
style: pencil
takes: 2
size: 128x72
steps: 1
cast: {{Anna: anna.png}}
shots:
  010: {{prompt: wide harbour, seconds: 2, action: mist <rolls> & in}}
  '{ODD}': {{prompt: Anna waves, dialogue: "ANNA: Привет!\\n\\n\\u202eabc --> x", seconds: 1.5, pick: 2}}
  030: {{prompt: a boat, notes: slow, seconds: 0.75, takes: 1}}
  040: {{prompt: a gull, like: 010, size: 64x128}}
"""


def rendered_root(folder: Path) -> Layout:
    """`boards/ep03` (the picture of its shot 030 is deleted afterwards) and the project `stills`,
    three jobs of two pictures, dropped in the order a, c, b."""
    layout = Layout(folder.resolve())
    prepare(layout)
    layout.settings_file.write_text(SETTINGS, encoding="utf-8")
    (layout.boards / "ep03").mkdir(parents=True)
    Image.new("RGB", (64, 64), "red").save(layout.boards / "ep03" / "anna.png")
    save(layout, "ep03", BOARD)
    (layout.inbox / "stills").mkdir()
    for name, priority in (("a", 3), ("b", 1), ("c", 2)):
        text = f"prompt: still {name}\nsize: 64x64\nsteps: 1\nseed: [1, 2]\npriority: {priority}\n"
        (layout.inbox / "stills" / f"{name}.yaml").write_text(text, encoding="utf-8")
    assert run(layout) == ""
    for suffix in (".png", ".json"):
        (layout.outbox / "ep03" / "030").with_suffix(suffix).unlink()
    return layout


def run(layout: Layout) -> str:
    """Have a daemon do what there is to do; "" if all went well, else what it said. The engine is
    an option, as in a trial: the settings know nothing of it."""
    options = ("--until-empty", "--plain", "--engine", "dry-run")
    done = hotfolder("run", *options, "--root", str(layout.root))
    said = done.stdout + done.stderr
    return said if done.returncode or "ERROR" in said else ""

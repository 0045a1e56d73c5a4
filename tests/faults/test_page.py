"""Kill -9 over a daemon that keeps its page: after each restart the page is what the outbox is."""

from __future__ import annotations

import json
import random
import re
import time
from functools import partial

import pytest
from faults.rig import dice, facts, figure, start, stop_for_sure
from faults.test_boards import AIMS, SETTINGS, Edited
from faults.test_kills import aim_and_kill, come_up, counted
from support.daemon import Daemon, pictures, wait_for
from support.levels import counts
from support.living_boards import save

from daemon.page.data_files import DataFiles
from daemon.page.places import BOARD, FOLDERS, data_of, group_of
from daemon.root.layout import Layout

PAGED = {"HOTFOLDER_PAGE": "on", "HOTFOLDER_DRY_STEP_SECONDS": "0.02"}


@pytest.mark.timeout(3000)
def test_the_page_equals_the_outbox_after_each_kill(root: Layout) -> None:
    kills = counts(3, 25, 100)
    root.settings_file.write_text(SETTINGS)
    throw, killed = dice("page"), []
    board = Edited(5, 2, throw)
    child = start(root, **PAGED)
    try:
        while len(killed) < kills:
            save(root, "ep", board.edit(last=len(killed) == kills - 1))
            come_up(root, child, throw)
            time.sleep(throw.uniform(0.1, 1.0))
            meddle(root, throw)
            killed.append(aim_and_kill(root, child, throw, AIMS, 0.5))
            if child.process.poll() is not None:
                child = start(root, **PAGED)
            come_up(root, child, throw)
            wait_for(partial(is_right, child, root, board), root)
        figure(
            f"page on, {len(killed)} x kill -9 ({counted(killed)}), after each of them",
            "dry-run",
            f"page = outbox, {len(pictures(root))} pictures at last",
        )
    finally:
        stop_for_sure(child)
    assert amiss(root, board) == "", facts(root)


def meddle(root: Layout, throw: random.Random) -> None:
    """What a person does to a picture meanwhile."""
    there = [root.outbox / name for name in pictures(root)]
    if not there or throw.random() < 0.3:
        return
    picture = throw.choice(there)
    if throw.random() < 0.5:
        picture.unlink(missing_ok=True)
    else:
        (root.outbox / "best").mkdir(exist_ok=True)
        if picture.exists():
            picture.rename(root.outbox / "best" / f"{throw.randrange(10**9)}.png")


def is_right(child: Daemon, root: Layout, board: Edited) -> bool:
    """Whether all is made and the page says so."""
    is_idle = child.status.get("state") == "idle" and not child.status["queue"]["number"]
    return is_idle and amiss(root, board) == ""


def amiss(root: Layout, board: Edited) -> str:
    """What of the page is not as the outbox is, in words; each file as a browser would read it."""
    there = set(pictures(root))
    groups = {group_of(name) for name in there}
    for group in sorted({"", *groups}):
        listed = [str(each["path"]) for each in DataFiles(root.outbox, data_of(group)).all()]
        wanted = {name for name in there if group in ("", group_of(name))}
        if len(listed) != len(set(listed)) or set(listed) != wanted:
            return f"{group or 'all'}: {sorted(set(listed) ^ wanted)}"
        page = root.outbox / group / "index.html"
        if not page.exists() or not page.read_text().endswith("</html>\n"):
            return f"the page of {group or 'all'} is not whole"
    told = script(root, FOLDERS)
    if set(told) != groups - {""}:
        return f"folders {told}"
    shots = script(root, f"{data_of('ep')}/{BOARD}")["shots"]
    if {shot["shot"] for shot in shots} != {shot for shot, _, _ in board.wanted}:
        return f"board: {[shot['shot'] for shot in shots]}"
    unfinished = [take for shot in shots for take in shot["takes"] if take["state"] != "done"]
    return f"to come: {unfinished}" if unfinished else ""


def script(root: Layout, name: str):
    """What a script of ours tells the page."""
    try:
        text = (root.outbox / name).read_text()
    except OSError:
        return {"shots": []}
    found = re.fullmatch(r"hotfolder\.\w+\((.*)\);\n", text, re.S)
    assert found, text
    return json.loads(found[1])

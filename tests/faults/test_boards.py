"""Kill -9 and power cuts over boards that stay alive: every wanted picture once, none lost, none twice."""

from __future__ import annotations

import os
import random
import re
import signal
import subprocess
import threading
import time
from collections import Counter
from pathlib import PurePath

import pytest
from faults.rig import (
    check,
    dice,
    facts,
    figure,
    finish,
    mounted,
    need,
    scratch,
    start,
    stop_for_sure,
    workers_of,
)
from faults.test_disks import copy_at_one_instant, send
from faults.test_kills import aim_and_kill, come_up, counted
from PIL import Image
from support.daemon import Daemon, wait_for
from support.levels import counts
from support.living_boards import keys_made, pictures, records, save

from daemon.boards.progress import Stage
from daemon.cli.boards import Boards
from daemon.protocol.outcome import is_failure
from daemon.root.create import prepare
from daemon.root.layout import Layout
from daemon.spool import journal

SETTINGS = "settle: 0.1\nscan_interval: 0.2\nfolder_settle: 0.1\n"
AIMS = ("anywhere", "step", "staging", "publishing", "claiming")
QUICK = {"HOTFOLDER_DRY_STEP_SECONDS": "0.01"}


class Edited:
    """A board as somebody goes on writing it: words changed, shots taken out and back, takes."""

    def __init__(self, shots: int, takes: int, throw: random.Random) -> None:
        self._takes, self._throw = takes, throw
        self._words = dict.fromkeys((f"s{number:03d}" for number in range(shots)), "a")

    def edit(self, *, last: bool = False) -> str:
        """Its text after one more change; the last one asks for all shots and takes."""
        throw = self._throw
        for shot in throw.sample(sorted(self._words), len(self._words) // 4):
            self._words[shot] = throw.choice("abcd")
        shots = list(self._words) if last else self._some()
        self.wanted = {
            (shot, f"{self._words[shot]} {shot}", take)
            for shot in shots
            for take in range(1, self._takes + 1)
        }
        takes = self._takes if last else throw.choice((self._takes - 1, self._takes))
        lines = (f"  {shot}: {self._words[shot]} {shot}\n" for shot in shots)
        return f"takes: {takes}\nsize: 64x64\nsteps: 2\nshots:\n{''.join(lines)}"

    def _some(self) -> list[str]:
        out = self._throw.sample(sorted(self._words), self._throw.randint(0, 3))
        return [shot for shot in self._words if shot not in out]


@pytest.mark.timeout(3000)
def test_a_board_saved_again_and_again_in_a_storm_of_kills_is_made_exactly_once(root) -> None:
    """Saves are spread over the kills, so that boards change under what waits and renders."""
    shots, takes = counts(6, 40, 40), counts(2, 3, 3)
    saves, kills = counts(3, 20, 60), counts(4, 60, 240)
    root.settings_file.write_text(SETTINGS)
    board, killed = Edited(shots, takes, dice("saves")), []
    save(root, "ep", board.edit())
    ended = threading.Event()

    def edit() -> None:
        for number in range(1, saves):
            while len(killed) < number * kills // saves and not ended.wait(0.02):
                pass
            ended.wait(dice(f"pause {number}").uniform(0.0, 1.0))
            save(root, "ep", board.edit())

    editor = threading.Thread(target=edit)
    editor.start()
    try:
        storm(root, "board", kills, killed, HOTFOLDER_DRY_STEP_SECONDS="0.02")
    finally:
        ended.set()
        editor.join()
    between = len(pictures(root, "ep"))
    save(root, "ep", board.edit(last=True))
    code = finish(root, **QUICK)
    told = judge(root, board.wanted)
    figure(
        f"a board of {shots} shots x {takes}, saved {saves + 1} times, {len(killed)} x kill -9 "
        f"({counted(killed)})",
        "dry-run",
        f"{told}; {between} made during the storm",
    )
    assert code == 0, facts(root)


def storm(root: Layout, row: str, kills: int, killed: list, engine: str = "dry-run", **env: str):
    """So many kills, each at a moment of some picture's life if one is seen soon."""
    throw = dice(row)
    child = start(root, engine=engine, **env)
    try:
        while len(killed) < kills:
            come_up(root, child, throw)
            if throw.random() < 0.25:
                wait_for(
                    lambda made=len(keys_made(root)), child=child: moves(root, child, made), root
                )
            time.sleep(throw.uniform(0.2, 1.2))
            killed.append(aim_and_kill(root, child, throw, AIMS, 0.5))
            if child.process.poll() is not None:
                child = start(root, engine=engine, **env)
    finally:
        stop_for_sure(child)


def moves(root: Layout, child: Daemon, made: int) -> bool:
    """Whether there is a picture more, or none to be made: on a busy machine daemons that are always
    killed so many seconds after their birth would make none, and their deaths show nothing."""
    if len(keys_made(root)) > made or child.process.poll() is not None:
        return True
    board = Boards(root, reads=False).named("ep")
    if board is None or board.progress is None or board.reason:
        return False
    return not board.progress.count().keys() & {Stage.RUNNING, Stage.WAITING}


def judge(root: Layout, wanted: set[tuple[str, str, int]]) -> str:
    """Asserts that a board at rest has each wanted (shot, prompt, take) once, and nothing twice or
    amiss; what there is, in words."""
    found = records(root, "ep")
    made = Counter(
        (record["job"]["board"]["shot"], record["job"]["prompt"], record["job"]["board"]["take"])
        for record in found.values()
    )
    lost = len(wanted - made.keys())
    ids = keys_made(root)
    doubled = sum(made.values()) - len(made) + sum(ids.values()) - len(ids)
    misnamed = sorted(name for name, record in found.items() if not is_named_well(name, record))
    entries = list(journal.read(root))
    failed = sum(is_failure(entry.outcome, entry.reason) for entry in entries)
    withdrawn = len(entries) - len(found) - failed
    files = {PurePath(entry.kept).stem: 0 for entry in entries}  # of what was taken back, too
    tally = check(root, files | dict.fromkeys(found, 1))
    told = (
        f"{len(wanted)} wanted at last, {len(found)} made, {withdrawn} taken back while they "
        f"rendered; lost {lost}, doubled {doubled}, failed {failed}"
    )
    assert (lost, doubled, failed) == (0, 0, 0), (told, facts(root))
    assert tally.clean, (tally, facts(root))
    assert misnamed == [], (misnamed, sorted(found), journal_of(root, misnamed), facts(root))
    assert not [*(root.inbox / "ep").glob("*.json")]
    return told


def journal_of(root: Layout, names: list[str]) -> list[str]:
    """What the journal says of the shots of these pictures."""
    shots = {name.partition("-")[0] for name in names}
    lines = root.journal_file.read_text("utf-8").splitlines()
    return [line for line in lines if any(f'"{shot}-' in line for shot in shots)]


def is_named_well(name: str, record) -> bool:
    """Whether a picture is called by its shot, version and take, and gave way to no other name."""
    about = record["job"]["board"]
    return re.fullmatch(rf"{about['shot']}(-v[0-9]+)?(-{about['take']})?", name) is not None


CHAIN = ("like", "from", "like")


def chain(shots: int, size: int, steps: int) -> str:
    """Each shot follows the one before, backwards in the file; every fourth begins anew."""
    lines = []
    for number in range(shots):
        how = CHAIN[number % 4 - 1]
        follows = f", {how}: s{number - 1:02d}" if number % 4 else ""
        lines.append(f"  s{number:02d}: {{prompt: shape {number}{follows}}}\n")
    head = f"size: {size}x{size}\nsteps: {steps}\nstrict: true\nshots:\n"
    return head + "".join(reversed(lines))


@pytest.mark.timeout(3000)
def test_shots_that_follow_each_other_are_the_same_pictures_with_kills_as_without(
    root, tmp_path
) -> None:
    shots, kills = counts(5, 12, 12), counts(3, 15, 60)
    engine, named = counts(0, 1, 1), ("dry-run", "sdxl (sketch)")
    size, steps = (192, 4) if engine else (64, 8)
    calm = Layout((tmp_path / "calm").resolve())
    prepare(calm)
    text = chain(shots, size, steps)
    for layout in (root, calm):
        layout.settings_file.write_text(SETTINGS)
        save(layout, "ep", text)
    killed: list[tuple[str, str]] = []
    kind = "sdxl" if engine else "dry-run"
    storm(root, "chain", kills, killed, kind, HOTFOLDER_DRY_STEP_SECONDS="0.03")
    codes = [finish(layout, engine=kind, **QUICK) for layout in (root, calm)]
    told = judge(root, {(f"s{n:02d}", f"shape {n}", 1) for n in range(shots)})
    same = sum(pixels(root, name) == pixels(calm, name) for name in pictures(calm, "ep"))
    found = records(root, "ep")
    late = [name for name, record in found.items() if not follows_what_is_there(record, found)]
    figure(
        f"{shots} shots in chains of `like` and `from`, {len(killed)} x kill -9 ({counted(killed)})",
        named[engine],
        f"{told}; out of order {len(late)}; pixels as without kills {same} of {shots}",
    )
    assert codes == [0, 0], facts(root)
    assert late == []
    assert same == shots


def pixels(layout: Layout, name: str) -> bytes:
    with Image.open(layout.outbox / "ep" / name) as image:
        return image.tobytes()


def follows_what_is_there(record, found) -> bool:
    """Whether a picture was made from the published picture of the shot that it follows, later."""
    follows = record["job"]["board"]["follows"]
    if follows is None:
        return True
    before = found[follows["shot"]]["result"]
    names = [record["job"].get("image_sha256")]
    names += [each["sha256"] for each in record["job"].get("references") or ()]
    return before["sha256"] in names and before["job"] < record["result"]["job"]


@pytest.mark.timeout(3000)
def test_power_cuts_lose_and_double_no_picture_of_a_board() -> None:
    """An ext4 disk copied at an instant, as it would be found after the power went."""
    cuts = counts(None, 4, 25)
    for program in ("mkfs.ext4", "losetup"):
        need(program)
    throw, promised, lost, told = dice("board power"), 0, 0, ""
    for _ in range(cuts):
        with scratch() as place:
            image, copy = place / "disk.img", place / "copy.img"
            with image.open("wb") as file:
                file.truncate(64 << 20)
            subprocess.run(["mkfs.ext4", "-q", str(image)], check=True, capture_output=True)
            disk, after = place / "disk", place / "after"
            disk.mkdir()
            after.mkdir()
            board = Edited(12, 3, throw)
            with mounted("-o", "loop", str(image), at=disk):
                made = until_the_power_goes(Layout(disk / "root"), board, throw, image, copy)
            with mounted("-o", "loop", str(copy), at=after):
                found = Layout(after / "root")
                there = pictures(found, "ep")
                promised += len(made)
                lost += len(made - set(there))
                code = finish(found, **QUICK)
                assert code == 0, facts(found)
                told = judge(found, board.wanted)
    figure(
        f"{cuts} power cuts (ext4) under a board of 12 shots x 3 just saved again, {promised} "
        "pictures acknowledged",
        "dry-run",
        f"acknowledged pictures lost {lost}; of the last: {told}",
    )
    assert promised
    assert lost == 0


def until_the_power_goes(layout, board, throw, image, copy) -> set[str]:
    """Renders until some instant, at which the disk is copied; the pictures in the journal then."""
    prepare(layout)
    layout.settings_file.write_text(SETTINGS)
    save(layout, "ep", board.edit())
    child = start(layout, **QUICK)
    wait_for(lambda: len(pictures(layout, "ep")) >= 4, layout)
    save(layout, "ep", board.edit(last=True))
    os.sync()
    time.sleep(throw.uniform(0.0, 2.0))
    family = (child.process.pid, *workers_of(child.process.pid))
    send(family, signal.SIGSTOP)
    entries = list(journal.read(layout))
    copy_at_one_instant(image, copy)
    send(family, signal.SIGKILL)
    child.process.wait()
    return {each.removeprefix("ep/") for entry in entries for each in entry.images}

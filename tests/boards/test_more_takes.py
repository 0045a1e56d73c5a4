"""Pictures of a board dropped into more/: the next takes of their shots, whatever comes between."""

from __future__ import annotations

from pathlib import Path

import pytest
from support.daemon import wait_for
from support.living_boards import keys_made, pictures, records, save

from daemon.root.layout import Layout

HEAD = (
    "takes: {}\nsize: 192x192\nsteps: 2\nshots:\n  010: a harbour\n"
    "  sea: {{prompt: 'sea, {{light}}', vary: {{light: [dawn, night]}}}}\n"
)


@pytest.fixture
def quick(root: Layout) -> Layout:
    root.settings_file.write_text("settle: 0.1\nscan_interval: 0.2\nfolder_settle: 0.1\n")
    return root


def more(layout: Layout, name: str, called: str = "") -> Path:
    """A copy of a picture, dropped into more/."""
    target = layout.inbox / "more" / (called or f"{name}.png")
    target.parent.mkdir(parents=True, exist_ok=True)
    target.write_bytes((layout.outbox / "ep" / f"{name}.png").read_bytes())
    return target


def settled(layout: Layout, *names: str) -> bool:
    left = [path for path in layout.inbox.rglob("*") if path.suffix in (".json", ".png")]
    made = pictures(layout, "ep")
    return made == sorted(f"{n}.png" for n in names) and not [*left, *layout.spool.iterdir()]


def test_more_is_the_next_take_and_a_take_that_the_board_makes_later_the_one_after(
    quick: Layout, daemon
) -> None:
    save(quick, "ep", HEAD.format(2))
    child = daemon()
    first = ["010-1", "010-2", *(f"sea-{row}-{n}" for row in ("dawn", "night") for n in (1, 2))]
    wait_for(lambda: settled(quick, *first), quick)
    child.stop()

    child = daemon(HOTFOLDER_DRY_STEP_SECONDS="5")  # of the same model, by which keys go
    more(quick, "010-1")
    more(quick, "010-2")
    more(quick, "sea-dawn-1")
    wait_for(lambda: child.status.get("current"), quick)
    child.kill()  # some are claimed, planned or begun, and some wait
    daemon()
    second = [*first, "010-3", "010-4", "sea-dawn-3"]
    wait_for(lambda: settled(quick, *second), quick)
    made = records(quick, "ep")
    assert {made[name]["job"]["board"]["take"] for name in ("010-3", "010-4")} == {3, 4}
    assert all("key" not in made[name]["job"]["board"] for name in second[6:])
    assert {made[name]["job"]["name"] for name in second[6:]} == set(second[6:])
    assert len({made[name]["job"]["seed"] for name in second if name[:3] == "010"}) == 4

    more(quick, "010-3", "mine.png")
    third = [*second, "010-5"]
    wait_for(lambda: settled(quick, *third), quick)
    save(quick, "ep", HEAD.format(4))
    lights = ["sea-dawn-4", "sea-dawn-5", "sea-night-3", "sea-night-4"]
    fourth = [*third, "010-6", "010-7", *lights]
    wait_for(lambda: settled(quick, *fourth), quick)
    save(quick, "ep", HEAD.format(5))
    wait_for(lambda: settled(quick, *fourth, "010-8", "sea-dawn-6", "sea-night-5"), quick)
    assert set(keys_made(quick).values()) == {1}
    made = records(quick, "ep")
    assert [made[name]["job"]["board"]["take"] for name in ("010-6", "010-7", "010-8")] == [3, 4, 5]


def test_a_shot_of_one_take_has_its_second(quick: Layout, daemon) -> None:
    save(quick, "ep", HEAD.format(1))
    daemon()
    wait_for(lambda: settled(quick, "010", "sea-dawn", "sea-night"), quick)
    more(quick, "010")
    more(quick, "sea-dawn")
    second = ["010", "010-2", "sea-dawn", "sea-dawn-2", "sea-night"]
    wait_for(lambda: settled(quick, *second), quick)
    (quick.inbox / "again").mkdir(exist_ok=True)
    picture = (quick.outbox / "ep" / "010-2.png").read_bytes()
    (quick.inbox / "again" / "010-2.png").write_bytes(picture)
    wait_for(lambda: "010-2-2.png" in pictures(quick, "ep"), quick)

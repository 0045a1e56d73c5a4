"""A board is saved and saved again: what is rendered is exactly what it lacks."""

from __future__ import annotations

from pathlib import Path

import pytest
from PIL import Image
from support.daemon import engine, wait_for
from support.living_boards import keys_made, pictures, records, save

from daemon.root.layout import Layout

HEAD = "takes: 2\nsize: 64x64\nsteps: 1\n"
ONE = HEAD + "shots:\n  010: a harbour at dawn\n  020: a pier\n  030: a boat\n"


@pytest.fixture
def quick(root: Layout) -> Layout:
    root.settings_file.write_text("settle: 0.1\nscan_interval: 0.2\nfolder_settle: 0.1\n")
    return root


def settled(layout: Layout, name: str, count: int) -> list[str]:
    """Its pictures once there are so many, and nothing is left to do."""

    def done() -> bool:
        waits = [*layout.inbox.rglob("*.json"), *layout.spool.iterdir()]
        return len(pictures(layout, name)) >= count and not waits

    wait_for(done, layout)
    return pictures(layout, name)


def test_each_save_renders_exactly_what_it_must(quick: Layout, daemon) -> None:
    daemon()
    save(quick, "ep", ONE)
    first = settled(quick, "ep", 6)
    assert first == [f"0{shot}0-{take}.png" for shot in (1, 2, 3) for take in (1, 2)]
    made = keys_made(quick)

    caption = ONE.replace("020: a pier", "020: {prompt: a pier, dialogue: Up here!, pick: 2}")
    order = HEAD + "shots:\n  030: a boat\n  010: a harbour at dawn\n  020: a pier\n"
    for text in (caption, order, "# a comment\n" + order):
        save(quick, "ep", text)
    save(quick, "ep", order.replace("takes: 2", "takes: 1"))
    save(quick, "ep", order.replace("a boat", "a red boat"))
    words = settled(quick, "ep", 8)
    assert sorted(set(words) - set(first)) == ["030-v2-1.png", "030-v2-2.png"]

    save(quick, "ep", order.replace("takes: 2", "takes: 4"))  # the old words again
    more = settled(quick, "ep", 14)
    assert sorted(set(more) - set(words)) == [
        f"0{shot}0-{take}.png" for shot in (1, 2, 3) for take in (3, 4)
    ]
    assert set(keys_made(quick).values()) == {1}
    assert set(made) <= set(keys_made(quick))


def test_a_picture_deleted_by_hand_is_not_made_again_by_a_save(quick: Layout, daemon) -> None:
    daemon()
    save(quick, "ep", ONE)
    settled(quick, "ep", 6)
    (quick.outbox / "ep" / "010-1.png").unlink()
    save(quick, "ep", ONE + "  040: a gull\n")
    assert "010-1.png" not in settled(quick, "ep", 7)


def test_a_replaced_picture_of_the_cast_renders_exactly_the_shots_with_it(
    quick: Layout, daemon, tmp_path: Path
) -> None:
    daemon()
    folder = quick.boards / "ep"
    folder.mkdir(parents=True)
    Image.new("RGB", (64, 64), "red").save(folder / "anna.png")
    text = HEAD + "cast: {Anna: anna.png}\nshots:\n  010: Anna on a pier\n  020: a boat\n"
    save(quick, "ep", text)
    before = settled(quick, "ep", 4)
    other = tmp_path / "other.png"
    Image.new("RGB", (64, 64), "blue").save(other)
    (folder / "anna.png").write_bytes(other.read_bytes())
    after = settled(quick, "ep", 6)
    assert sorted(set(after) - set(before)) == ["010-v2-1.png", "010-v2-2.png"]


def test_a_shot_that_follows_is_made_after_the_one_it_follows(quick: Layout, daemon) -> None:
    daemon()
    save(
        quick,
        "ep",
        "size: 64x64\nsteps: 4\nshots:\n"
        "  010: {prompt: c, from: 030}\n  020: {prompt: b, like: 030}\n  030: a\n",
    )
    assert settled(quick, "ep", 3) == ["010.png", "020.png", "030.png"]
    found = records(quick, "ep")
    followed = found["030"]["result"]["sha256"]
    assert found["010"]["job"]["image_sha256"] == followed
    assert found["020"]["job"]["references"][0]["sha256"] == followed
    about = found["020"]["job"]["board"]
    assert (about["board"], about["shot"], about["take"]) == ("ep", "020", 1)
    assert about["follows"]["shot"] == "030"
    assert found["030"]["job"]["board"]["prompt"] == "a"


def test_a_mistake_has_a_letter_beside_the_board_until_it_is_mended(quick: Layout, daemon) -> None:
    daemon()
    file = save(quick, "ep", ONE)
    settled(quick, "ep", 6)
    letter = file.with_name("board.yaml.why.txt")
    save(quick, "ep", ONE + "  040: {prompt: a gull, stepps: 3}\n")
    wait_for(letter.exists, quick)
    assert "stepps" in letter.read_text()
    save(quick, "ep", ONE + "  040: a gull\n")
    wait_for(lambda: not letter.exists(), quick)
    assert len(settled(quick, "ep", 8)) == 8


def test_a_board_dropped_into_the_inbox_moves_to_its_own_folder(quick: Layout, daemon) -> None:
    daemon()
    (quick.inbox / "ep.yaml").write_text(ONE)
    assert len(settled(quick, "ep", 6)) == 6
    assert (quick.boards / "ep" / "board.yaml").read_text() == ONE
    again = ONE + "  040: a gull\n"
    (quick.inbox / "ep.yaml").write_text(again)
    assert len(settled(quick, "ep", 8)) == 8
    assert (quick.boards / "ep" / "board.yaml").read_text() == again
    assert (quick.done / "ep" / "board.yaml").read_text() == ONE
    assert set(keys_made(quick).values()) == {1}


def test_a_board_dropped_as_a_folder_brings_its_pictures(quick: Layout, daemon) -> None:
    daemon()
    folder = quick.inbox / "ep"
    folder.mkdir()
    Image.new("RGB", (64, 64), "red").save(folder / "anna.png")
    text = HEAD + "cast: {Anna: anna.png}\nshots:\n  010: Anna on a pier\n"
    (folder / "board.yaml").write_text(text)
    assert len(settled(quick, "ep", 2)) == 2
    assert (quick.boards / "ep" / "anna.png").exists()


def test_a_shot_taken_out_is_cancelled_where_it_renders_and_where_it_waits(
    quick: Layout, daemon, hold
) -> None:
    child = daemon(engine=engine("held"), **hold.at(1))
    save(quick, "ep", "steps: 2\nsize: 256x256\nshots:\n  010: a\n  020: b\n  030: c\n  040: d\n")
    wait_for((quick.inbox / "ep" / "040.json").exists, quick)
    wait_for(lambda: child.status.get("current") and len([*quick.spool.iterdir()]) == 2, quick)
    save(quick, "ep", "steps: 2\nsize: 256x256\nshots:\n  030: c\n")
    wait_for(lambda: not (quick.inbox / "ep" / "040.json").exists(), quick)
    hold.off()
    assert settled(quick, "ep", 1) == ["030.png"]


def test_a_paused_board_waits_and_goes_on(quick: Layout, daemon) -> None:
    (quick.boards / "ep").mkdir(parents=True)
    (quick.boards / "ep" / ".paused").touch()
    save(quick, "ep", ONE)
    save(quick, "other", ONE)
    daemon()
    settled(quick, "other", 6)
    assert pictures(quick, "ep") == []
    (quick.boards / "ep" / ".paused").unlink()
    assert len(settled(quick, "ep", 6)) == 6

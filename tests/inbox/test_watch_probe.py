"""The probe of file events, with an invented clock: silence is broken, and only silence is deafness."""

from __future__ import annotations

import pytest

from daemon.inbox.watch_probe import APART, NAME, PATIENCE, SILENCE, Probe


@pytest.fixture
def probe(tmp_path):
    return Probe(tmp_path, 0.0)


def looks(probe, *times):
    return [probe.deaf(now) for now in times]


def test_nothing_is_put_into_the_inbox_while_events_come(probe, tmp_path):
    for now in range(0, 1000, 50):
        probe.heard(float(now))
        assert probe.deaf(now + 49.0) is None
    assert not list(tmp_path.iterdir())


def test_a_long_silence_is_broken_by_a_file_that_goes_once_it_is_reported(probe, tmp_path):
    probe.deaf(SILENCE)
    assert [file.name for file in tmp_path.iterdir()] == [NAME]
    probe.heard(SILENCE + 0.1)

    assert not list(tmp_path.iterdir())
    assert looks(probe, SILENCE + 2, SILENCE + 20, SILENCE + 40) == [None] * 3


def test_a_probe_that_is_not_reported_means_deafness_and_leaves_nothing(probe, tmp_path):
    probe.suspect()

    assert looks(probe, 1.0, 3.0, 5.0) == [None] * 3
    assert probe.deaf(1.0 + PATIENCE + 1.0) == "a probe was not reported"
    assert not list(tmp_path.iterdir())


def test_one_look_after_a_long_sleep_is_not_enough_to_call_it_deaf(probe):
    probe.suspect()
    probe.deaf(1.0)

    assert looks(probe, 5000.0, 5002.0) == [None] * 2
    assert probe.deaf(5004.0) is not None


def test_many_suspicions_make_few_probes(probe, tmp_path):
    probe.suspect()
    probe.deaf(1.0)
    probe.heard(1.1)
    probe.suspect()
    probe.deaf(2.0)
    assert not list(tmp_path.iterdir())
    probe.deaf(1.0 + APART)

    assert list(tmp_path.iterdir())


def test_a_folder_that_takes_no_file_proves_nothing(tmp_path):
    probe = Probe(tmp_path / "gone", 0.0)

    assert looks(probe, SILENCE, SILENCE + 10, SILENCE + 20, SILENCE + 30) == [None] * 4


def test_a_probe_left_by_a_crash_is_taken_away(tmp_path):
    (tmp_path / NAME).touch()
    Probe(tmp_path, 0.0)

    assert not list(tmp_path.iterdir())


@pytest.mark.parametrize("kind", ["hard link", "symbolic link", "folder", "file of somebody"])
def test_nothing_that_has_the_probe_s_name_is_followed_cut_or_taken_away(tmp_path, kind):
    target, name, folder = tmp_path / "diary.txt", tmp_path / "inbox" / NAME, tmp_path / "inbox"
    folder.mkdir()
    target.write_text("dear diary")
    match kind:
        case "hard link":
            name.hardlink_to(target)
        case "symbolic link":
            name.symlink_to(target)
        case "folder":
            name.mkdir()
        case _:
            name.write_text("dear diary")
    probe = Probe(folder, 0.0)
    probe.suspect()
    looks(probe, 1.0, 1.0 + APART, 2.0 + APART)
    sent = [each.name for each in folder.iterdir() if each.name != NAME]
    probe.heard(3.0 + APART)

    assert len(sent) == 1, "it asks under another name"
    assert [each.name for each in folder.iterdir()] == [NAME]
    assert target.read_text() == "dear diary"
    if kind == "file of somebody":
        assert name.read_text() == "dear diary"

"""A fingerprint is of what a file holds: read once, and again when it may have changed."""

from __future__ import annotations

import os
import time
from pathlib import Path

from support.daemon import HANG

from daemon.engine.sdxl.conditioning.fingerprint import Fingerprint, Ledger


def test_a_model_file_is_read_once_and_again_when_it_changes(tmp_path: Path) -> None:
    file, ledger = tmp_path / "weights", tmp_path / "ledger.json"
    file.write_bytes(b"one")
    os.utime(file, (1_000_000, 1_000_000))
    first = Fingerprint([file], ["torch 2"], Ledger(ledger)).wait()
    assert Fingerprint([file], ["torch 2"], Ledger(ledger)).known() == first  # at once
    assert Fingerprint([file], ["torch 3"], Ledger(ledger)).wait() != first
    file.write_bytes(b"two")
    assert Ledger(ledger).digest(file) is None
    assert Fingerprint([file], ["torch 2"], Ledger(ledger)).wait() != first


def test_a_file_changed_this_moment_is_not_remembered(tmp_path: Path) -> None:
    file = tmp_path / "weights"
    file.write_bytes(b"one")
    moment = time.time() + HANG  # however long it takes until it is read
    os.utime(file, (moment, moment))
    ledger = Ledger(tmp_path / "ledger.json")
    ledger.read(file)
    assert ledger.digest(file) is None


def test_a_spoilt_ledger_is_begun_anew_and_a_missing_file_matches_nothing(tmp_path: Path) -> None:
    (tmp_path / "ledger.json").write_text('{"a": 3, "b": [')
    ledger = Ledger(tmp_path / "ledger.json")
    gone = [Fingerprint([tmp_path / "gone"], [], ledger) for _ in range(2)]
    assert gone[0].wait() != gone[1].wait()
    assert gone[0].known() is None

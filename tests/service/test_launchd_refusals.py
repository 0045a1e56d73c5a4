"""What the launch agent refuses, or is refused, before it changes anything."""

from __future__ import annotations

import sys
from dataclasses import replace
from pathlib import Path

import pytest
from support.mac import Mac

from daemon.errors import SetupError, UsageError
from daemon.service import (
    LABEL,
    preflight,
)
from daemon.service import target as facts
from daemon.service.launchctl import Launchctl


@pytest.mark.parametrize(
    "where",
    [
        "Desktop/h", "Documents/h", "Downloads", "Library/Mobile Documents/com~apple~CloudDocs/h",
        "Library/CloudStorage/Dropbox/h", "documents/H",
    ],
)  # fmt: skip
def test_a_root_in_a_protected_folder_is_refused_unless_forced(mac: Mac, where: str) -> None:
    agent = replace(mac.agent, target=replace(mac.agent.target, root=mac.home / where))

    with pytest.raises(UsageError, match="privacy protection"):
        agent.install()
    assert mac.calls() == []

    assert "Running" in " ".join(agent.install(force=True))


def test_a_link_into_a_protected_folder_is_refused_too(mac: Mac) -> None:
    (mac.home / "Documents" / "real").mkdir(parents=True)
    mac.root.symlink_to(mac.home / "Documents" / "real")

    with pytest.raises(UsageError, match="Documents"):
        mac.agent.install()


@pytest.mark.parametrize("root", ["Hotfolder", "pictures/film", "/Users/Shared/Hotfolder"])
def test_a_home_on_an_external_volume_is_told_what_helps_and_nothing_that_does_not(
    mac: Mac, root: str
) -> None:
    home = Path("/Volumes/980Pro/home/you")
    target = replace(mac.agent.target, home=home, root=home / root)

    with pytest.raises(UsageError) as caught:
        replace(mac.agent, target=target).install()

    said = str(caught.value)
    assert "external volume" in said
    assert "5: Input/output error" in said
    assert "Login Items" in said
    assert f"-m daemon run --root {home / root}" in said
    assert "--root ~/Hotfolder" not in said
    assert mac.calls() == []


def test_a_home_that_is_a_link_to_an_external_volume_is_one_too(tmp_path: Path) -> None:
    (tmp_path / "you").symlink_to("/Volumes/Disk/you")

    assert preflight.is_away_from_home(tmp_path / "you")
    assert preflight.is_away_from_home(Path("/volumes/Disk/you"))
    assert not preflight.is_away_from_home(tmp_path)
    assert not preflight.is_away_from_home(Path("/Volumes2/you"))


def test_an_answer_of_5_names_the_external_home_among_its_causes(mac: Mac) -> None:
    mac.set(bootstrap=[5])

    with pytest.raises(SetupError, match="external volume"):
        mac.agent.install()


def test_an_external_volume_is_protected_and_an_ordinary_folder_is_not(tmp_path: Path) -> None:
    assert preflight.protected_by(Path("/Volumes/Disk/h"), tmp_path) == Path("/Volumes")
    assert preflight.protected_by(tmp_path / "Hotfolder", tmp_path) is None
    assert preflight.protected_by(tmp_path / "Documents2", tmp_path) is None


def test_the_service_can_not_be_changed_from_inside_itself(
    mac: Mac, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("XPC_SERVICE_NAME", LABEL)

    for verb in (mac.agent.install, mac.agent.uninstall, mac.agent.stop):
        with pytest.raises(UsageError, match="inside the service"):
            verb()
    assert mac.calls() == []


def test_root_is_refused(mac: Mac) -> None:
    agent = replace(mac.agent, launchctl=Launchctl(0))

    for verb in (agent.install, agent.uninstall, agent.start, agent.stop):
        with pytest.raises(UsageError, match="without sudo"):
            verb()
    assert mac.calls() == []


def test_a_python_that_can_not_import_hotfolder_is_refused(mac: Mac) -> None:
    mac.agent.target.python.write_text(
        f'#!/bin/sh\nexec "{sys.executable}" -I -S -c "import nix"\n'
    )

    with pytest.raises(SetupError, match="can't import Hotfolder"):
        mac.agent.install()


def test_a_missing_python_is_refused(mac: Mac) -> None:
    mac.agent.target.python.unlink()

    with pytest.raises(SetupError, match="not there"):
        mac.agent.install()


def test_without_launchctl_the_message_says_so(
    mac: Mac, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("PATH", str(tmp_path / "nothing"))

    with pytest.raises(SetupError, match="macOS only"):
        mac.agent.status()


def test_a_launchctl_that_hangs_is_given_up(mac: Mac) -> None:
    mac.set(hangs=["print"])
    agent = replace(mac.agent, launchctl=replace(mac.agent.launchctl, call_seconds=0.5))

    with pytest.raises(SetupError, match="did not answer"):
        agent.status()


def test_every_call_may_take_longer_than_the_slowest_stop() -> None:
    control = Launchctl(501)

    assert control.call_seconds > facts.STOP_SECONDS
    assert control.drain_seconds >= facts.STOP_SECONDS + 10
    assert 30 <= facts.STOP_SECONDS <= 60
    assert facts.RESTART_SECONDS >= 10

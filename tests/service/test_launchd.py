"""The launch agent: its file, and its verbs against a stand-in `launchctl` that keeps state.

No Mac was involved. The stand-in answers with the codes and printouts that public reports show.
"""

from __future__ import annotations

import plistlib
from dataclasses import replace

import pytest
from support.mac import PRINTOUT, Mac

from daemon.errors import SetupError
from daemon.service import (
    LABEL,
    launchctl,
    launchd_plist,
)


def test_installing_enables_then_loads_then_looks(mac: Mac) -> None:
    said = mac.agent.install()

    assert mac.calls() == [
        ["print", f"gui/501/{LABEL}"],
        ["enable", f"gui/501/{LABEL}"],
        ["bootstrap", "gui/501", str(mac.path)],
        ["print", f"gui/501/{LABEL}"],
    ]
    assert "Running, pid 4242" in "\n".join(said)
    assert mac.root.is_dir()
    assert (mac.home / "Library/Logs/Hotfolder").is_dir()


def test_installing_twice_leaves_the_running_service_alone(mac: Mac) -> None:
    mac.agent.install()
    seen = mac.path.stat().st_mtime_ns
    mac.forget_calls()

    said = mac.agent.install()

    assert not {"bootout", "bootstrap", "kickstart"} & set(mac.verbs())
    assert mac.path.stat().st_mtime_ns == seen
    assert "up to date" in said[0]
    assert mac.book()["life"] == "running"


def test_installing_another_root_stops_the_old_one_waits_and_loads_the_new(mac: Mac) -> None:
    mac.agent.install()
    mac.forget_calls()
    mac.set(drain=3)
    agent = replace(mac.agent, target=replace(mac.agent.target, root=mac.home / "Other"))

    said = agent.install()

    assert mac.verbs() == [
        "print", "bootout", "print", "print", "print", "print", "enable", "bootstrap", "print",
    ]  # fmt: skip
    assert f"instead of {mac.root}" in said[0]
    assert launchd_plist.root_of(mac.path.read_bytes()) == str(mac.home / "Other")


def test_no_call_ever_kills_outright_or_uses_the_old_verbs(mac: Mac) -> None:
    mac.agent.install()
    mac.agent.stop()
    mac.agent.start()
    mac.agent.status()
    mac.agent.uninstall()

    for call in mac.calls():
        assert call[0] in {"print", "print-disabled", "enable", "bootstrap", "bootout", "kickstart"}
        assert "-k" not in call
        assert "-w" not in call
        assert call[1].startswith("gui/501")
        if call[0] == "bootout":
            assert call[1:] == [f"gui/501/{LABEL}"]


def test_a_refusal_right_after_our_own_bootout_is_tried_again(mac: Mac) -> None:
    mac.agent.install()
    mac.set(bootstrap=[5, 5, 0])
    agent = replace(mac.agent, target=replace(mac.agent.target, root=mac.home / "Other"))

    assert "Running" in " ".join(agent.install())


def test_a_refusal_on_a_clean_slate_fails_at_once_and_lists_the_causes(mac: Mac) -> None:
    mac.set(bootstrap=[5, 5])

    with pytest.raises(SetupError) as caught:
        mac.agent.install()
    words = str(caught.value)
    order = ["already loaded", "still stopping", "switched off", "not yours", "damaged", "desktop"]
    assert [words.index(cause) for cause in order] == sorted(words.index(c) for c in order)
    assert mac.verbs().count("bootstrap") == 1


def test_already_in_progress_counts_as_success_once_it_is_loaded(mac: Mac) -> None:
    mac.set(bootstrap=[37])

    assert "Running" in " ".join(mac.agent.install())


@pytest.mark.parametrize("code", [125, 134])
@pytest.mark.parametrize("verbs", [["bootstrap"], ["print", "bootstrap", "bootout", "enable"]])
def test_without_a_desktop_the_message_says_log_in_and_the_file_stays(
    mac: Mac, code: int, verbs: list[str]
) -> None:
    mac.set(no_desktop=code, desktop_verbs=verbs)

    with pytest.raises(SetupError, match="Log in at the desktop"):
        mac.agent.install()
    assert mac.path.exists()

    assert mac.agent.uninstall()[0].startswith("Removed")
    assert not mac.path.exists()


@pytest.mark.parametrize("words", [["disabled", "enabled"], ["true", "false"]])
def test_a_service_switched_off_is_reported_and_installing_switches_it_on(
    mac: Mac, words: list[str]
) -> None:
    mac.set(disabled=True, words=words)
    assert any("switched off" in remark for remark in mac.agent.status().remarks)

    mac.agent.install()

    verbs = mac.verbs()
    assert verbs.index("enable") < verbs.index("bootstrap")
    assert not any("switched off" in remark for remark in mac.agent.status().remarks)


@pytest.mark.parametrize("code", [0, 36, 5])
def test_stopping_waits_until_launchd_has_forgotten_it(mac: Mac, code: int) -> None:
    mac.agent.install()
    mac.set(bootout=code, drain=4)

    assert mac.agent.stop()[0].startswith("Stopped")
    assert mac.book()["life"] is None


@pytest.mark.parametrize("code", [3, 113])
def test_a_service_already_gone_is_as_good_as_stopped(mac: Mac, code: int) -> None:
    mac.set(bootout_gone=code)

    mac.agent.launchctl.bootout()
    assert mac.agent.stop() == ["It was not running."]


def test_a_service_that_never_stops_gives_an_error_and_no_hang(mac: Mac) -> None:
    mac.agent.install()
    mac.set(drain=10**9)
    agent = replace(mac.agent, launchctl=replace(mac.agent.launchctl, drain_seconds=0.3))

    with pytest.raises(SetupError, match="still stopping"):
        agent.stop()


def test_a_bootout_refused_for_good_is_explained(mac: Mac) -> None:
    mac.agent.install()
    mac.set(bootout=1)

    with pytest.raises(SetupError, match="bootout ended with 1"):
        mac.agent.stop()


def test_start_after_stop_loads_it_again(mac: Mac) -> None:
    mac.agent.install()
    mac.agent.stop()
    mac.forget_calls()

    assert "Running" in mac.agent.start()[0]
    assert "bootstrap" in mac.verbs()
    assert mac.agent.start() == ["Already running, pid 4242."]


def test_start_of_a_loaded_but_idle_service_kicks_it(mac: Mac) -> None:
    mac.agent.install()
    mac.set(life="not running")
    mac.forget_calls()

    assert "Running" in mac.agent.start()[0]
    assert "kickstart" in mac.verbs()
    assert "bootstrap" not in mac.verbs()


def test_start_without_an_installed_service_says_how_to_install(mac: Mac) -> None:
    with pytest.raises(SetupError, match="hotfolder service install"):
        mac.agent.start()


def test_uninstalling_removes_the_plist_and_nothing_else_and_twice_is_fine(mac: Mac) -> None:
    mac.agent.install()
    (mac.root / "inbox").mkdir()
    (mac.root / "inbox" / "waiting.yaml").write_text("prompt: a lighthouse\n")

    assert "untouched" in mac.agent.uninstall()[0]

    assert not mac.path.exists()
    assert (mac.root / "inbox" / "waiting.yaml").exists()
    assert (mac.home / "Library/Logs/Hotfolder").is_dir()
    assert mac.book()["life"] is None
    assert mac.agent.uninstall() == ["No service was installed."]


def test_a_program_launchd_could_not_start_is_explained(mac: Mac) -> None:
    broken = PRINTOUT.replace("state = @", "state = not running").replace(
        "(never exited)", "78: EX_CONFIG"
    )
    mac.set(printout=broken)

    assert "did not start" in " ".join(mac.agent.install())
    assert any("EX_CONFIG" in remark for remark in mac.agent.status().remarks)


# --- status --------------------------------------------------------------------------------------


def test_status_reads_a_running_service_and_has_nothing_to_remark(mac: Mac) -> None:
    mac.agent.install()

    state = mac.agent.status()

    assert (state.running, state.pid, state.state, state.remarks) == (True, 4242, "running", ())
    assert state.last_exit == "(never exited)"
    assert f"launchd service: {mac.path}" in state.lines()


def test_status_of_nothing_says_not_installed(mac: Mac) -> None:
    state = mac.agent.status()

    assert (state.installed, state.loaded, state.running) == (False, False, False)
    assert "not installed" in state.lines()[0]


@pytest.mark.parametrize(
    ("printout", "expected"),
    [
        ("x = {\n\tstate = running\n\tpid = 7\n}", ("running", 7, None)),
        ("x = {\n\tstate = not running\n\tlast exit code = 0\n}", ("not running", None, "0")),
        ("x = {\n\tstate = spawn scheduled\n\truns = 1\n}", ("spawn scheduled", None, None)),
        ("x = {\n\tstate = SIGTERMed\n\tpid = 9\n}", ("SIGTERMed", 9, None)),
        (
            "x = {\n\tcoalition = {\n\t\tstate = active\n\t\tpid = 5\n\t}\n}",
            ("unknown", None, None),
        ),
        ("x = {\n\tstate = running\n\tpid = soon\n}", ("running", None, None)),
        ("\x00\x01 garbage = \n\t\t= =\n\t =", ("unknown", None, None)),
        ("", ("unknown", None, None)),
    ],
)
def test_only_the_first_level_of_the_printout_is_believed(
    printout: str, expected: tuple[str, int | None, str | None]
) -> None:
    seen = launchctl.parse(printout)

    assert (seen.state, seen.pid, seen.last_exit) == expected


def test_a_throttled_or_outdated_load_is_remarked(mac: Mac) -> None:
    mac.agent.install()
    old = PRINTOUT.replace("exit timeout = 45", "exit timeout = 5")
    mac.set(printout=old.replace("@", "running").replace("interactive (4)", "daemon (3)"))

    remarks = " ".join(mac.agent.status().remarks)

    assert "slows the GPU" in remarks
    assert "only 5 s to stop" in remarks


def test_a_plist_that_was_changed_or_serves_another_root_is_remarked(mac: Mac) -> None:
    mac.agent.install()
    keys = plistlib.loads(mac.path.read_bytes())
    mac.path.write_bytes(plistlib.dumps({**keys, "Nice": 5}))
    assert any("differs" in remark for remark in mac.agent.status().remarks)

    elsewhere = replace(mac.agent, target=replace(mac.agent.target, root=mac.home / "Other"))
    assert any(f"serves {mac.root}" in remark for remark in elsewhere.status().remarks)


def test_a_python_that_vanished_after_the_install_is_remarked(mac: Mac) -> None:
    mac.agent.install()
    mac.agent.target.python.unlink()

    assert any("Python is gone" in remark for remark in mac.agent.status().remarks)


def test_an_environment_hanging_on_homebrews_cellar_is_remarked_at_install(mac: Mac) -> None:
    config = mac.agent.target.python.parent.parent / "pyvenv.cfg"
    config.write_text("home = /opt/homebrew/Cellar/python@3.13/3.13.1/bin\nversion = 3.13.1\n")

    assert any("brew upgrade" in line for line in mac.agent.install())

"""The parts of a cluster that need no network: addresses, certificates, inputs by content, models by look."""

from __future__ import annotations

import hashlib
import os
import ssl
import stat
import subprocess
import sys

import pytest

from daemon.cluster.address import checked_address, why
from daemon.cluster.certificates import Files, make
from daemon.cluster.inputs import Inputs
from daemon.cluster.versions import differing, refused, versions
from daemon.cluster.weights import look_of
from daemon.errors import SettingsError, SetupError, UsageError, WireError
from daemon.service import launchd_plist, service, systemd_unit
from daemon.service.target import target
from daemon.settings import parse_settings


@pytest.mark.parametrize(
    ("written", "held"),
    [
        ("tls://studio:8786", "tls://studio:8786"),
        ("tls://studio", "tls://studio:8786"),
        ("tls://10.0.0.7:9000", "tls://10.0.0.7:9000"),
        ("tls://studio:65535", "tls://studio:65535"),
        ("tls://studio:65536", None),
        ("tls://studio:0", None),
        ("tcp://127.0.0.1:8786", "tcp://127.0.0.1:8786"),
        ("tcp://localhost", "tcp://localhost:8786"),
        ("tcp://[::1]:8786", "tcp://[::1]:8786"),
        ("tcp://studio:8786", None),
        ("tcp://127.0.0.1.evil.org:8786", None),
        ("tcp://10.0.0.7:8786", None),
        ("http://studio:8786", None),
        ("studio:8786", None),
        ("tls://", None),
        ("tls://a b:1", None),
        ("tls://studio:8786/x", None),
    ],
)
def test_without_tls_nothing_leaves_the_machine(written, held):
    text = f"cluster: '{written}'\n".encode()
    if held is not None:
        assert checked_address(written) == held
        assert parse_settings(text).cluster == written
        return
    with pytest.raises(UsageError, match="could run code"):
        checked_address(written)
    with pytest.raises(SettingsError, match="tls://HOST:8786") as refusal:
        parse_settings(text)
    assert refusal.value.line == 1


def test_where_no_machine_makes_pictures_a_cluster_must_be_named():
    assert parse_settings(b"devices: none\ncluster: tls://studio\n").devices == ("none",)
    with pytest.raises(SettingsError, match="nobody") as refusal:
        parse_settings(b"settle: 1\ndevices: none\n")
    assert refusal.value.line == 2
    with pytest.raises(SettingsError):
        parse_settings(b"devices: [none, cpu]\ncluster: tls://studio\n")


@pytest.mark.parametrize(
    ("error", "told"),
    [
        (ConnectionRefusedError(), "nothing listens at"),
        (TimeoutError(), "does not answer"),
        (ssl.SSLCertVerificationError(1, "certificate has expired"), "has expired"),
        (ssl.SSLCertVerificationError(1, "certificate is not yet valid"), "machine's clock"),
        (ssl.SSLCertVerificationError(1, "unable to get local issuer"), "of another cluster"),
        (ssl.SSLError(1, "tlsv1 alert unknown ca"), "does not accept the certificate"),
        (OSError("whatever"), "does not answer"),
    ],
)
def test_why_nobody_is_reached_is_one_clause(error, told):
    wrapped = OSError("Timed out")
    wrapped.__cause__ = error
    assert told in why(wrapped, "tls://studio:8786")


def test_certificates_are_made_once_and_for_their_owner_alone(tmp_path):
    pytest.importorskip("cryptography")
    files = Files.of(tmp_path)
    with pytest.raises(SetupError, match="hotfolder cluster certificates"):
        files.check()
    make(files)
    files.check()
    assert sorted(file.name for file in files.folder.iterdir()) == [
        "ca.pem",
        "node.key",
        "node.pem",
    ]
    assert all(stat.S_IMODE(file.stat().st_mode) == 0o600 for file in files.all)
    before = files.certificate.read_bytes()
    with pytest.raises(SetupError, match="--force"):
        make(files)
    make(files, force=True)
    assert files.certificate.read_bytes() != before
    files.key.chmod(0o644)
    with pytest.raises(SetupError, match="chmod 600"):
        files.check()


def test_inputs_are_kept_by_content_whole_and_the_oldest_go(tmp_path):
    inputs = Inputs(tmp_path / "inputs", most=250)
    names = []
    for number in range(3):
        data = bytes([number]) * 100
        names.append(hashlib.sha256(data).hexdigest())
        assert inputs.missing([names[-1]]) == [names[-1]]
        assert inputs.put(names[-1], data)
        os.utime(inputs.path(names[-1]), (number, number))
    assert inputs.missing(names) == names[:1]
    assert not inputs.put(names[0], b"something else")
    assert inputs.missing(names[:1]) == names[:1]
    for spoilt in (b"", bytes([2]) * 99, bytes(100)):
        inputs.path(names[2]).write_bytes(spoilt)
        assert inputs.missing(names[1:]) == names[2:]
    assert inputs.put(names[2], bytes([2]) * 100)
    assert inputs.missing(names[1:]) == []
    for name in ("../../etc/passwd", "", "A" * 64):
        with pytest.raises(WireError):
            inputs.path(name)


def test_a_model_is_known_by_its_look_whatever_it_is_called(tmp_path):
    for name in ("a", "b"):
        (tmp_path / name).mkdir()
        (tmp_path / name / "model.safetensors").write_bytes(b"x" * 6_000_000)
    assert look_of(tmp_path / "a") == look_of(tmp_path / "b")
    with (tmp_path / "b" / "model.safetensors").open("r+b") as opened:
        opened.seek(6_000_000 - 10)
        opened.write(b"y")
    assert look_of(tmp_path / "a") != look_of(tmp_path / "b")
    assert look_of(tmp_path) != look_of(tmp_path / "a")


def test_another_hotfolder_is_refused_and_another_torch_is_told():
    ours = versions()
    same = {"wire": 1, "versions": ours}
    assert refused(same, ours) == ""
    assert "here it is" in refused({**same, "versions": {**ours, "hotfolder": "0.0.1"}}, ours)
    assert "Hotfolder ?" in refused({}, ours)
    assert differing(ours, ours) == ""
    assert "torch 1.0 (here" in differing({**ours, "torch": "1.0"}, ours)


def test_without_the_extra_the_bridge_says_what_installs_it(tmp_path):
    code = (
        "import sys; sys.modules['distributed'] = None\n"
        "from daemon.cluster.bridge import main\n"
        f"sys.exit(main(['--address', 'tls://h', '--state', {str(tmp_path)!r}, '--events', '1']))"
    )
    ended = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=False
    )
    assert ended.returncode == 5, ended.stderr
    assert "pip install 'hotfolder[cluster]'" in ended.stdout


def test_the_service_of_a_machine_that_renders_for_others_runs_that(tmp_path):
    for kind in ("systemd", "launchd"):
        made = service(tmp_path, kind=kind, scheduler="tls://studio:8786")
        assert made.target.argv()[1:6] == ["-m", "daemon", "cluster", "worker", "tls://studio:8786"]
    unit = systemd_unit.render(target(tmp_path, scheduler="tls://studio:8786"))
    assert systemd_unit.is_ours(unit)
    assert "Type=exec" in unit
    assert "Watchdog" not in unit
    plist = launchd_plist.render(target(tmp_path, scheduler="tls://studio:8786"))
    assert launchd_plist.is_ours(plist)
    assert launchd_plist.root_of(plist) == str(tmp_path)

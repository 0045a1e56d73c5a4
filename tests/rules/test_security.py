"""SECURITY.md is held to its word: each promise names tests, the tests are there, and what a test
of the whole code can show is shown here.
"""

from __future__ import annotations

import ast
import re
from functools import cache
from pathlib import Path

import pytest
from support.places import HOME, PACKAGE

from daemon.errors import JobError
from daemon.jobfile import read_job
from daemon.settings import Settings

PAGE = (HOME / "SECURITY.md").read_text("utf-8")
PROMISED = PAGE.split("## What is promised")[1].split("\n## ")[0]
CLAIMS = re.split(r"\n- ", PROMISED.strip().removeprefix("- "))
NAMED = re.compile(r"`(tests/[\w/]+\.py)::(\w+)`")

CONNECTING = {
    "aiohttp", "apprise", "asyncio", "ftplib", "http", "httpx", "huggingface_hub", "poplib", "requests",
    "smtplib", "socket", "socketserver", "ssl", "telnetlib", "urllib", "urllib3", "xmlrpc",
}  # fmt: skip
PICKLING = {"pickle", "cPickle", "dill", "joblib", "shelve", "marshal", "cloudpickle"}


@cache
def names_in(file: str) -> frozenset[str]:
    tree = ast.parse((HOME / file).read_text("utf-8"))
    return frozenset(node.name for node in ast.walk(tree) if isinstance(node, ast.FunctionDef))


@pytest.mark.parametrize("claim", CLAIMS, ids=lambda claim: claim.split("**")[1][:40])
def test_every_promise_names_tests_that_are_there(claim: str) -> None:
    named = NAMED.findall(claim)

    assert named, "a promise without a test"
    for file, name in named:
        assert (HOME / file).is_file(), file
        assert name in names_in(file), f"{file}::{name}"


def test_every_test_named_anywhere_on_the_page_is_there() -> None:
    named = re.findall(r"tests/[\w/]+\.py", PAGE)

    assert len(CLAIMS) >= 15
    assert all((HOME / file).is_file() for file in named)


def imports(file: Path) -> set[str]:
    found: set[str] = set()
    for node in ast.walk(ast.parse(file.read_text("utf-8"))):
        if isinstance(node, ast.Import):
            found |= {alias.name.split(".")[0] for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
            found.add(node.module.split(".")[0])
    return found


def modules(*but: str) -> list[Path]:
    left_out = [PACKAGE / name for name in but]
    return [
        file
        for file in sorted(PACKAGE.rglob("*.py"))
        if not any(file.is_relative_to(folder) for folder in left_out)
    ]


def test_only_pulling_a_model_and_what_the_settings_name_have_code_that_connects() -> None:
    """Pulling, and the webhooks of the settings (one module connects, another takes an address
    apart). The sandbox's two ends of an unnamed pair inside the machine connect to nobody, and what
    systemd is told goes to a socket of this machine. apprise is a program of its own, in a text; so
    is what reaches other machines, which is begun where settings or a command name them."""
    pair = {PACKAGE / "sandbox" / name for name in ("client.py", "child.py", "__main__.py")}
    pair.add(PACKAGE / "boards" / "__main__.py")
    hooks = {PACKAGE / "listeners" / "webhooks" / name for name in ("post.py", "webhooks.py")}
    local = {*pair, PACKAGE / "listeners" / "service_manager.py"}
    connecting = {file for file in modules("cluster") if imports(file) & CONNECTING}

    assert connecting == {PACKAGE / "models" / "pull" / "hub.py", *hooks, *local}
    for file in PACKAGE.rglob("*.py"):
        named = re.search("import apprise|urllib.request|urlopen", file.read_text("utf-8"))
        assert not named or file == PACKAGE / "listeners" / "apprise.py", file
    outside = [file for file in modules("cluster", "cli") if "daemon.cluster" in file.read_text()]
    assert outside == [PACKAGE / "worker" / "bridge.py"]
    for file in pair:
        text = file.read_text("utf-8")
        assert imports(file) & CONNECTING == {"socket"}
        assert not re.search(r"AF_INET|\.connect|\.bind\(|\.listen|create_connection", text), file


def test_nothing_that_renders_opens_a_pickle() -> None:
    for file in modules("sketch"):  # training keeps checkpoints of its own making
        text = file.read_text("utf-8")
        assert not imports(file) & PICKLING, file
        assert not re.search(r"\btorch\.load\(|allow_pickle|trust_remote_code", text), file


@pytest.mark.parametrize(
    "line",
    [
        "engine: os:system", "engine: dry-run", "models: [/tmp]", "library: [/]", "model: ../../evil",
        "model: /etc/passwd", "loras: [{name: ../evil, scale: 1}]", "root: /",
        "config: /tmp", "device: cpu",
    ],
)  # fmt: skip
def test_a_job_can_name_no_engine_folder_or_path(line: str) -> None:
    with pytest.raises(JobError):
        read_job(f"prompt: a\n{line}\n".encode(), file="a.yaml", base=Settings().job_defaults)

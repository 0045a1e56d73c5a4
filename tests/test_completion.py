"""Completion: what the shells themselves make of our scripts."""

from __future__ import annotations

import argparse
import subprocess
from collections.abc import Sequence
from pathlib import Path

import pytest
from kit import HANG, needs

from daemon.completion import script, verbs_of
from daemon.errors import UsageError

VERBS = {
    "run": ["--root", "--until-empty", "-h"],
    "service": ["install", "status", "--force", "--root"],
    "status": ["--json"],
    "pause": [],
}


def ask(command: Sequence[str], folder: Path) -> str:
    environment = {"HOME": str(folder), "PATH": "/usr/local/bin:/usr/bin:/bin", "TERM": "dumb"}
    done = subprocess.run(
        command, capture_output=True, text=True, timeout=HANG, env=environment, cwd=folder
    )
    assert done.returncode == 0, done.stderr
    assert done.stderr == ""
    return done.stdout


def a_parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser()
    parser.add_argument("--version", action="store_true")
    verbs = parser.add_subparsers()
    service = verbs.add_parser("service")
    service.add_argument("action", choices=("install", "status"))
    service.add_argument("--force", action="store_true")
    service.add_argument("--secret", help=argparse.SUPPRESS)
    run = verbs.add_parser("run")
    run.add_argument("-n", "--lines", type=int)
    return parser


def test_verbs_options_and_choices_are_read_off_the_parser() -> None:
    assert verbs_of(a_parser()) == {
        "service": ["install", "status", "--force", "--help", "-h"],
        "run": ["--help", "--lines", "-h", "-n"],
    }


def test_the_real_command_line_has_all_its_verbs_completed() -> None:
    from daemon.cli.parser import make_parser

    table = verbs_of(make_parser())

    assert {"run", "submit", "status", "service", "models", "doctor"} <= set(table)
    assert {"install", "uninstall", "--force"} <= set(table["service"])
    for shell in ("bash", "zsh", "fish"):
        assert all(verb in script(shell, table) for verb in table)


def test_an_unknown_shell_is_refused_with_the_known_ones() -> None:
    with pytest.raises(UsageError, match="bash, zsh and fish"):
        script("tcsh", VERBS)


def test_a_word_a_shell_could_act_on_never_reaches_a_script() -> None:
    for shell in ("bash", "zsh", "fish"):
        assert "rm" not in script(shell, {"run": ["$(rm -r x)", "`rm`", "; rm", "--ok"]})


@needs("bash")
@pytest.mark.parametrize(
    ("typed", "offered"),
    [
        (["hotfolder", ""], ["run", "service", "status", "pause"]),
        (["hotfolder", "s"], ["service", "status"]),
        (["hotfolder", "service", "in"], ["install"]),
        (["hotfolder", "service", "--f"], ["--force"]),
        (["hotfolder", "service", "install", "--"], ["--force", "--root"]),
        (["hotfolder", "run", "--u"], ["--until-empty"]),
        (["hotfolder", "pause", ""], []),
        (["hotfolder", "nonsense", ""], []),
    ],
)
def test_bash_offers_the_right_words(tmp_path: Path, typed: list[str], offered: list[str]) -> None:
    path = tmp_path / "completion"
    path.write_text(script("bash", VERBS))
    line = " ".join(f"'{word}'" for word in typed)
    ending = f'set -u; source "{path}"; COMP_WORDS=({line}); COMP_CWORD={len(typed) - 1}; '
    shown = '_hotfolder; printf "%s\\n" "${COMPREPLY[@]+"${COMPREPLY[@]}"}"; complete -p hotfolder'

    out = ask(["bash", "--norc", "-c", ending + shown], tmp_path).splitlines()

    assert [word for word in out[:-1] if word] == offered
    assert out[-1] == "complete -o bashdefault -o default -F _hotfolder hotfolder"


@needs("zsh")
def test_zsh_accepts_the_script_and_registers_it(tmp_path: Path) -> None:
    path = tmp_path / "_hotfolder"
    path.write_text(script("zsh", VERBS))

    ask(["zsh", "-f", "-n", str(path)], tmp_path)
    registers = f'autoload -Uz compinit; compinit -u -D; source "{path}"; print $_comps[hotfolder]'

    assert ask(["zsh", "-f", "-c", registers], tmp_path).strip() == "_hotfolder"


@needs("zsh")
def test_zsh_offers_the_right_words(tmp_path: Path) -> None:
    """The function is run with `compadd` and `_files` noting what they are given."""
    path = tmp_path / "_hotfolder"
    path.write_text(script("zsh", VERBS))
    code = (
        'compdef() { : }; compadd() { shift; print -l -- "$@" }; _files() { print files }; '
        f'source "{path}"; words=(hotfolder service in); CURRENT=3; _hotfolder'
    )

    out = ask(["zsh", "-f", "-c", code], tmp_path).split()

    assert out == ["install", "status", "--force", "--root", "files"]


@needs("fish")
@pytest.mark.parametrize(
    ("line", "offered"),
    [
        ("hotfolder s", {"service", "status"}),
        ("hotfolder service in", {"install"}),
        ("hotfolder service --", {"--force", "--root"}),
        ("hotfolder run --u", {"--until-empty"}),
    ],
)
def test_fish_offers_the_right_words(tmp_path: Path, line: str, offered: set[str]) -> None:
    path = tmp_path / "hotfolder.fish"
    path.write_text(script("fish", VERBS))

    ask(["fish", "-n", str(path)], tmp_path)
    out = ask(["fish", "-N", "-c", f"source {path}; complete -C '{line}'"], tmp_path)

    assert {row.split("\t")[0] for row in out.splitlines()} == offered

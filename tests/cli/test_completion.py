"""Completion: what the shells themselves make of the scripts of the real command line."""

from __future__ import annotations

import subprocess
from collections.abc import Sequence
from pathlib import Path

import pytest
from support.daemon import HANG, needs

from daemon.cli.completion import script
from daemon.cli.verbs import SHELLS


def ask(command: Sequence[str], folder: Path) -> str:
    environment = {"HOME": str(folder), "PATH": "/usr/local/bin:/usr/bin:/bin", "TERM": "dumb"}
    done = subprocess.run(
        command, capture_output=True, text=True, timeout=HANG, env=environment, cwd=folder
    )
    assert done.returncode == 0, done.stderr
    assert done.stderr == ""
    return done.stdout


def the_script(shell: str, folder: Path) -> Path:
    path = folder / f"hotfolder.{shell}"
    path.write_text(script(shell))
    return path


@pytest.mark.parametrize("shell", SHELLS)
def test_every_verb_of_the_command_line_is_in_the_script(shell: str) -> None:
    text = script(shell)

    for verb in ("run", "submit", "status", "service", "models", "doctor", "completion"):
        assert verb in text
    assert "uninstall" in text


@needs("bash")
@pytest.mark.parametrize(
    ("typed", "offered"),
    [
        (["hotfolder", "s"], {"schema", "service", "sheet", "status", "submit"}),
        (["hotfolder", "fi"], {"final", "first"}),
        (["hotfolder", "service", "in"], {"install"}),
        (["hotfolder", "service", "--f"], {"--force"}),
        (["hotfolder", "run", "--u"], {"--until-empty"}),
        (["hotfolder", "run", "--device", "c"], {"cuda", "cpu"}),
        (["hotfolder", "submit", "--preset", ""], {"fast", "balanced", "quality", "draft"}),
        (["hotfolder", "submit", "--sampler", "uni"], {"unipc"}),
        (["hotfolder", "pause", ""], set()),
        (["hotfolder", "check", "sh"], {"shot.yaml"}),
    ],
)
def test_bash_offers_the_right_words(tmp_path: Path, typed: list[str], offered: set[str]) -> None:
    (tmp_path / "shot.yaml").touch()
    line = " ".join(f"'{word}'" for word in typed)
    code = (
        f'source "{the_script("bash", tmp_path)}"; COMP_WORDS=({line}); '
        f'COMP_CWORD={len(typed) - 1}; _shtab_hotfolder; printf "%s\\n" "${{COMPREPLY[@]}}"'
    )

    out = ask(["bash", "--norc", "-c", code], tmp_path)

    assert {word for word in out.split() if word} == offered


@needs("zsh")
def test_zsh_takes_the_script_as_the_readme_says_and_registers_it(tmp_path: Path) -> None:
    path = the_script("zsh", tmp_path)

    ask(["zsh", "-f", "-n", str(path)], tmp_path)
    registers = (
        f'autoload -Uz compinit; compinit -u -D; eval "$(cat {path})"; print $_comps[hotfolder]'
    )

    assert ask(["zsh", "-f", "-c", registers], tmp_path).strip() == "_shtab_hotfolder"


@needs("fish")
@pytest.mark.parametrize(
    ("line", "offered"),
    [
        ("hotfolder s", {"schema", "service", "sheet", "status", "submit"}),
        ("hotfolder service in", {"install"}),
        ("hotfolder run --u", {"--until-empty"}),
    ],
)
def test_fish_offers_the_right_words(tmp_path: Path, line: str, offered: set[str]) -> None:
    path = the_script("fish", tmp_path)

    ask(["fish", "-n", str(path)], tmp_path)
    out = ask(["fish", "-N", "-c", f"source {path}; complete -C '{line}'"], tmp_path)

    assert {row.split("\t")[0] for row in out.splitlines()} >= offered

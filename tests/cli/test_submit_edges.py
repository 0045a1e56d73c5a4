"""`submit` where things are said oddly: lines are the person's own, invented names are harmless."""

from __future__ import annotations

import subprocess
import sys

import pytest
from support.daemon import hotfolder

from daemon.cli import main
from daemon.cli.drafts import scaled
from daemon.protocol.closeness import WORDS

WRONG = {
    "an unknown key": "# mine\n\nprompt: a\nstps: 3\n",
    "a value out of bounds": "# mine\n\nprompt: a\nsteps: 0\n",
    "a reference that is not there": "# mine\n\nprompt: a\nreferences: [{image: no.png}]\n",
    "below a key": "# mine\n\nreferences:\n  - {image: a.png, scael: 1}\nprompt: a\n",
    "what can't be read": "# mine\n\nprompt: a\nnotes: [x\n",
    "in a record": '{"schema": 1,\n "result": {},\n "job":\n {"prompt": "a", "steps": 0}}',
}


@pytest.mark.parametrize("option", [(), ("--seed", "3", "--priority", "2")])
@pytest.mark.parametrize("case", WRONG)
def test_a_mistake_is_told_in_the_line_of_the_file_that_was_given(
    root, tmp_path, capsys, case, option
):
    file = tmp_path / ("a.json" if case == "in a record" else "a.yaml")
    file.write_text(WRONG[case])

    assert main(["submit", "--root", str(root.root), str(file), *option]) == 2
    assert "line 4: " in capsys.readouterr().err
    assert not [each for each in root.inbox.iterdir() if each.is_file()]


def test_an_option_has_no_line(root, capsys):
    assert main(["submit", "--root", str(root.root), "--prompt", "a", "--steps", "0"]) == 2
    said = capsys.readouterr().err
    assert "line" not in said
    assert "`steps` must be at least 1" in said


@pytest.mark.parametrize("verb", ["submit", "check"])
def test_a_closed_standard_input_is_said(root, verb):
    command = f"{sys.executable} -m daemon --root '{root.root}' {verb} - <&-"
    done = subprocess.run(["/bin/sh", "-c", command], capture_output=True, text=True, check=False)

    assert done.returncode == 2
    assert "no standard input" in done.stderr


@pytest.mark.parametrize("said", ['[{"prompt": "a"}, {"prompt": "b"}]', "[{prompt: a}]"])
def test_a_list_of_jobs_in_one_line_is_a_board_and_no_prompt(root, said):
    assert hotfolder("submit", "--root", str(root.root), "-", input=said).returncode == 0
    (dropped,) = (path for path in root.inbox.rglob("*") if path.is_file())
    assert dropped.read_text() == said


def test_a_name_made_of_a_prompt_holds_no_sign_that_steers(root):
    main(["submit", "--root", str(root.root), "--prompt", "\x1b[31ma \u202ered\x07 boat"])

    assert (root.inbox / "[31ma-red-boat.yaml").exists()


def test_an_empty_root_is_a_mistake_and_no_folder(root, monkeypatch):
    monkeypatch.chdir(root.root)

    for words in (["--root", "", "status"], ["status", "--root", " "]):
        assert main(words) == 2


@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("shot.yaml.txt", "Rename it to shot.yaml"),
        ("~shot.yaml", "begins with ~"),
        ("#shot.yaml", "begins with #"),
        (".shot.yaml", "begins with a dot"),
        ("_defaults.yaml", "defaults of its folder"),
        ("_Default.yml", "Rename it to _defaults.yaml"),
        ("shot.yaml.why.txt", "a letter"),
        ("job.schema.json", "a schema"),
    ],
)
def test_what_a_drop_would_leave_lying_is_not_submitted_and_not_good(
    root, tmp_path, capsys, name, words
):
    file = tmp_path / name
    file.write_text("prompt: a\n")

    assert main(["submit", "--root", str(root.root), str(file)]) == 2
    assert words in capsys.readouterr().err
    assert main(["check", "--root", str(root.root), str(file)]) == 1
    assert words in " ".join(capsys.readouterr().out.split())
    assert not [each for each in root.inbox.iterdir() if each.is_file()]


@pytest.mark.parametrize(
    ("option", "item"),
    [
        ("010.png", {"image": "010.png"}),
        ("010.png=exact", {"image": "010.png", "scale": "exact"}),
        ("010.png=EXACT", {"image": "010.png", "scale": "exact"}),
        ("010.png loose", {"image": "010.png", "scale": "loose"}),
        ("my drawing.png", {"image": "my drawing.png"}),
        ("my drawing.png=0.5", {"image": "my drawing.png", "scale": 0.5}),
    ],
)
def test_a_drawing_is_named_on_the_command_line_as_in_a_job(option: str, item: dict) -> None:
    assert scaled(option, "drawing", "image", WORDS) == item


@pytest.mark.parametrize("option", ["", " ", "=exact", "=0.5"])
def test_a_drawing_without_a_name_is_a_mistake_in_the_command(root, capsys, option: str) -> None:
    words = ["submit", "--prompt", "a", f"--drawing={option}", "--root", str(root.root)]
    assert main(words) == 2
    assert "--drawing: name a picture, such as 010.png." in capsys.readouterr().err
    assert not list(root.inbox.glob("*.yaml"))

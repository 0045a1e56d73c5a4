"""`check` reads what a drop would read, wherever it lies, and says so over all of it."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from PIL import Image, ImageDraw
from support.daemon import hotfolder

from daemon.cli import main


def check(root, capsys, *words: str) -> tuple[int, str]:
    code = main(["check", *words, "--root", str(root.root)])
    out, err = capsys.readouterr()
    return code, out + err


@pytest.fixture
def episode(tmp_path):
    """A folder as a person would drop it: defaults, two shots, one of them in a scene."""
    top = tmp_path / "ep01"
    (top / "scene").mkdir(parents=True)
    (top / "_defaults.yaml").write_text("steps: 7\n")
    (top / "scene" / "_defaults.yaml").write_text("seed: 5\n")
    (top / "010.yaml").write_text("prompt: a\ncount: 2\n")
    (top / "scene" / "020.yaml").write_text("prompt: b\n")
    (top / "notes.md").write_text("x")
    return top


def test_a_folder_is_checked_with_its_defaults_as_a_drop_would_read_them(root, episode, capsys):
    code, said = check(root, capsys, str(episode))

    assert code == 0
    assert said.count("7 steps") == 2
    assert "seed 5" in said
    assert said.rstrip().splitlines()[-1].startswith("2 files, 3 pictures")
    assert "; no problems" in said


@pytest.mark.parametrize("inside", [True, False])
def test_defaults_hold_inside_the_inbox_and_outside(root, tmp_path, capsys, inside):
    folder = (root.inbox if inside else tmp_path) / "ep"
    folder.mkdir()
    (root.inbox / "_defaults.yaml").write_text("seed: 9\n")
    (folder / "_defaults.yaml").write_text("steps: 7\n")
    (folder / "a.yaml").write_text("prompt: a\n")
    code, said = check(root, capsys, str(folder / "a.yaml"))
    assert (code, "7 steps" in said, "seed 9" in said) == (0, True, True)

    (folder / "_defaults.yaml").write_text("steps: many\n")
    code, said = check(root, capsys, str(folder))
    assert code == 1
    assert "_defaults.yaml" in said


def test_a_total_counts_problems_and_ends_with_1(root, episode, capsys):
    (episode / "bad.yaml").write_text("promt: x\n")
    code, said = check(root, capsys, str(episode))

    assert code == 1
    assert said.rstrip().splitlines()[-1].startswith("3 files, 3 pictures")
    assert "; 1 problem" in said
    told = hotfolder("check", str(episode), "--json", "--root", str(root.root))
    assert [item["ok"] for item in json.loads(told.stdout)].count(False) == 1


def test_a_pattern_that_the_shell_left_alone_and_a_pipe_are_checked(root, episode, capsys):
    code, said = check(root, capsys, str(episode / "0*.yaml"), str(episode / "sc*"))
    assert (code, "2 files" in said) == (0, True)

    piped = hotfolder("check", "-", "--root", str(root.root), input="a red circle #3\n")
    assert piped.returncode == 0, piped.stderr
    assert "a red circle #3" in piped.stdout


@pytest.mark.parametrize("word", ["no.yaml", "no/such/", "no*", "", "empty"])
def test_a_word_that_stands_for_nothing_ends_with_2(root, tmp_path, capsys, monkeypatch, word):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "empty").mkdir()
    code, said = check(root, capsys, word)

    assert code == 2
    assert "no " in said


BROKEN = {
    "cut short": lambda whole: whole[: len(whole) // 2],
    "of another kind": lambda _: b"\0\0\0\x18ftypheic" + b"\0" * 100,
    "spoilt inside": lambda whole: whole[:60] + b"\xff" * 40 + whole[100:],
    "empty": lambda _: b"",
}


@pytest.mark.parametrize("kind", BROKEN)
@pytest.mark.parametrize(
    "key", ["references: [{image: %s}]", "image: %s", "image: ok.png\nmask: %s"]
)
def test_pictures_are_opened_and_decoded(root, tmp_path, capsys, kind, key):
    noise = Image.effect_noise((64, 64), 90)
    noise.save(tmp_path / "ok.png")
    (tmp_path / "bad.png").write_bytes(BROKEN[kind]((tmp_path / "ok.png").read_bytes()))
    for name, code in (("ok.png", 0), ("bad.png", 1)):
        (tmp_path / "a.yaml").write_text(f"prompt: p\n{key % name}\n")
        told, said = check(root, capsys, str(tmp_path / "a.yaml"))
        assert (told, code and name not in said) == (code, False), said


def test_what_a_running_daemon_can_draw_is_what_check_and_submit_foresee(
    root, daemon, tmp_path
) -> None:
    """Started with another engine than the settings', it can what that one can."""
    file = tmp_path / "small.yaml"
    file.write_text("prompt: p\nsize: 64x64\nsteps: 1\n")
    words = ("check", str(file), "--root", str(root.root))
    before = hotfolder(*words)
    child = daemon()
    during = hotfolder(*words)
    dropped = hotfolder("submit", str(file), "--root", str(root.root))
    child.stop()
    after = hotfolder(*words)

    assert (before.returncode, during.returncode, after.returncode) == (1, 0, 1)
    assert "too small for the model sketch" in before.stdout
    assert (dropped.returncode, dropped.stderr) == (0, "")


# --- folders of drawings ----------------------------------------------------------------------------


def drawn(file, wide: int = 100) -> None:
    picture = Image.new("RGB", (320, 240), "white")
    ImageDraw.Draw(picture).rectangle((30, 30, 30 + wide, 200), outline="black", width=3)
    picture.save(file)


@pytest.fixture
def film(tmp_path):
    """A folder of drawings: one with words of its own, one that the folder speaks for."""
    top = tmp_path / "film"
    (top / "night").mkdir(parents=True)
    (top / "_defaults.yaml").write_text(
        "each: drawing\nprompt: a still, {name}\nreferences: [{image: look.png}]\nsteps: 4\n"
    )
    for name in ("dawn.png", "noon.PNG", "look.png", "night/moon.png"):
        drawn(top / name)
    (top / "night" / "_defaults.yaml").write_text("references: []\n")
    (top / "noon.TXT").write_text("# mine\nthe harbour\nat {name}\n")
    (top / "extra.yaml").write_text("prompt: a job like any other\n")
    return top


@pytest.mark.parametrize("inside", [False, True])
def test_a_folder_of_drawings_is_read_as_a_drop_of_it(root, film, capsys, inside):
    if inside:
        film = film.rename(root.inbox / "film")
    code, said = check(root, capsys, "--json", str(film))
    found = {Path(each["file"]).relative_to(film).as_posix(): each for each in json.loads(said)}

    assert code == 0
    assert sorted(found) == ["dawn.png", "extra.yaml", "night/moon.png", "noon.PNG"]
    prompts = {name: each["pictures"][0]["sampling"]["prompt"] for name, each in found.items()}
    assert prompts == {
        "dawn.png": "a still, dawn",
        "extra.yaml": "a job like any other",
        "night/moon.png": "a still, moon",
        "noon.PNG": "the harbour at noon",
    }
    seeds = [each["pictures"][0]["seed"] for name, each in found.items() if name != "extra.yaml"]
    assert min(seeds) >= 0
    assert len(set(seeds)) == 3


def test_a_text_stands_for_its_drawing_and_a_drawing_for_itself(root, film, capsys):
    for name in ("noon.TXT", "noon.PNG"):
        code, said = check(root, capsys, str(film / name))
        assert (code, said.splitlines()[0].split(":")[0]) == (0, str(film / "noon.PNG"))
        assert "the harbour at noon" in said


def test_what_would_wait_in_a_folder_of_drawings_is_told(root, film, capsys):
    (film / "_defaults.yaml").write_text("each: drawing\n")
    (film / "noon.TXT").write_text("prompt: x\nsteps: 4\n")
    (film / "lonely.txt").write_text("a boat\n")
    code, said = check(root, capsys, str(film))

    assert code == 1
    assert "It would wait: nothing says what it shows. Write it into dawn.txt" in said
    assert "It would wait: its text can't be used." in said
    assert "says what a drawing of its name shows, and there is none." in said
    assert "line 1" not in said, "nobody wrote the job that is made of a drawing"


def test_defaults_that_can_not_be_read_are_told_of_drawings_too(root, film, capsys):
    for name in ("extra.yaml", "noon.TXT"):
        (film / name).unlink()
    (film / "_defaults.yaml").write_text("each: drawings\n")
    code, said = check(root, capsys, str(film))

    assert code == 1
    assert said.count("_defaults.yaml, line 1") == 1
    assert "There is no job file" not in said


def test_each_none_below_makes_jobs_of_texts_again(root, film, capsys):
    (film / "night" / "_defaults.yaml").write_text("each: none\n")
    (film / "night" / "moon.txt").write_text("the moon\n")
    code, said = check(root, capsys, str(film / "night"))
    assert (code, "moon.txt: good" in said, "draws by" in said) == (0, True, False)


def test_words_that_a_model_does_not_know_are_told_once_for_all_files(root, tmp_path, capsys):
    root.settings_file.write_text("model: sketch\n")
    board, job = tmp_path / "ep.yaml", tmp_path / "a.yaml"
    board.write_text("name: ep\nshots: {010: a boat and a quokka, 020: a lantern, 030: a boat}\n")
    job.write_text("prompt: a typewriter and a lantern\n")

    code, said = check(root, capsys, str(board), str(job))
    assert code == 0
    assert said.count("The model sketch") == 1
    assert "and not: quokka, lantern, typewriter." in said
    assert "2 files, 4 pictures; about" not in said
    assert said.rstrip().endswith("2 warnings")

    _, said = check(root, capsys, str(board), str(job), "--json")
    told = json.loads(said)
    assert "and not: typewriter, lantern." in told[1]["warnings"][0], "programs have each by itself"

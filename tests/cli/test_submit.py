"""`submit`: all or nothing is dropped, what was said is what is made, and scripts can read it."""

from __future__ import annotations

import json
import os
import pty
import subprocess
import sys
from pathlib import Path

import pytest
import yaml
from PIL import Image
from support.daemon import hotfolder, pictures, record

from daemon.jobfile import read_job
from daemon.jobfile.assemble import finish
from daemon.jobfile.document import read_table
from daemon.jobfile.level import make_level
from daemon.jobfile.overlay import overlaid, written
from daemon.jobfile.precedence import Merged
from daemon.settings import Settings

SMALL = "prompt: p\nsteps: 2\n"

FILES = (
    "prompt: a\n",
    "prompt: a\nsteps: 9\ncfg: 3\nsampler_name: DPM++ 2M Karras\n",
    "prompt: a\nseed: [1, 2]\nsize: 512x768\nnegative: b\n",
    "prompt: a\nscheduler: karras\nwidth: 640\naspect: 3:2\ncount: 2\nbatch_size: 3\n",
    "prompt: a\nscheduler: euler\npreset: fast\nimage_strength: 0.3\ninit_image: x.png\n",
    "prompt: a\nreference_image: [a.png, b.png]\nreference_scale: 0.4\nlora_paths: [l]\n",
    "prompt: a\nreferences: [{path: a.png, weight: 0.4}]\nenable_hr: true\nhr_scale: 1.5\n",
    "prompt: a\npriority: 3\nstrict: true\nclip_skip: 2\nmodel: other\nname: n\nnotes: {x: 1}\n",
    '{"schema": 1, "job": {"prompt": "a", "steps": 9, "width": 512, "height": 512}, "result": {}}',
)
OPTIONS = (
    {"preset": "quality"},
    {"preset": "quality", "steps": 4},
    {"size": "256x256"},
    {"aspect": "2:3"},
    {"seed": 7},
    {"count": 3},
    {"sampler": "euler"},
    {"sampler": "DPM++ 2M Karras"},
    {"steps": 4, "guidance_scale": 2.5, "negative_prompt": "c"},
    {"references": [{"image": "c.png", "scale": 0.2}], "loras": [{"name": "m"}]},
    {"image": "y.png", "strength": 0.5, "hires": 2.0},
    {"prompt": "other", "name": "zz", "priority": 9, "model": "sketch", "strict": False},
)


@pytest.mark.parametrize("options", OPTIONS, ids=str)
@pytest.mark.parametrize("text", FILES, ids=range(len(FILES)))
def test_options_laid_over_a_file_mean_what_a_level_above_it_would(text, options):
    base = Settings().job_defaults
    name = "x.json" if text.startswith("{") else "x.yaml"
    table = read_table(text.encode(), name)
    level = make_level(table.items["job"] if name == "x.json" else table)
    above = make_level(read_table(written(options, "o.yaml"), "o.yaml"))
    want = finish(Merged(base, [level, above], lenient=name == "x.json"))

    changed = overlaid(text.encode(), name, options)
    assert read_job(changed, file=name, base=base) == want


def submit(root, *words: str, **kwargs):
    return hotfolder("submit", *words, "--root", str(root.root), **kwargs)


def lying(root) -> list[str]:
    """What the inbox holds."""
    return sorted(p.relative_to(root.inbox).as_posix() for p in root.inbox.rglob("*.*"))


def test_nothing_is_dropped_if_one_of_the_files_is_no_job(root, tmp_path):
    for name, text in (("a", SMALL), ("b", "promt: x"), ("c", "prompt: c\nimage: no.png\n")):
        (tmp_path / f"{name}.yaml").write_text(text)
    (root.inbox / "_defaults.yaml").write_text("steps: many\n")
    files = [str(tmp_path / f"{name}.yaml") for name in "abc"]

    for words in (files, [files[0], "no.yaml"], [files[0], str(tmp_path)], [files[0]]):
        answer = submit(root, *words)
        assert (answer.returncode, answer.stdout) == (2, "")
        assert lying(root) == ["_defaults.yaml"]
    assert "_defaults.yaml" in answer.stderr


@pytest.mark.parametrize(
    ("said", "prompt"),
    [
        ("a boat #3 in the harbour\n", "a boat #3 in the harbour"),
        ("a cat: on a {red|blue} mat", "a cat: on a {red|blue} mat"),
        ("prompt: a boat\nsteps: 3\n", "a boat"),
        ("{prompt: a boat}", "a boat"),
        ('{"prompt": "a boat"}', "a boat"),
        ('{\n "prompt": "a boat"\n}\n', "a boat"),
        ("\ufeffа корабль\n", "а корабль"),
    ],
)
def test_a_pipe_brings_yaml_json_or_a_line(root, said, prompt):
    answer = submit(root, "-", "--name", "piped", "--json", input=said)

    assert answer.returncode == 0, answer.stderr
    (told,) = json.loads(answer.stdout)
    assert told["job"] is None
    file = Path(told["path"])
    assert file.stem == "piped"
    body = yaml.safe_load(file.read_text("utf-8"))
    assert (body["prompt"], body["name"]) == (prompt, "piped")


@pytest.mark.parametrize(
    ("words", "head", "home"),
    [([], "", "input"), (["--name", "ep 9"], "", "ep 9"), ([], "name: ep03\n", "ep03")],
)
def test_a_pipe_brings_a_board_with_the_pictures_that_lie_here(
    root, tmp_path, monkeypatch, words, head, home
):
    Image.new("RGB", (64, 64)).save(tmp_path / "anna.png")
    monkeypatch.chdir(tmp_path)
    said = f"{head}cast: {{Anna: anna.png}}\nshots:\n  010: Anna on the pier\n"

    answer = submit(root, "-", *words, input=said)

    assert (answer.returncode, answer.stdout) == (0, f"{home}/{home}.yaml\n"), answer.stderr
    assert lying(root) == [f"{home}/anna.png", f"{home}/{home}.yaml"]
    assert (root.inbox / home / f"{home}.yaml").read_text() == said


@pytest.mark.parametrize("said", ["", "promt: x", "one\ntwo\n", "{prompt: }", "\0"])
def test_what_is_no_job_in_a_pipe_is_said_and_not_dropped(root, said):
    answer = submit(root, "-", input=said)

    assert (answer.returncode, answer.stdout) == (2, "")
    assert "standard input was not dropped" in answer.stderr
    assert lying(root) == []


def test_pictures_go_along_by_content_and_clash_with_none(root, tmp_path, daemon):
    shots = tmp_path / "shots"
    shots.mkdir()
    (shots / "shot.yaml").write_text(f"{SMALL}references: [{{image: photo.png, scale: 0.3}}]\n")
    for color in ("red", "blue"):
        Image.new("RGB", (64, 64), color).save(shots / "photo.png")
        for words in (
            [str(shots / "shot.yaml")],
            ["--prompt", color, "--image", "photo.png", "--steps", "2"],
        ):
            assert submit(root, *words, cwd=shots).returncode == 0
    (shots / "photo.png").unlink()
    assert all(name.endswith(".yaml") for name in lying(root))
    assert daemon("--until-empty", ready=False).wait() == 0

    used = {
        name: record(root, name)["job"]["references"][0]["sha256"] for name in ("shot", "shot-2")
    }
    assert used["shot"] != used["shot-2"]
    assert len(pictures(root)) == 4
    assert hotfolder("retry", "shot", "--root", str(root.root)).returncode == 0
    assert daemon("--until-empty", ready=False).wait() == 0
    assert record(root, "shot-3")["job"]["references"][0]["sha256"] in used.values()


@pytest.mark.parametrize("content", [b"", b"\x89PNG no", b"GIF89a", b"ftypheic"])
def test_a_picture_that_is_none_is_said_before_anything_is_dropped(root, tmp_path, content):
    (tmp_path / "photo.png").write_bytes(content)
    (tmp_path / "a.yaml").write_text(f"{SMALL}reference_image: photo.png\n")
    for words in (["a.yaml"], ["--prompt", "p", "--image", "photo.png"]):
        answer = submit(root, *words, cwd=tmp_path)
        assert answer.returncode == 2
        assert "photo.png" in answer.stderr
        assert lying(root) == []


def test_waiting_prints_paths_alone_and_no_line_a_step(root, daemon, wait, tmp_path):
    child = daemon()
    (tmp_path / "two.yaml").write_text(f"{SMALL}count: 2\n")
    words = ("two.yaml", "two.yaml", "--wait")
    answer = submit(root, *words, cwd=tmp_path)
    told = submit(root, *words, "--json", cwd=tmp_path)

    assert answer.returncode == told.returncode == 0, answer.stderr
    paths = answer.stdout.splitlines()
    assert [Path(path).name for path in paths] == [
        f"two{mark}-0{n}.png" for mark in ("", "-2") for n in (1, 2)
    ]
    assert all(Path(path).is_file() for path in paths)
    assert " step " not in answer.stderr
    assert "starting" in answer.stderr
    ends = json.loads(told.stdout)
    assert [(end["job"], end["outcome"], len(end["pictures"])) for end in ends] == [
        (3, "done", 2),
        (4, "done", 2),
    ]
    hotfolder("pause", "--root", str(root.root))
    wait(lambda: child.status.get("state") == "paused")
    paused = submit(root, *words, cwd=tmp_path)
    assert (paused.returncode, paused.stdout) == (5, "")
    assert paused.stderr.count("paused") == 1
    unwaited = submit(root, "two.yaml", cwd=tmp_path)
    assert (unwaited.returncode, unwaited.stdout) == (0, "two-3.yaml\n")
    assert unwaited.stderr.count("paused") == 1


def test_a_person_at_a_terminal_sees_bars_and_a_script_the_paths(root, daemon):
    daemon(HOTFOLDER_DRY_STEP_SECONDS="0.02")
    ours, theirs = pty.openpty()
    command = [sys.executable, "-m", "daemon", "submit", "--prompt", "p", "--steps", "20", "--wait"]
    with subprocess.Popen(
        [*command, "--root", str(root.root)], stdout=subprocess.PIPE, stderr=theirs
    ) as child:
        os.close(theirs)
        shown = b""
        try:
            while part := os.read(ours, 65536):
                shown += part
        except OSError:  # the other end is closed
            pass
        os.close(ours)
        assert child.stdout is not None
        said = child.stdout.read().decode()
        assert said.splitlines() == [str(root.outbox / "p.png")], shown
    assert child.returncode == 0, shown
    assert b"/20" in shown
    assert shown.endswith((b"\x1b[?25h", b"\n"))  # the cursor is back


@pytest.mark.parametrize(
    "name",
    [".hid", "ep/.hid", "#recycle", "x.app", "ep/@eaDir/x", "_defaults.yaml", "node_modules"],
)
def test_nothing_is_dropped_where_nobody_looks(root, name):
    answer = hotfolder("submit", "--prompt", "a", "--project", name, "--root", str(root.root))

    assert answer.returncode == 2
    assert "never looked into" in answer.stderr
    assert not list(root.inbox.rglob("*.yaml"))


def test_a_project_that_is_a_folder_of_ours_but_for_capitals_is_refused(root):
    for name in ("Later", "FINAL/ep01"):
        answer = hotfolder("submit", "--prompt", "a", "--project", name, "--root", str(root.root))
        assert answer.returncode == 2
        assert "capitals" in answer.stderr
    assert not list(root.inbox.rglob("*.yaml"))
    answer = hotfolder("submit", "--prompt", "a", "--project", "later", "--root", str(root.root))
    assert answer.returncode == 0
    assert len(list((root.inbox / "later").glob("*.yaml"))) == 1

"""Bodies and records of other tools are submitted as they are dropped, with options laid over them too."""

from __future__ import annotations

import random
from dataclasses import replace
from pathlib import Path

import pytest
from support.daemon import hotfolder
from support.foreign_pictures import PLAIN
from support.places import JOB_FILES

from daemon.errors import ExitCode, JobError
from daemon.jobfile import Job, read_job
from daemon.jobfile.overlay import overlaid, pinned
from daemon.jobfile.vary import Outside
from daemon.root.layout import Layout
from daemon.settings import Settings

BODIES = JOB_FILES / "other_tools"
GRAPHS = {"comfyui"}
NAMES = sorted(file.stem for file in BODIES.glob("*.json") if file.stem not in GRAPHS)


def read(data: bytes, file: str) -> Job:
    return read_job(data, file=file, base=Settings().job_defaults)


def bare(job: Job) -> Job:
    """But for where its keys stood."""
    return replace(job, lines={})


@pytest.mark.parametrize("name", NAMES)
def test_without_options_not_a_byte_of_it_is_changed(name: str) -> None:
    data = (BODIES / f"{name}.json").read_bytes()

    assert pinned(overlaid(data, "a.json", {}), "a.json", lambda _: None) == data


@pytest.mark.parametrize("name", NAMES)
def test_an_option_changes_what_it_says_and_nothing_else(name: str) -> None:
    data = (BODIES / f"{name}.json").read_bytes()
    changed = pinned(overlaid(data, "a.json", {"seed": 77, "steps": 9}), "a.json", lambda _: None)
    before, after = read(data, "a.json"), read(changed, "a.json")

    first, count = bare(before), before.pictures
    assert (after.sampling.steps, (after.seeds or ())[:1]) == (9, (77,))
    assert after.pictures == count
    assert after.sampling == replace(first.sampling, steps=9)
    assert bare(after) == replace(
        first, sampling=after.sampling, seeds=after.seeds, warnings=after.warnings
    )
    assert set(before.warnings) <= set(after.warnings)


@pytest.mark.parametrize("where", ["parameters", "input", "params"])
def test_an_option_counts_before_what_a_tool_lays_inside_a_mapping(where: str) -> None:
    outer = {"parameters": "inputs", "input": "version", "params": "prompt"}[where]
    text = (
        f'{{"{outer}": "a boat", "{where}": {{"prompt": "a boat", "steps": 30, '
        '"num_inference_steps": 30, "sampler_name": "k_euler", "cfg_scale": 7}}'
    )
    after = read(overlaid(text.encode(), "a.json", {"steps": 9}), "a.json")

    assert (after.sampling.prompt, after.sampling.steps) == ("a boat", 9)


API = '{"prompt": "a {red|blue} car", "prompt_syntax": "a1111", "cfg_scale": 5, %s}'
ALTERNATIVES = {
    "a body of A1111's": ("a.json", API % '"sampler_index": "Euler a"', True),
    "a body without the syntax": ("a.json", API.replace("_syntax", "_2") % '"sampler_index": "DDIM"', False),
    "our own": ("a.json", '{"prompt": "a {red|blue} car", "prompt_syntax": "a1111"}', True),
    "a text": ("a.txt", f"a {{red|blue}} car\n{PLAIN}, ENSD: 5", False),
    "a text whose schedule is none here": (
        "a.txt", "a {red|blue} car\nSteps: 20, Sampler: Euler a, Schedule type: Karras", False),
}  # fmt: skip


@pytest.mark.parametrize("options", [[], [{"steps": 7}], [{"steps": 7}, {"seed": 3}]])
@pytest.mark.parametrize("case", ALTERNATIVES.values(), ids=ALTERNATIVES)
def test_what_is_drawn_and_what_is_told_is_so_with_options_too(
    case: tuple[str, str, bool], options: list[dict[str, object]]
) -> None:
    file, text, draws = case
    data = text.encode()
    for option in options:
        data = overlaid(data, file, option)
        file = "a.yaml" if file == "a.txt" else file
    outside = Outside(chance=random.Random(1))
    job = read_job(data, file=file, base=Settings().job_defaults, outside=outside)
    before = read_job(text.encode(), file=case[0], base=Settings().job_defaults)

    assert ("{red|blue}" not in job.sampling.prompt) == draws
    assert set(before.warnings) <= set(job.warnings)


def test_a_graph_is_refused_by_its_name_here_too(root: Layout) -> None:
    data = (BODIES / "comfyui.json").read_bytes()

    with pytest.raises(JobError, match="ComfyUI"):
        overlaid(data, "a.json", {"seed": 1})
    told = hotfolder("submit", str(BODIES / "comfyui.json"), "--root", str(root.root))
    assert (told.returncode, "workflow of ComfyUI" in told.stderr) == (ExitCode.USAGE, True)


@pytest.mark.parametrize("options", [(), ("--seed", "7")])
@pytest.mark.parametrize("name", ["fooocus", "novelai_request", "swarmui_record", "a1111.txt"])
def test_what_may_be_dropped_may_be_submitted(
    name: str, options: tuple[str, ...], root: Layout, tmp_path: Path
) -> None:
    if name.endswith(".txt"):
        file = tmp_path / name
        file.write_text(f"a boat on the sea\nNegative prompt: fog\n{PLAIN}, ENSD: 5")
    else:
        file = BODIES / f"{name}.json"
    told = hotfolder("submit", str(file), "--preset", "fast", *options, "--root", str(root.root))
    (dropped,) = [each for each in root.inbox.iterdir() if each.is_file()]
    job = read(dropped.read_bytes(), dropped.name)

    assert told.returncode == ExitCode.OK, told.stderr
    assert (job.sampling.prompt, job.sampling.negative_prompt) == ("a boat on the sea", "fog")
    assert (job.seeds == (7,), bool(job.warnings)) == (bool(options), True)

"""A folder of bad job files, each beside the exact words its author will read.

`tests/job_files/bad/NAME.yaml` (or .json) is dropped; `NAME.txt` is the letter that would lie beside it
in failed/. After changing a wording, read the letter before writing it down here.
"""

from __future__ import annotations

from pathlib import Path

import pytest
from support.places import JOB_FILES

from daemon.errors import HotfolderError, JobError
from daemon.jobfile import read_job
from daemon.models.catalogue import Card
from daemon.plan.input_pictures import as_inputs
from daemon.plan.planner import PlanContext, make_plan
from daemon.protocol.render import KeptPicture
from daemon.settings import Settings
from daemon.text.failure_letter import explain

BAD = JOB_FILES / "bad"
FILES = sorted(file for file in BAD.iterdir() if file.suffix in (".yaml", ".json"))
SMALL = Card(
    name="sketch",
    folder=Path(),
    weights=Path(),
    native_size=256,
    preset_sizes={768: 256, 1024: 384},
    min_size=192,
    max_size=384,
    adapters={"base": Path("base.safetensors"), "plus": Path("plus.safetensors")},
    loras={"chalk": Path("chalk.safetensors"), "felt": Path("felt.safetensors")},
)


def refused(file: Path) -> HotfolderError:
    """The error the file meets on its way from bytes to plan."""
    try:
        job = read_job(file.read_bytes(), file=file.name, base=Settings().job_defaults)
        inputs = as_inputs(job, dict.fromkeys(job.inputs, KeptPicture("/store/0", "0" * 64)))
        make_plan(
            job,
            PlanContext(
                number=1,
                name=file.stem,
                project="",
                card=SMALL,
                inputs=inputs,
                sha256_of=lambda _: "ab" * 32,
                draw_seed=lambda: 1,
                stage=Path("/stage"),
                taken=lambda _: False,
            ),
        )
    except JobError as error:
        return error
    raise AssertionError(f"{file.name} was accepted: {job}")


def letter(file: Path) -> str:
    return explain(refused(file), file=file.name, source=file.read_bytes())


@pytest.mark.parametrize("file", FILES, ids=lambda file: file.stem)
def test_every_bad_job_is_explained_in_these_words(file: Path) -> None:
    assert letter(file) == file.with_suffix(".txt").read_text()


def test_every_letter_belongs_to_a_bad_job() -> None:
    letters = {file.stem for file in BAD.glob("*.txt")}

    assert sorted(letters) == sorted(file.stem for file in FILES)
    assert len(letters) >= 40


@pytest.mark.parametrize("file", FILES, ids=lambda file: file.stem)
def test_no_letter_can_steer_a_terminal(file: Path) -> None:
    assert all(c == "\n" or c.isprintable() for c in letter(file))

"""A course of training: ends by steps or by its clock, and goes on from where it was cut.

No test here waits for a clock: where one ends a course, the test moves its hands.
"""

from collections.abc import Callable, Iterator
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

pytest.importorskip("torch")

import torch
from torch import nn

from daemon.sketch import WEIGHTS
from daemon.sketch.train import blueprint, diffusion, muon, stages, train, train_unet
from daemon.sketch.train import stage_run as courses
from daemon.sketch.train.stage_run import Average, Course, save_state

pytestmark = pytest.mark.filterwarnings("ignore")  # the model libraries warn about each other

Pass = Callable[[float], None]


@pytest.fixture
def passes(monkeypatch: pytest.MonkeyPatch) -> Pass:
    """The course's clock stands still but for the seconds that a test lets pass."""
    now = [1000.0]
    monkeypatch.setattr(courses, "time", SimpleNamespace(monotonic=lambda: now[0]))

    def seconds(count: float) -> None:
        now[0] += count

    return seconds


@pytest.fixture(params=[{"minutes": 0.05}, {"steps": 30}], ids=["by its clock", "by steps"])
def room(request: pytest.FixtureRequest, tmp_path: Path) -> stages.Room:
    return stages.Room(tmp_path / "work", seed=3, **request.param)


def course(room: stages.Room) -> tuple[Course, nn.Module]:
    torch.manual_seed(0)
    model = nn.Linear(2, 2)
    parts: dict[str, Any] = {"model": model, "opt": stages.optimizer(model.parameters(), 0.1)}
    return Course(room, "lora", **parts, average=Average(model, 0.9)), model


def test_a_stage_cut_short_goes_on_from_its_checkpoint_and_is_noted_once(
    room: stages.Room, passes: Pass, tmp_path: Path
) -> None:
    first, model = course(room)
    for done, _ in first:
        with torch.no_grad():
            model.weight.fill_(1 + done)
        passes(0.1)
        if first.path.exists():
            break
    second, again = course(room)
    began = second.done

    assert 0.2 < began <= 1
    assert second.steps == first.steps > 0
    assert 1 <= again.weight[0, 0] < 1 + began
    assert second.rng(1).random() != course(stages.Room(tmp_path / "new"))[0].rng(1).random()
    shares = []
    for done, _ in second:
        shares.append(done)
        passes(0.1)
    assert shares[0] == began
    second.end()
    assert not second.path.exists()
    assert stages.finished(room) == ["lora"]
    (entry,) = stages.history(room.work)
    assert (entry["stage"], entry["minutes"], entry["seed"]) == ("lora", room.minutes, 3)
    assert entry["steps"] == second.steps > first.steps
    assert entry["took"] == 0.05
    assert entry["threads"] == torch.get_num_threads()
    assert entry["torch"] == torch.__version__
    assert entry["machine"]


def test_a_stage_killed_after_its_last_step_repeats_none(room: stages.Room, passes: Pass) -> None:
    first, _ = course(room)
    for _ in first:
        passes(0.2)

    second, _ = course(room)

    assert list(second) == []
    assert second.steps == first.steps


def test_a_course_by_steps_has_them_all_however_long_they_take(
    tmp_path: Path, passes: Pass
) -> None:
    run, _ = course(stages.Room(tmp_path, minutes=0.01, steps=4))

    shares = []
    for done, _ in run:
        shares.append(done)
        passes(3600)

    assert shares == [0, 0.25, 0.5, 0.75]
    assert run.steps == 4


def test_a_lid_closed_costs_a_course_by_its_clock_a_minute_at_most(
    tmp_path: Path, passes: Pass
) -> None:
    run, _ = course(stages.Room(tmp_path, minutes=2))

    for _ in run:
        passes(8 * 3600)

    assert run.steps == 2


@pytest.mark.parametrize("lasts", [{"minutes": 600}, {"steps": 600}], ids=["minutes", "steps"])
def test_a_long_course_is_saved_every_two_minutes(
    lasts: dict[str, Any], tmp_path: Path, passes: Pass, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(Course, "save", lambda self: saved.append(self.steps))
    saved: list[int] = []
    run, _ = course(stages.Room(tmp_path, **lasts))

    for _ in run:
        passes(25)
        if run.steps == 15:
            break

    assert saved == [5, 10, 15]


class CutError(Exception):
    """Ends a stage as a kill would: nothing after it runs."""


@pytest.fixture(scope="module")
def adopted(tmp_path_factory: pytest.TempPathFactory) -> stages.Room:
    room = stages.Room(tmp_path_factory.mktemp("adopted"), steps=2)
    train.adopt(room, WEIGHTS)
    return room


@pytest.mark.parametrize("name", ["text", "vision", "plus", "decoder"])
def test_every_stage_but_the_unet_s_takes_its_checkpoint_up(
    name: str,
    adopted: stages.Room,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    steps = Course.__iter__

    def cut(self: Course) -> Iterator[Any]:
        for done, figures in steps(self):
            if self.steps == 1:
                self.done = done
                self.save()
                raise CutError
            yield done, figures

    with monkeypatch.context() as patch:
        patch.setattr(Course, "__iter__", cut)
        with pytest.raises(CutError):
            train.STAGES[name][0](adopted)
    cut_at = torch.load(adopted.work / f"{name}.pt")

    train.STAGES[name][0](adopted)

    told = f"{name} goes on at {100 * cut_at['done']:.1f} %, step {cut_at['steps']}"
    assert told in capsys.readouterr().out
    assert not (adopted.work / f"{name}.pt").exists()
    ended = stages.history(adopted.work)[-1]
    assert (cut_at["steps"], ended["stage"], ended["steps"]) == (1, name, 2)


def test_the_unet_goes_on_from_a_checkpoint_as_they_once_were(tmp_path: Path) -> None:
    room, unet = stages.Room(tmp_path, minutes=1), blueprint.unet()
    average = Average(unet, 0.998)
    saved = {"model": unet.state_dict(), "opt": muon.Muon(unet).state_dict(), "step": 12}
    saved |= {"average": average.shadow, "count": 9, "stage": "unet-256", "done": 0.5}
    save_state(tmp_path / "unet.pt", **saved)

    run, other = (train_unet.Run(room, name, 0) for name in ("unet-256", "unet-finish"))

    assert (run.done, run.steps, run.total, run.average.count) == (0.5, 12, 12, 9)
    assert (other.done, other.steps, other.total, other.average.count) == (0, 0, 12, 9)


def test_training_goes_on_without_a_compiler_and_says_so(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def broken(*_: object, **__: object) -> None:
        raise RuntimeError("no C++ compiler\nand forty lines more")

    monkeypatch.setattr(torch, "compile", broken)
    model = nn.Linear(1, 1)

    assert diffusion.compiled(model) is model
    assert "does not work here (no C++ compiler): on a CPU it needs g++" in capsys.readouterr().out

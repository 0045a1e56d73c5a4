"""Training the bundled model: that each part of it runs, learns and hands over, in seconds.

How well the shipped weights turned out is `test_sketch_model`'s to ask.
"""

import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import pytest

pytest.importorskip("torch")

import torch
import yaml
from safetensors.torch import load_file, save_file
from torch import nn

from daemon.sketch import WEIGHTS
from daemon.sketch.score import sampling
from daemon.sketch.train import blueprint, export, muon, stages, train, train_unet, train_vision
from daemon.sketch.train.stage_run import Average, Course, save_state
from daemon.sketch.world import world

HANG = 300

pytestmark = pytest.mark.filterwarnings("ignore")  # the model libraries warn about each other


def sketch(*words: object) -> str:
    done = subprocess.run(
        [sys.executable, "-m", "daemon.sketch", *map(str, words)],
        capture_output=True,
        text=True,
        timeout=HANG,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


def test_a_patch_on_an_object_is_asked_for_it_and_no_other_patch_is() -> None:
    things = (
        world.Thing("heart", "pink", "big", "left", 0.25, 0.5, 0.2),
        world.Thing("cross", "teal", "small", "right", 0.75, 0.5, 0.1),
    )
    pictures = [world.Picture("pair", things=things), world.Picture("single")]

    truth = train_vision.Patches(8).truth(pictures, 8).unflatten(2, (8, 8))

    asked_of = train_vision.Patches.ANSWERS
    for thing, column in zip(things, (2, 6), strict=True):
        told = [answers[n] for answers, n in zip(asked_of, truth[0, :, 4, column], strict=True)]
        assert told == [thing.shape, thing.colour, thing.size]
    unasked = train_vision.Patches.NOT_ASKED
    assert (truth[0, :, 0] == unasked).all()  # the top row: background
    assert (truth[1] == unasked).all()  # nothing there at all


def test_patches_that_are_never_asked_cost_nothing() -> None:
    patches = train_vision.Patches(8)

    loss = patches.loss(torch.randn(2, 64, 8), [world.Picture("single")] * 2)

    assert loss == 0


def killed_when(there: Path, *words: object) -> None:
    """Run sketch, and kill it with no chance to tidy up once a file is there."""
    running = subprocess.Popen([sys.executable, "-m", "daemon.sketch", *map(str, words)])
    try:
        until = time.monotonic() + HANG
        while not there.exists():
            assert running.poll() is None, f"ended before there was {there}"
            assert time.monotonic() < until, f"never wrote {there}"
            time.sleep(0.02)
    finally:
        running.kill()
        running.wait()


def test_training_killed_on_its_way_goes_on_and_exports_a_folder_for_diffusers(
    tmp_path: Path,
) -> None:
    """A second or two a stage: what comes out draws nothing, but all of it is there and loads."""
    work, weights = tmp_path / "work", tmp_path / "weights"

    killed_when(work / "unet.pt", "train", "--work", work, "--share", 0.002)
    ended = stages.history(work)
    cut = torch.load(work / "unet.pt")
    read = (work / "model" / "text_encoder" / "model.safetensors").read_bytes()
    told = sketch("train", "--work", work, "--share", 0.0005)
    sketch("export", "--work", work, "--weights", weights)

    assert [entry["stage"] for entry in ended] == ["prepare", "vae", "text"]
    assert (cut["stage"], cut["done"] > 0, cut["steps"] > 0) == ("unet-parts", True, True)
    assert f"unet-parts goes on at {100 * cut['done']:.1f} %, step {cut['steps']}" in told
    assert (work / "model" / "text_encoder" / "model.safetensors").read_bytes() == read
    history = stages.history(work)
    assert history[:3] == ended
    assert [entry["stage"] for entry in history] == list(train.STAGES)
    assert history[3]["steps"] >= cut["steps"]
    assert all(entry["steps"] > 0 for entry in history[1:])
    assert (work / "finished").read_text().split() == list(train.STAGES)
    assert {path.name for path in work.glob("*.pt")} == {"heads.pt", "unet.pt"}
    assert yaml.safe_load((weights / "card.yaml").read_text())["trained"] == history
    assert export.is_export(work / "model", weights)
    for shipped in WEIGHTS.rglob("*.safetensors"):
        made = load_file(weights / shipped.relative_to(WEIGHTS))
        assert made.keys() == load_file(shipped).keys()
        assert all(tensor.isfinite().all() for tensor in made.values())
    pipe = sampling.load(weights)
    sampling.load_adapter(pipe, weights, "plus")
    assert "every stage is done" in sketch("train", "--work", work)


def test_a_stage_goes_on_from_the_shipped_weights_and_leaves_the_rest_alone(tmp_path: Path) -> None:
    work, weights = tmp_path / "work", tmp_path / "weights"
    work.mkdir()
    (work / "unet.pt").write_text("of an earlier training")

    sketch("train", "--work", work, "--from-weights", "--only", "base", "--minutes", 0.02)
    sketch("export", "--work", work, "--weights", weights)

    changed = {
        str(path.relative_to(weights))
        for path in weights.rglob("*.safetensors")
        if path.read_bytes() != (WEIGHTS / path.relative_to(weights)).read_bytes()
    }
    assert changed == {"ip_adapter/base.safetensors"}
    assert not (work / "unet.pt").exists()
    shipped = yaml.safe_load((WEIGHTS / "card.yaml").read_text())["trained"]
    before = shipped if isinstance(shipped, list) else [shipped]
    *first, last = yaml.safe_load((weights / "card.yaml").read_text())["trained"]
    assert first == before
    assert (last["stage"], last["minutes"], last["steps"] > 0) == ("base", 0.02, True)
    assert "every stage is done" in sketch("train", "--work", work)


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (["--only", "vison"], "no such stage: vison; there are: prepare, vae"),
        (["--from-weights"], "name the stages with --only"),
        (["--share", "0"], "a share of the time has to be more than 0"),
        (["--only", "text", "--minutes", "-1"], "no stage can last that long"),
        (["--minutes", "5"], "--minutes is for the stages named with --only"),
    ],
)
def test_a_training_that_makes_no_sense_is_refused_before_it_begins(
    words: list[str], told: str, tmp_path: Path
) -> None:
    command = [sys.executable, "-m", "daemon.sketch", "train", "--work", str(tmp_path), *words]

    done = subprocess.run(command, capture_output=True, text=True, timeout=HANG)

    assert done.returncode == 1
    assert told in done.stderr
    assert not any(tmp_path.iterdir())


def test_a_stage_without_a_model_to_go_on_with_is_refused(tmp_path: Path) -> None:
    with pytest.raises(SystemExit, match="for base to go on with"):
        train.train(stages.Room(tmp_path), only=["base"])


@pytest.fixture
def trained(tmp_path: Path) -> stages.Room:
    """A working folder with an hour of somebody's training in it."""
    room = stages.Room(tmp_path)
    room.model.mkdir()
    (room.model / "model_index.json").write_text("an hour of training")
    return room


def test_shipped_weights_never_take_the_place_of_a_training_under_way(trained: stages.Room) -> None:
    with pytest.raises(SystemExit, match="leave out --from-weights to go on with it, or name"):
        train.adopt(trained, WEIGHTS)

    assert (trained.model / "model_index.json").read_text() == "an hour of training"


def test_nor_does_a_training_from_nothing(trained: stages.Room) -> None:
    """Folders begun from weights by an earlier version have no list of what is finished."""
    with pytest.raises(SystemExit, match="name stages with --only to go on with it"):
        train.train(trained)

    assert (trained.model / "model_index.json").read_text() == "an hour of training"


def test_a_training_from_nothing_begins_with_nothing_of_an_earlier_one(tmp_path: Path) -> None:
    room = stages.Room(tmp_path)
    left = [f"{name}.pt" for name in train.STAGES] + ["unet.pt", "heads.pt", "vae.partial"]
    for name in left:
        (tmp_path / name).write_text("of an earlier training")
    (tmp_path / "finished").write_text("prepare\nvae\n")
    (tmp_path / "history.yaml").write_text("- stage: vae\n")
    (tmp_path / "mine.txt").write_text("not of any training")
    for folder in (tmp_path / "pool", room.pool, tmp_path / "pool-0ld"):
        folder.mkdir()

    stages.prepare(room)

    there = {path.name for path in tmp_path.iterdir()}
    assert there - {"prepare.pt", "unet-parts.pt", "unet-256.pt", "unet-finish.pt"} == {
        "finished", "history.yaml", "mine.txt", "model",
    }  # fmt: skip
    assert stages.finished(room) == ["prepare"]
    assert [entry["stage"] for entry in stages.history(tmp_path)] == ["prepare"]


def test_ctrl_c_says_how_to_go_on(
    trained: stages.Room, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def interrupted(room: stages.Room) -> None:
        raise KeyboardInterrupt

    def whole(room: stages.Room) -> None:
        ended.append(room.minutes)

    ended: list[float] = []
    fakes = {"base": (whole, 1.0), "plus": (interrupted, 1.0), "lora": (interrupted, 1.0)}
    monkeypatch.setattr(train, "STAGES", fakes)

    with pytest.raises(SystemExit) as stopped:
        train.train(trained, only=["base", "plus", "lora"], share=0.5)

    assert (stopped.value.code, ended) == (130, [0.5])
    again = f"train --work {trained.work} --only plus lora --share 0.5"
    assert capsys.readouterr().out.rstrip().endswith(again)


def course(room: stages.Room) -> tuple[Course, nn.Module]:
    torch.manual_seed(0)
    model = nn.Linear(2, 2)
    parts: dict[str, Any] = {"model": model, "opt": stages.optimizer(model.parameters(), 0.1)}
    return Course(room, "lora", **parts, average=Average(model, 0.9)), model


def test_a_stage_cut_short_goes_on_from_its_checkpoint_and_is_noted_once(tmp_path: Path) -> None:
    room = stages.Room(tmp_path, seed=3, minutes=0.05)
    first, model = course(room)
    for done, _ in first:
        with torch.no_grad():
            model.weight.fill_(1 + done)
        time.sleep(0.01)
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
        time.sleep(0.01)
    assert shares[0] == began
    second.end()
    assert not second.path.exists()
    assert stages.finished(room) == ["lora"]
    (entry,) = stages.history(tmp_path)
    assert (entry["stage"], entry["minutes"], entry["seed"]) == ("lora", 0.05, 3)
    assert entry["steps"] == second.steps > first.steps
    assert entry["took"] > 0
    assert entry["threads"] == torch.get_num_threads()
    assert entry["torch"] == torch.__version__
    assert entry["machine"]


def test_a_stage_killed_after_its_last_step_repeats_none(tmp_path: Path) -> None:
    room = stages.Room(tmp_path, minutes=0.001)
    first, _ = course(room)
    for _ in first:
        time.sleep(0.02)

    second, _ = course(room)

    assert list(second) == []
    assert second.steps == first.steps


class CutError(Exception):
    """Ends a stage as a kill would: nothing after it runs."""


@pytest.fixture(scope="module")
def adopted(tmp_path_factory: pytest.TempPathFactory) -> stages.Room:
    room = stages.Room(tmp_path_factory.mktemp("adopted"), minutes=0.02)
    train.adopt(room, WEIGHTS)
    return room


@pytest.mark.parametrize("name", ["text", "vision", "plus", "decoder"])
def test_every_stage_of_minutes_takes_its_checkpoint_up(
    name: str,
    adopted: stages.Room,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    course = Course.__iter__

    def cut(self: Course) -> Any:
        for number, pair in enumerate(course(self)):
            if number == 1:
                self.done = 0.5
                self.save()
                raise CutError
            yield pair

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
    assert (ended["stage"], ended["steps"] > cut_at["steps"]) == (name, True)


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

    assert train_unet.compiled(model) is model
    assert "does not work here (no C++ compiler): on a CPU it needs g++" in capsys.readouterr().out


def small(folder: Path, **tensors: torch.Tensor) -> Path:
    """A folder that export takes for a model."""
    (folder / "unet").mkdir(parents=True)
    (folder / "model_index.json").write_text("{}")
    save_file(tensors, folder / "unet" / "model.safetensors")
    return folder


def test_export_replaces_what_shipped_whole_and_keeps_its_card(tmp_path: Path) -> None:
    model = small(tmp_path / "model", weight=torch.ones(3))
    (model / "unet.partial").mkdir()
    (model / "unet.partial" / "config.json").write_text("half wri")
    weights = small(tmp_path / "weights", weight=torch.zeros(3))
    (weights / "stale.json").write_text("{}")
    (weights / "card.yaml").write_text(yaml.safe_dump({"trained": {"hours": 5}, "score": {"a": 1}}))

    export.export(model, weights)

    card = yaml.safe_load((weights / "card.yaml").read_text())
    assert (card["trained"], card["score"]) == ({"hours": 5}, {})
    assert set(card["hashes"]) == {"model_index.json", "unet/model.safetensors"}
    assert {p.name for p in weights.iterdir()} == {"card.yaml", "model_index.json", "unet"}
    assert {p.name for p in tmp_path.iterdir()} == {"model", "weights"}
    assert export.is_export(model, weights)


def test_export_of_too_much_leaves_what_shipped_alone(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    model = small(tmp_path / "model", weight=torch.ones(3000))
    weights = small(tmp_path / "weights", weight=torch.zeros(3))
    monkeypatch.setattr(export, "LIMIT", 5000)

    with pytest.raises(ValueError, match="at most"):
        export.export(model, weights)

    assert load_file(weights / "unet" / "model.safetensors")["weight"].tolist() == [0, 0, 0]
    assert {p.name for p in tmp_path.iterdir()} == {"model", "weights"}


def test_export_of_nothing_says_so(tmp_path: Path) -> None:
    command = [sys.executable, "-m", "daemon.sketch", "export", "--work", str(tmp_path)]

    done = subprocess.run(
        [*command, "--weights", str(tmp_path / "weights")],
        capture_output=True,
        text=True,
        timeout=HANG,
    )

    assert done.returncode == 1
    assert "there is no model in" in done.stderr
    assert not (tmp_path / "weights").exists()


@pytest.mark.parametrize(
    "other",
    [
        {"weight": torch.ones(3), "bias": torch.ones(1)},
        {"weight": torch.ones(4)},
        {"weight": torch.zeros(3)},
        {"weigth": torch.ones(3)},
    ],
)
def test_a_folder_of_other_networks_is_no_export(
    other: dict[str, torch.Tensor], tmp_path: Path
) -> None:
    weights = small(tmp_path / "weights", weight=torch.ones(3).half())

    assert export.is_export(small(tmp_path / "same", weight=torch.ones(3)), weights)
    assert not export.is_export(small(tmp_path / "other", **other), weights)
    assert not export.is_export(tmp_path / "nowhere", weights)


def test_pictures_of_another_world_are_not_trained_on(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    room = stages.Room(tmp_path)
    pool = room.pool
    edited = tmp_path / "sketch"
    edited.mkdir()
    for name in stages.MAKE_PICTURES:
        text = Path(stages.__file__).with_name(f"{name}.py").read_text()
        (edited / f"{name}.py").write_text(text + "#" * (name == "world"))
    stages.of_these_pictures.cache_clear()
    monkeypatch.setattr(stages, "__file__", str(edited / "stages.py"))

    try:
        assert room.pool != pool
    finally:
        stages.of_these_pictures.cache_clear()


def landing(model: nn.Module) -> dict[str, str]:
    """Under which name each parameter of a network is trained, and how."""
    opt = muon.Muon(model)
    plain, gentle = (group["params"] for group in opt.rest.param_groups)
    lists = {"orthogonal": opt.matrices, "AdamW": plain, "gentle": gentle}
    return {
        name: how
        for name, parameter in model.named_parameters()
        for how, members in lists.items()
        if any(parameter is member for member in members)
    }


def test_the_outermost_layers_are_not_orthogonalised_wherever_they_lie() -> None:
    vae = blueprint.vae()

    of = landing(nn.ModuleList([vae.decoder, vae.post_quant_conv]))

    assert {of[f"0.{name}.weight"] for name in ("conv_in", "conv_out")} == {"AdamW"}
    assert {of[name] for name in of if name.endswith("bias") or ".norm" in name} == {"AdamW"}
    rest = {name for name in of if name.endswith(".weight") and ".norm" not in name}
    rest -= {"0.conv_in.weight", "0.conv_out.weight", "0.conv_norm_out.weight"}
    assert "1.weight" in rest
    assert {of[name] for name in rest if "to_q" not in name and "to_k" not in name} == {
        "orthogonal"
    }


def test_queries_and_keys_learn_gently_and_other_matrices_orthogonally() -> None:
    unet = blueprint.unet()

    of = landing(unet)

    assert len(of) == len(list(unet.parameters()))
    assert {of["conv_in.weight"], of["conv_out.weight"]} == {"AdamW"}
    asking = {name for name in of if ".to_q." in name or ".to_k." in name}
    assert asking
    assert {of[name] for name in asking} == {"gentle"}
    for part in (".to_v.weight", ".to_out.0.weight", ".conv1.weight", ".conv2.weight"):
        matching = {of[name] for name in of if name.endswith(part)}
        assert matching == {"orthogonal"}, part


@pytest.mark.parametrize("shape", [(2, 12, 48), (2, 48, 12), (1, 16, 16)])
def test_orthogonal_moves_along_every_direction_nearly_alike(shape: tuple[int, ...]) -> None:
    torch.manual_seed(0)
    moves = muon.orthogonal(torch.randn(shape))

    assert moves.shape == shape
    values = torch.linalg.svdvals(moves)
    assert values.max() < 1.3
    assert values.min() > 0.5
    if shape[1] != shape[2]:
        rows = moves if shape[1] < shape[2] else moves.mT
        angles = rows @ rows.mT - torch.eye(rows.shape[1])
        assert angles.abs().mean() < 0.1

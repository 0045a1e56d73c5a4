"""How the bundled model's parts learn: what patches are asked, which weights Muon turns."""

import random

import pytest

pytest.importorskip("torch")

import torch
from torch import nn

from daemon.sketch.train import blueprint, muon, train_few_steps, train_vision
from daemon.sketch.train.galleries import GALLERIES
from daemon.sketch.train.shape_gallery import NOT_ASKED
from daemon.sketch.train.worlds import SHAPES
from daemon.sketch.world import world

OF_SHAPES = train_few_steps.Subject(SHAPES, 4)


def test_a_patch_on_an_object_is_asked_for_it_and_no_other_patch_is() -> None:
    things = (
        world.Thing("heart", "pink", "big", "left", 0.25, 0.5, 0.2),
        world.Thing("cross", "teal", "small", "right", 0.75, 0.5, 0.1),
    )
    pictures = [world.Picture("pair", things=things), world.Picture("single")]
    shapes = GALLERIES[SHAPES]

    truth = torch.stack([shapes.patches(one, 8) for one in pictures]).unflatten(2, (8, 8))

    asked_of = shapes.questions.values()
    for thing, column in zip(things, (2, 6), strict=True):
        told = [answers[n] for answers, n in zip(asked_of, truth[0, :, 4, column], strict=True)]
        assert told == [thing.shape, thing.colour, thing.size]
    unasked = NOT_ASKED
    assert (truth[0, :, 0] == unasked).all()  # the top row: background
    assert (truth[1] == unasked).all()  # nothing there at all


def test_patches_that_are_never_asked_cost_nothing() -> None:
    patches = train_vision.Patches(8, {"shape": ("circle", "star")})

    loss = patches.loss(torch.randn(2, 64, 8), torch.full((2, 1, 64), NOT_ASKED))

    assert loss == 0


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


def seen(x, steps, tokens, *, added_cond_kwargs, return_dict):
    """Stands for a UNet: a velocity that depends on all that it is told."""
    told = tokens.mean((1, 2)).view(-1, 1, 1, 1)
    return (x * (0.3 + told) - steps.view(-1, 1, 1, 1) / 3000,)


@pytest.mark.filterwarnings("ignore")
def test_four_jumps_that_are_learnt_end_where_sixteen_guided_steps_of_diffusers_do() -> None:
    tokens = torch.full((2, 77, blueprint.CROSS), 0.05)
    lessons = train_few_steps.Lessons(
        lambda _: (tokens, torch.zeros(2, 128)), random.Random(1), seen, seen, OF_SHAPES
    )
    lessons.make(2, astray=0.0)
    (jumps,) = lessons.kept.values()
    first, last = jumps[0], jumps[6]
    turns = [torch.tensor(turn) for turn in lessons.turns[::4]]

    euler = blueprint.scheduler()
    euler.set_timesteps(16)
    x = first.x[None] / turns[0].cos()
    for step in euler.timesteps:
        told = euler.scale_model_input(x, step)
        none, said = (
            seen(told, step[None], each, added_cond_kwargs={}, return_dict=False)[0]
            for each in (torch.zeros(1, 77, blueprint.CROSS), tokens[:1])
        )
        x = euler.step(none + 7.0 * (said - none), step, x).prev_sample
    ends = train_few_steps.glide(last.x, last.velocity, turns[3])

    assert [jump.step for jump in list(jumps)[::2]] == [999, 749, 499, 249]
    assert torch.allclose(ends, x[0], atol=1e-3)
    for one, next_one, turn in zip(list(jumps)[:6:2], list(jumps)[2::2], range(3), strict=True):
        came = train_few_steps.glide(one.x, one.velocity, turns[turn] - turns[turn + 1])
        assert torch.allclose(came, next_one.x, atol=1e-5)


def test_a_student_is_also_taught_from_where_it_went_itself() -> None:
    def lost(x, *rest, **more):
        return (torch.full_like(x, 9.0),)

    tokens = torch.full((2, 77, blueprint.CROSS), 0.05)
    lessons = train_few_steps.Lessons(
        lambda _: (tokens, torch.zeros(2, 128)), random.Random(1), seen, lost, OF_SHAPES
    )
    lessons.make(2, astray=1.0)
    (jumps,) = lessons.kept.values()
    turn = torch.tensor(lessons.turns[0] - lessons.turns[4])

    went = train_few_steps.glide(jumps[0].x, torch.full_like(jumps[0].x, 9.0), turn)
    assert torch.allclose(jumps[2].x, went)

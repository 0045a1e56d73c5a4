"""How the bundled model's parts learn: what patches are asked, which weights Muon turns."""

import pytest

pytest.importorskip("torch")

import torch
from torch import nn

from daemon.sketch.train import blueprint, muon, train_vision
from daemon.sketch.world import world


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

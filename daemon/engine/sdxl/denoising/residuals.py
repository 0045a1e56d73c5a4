"""What control models add to one call of the UNet, for all pictures that share it.

Rows of a picture without a control, or whose controls rest in this call, are added zeros, which
leaves them what they were to the last bit. A ControlNet is asked once for all pictures that it
steers in the same way.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import torch
from torch import Tensor

from daemon.engine.sdxl.control.steering import Features, NetPass

if TYPE_CHECKING:
    from daemon.engine.sdxl.denoising.in_flight import Flight

Added = list[Tensor]


@dataclass(frozen=True, slots=True)
class Asked:
    """One picture's part of a call: its latents as the UNet gets them, (rows, 4, height, width),
    and the timestep of each row."""

    flight: Flight
    latents: Tensor
    times: Tensor


class Residuals:
    """For pictures that share calls; what does not change from call to call is kept."""

    def __init__(self, flights: Sequence[Flight]) -> None:
        self.any = any(flight.brief.steering is not None for flight in flights)
        self._known: tuple[tuple[tuple[bool, ...], ...], Added | None] | None = None

    def of(self, asked: Sequence[Asked], *, row_by_row: bool = False) -> dict[str, Any]:
        """The UNet's arguments for one call; none where nothing steers it."""
        found: dict[str, Any] = {}
        features = self._features([each.flight for each in asked])
        if features is not None:
            # A list of its own: the UNet takes it apart.
            found["down_intrablock_additional_residuals"] = list(features)
        added = _asked_of_nets(asked, row_by_row=row_by_row)
        if added is not None:
            found["down_block_additional_residuals"] = tuple(added[:-1])
            found["mid_block_additional_residual"] = added[-1]
        return found

    def _features(self, flights: Sequence[Flight]) -> Added | None:
        active = [_active_features(flight) for flight in flights]
        key = tuple(tuple(each in acting for each in _all_features(flight))
                    for flight, acting in zip(flights, active, strict=True))  # fmt: skip
        if self._known is None or self._known[0] != key:
            parts = [_sum([each.tensors for each in acting]) for acting in active]
            self._known = key, _side_by_side(parts, [flight.rows for flight in flights])
        return self._known[1]


def _all_features(flight: Flight) -> tuple[Features, ...]:
    steering = flight.brief.steering
    return () if steering is None else steering.features


def _active_features(flight: Flight) -> list[Features]:
    call, calls = flight.call_of_pass
    return [each for each in _all_features(flight) if each.window.has(call, calls)]


def _active_passes(flight: Flight) -> list[NetPass]:
    steering = flight.brief.steering
    call, calls = flight.call_of_pass
    passes = () if steering is None else steering.passes
    return [each for each in passes if each.window.has(call, calls)]


def _asked_of_nets(asked: Sequence[Asked], *, row_by_row: bool) -> Added | None:
    """What ControlNets add, row by row of the call; None where none acts."""
    turns = [(number, each) for number, one in enumerate(asked)
             for each in _active_passes(one.flight)]  # fmt: skip
    if not turns:
        return None
    answers: dict[int, Added] = {}
    waiting = turns
    while waiting:
        together = [turn for turn in waiting if _alike(turn, waiting[0], asked)]
        waiting = [turn for turn in waiting if not _alike(turn, waiting[0], asked)]
        added = _ask(together, asked, row_by_row=row_by_row)
        answers |= {id(each): one for (_, each), one in zip(together, added, strict=True)}
    parts = [_sum([answers[id(each)] for each in _active_passes(one.flight)]) for one in asked]
    rows = [one.flight.rows for one in asked]
    return _side_by_side(parts, [1] * len(rows), rows)


Turn = tuple[int, NetPass]


def _alike(turn: Turn, other: Turn, asked: Sequence[Asked]) -> bool:
    """Whether one call of a ControlNet serves both: those of one picture go one after the other."""
    texts = [asked[number].flight.brief.steering for number, _ in (turn, other)]
    lengths = {steering.hidden.shape[1] for steering in texts if steering is not None}
    mine = turn[0] != other[0] or turn[1] is other[1]
    return mine and turn[1].together == other[1].together and len(lengths) == 1


def _ask(calls: Sequence[Turn], asked: Sequence[Asked], *, row_by_row: bool) -> list[Added]:
    """What one ControlNet adds to each of these pictures, weighed and masked."""
    counts = [asked[number].flight.rows for number, _ in calls]
    parts = [asked[number] for number, _ in calls]
    given = {
        "sample": torch.cat([part.latents for part in parts]),
        "timestep": torch.cat([part.times.float() for part in parts]),
        "encoder_hidden_states": torch.cat([_hidden(part) for part in parts]),
        "text_embeds": torch.cat([part.flight.brief.pooled for part in parts]),
        "time_ids": torch.cat([part.flight.brief.time_ids for part in parts]),
    }
    hints = [
        torch.cat([net_pass.hints[place].expand(rows, -1, -1, -1)
                   for (_, net_pass), rows in zip(calls, counts, strict=True)])
        for place in range(len(calls[0][1].hints))
    ]  # fmt: skip
    total = sum(counts)
    if row_by_row:
        answers = [
            _call(calls[0][1], {key: _row(value, i) for key, value in given.items()},
                  [_row(hint, i) for hint in hints])
            for i in range(total)
        ]  # fmt: skip
    else:
        answers = [_call(calls[0][1], given, hints)]
    added = [torch.cat(each) if len(each) > 1 else each[0] for each in zip(*answers, strict=True)]
    split = [each.split(counts) for each in added]
    return [
        _weighed([each[place] for each in split], net_pass)
        for place, (_, net_pass) in enumerate(calls)
    ]


def _row(tensor: Tensor, i: int) -> Tensor:
    """A row as a tensor of its own: some devices compute wrongly on a part of one."""
    return tensor[i : i + 1].clone()


def _hidden(part: Asked) -> Tensor:
    steering = part.flight.brief.steering
    assert steering is not None
    return steering.hidden


def _call(net_pass: NetPass, given: dict[str, Tensor], hints: list[Tensor]) -> Added:
    """One call of a ControlNet, its answer not weighed unless several pictures were."""
    network, rows = net_pass.network, given["sample"].shape[0]
    told: dict[str, Any] = {"controlnet_cond": hints[0], "conditioning_scale": 1.0}
    if net_pass.modes:
        kinds = torch.zeros(network.config.num_control_type)
        kinds[list(net_pass.modes)] = 1
        several = len(hints) > 1
        told = {
            "controlnet_cond": hints,
            "control_type": kinds.to(given["sample"]).expand(rows, -1),
            "control_type_idx": list(net_pass.modes),
            "conditioning_scale": list(net_pass.scales) if several else [1.0],
        }
    down, mid = network(
        given["sample"],
        given["timestep"],
        encoder_hidden_states=given["encoder_hidden_states"],
        added_cond_kwargs={key: given[key] for key in ("text_embeds", "time_ids")},
        return_dict=False,
        **told,
    )
    return [*down, mid]


def _weighed(added: Added, net_pass: NetPass) -> Added:
    if len(net_pass.scales) == 1:
        added = [each * net_pass.scales[0] for each in added]
    if net_pass.mask is None:
        return added
    return [each * net_pass.mask.over(each) for each in added]


def _sum(parts: Sequence[Sequence[Tensor]]) -> Added | None:
    """All of them added up, in their order."""
    if not parts:
        return None
    total = list(parts[0])
    for part in parts[1:]:
        total = [one + other for one, other in zip(total, part, strict=True)]
    return total


def _side_by_side(
    parts: Sequence[Added | None], copies: Sequence[int], rows: Sequence[int] | None = None
) -> Added | None:
    """What is added to each picture's rows, zeros where nothing is: `copies` says how often a
    picture's part is repeated, `rows` how many zeros it takes."""
    first = next((part for part in parts if part is not None), None)
    if first is None:
        return None
    rows = rows or copies
    joined = []
    for place, like in enumerate(first):
        pieces = []
        for part, times, count in zip(parts, copies, rows, strict=True):
            if part is None:
                pieces.append(like.new_zeros((count, *like.shape[1:])))
            else:
                pieces += [part[place]] * times
        joined.append(torch.cat(pieces) if len(pieces) > 1 else pieces[0])
    return joined

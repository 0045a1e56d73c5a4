"""Places on other machines in one pool: they come and go, and get what can be made there."""

from __future__ import annotations

from pathlib import Path

import pytest

from daemon.fs.moment import Moment
from daemon.models.catalogue import DRY_RUN
from daemon.notify import events
from daemon.protocol.made_with import MadeWith
from daemon.protocol.messages import Ready
from daemon.protocol.places import ClusterTrouble, PlaceJoined, PlaceLeft
from daemon.protocol.render import Lora, Render
from daemon.protocol.sampling import SamplingParams
from daemon.settings import Settings
from daemon.worker.local_pool import local_pool
from daemon.worker.pace import Pace
from daemon.worker.process import Gone
from daemon.worker.slot_state import SlotState as S


def at(now: float) -> Moment:
    return Moment(now=now, wall=now)


def render(
    job: int,
    *,
    strict: bool = False,
    loras: tuple[Lora, ...] = (),
    made_with: MadeWith | None = None,
) -> Render:
    sampling = SamplingParams(prompt="a", steps=2, guidance_scale=1.0, strict=strict)
    about = {"sampling": sampling, "loras": loras, "made_with": made_with}
    return Render(job, 1, 64, 64, seed=1, stage="/nowhere/a.png", **about)


@pytest.fixture
def pools(tmp_path):
    made = []

    def make(*devices: str):
        told: list[events.Event] = []
        settings = Settings(devices=devices, cluster="tcp://127.0.0.1:1")
        caches, live = tmp_path / "caches", Path("/nowhere/now.png")
        pool = local_pool("dry-run", settings, caches, Pace(), lambda _: None, told.append, live)
        made.append(pool)
        return pool, told

    yield make
    for pool in made:
        pool.release()


def place(pool, job: int, now: float = 0.0, **about):
    slot = pool.place_for(render(job, **about), DRY_RUN, alone=False, at=at(now))
    if slot is not None:
        slot.send(render(job, **about))
    return slot


def test_machines_come_and_go_and_what_they_held_is_given_back_at_nobodys_cost(pools):
    pool, _ = pools("none")
    assert pool.blocked is None  # none has been heard of yet
    pool.heard(ClusterTrouble("nothing listens"), at(0.0))
    assert pool.blocked == "no machine is there: nothing listens"
    pool.heard(ClusterTrouble(""), at(0.0))
    assert place(pool, 1) is None
    pool.heard(PlaceJoined("b"), at(0.0))
    assert pool.blocked is None
    slot = place(pool, 1)
    assert (slot.name, slot.state, slot.pid) == ("b", S.LOADING, 0)
    slot.loaded(Ready(0.0, device={"type": "cpu"}), at(0.0))
    lost = pool.heard(PlaceLeft("b", "it does not answer"), at(1.0))
    assert [held.job for held in lost] == [1]
    assert (slot.state, slot.reason) == (S.BLOCKED, "it does not answer")
    assert place(pool, 1, 1e6) is None  # until it has said that it is back
    pool.heard(PlaceJoined("b"), at(2.0))
    assert pool.slots == (slot,)
    assert place(pool, 1, 3.0) is slot


def test_a_lost_worker_is_no_death_and_is_begun_anew_after_a_while(pools):
    pool, _ = pools("none")
    pool.heard(PlaceJoined("b"), at(0.0))
    for now in range(0, 300, 50):
        slot = place(pool, 1, now)
        assert slot is not None
        lost = pool.lost(slot, Gone(slot.serial, -1, "why", lost=True), at(now))
        assert [held.job for held in lost] == [1]
        assert slot.state is S.BLOCKED


def test_the_scheduler_that_does_not_answer_is_told_and_local_slots_go_on(pools):
    pool, _ = pools("cpu")
    pool.heard(ClusterTrouble("nothing listens"), at(0.0))
    assert pool.notices == ["cluster: nothing listens"]
    assert place(pool, 1) is pool.slots[0]
    pool.heard(ClusterTrouble(""), at(0.0))
    assert pool.notices == []


def test_a_machine_that_lacks_weights_gets_none_of_their_pictures_and_all_others(pools):
    pool, _ = pools("none")
    pool.heard(PlaceJoined("b"), at(0.0))
    lora = (Lora("ink", "/here/ink.safetensors", None, 1.0),)
    slot = place(pool, 1, loras=lora)
    gone = Gone(slot.serial, -1, "it has no LoRA ink", lost=True, lacks="/here/ink.safetensors")
    pool.lost(slot, gone, at(0.0))
    assert place(pool, 1, 1.0, loras=lora) is None
    assert "b: it has no LoRA ink" in pool.refusal(render(1, loras=lora), DRY_RUN, at(1.0))
    assert pool.remark(slot) == "it has no LoRA ink"
    assert place(pool, 2, 1.0) is slot
    assert pool.refusal(render(2), DRY_RUN, at(1.0)) is None
    pool.heard(PlaceJoined("c"), at(1.0))
    assert pool.refusal(render(1, loras=lora), DRY_RUN, at(1.0)) is None
    assert place(pool, 1, 1.0, loras=lora).name == "c"


def test_strict_pictures_go_where_versions_and_kind_of_device_are_the_same(pools):
    pool, _ = pools("cpu")
    local = pool.slots[0]
    pool.heard(PlaceJoined("other", "it has torch 1 (here 2)", matches=False), at(0.0))
    pool.heard(PlaceJoined("same"), at(0.0))
    other, same = pool.slots[1:]
    for slot, kind in ((local, "cpu"), (other, "cpu"), (same, "cuda")):
        slot.start(DRY_RUN, at(0.0))
        ready = Ready(0.0, device={"type": kind})
        slot.loaded(ready, at(0.0))
        pool.learn(ready, slot)
    assert {place(pool, job).name for job in (1, 2, 3)} == {"cpu", "other", "same"}
    for slot in (local, other, same):
        for held in list(slot.hand.held):
            slot.returned(held.job, 1, at(0.0))
    assert place(pool, 4, strict=True) is local
    assert place(pool, 5, strict=True) is local  # behind it, though others are idle
    pool.learn(Ready(0.0, device={"type": "cpu"}), same)
    assert place(pool, 6, strict=True) is same
    assert pool.remark(other) == "it has torch 1 (here 2)"
    alone, _ = pools("none")
    alone.heard(PlaceJoined("other", "it has torch 1 (here 2)", matches=False), at(0.0))
    assert "same versions" in alone.refusal(render(1, strict=True), DRY_RUN, at(0.0))


def knows(pool, slot, kind: str, torch: str) -> None:
    """A worker there is warm, and has said what it has."""
    if not slot.is_alive:
        slot.start(DRY_RUN, at(0.0))
    ready = Ready(0.0, device={"type": kind}, versions={"torch": torch})
    slot.loaded(ready, at(0.0))
    pool.learn(ready, slot)


AGAIN = [
    # made with, strict, (device, torch) here, there; goes
    (("cpu", "1"), False, ("cpu", "2"), ("cpu", "1"), "there"),
    (("cpu", "1"), True, ("cpu", "2"), ("cpu", "1"), "there"),
    (("cuda", "2"), False, ("cpu", "2"), ("cuda", "2"), "there"),
    (("", "1"), False, ("cpu", "2"), ("cuda", "1"), "there"),
    (("cpu", "2"), False, ("cpu", "2"), ("cpu", "1"), "here"),
    (("cpu", "2"), True, ("cpu", "2"), ("cpu", "1"), "here"),
    (("mps", "2"), False, ("cpu", "2"), ("cpu", "1"), "anywhere"),
    (("mps", "2"), True, ("cpu", "2"), ("cpu", "1"), "here"),
    (("mps", "2"), True, None, ("cpu", "1"), "nowhere"),
    (("mps", "2"), False, None, ("cpu", "1"), "there"),
    (("cpu", "1"), True, None, ("cpu", "1"), "there"),
]


@pytest.mark.parametrize(("before", "strict", "here", "there", "goes"), AGAIN)
def test_a_picture_is_made_again_where_there_is_what_it_was_made_with(
    pools, before, strict, here, there, goes
):
    pool, _ = pools("cpu" if here else "none")
    pool.heard(PlaceJoined("there", "it has torch 1 (here 2)", matches=there[1] == "2"), at(0.0))
    for slot, has in zip(pool.slots, [*filter(None, (here,)), there], strict=True):
        knows(pool, slot, *has)
    asked = {"strict": strict, "made_with": MadeWith(before[0], {"torch": before[1]})}
    slots = [place(pool, job, **asked) for job in (1, 2)]  # and the second, if need be, behind it
    names = {"cpu": "here", "there": "there"}
    found = {names[slot.name] if slot else "nowhere" for slot in slots}
    assert found == ({"here", "there"} if goes == "anywhere" else {goes})
    why = pool.refusal(render(1, **asked), DRY_RUN, at(0.0))
    assert ("as in their record" in why) if goes == "nowhere" else why is None


def test_what_a_place_has_is_found_out_before_a_picture_is_made_again_there(pools):
    pool, _ = pools("none")
    for name in ("b", "c"):
        pool.heard(PlaceJoined(name, "it has torch 1 (here 2)", matches=False), at(0.0))
    asked = {"strict": True, "made_with": MadeWith("cuda", {"torch": "1"})}
    assert place(pool, 1, **asked) is None
    assert [slot.state for slot in pool.slots] == [S.LOADING, S.LOADING]
    assert pool.refusal(render(1, **asked), DRY_RUN, at(0.0)) is None
    b, c = pool.slots
    knows(pool, b, "cpu", "1")
    assert place(pool, 1, **asked) is None
    knows(pool, c, "cuda", "1")
    assert place(pool, 1, **asked) is c

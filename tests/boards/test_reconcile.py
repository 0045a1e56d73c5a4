"""Whatever is edited in whatever order, every wanted picture is made once and nothing else is."""

from __future__ import annotations

import random
from collections import Counter

import pytest

from daemon.boards.reconcile import Known, Wanted, reconcile

SHOTS = [f"s{number}" for number in range(8)]


class World:
    """A board's jobs as inbox, spool and journal would have them; what is made is counted."""

    def __init__(self, seed: int) -> None:
        self.chance = random.Random(seed)
        self.known: dict[str, Known] = {}
        self.made: Counter[str] = Counter()
        self.dropped: list[str] = []

    def step(self, wanted: list[Wanted], *, paused: bool = False) -> None:
        todo = reconcile(wanted, self.known, paused=paused)
        for name in todo.withdraw:
            assert self.known.pop(name) is Known.WAITING
        for name in todo.cancel:
            assert self.known[name] is Known.CLAIMED
            self.known[name] = Known.WITHDRAWN
        for name in todo.drop:
            assert self.known.get(name, Known.WITHDRAWN) is Known.WITHDRAWN
            self.known[name] = Known.WAITING
            self.dropped.append(name)

    def work(self) -> None:
        for name in self.chance.sample(sorted(self.known), len(self.known)):
            state = self.known[name]
            if state is Known.WAITING and self.chance.random() < 0.5:
                self.known[name] = Known.CLAIMED
            elif state is Known.CLAIMED and self.chance.random() < 0.5:
                self.known[name] = Known.DONE
                self.made[name] += 1

    def settle(self, wanted: list[Wanted]) -> None:
        while not {one.id for one in wanted} <= {*self.made}:
            self.step(wanted)
            self.work()


def edited(chance: random.Random) -> list[Wanted]:
    """A board as somebody might have saved it."""
    shots = chance.sample(SHOTS, chance.randint(0, len(SHOTS)))
    found, before = [], None
    for shot in shots:
        words = chance.randint(1, 2)
        takes = chance.randint(1, 3)
        follows = before if before and chance.random() < 0.3 else None
        found += [Wanted(f"{shot}-{words}-{take}-{follows}", follows) for take in range(takes)]
        before = found[-takes].id
    return found


@pytest.mark.parametrize("seed", range(40))
def test_every_wanted_picture_is_made_exactly_once_whatever_is_saved_meanwhile(seed: int) -> None:
    world = World(seed)
    for _ in range(20):
        wanted = edited(world.chance)
        world.step(wanted, paused=world.chance.random() < 0.2)
        world.work()
    world.settle(wanted)
    assert {one.id for one in wanted} <= set(world.made)
    assert set(world.made.values()) <= {1}
    world.step(wanted)
    assert reconcile(wanted, world.known).drop == ()
    asked = {one.id for one in wanted}
    assert all(name in asked for name, state in world.known.items() if state is Known.WAITING)


def test_a_save_tries_again_neither_what_failed_nor_what_a_person_cancelled() -> None:
    known = {"a": Known.FAILED, "b": Known.CANCELLED, "c": Known.DONE, "d": Known.WITHDRAWN}
    todo = reconcile([Wanted(name) for name in "abcd"], known)
    assert (todo.drop, todo.failed, todo.done) == (("d",), ("a", "b"), ("c",))


def test_a_follower_is_held_until_what_it_follows_is_done() -> None:
    wanted = [Wanted("a"), Wanted("b", "a")]
    assert reconcile(wanted, {}).drop == ("a",)
    assert reconcile(wanted, {}).held == ("b",)
    assert reconcile(wanted, {"a": Known.CLAIMED}).drop == ()
    assert reconcile(wanted, {"a": Known.DONE}).drop == ("b",)
    assert reconcile(wanted, {"a": Known.FAILED}).held == ("b",)


def test_what_nobody_wants_any_more_is_stopped_and_pictures_stay() -> None:
    known = {"a": Known.WAITING, "b": Known.CLAIMED, "c": Known.DONE}
    todo = reconcile([], known)
    assert (todo.withdraw, todo.cancel, todo.drop) == (("a",), ("b",), ())


def test_a_paused_board_takes_back_what_waits_and_lets_what_renders_go_on() -> None:
    known = {"a": Known.WAITING, "b": Known.CLAIMED}
    todo = reconcile([Wanted(name) for name in "abc"], known, paused=True)
    assert (todo.withdraw, todo.cancel, todo.drop) == (("a",), (), ())

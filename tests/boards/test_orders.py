"""What is kept of boards beside their files: orders hold until they are met, and junk is as nothing."""

from __future__ import annotations

import json

import pytest

from daemon.boards.account import (
    Account,
    WantedShot,
    WantedTake,
    read_account,
    read_pages,
    write_account,
)
from daemon.boards.ends import Made, later
from daemon.boards.orders import CANCEL, FIRST, NONE, RETRY, Orders, read_orders, write_orders
from daemon.boards.reconcile import Known
from daemon.boards.shown import read_shown
from daemon.root.layout import Layout

JUNK = (b"", b"{", b"[]", b"{}", b'{"schema": 1}', b'{"schema": 2, "shots": []}', b"\0\xff", b"7")


def test_an_order_holds_until_the_next_job_of_its_picture_has_ended() -> None:
    orders = NONE.with_order(CANCEL, ["a", "b"], {}).with_order(FIRST, ["b", "c"], {"c": 4})
    assert orders.still({"c": 4}, {"a", "b", "c"}) == orders
    assert orders.still({"c": 5, "b": 1}, {"a", "b", "c"}) == Orders({"a": 0})
    assert orders.still({}, {"b"}) == Orders({"b": 0}, {"b": 0})


def test_of_two_orders_about_one_picture_the_later_one_counts() -> None:
    ended = {"a": 7}
    asked = NONE.with_order(RETRY, ["a", "b"], ended)
    assert asked == Orders(again={"a": 7})  # b has never ended: it is made anyway
    stopped = asked.with_order(FIRST, ["a"], ended).with_order(CANCEL, ["a"], ended)
    assert stopped == Orders({"a": 7})
    assert stopped.with_order(RETRY, ["a"], ended) == asked


def test_what_was_made_stays_made_whatever_its_second_job_came_to() -> None:
    done = Made(Known.DONE, "060-1", "ep/060-1.png", 3)
    for state in (Known.FAILED, Known.CANCELLED):
        assert later(done, Made(state, "x", job=9)) == Made(Known.DONE, "060-1", "ep/060-1.png", 9)
    assert later(done, Made(Known.WITHDRAWN, "x", job=9)) == done
    assert later(Made(Known.FAILED, "060-1", job=3), Made(Known.DONE, "x", "i.png", 9)) == Made(
        Known.DONE, "060-1", "i.png", 9
    )


def test_accounts_and_orders_are_read_as_they_were_written_and_junk_is_none(root: Layout) -> None:
    made = Made(Known.FAILED, "010-2", "", 7, "why\n", "failed/ep/010-2.json")
    takes = (
        WantedTake("ep/010@1.2", "010-1", "010-1", ((64, 64, 4),)),
        WantedTake("ep/010@1.3", "010-2", "010-2", ((64, 64, 4), (128, 128, 2)), made),
    )
    shot = WantedShot("010", "a pier “at” dawn", takes, "020", "ep/020@1.2")
    account = Account("ép", "ep", "ep", "looks", (shot,), 5, 6, 7, "s", "e", "m")
    orders = Orders({"a": 0}, {"b": 1}, {"c": 2})
    assert write_account(root, account, {"told": {}})
    write_orders(root, "ep", orders)
    assert read_account(root, "ép") == account
    assert list(read_pages(root)) == [(account, {"told": {}})]
    assert read_orders(root, "ep") == orders
    assert (read_account(root, "ep"), read_orders(root, "other")) == (None, NONE)
    for file in (*(root.state / "boards").iterdir(), *(root.state / "orders").iterdir()):
        whole = json.loads(file.read_bytes().partition(b'\n{"told"')[0])
        spoiled = [{**whole, key: junk} for key in whole for junk in (None, 1.5, [[1]], {"a": "b"})]
        for junk in (*JUNK, *(json.dumps(each).encode() for each in spoiled)):
            file.write_bytes(junk)
            read_account(root, "ép")
            list(read_shown(root))
            read_orders(root, "ep")
        file.write_bytes(JUNK[1])
    assert (read_account(root, "ép"), read_orders(root, "ep")) == (None, NONE)
    with pytest.raises(FileNotFoundError):
        write_orders(Layout(root.root / "nowhere"), "ep", orders)

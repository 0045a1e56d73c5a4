"""Slots for the tests of workers."""

from __future__ import annotations

import pytest
from support.slots import Slot


@pytest.fixture
def made(tmp_path):
    slots = []

    def make(*arguments, **settings) -> Slot:
        slots.append(Slot(tmp_path, *arguments, **settings))
        return slots[-1]

    yield make
    for slot in slots:
        slot.close()

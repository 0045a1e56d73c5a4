"""What the engine does when nobody waits, and how soon it stops for a picture."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from support.warm_engine import BARE, THEIRS_TO_MEND, ours, render, warm

from daemon.engine.sdxl.canary import STEPS

pytestmark = THEIRS_TO_MEND


def test_the_canary_is_left_off_within_a_step_and_painted_another_time(tmp_path: Path) -> None:
    engine = warm(replace(BARE, caches=str(tmp_path)))
    told: list[tuple[str, str]] = []
    asked: list[bool] = []

    def tell(level: str, text: str, _about: str = "") -> None:
        told.append((level, text))

    def is_wanted() -> bool:
        asked.append(True)
        return True

    assert engine.idle(tell, is_wanted)
    assert len(asked) == 1 < STEPS
    assert not told
    ours(engine, render())
    engine.idle(tell, lambda: False)
    assert "canary" in told[0][1]
    assert engine.idle(tell, lambda: False) is False

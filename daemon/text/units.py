"""A number with a unit behind it, such as `10 min`, told in another unit."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass

_NUMBER = r"([0-9]{1,9}(?:[.,][0-9]{1,3})?)"


@dataclass(frozen=True, slots=True)
class Unit:
    """What a number is of, by `name`, and how many of it others are, by patterns of their names."""

    name: str
    others: Mapping[str, float]

    def of(self, text: str) -> str:
        """That number in this unit; empty if it is none."""
        for names, scale in self.others.items():
            if match := re.fullmatch(rf"{_NUMBER}\s*(?:{names})", text.strip().casefold()):
                return f"{float(match[1].replace(',', '.')) * scale:.12g}"
        return ""

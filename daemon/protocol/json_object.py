"""A JSON object as it was read: what is in it, only looking tells.

For the seams where JSON comes in or goes out (a child's answers, a record on disk). Between rooms
travel dataclasses.
"""

from __future__ import annotations

from typing import Any, TypeAlias

JsonObject: TypeAlias = dict[str, Any]

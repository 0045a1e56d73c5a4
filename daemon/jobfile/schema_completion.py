"""What an editor offers while a job file is typed: our words, and not every word that is read.

Other tools' words for the same are accepted as `patternProperties`, which editors check and don't
offer.
"""

from __future__ import annotations

from collections.abc import Collection

from daemon.protocol.json_object import JsonObject


def unoffered(table: JsonObject, aliases: Collection[str]) -> JsonObject:
    """The schema of a mapping in which the keys `aliases` are read and not offered. Those that mean
    the same become one pattern."""
    offered = {key: said for key, said in table["properties"].items() if key not in aliases}
    patterns: dict[str, list[str]] = {}
    meant: dict[str, JsonObject] = {}
    for key in aliases:
        if said := table["properties"].get(key):
            patterns.setdefault(said["description"], []).append(key)
            meant.setdefault(said["description"], {**said, "title": said["description"]})
    hidden = {f"^(?:{'|'.join(keys)})$": meant[same] for same, keys in patterns.items()}
    return {**table, "properties": offered, **({"patternProperties": hidden} if hidden else {})}

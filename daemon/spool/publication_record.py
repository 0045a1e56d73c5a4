"""What is known of one picture's way into the outbox: a line of a job's published.json."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class PublicationRecord:
    """A picture that is being published as outbox/STEM.png, or has been (`is_published`).

    `stage` is the inode of the stage folder it is published from, `seconds` what rendering it
    took; each is known in its own state only."""

    stem: str
    is_published: bool
    stage: int | None = None
    seconds: float | None = None

    @classmethod
    def from_json(cls, record: Mapping[str, object]) -> PublicationRecord:
        """Raises KeyError if it is not one of ours."""
        is_published = record["state"] == "published"
        stage, seconds = record.get("stage"), record.get("seconds")
        return cls(
            str(record["stem"]),
            is_published,
            stage if isinstance(stage, int) else None,
            seconds if isinstance(seconds, float | int) else None,
        )

    def to_json(self) -> dict[str, object]:
        if self.is_published:
            return {"state": "published", "stem": self.stem, "seconds": self.seconds}
        return {"state": "publishing", "stem": self.stem, "stage": self.stage}

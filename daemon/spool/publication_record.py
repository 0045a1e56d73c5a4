"""What is known of one picture's way into the outbox: a line of a job's published.json."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from daemon.root.state_files import is_inside


@dataclass(frozen=True, slots=True)
class PublicationRecord:
    """A picture that is being published as outbox/STEM.png, or has been (`is_published`).

    `stage` is the inode of the stage folder it is published from, `sha256` that of the PNG file,
    `seconds` what rendering it took; the first two are known while it is being published only, the
    last afterwards."""

    stem: str
    is_published: bool
    stage: int | None = None
    seconds: float | None = None
    sha256: str | None = None

    @classmethod
    def from_json(cls, record: Mapping[str, object]) -> PublicationRecord:
        """Raises KeyError, TypeError, AttributeError or ValueError if it is not one of ours."""
        is_published = record["state"] == "published"
        stem, stage, seconds = record["stem"], record.get("stage"), record.get("seconds")
        sha256 = record.get("sha256")
        if not isinstance(stem, str) or not is_inside(stem):
            raise ValueError(f"{str(stem)[:40]!r} is no picture's name")
        return cls(
            stem,
            is_published,
            stage if isinstance(stage, int) else None,
            seconds if isinstance(seconds, float | int) else None,
            sha256 if isinstance(sha256, str) else None,
        )

    def to_json(self) -> dict[str, object]:
        if self.is_published:
            return {"state": "published", "stem": self.stem, "seconds": self.seconds}
        content = {"stage": self.stage, "sha256": self.sha256}
        return {"state": "publishing", "stem": self.stem, **content}

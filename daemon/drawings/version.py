"""One saved version of a drawing: its `id`, its seed, and the job that makes a picture of it. Pure.

The same drawing in the same place has the same seed tomorrow; another content, or other words
beside it, are another version, and what was made once is not made again.
"""

from __future__ import annotations

import hashlib
import json
import re
import unicodedata
from dataclasses import dataclass

from daemon.protocol.json_object import JsonObject

SEED_BITS = 32
_MOST = 60
_ID = re.compile(r"drawing:.+#[0-9a-f]{24}", re.DOTALL)


@dataclass(frozen=True, slots=True)
class Version:
    """Of the drawing `name` in `project` (a/b or ""): `content` is its sha256, or what else tells
    one version from another where `is_kept` is false, because it can't be read as a picture;
    `prompt` is what it shows; the folder says a seed if it `has_seed`."""

    project: str
    name: str
    content: str
    is_kept: bool
    prompt: str
    has_seed: bool = False

    @property
    def stem(self) -> str:
        return self.name.rpartition(".")[0]

    @property
    def id(self) -> str:
        """What its job is known by."""
        said = [*self._place, self.content, self.prompt]
        digest = hashlib.sha256(json.dumps(said).encode("ascii")).hexdigest()[:24]
        return f"drawing:{self.stem[:_MOST]}#{digest}"

    @property
    def seed(self) -> int:
        """The seed of all versions of it."""
        digest = hashlib.sha256("\0".join(self._place).encode()).digest()
        return int.from_bytes(digest[: SEED_BITS // 8], "big")

    @property
    def _place(self) -> list[str]:
        return [unicodedata.normalize("NFC", part) for part in (self.project, self.name)]

    def job(self) -> JsonObject:
        """Its job file: the folder's defaults hold for it as for any other."""
        drawing: JsonObject = {"image": self.name}
        if self.is_kept:
            drawing["sha256"] = self.content
        seed = {} if self.has_seed else {"seed": self.seed}
        return {"prompt": self.prompt, "drawing": drawing, **seed, "name": self.stem, "id": self.id}


def is_id(text: object) -> bool:
    """Whether this is the `id` of a job of ours."""
    return isinstance(text, str) and _ID.fullmatch(text) is not None

"""The pictures of a claimed job, kept by content, what is drawn for it in its own size.

Given a job whose references leave nothing open; draws no seed and reserves no name.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path

from daemon.errors import JobError
from daemon.jobfile import Job
from daemon.jobfile.job import NamedPicture
from daemon.plan.input_pictures import as_inputs
from daemon.plan.job_pictures import JobPictures
from daemon.plan.model_choice import ModelChoice
from daemon.plan.picture_store import PictureStore
from daemon.plan.sizes import picture_size
from daemon.protocol.render import IMAGE, InputPicture, KeptPicture


class KeptInputs:
    """`found` finds and keeps what a job names, in the store `pictures`."""

    def __init__(self, found: JobPictures, pictures: PictureStore, models: ModelChoice) -> None:
        self._found = found
        self._pictures = pictures
        self._models = models

    def of(self, job: Job, folder: Path, notes: list[str]) -> tuple[InputPicture, ...]:
        """The pictures of a job in `folder` and of its rows, one for one; `notes` gains what the
        authors of drawings should know. Raises what `JobPictures.keep` raises, and SetupError
        without a model."""
        named = [one for one in dict.fromkeys(job.inputs) if not one.is_drawn]
        found = {one: self._found.keep(one, folder, notes) for one in named}
        return tuple(one for part in job.parts for one in self._with_masks(part.job, found))

    def image_size(self, job: Job, kept: Sequence[InputPicture]) -> tuple[int, int] | None:
        """That of the picture whose shape `job` takes, if it does: its image, or its drawing."""
        if not job.takes_shape:
            return None
        place = next(one.source.path for one in kept if one.role == job.shaped_by)
        try:
            return self._pictures.sides(Path(place))
        except JobError as error:
            key = "image" if job.shaped_by == IMAGE else job.controls[0].key
            error.line, error.key = error.line or job.lines.get(key), error.key or key
            raise

    def _with_masks(
        self, job: Job, found: Mapping[NamedPicture, KeptPicture]
    ) -> tuple[InputPicture, ...]:
        """The pictures of a row, once all that lie somewhere are found; masks and thumbnails are
        drawn in its own size. Raises what `_size` raises, OSError, and StillLookingError."""
        made = [wanted for wanted in job.inputs if wanted.is_drawn]
        if not made:
            return as_inputs(job, found)
        size = self._size(job, found)
        drawn = {wanted: self._found.draw(wanted, size) for wanted in made}
        return as_inputs(job, {**found, **drawn})

    def _size(self, job: Job, found: Mapping[NamedPicture, KeptPicture]) -> tuple[int, int]:
        """Width and height of its pictures, which a mask is to have the shape of. Raises JobError,
        SetupError."""
        images = [InputPicture(one.role, found[one]) for one in job.inputs if one in found]
        card = self._models.card_for(job)
        return picture_size(job, card, self.image_size(job, images))[:2]

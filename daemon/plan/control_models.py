"""Which control model each control picture of a job goes through, checked against one model.

Pure: the catalogue comes in with the card, hashing as `sha256_of`.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

from daemon.errors import JobError, NotYetError, sentences
from daemon.protocol.control_kinds import UNION
from daemon.protocol.render import ControlModel
from daemon.text.suggest import did_you_mean

if TYPE_CHECKING:
    from daemon.jobfile.job import Job, JobControl
    from daemon.models.card import Card
    from daemon.models.controls import ControlFile

PULLS = {"drawing": "t2i-sketch", "lines": "t2i-lineart", "edges": "t2i-canny"}
"""What `hotfolder models pull` fetches for a kind; the union for all others."""

NEEDED = {"depth": ("depth",), "pose": ("pose", "people")}
"""The networks that make a control picture of this kind out of another picture."""


def control_models(
    job: Job, card: Card, sha256_of: Callable[[Path], str | None]
) -> tuple[ControlModel, ...]:
    """One for each control of the job, in their order; none where the card has no files. Raises
    JobError for what is not there or does not fit, NotYetError while one is being read."""
    if not card.has_files:
        return ()
    return tuple(_model(each, card, sha256_of) for each in job.controls)


def model_for(wanted: JobControl, card: Card) -> ControlFile | None:
    """The control model that this control goes through, if it is there."""
    name = wanted.params.model
    return card.controls.models.get(name) if name else card.controls.of_kind(wanted.params.kind)


def _model(wanted: JobControl, card: Card, sha256_of: Callable[[Path], str | None]) -> ControlModel:
    found = _named(wanted, card) if wanted.params.model else _of_kind(wanted, card)
    _check_estimator(wanted, card)
    try:
        digest = sha256_of(found.file)
    except NotYetError as error:
        raise NotYetError(
            f"The control model {found.name} is still being read: its content goes into the "
            "record.",
            line=wanted.line,
            key=wanted.key,
            why=error.why,
            remedy=error.remedy,
        ) from None
    if wanted.model_sha256 and digest and wanted.model_sha256 != digest:
        raise _refused(
            wanted,
            f"The control model {found.name} is another one than this record was made with.",
            why=f"Its content is {digest[:12]}…; the record says {wanted.model_sha256[:12]}….",
            remedy="Put the other one back, or remove `model_sha256` to take the one that is here.",
        )
    return ControlModel(found.name, str(found.place), digest, found.facts.family)


def _named(wanted: JobControl, card: Card) -> ControlFile:
    name, kind = wanted.params.model or "", wanted.params.kind
    found = model_for(wanted, card)
    if found is None:
        raise _refused(
            wanted,
            f"The model {card.name} has no control model named {name}.",
            why=f"{_here(card)} {_spoiled(card, name)}{did_you_mean(name, card.controls.models)}",
            remedy="Put it into the folder `controls` of the models folder (`hotfolder models` "
            "says where), or leave `model` out.",
        )
    if found.facts.family == UNION and kind not in found.kinds:
        raise _refused(
            wanted,
            f"The control model {name} knows nothing of the kind {kind}.",
            why=f"It is a union for: {', '.join(found.kinds)}.",
            remedy="Use another `kind`, or another `model`.",
        )
    return found


def _of_kind(wanted: JobControl, card: Card) -> ControlFile:
    kind = wanted.params.kind
    found = model_for(wanted, card)
    if found is None:
        spoiled = sentences(*map(str, card.controls.unusable))
        raise _refused(
            wanted,
            f"The model {card.name} has no control model for the kind {kind}.",
            why=f"{_here(card)} {spoiled}".strip(),
            remedy=f"Fetch one with `hotfolder models pull {PULLS.get(kind, 'union')}`, or name "
            "one that is here with `model`.",
        )
    return found


def _check_estimator(wanted: JobControl, card: Card) -> None:
    kind = wanted.params.kind
    lacking = [one for one in NEEDED.get(kind, ()) if one not in card.controls.estimators]
    if lacking and not wanted.params.ready:
        raise _refused(
            wanted,
            f"There is no network here that reads the {kind} of a picture.",
            why=f"The folder `controls/estimators` of the models has no {lacking[0]}.",
            remedy=f"Fetch it with `hotfolder models pull {kind}`, or give a picture that shows "
            f"the {kind} already, with `ready: true`.",
        )


def _here(card: Card) -> str:
    kinds = [
        f"{name} ({', '.join(one.kinds) or 'any kind'})"
        for name, one in card.controls.models.items()
    ]
    return f"Here are: {', '.join(kinds)}." if kinds else "There is none."


def _spoiled(card: Card, name: str) -> str:
    return "".join(f"{one} " for one in card.controls.unusable if one.name == name)


def _refused(wanted: JobControl, what: str, *, why: str, remedy: str) -> JobError:
    return JobError(what, line=wanted.line, key=wanted.key, why=why, remedy=remedy)

"""`hotfolder models pull`: the only room that uses the network, and only when asked.

Files land in a hidden `.NAME.partial` folder beside the models; the finished model is renamed into
place, so a model is either whole or not in the catalogue. Everything pulled so far is kept after
an interruption, also half of a file, and a file some other model here already has is linked, not
fetched. Knows which files make a model; knows nothing of loading one.
"""

from __future__ import annotations

import contextlib
import fcntl
import json
import os
import shutil
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import TYPE_CHECKING

from daemon.errors import SetupError, UsageError
from daemon.fs.retry import said
from daemon.models.adapters import PLACES
from daemon.models.card import CARD_NAME, LORAS_NAME
from daemon.models.card_file import read_facts
from daemon.models.controls import CONTROLS_NAME
from daemon.models.files import is_file
from daemon.models.pull import few_step_loras, parcels, recipe
from daemon.models.pull.extras import EXTRAS
from daemon.models.pull.parcels import Parcel
from daemon.models.pull.progress import Arrival
from daemon.models.pull.recipe import Piece
from daemon.models.tiny_decoders import TAESD_NAME
from daemon.protocol.engines import ENGINES

if TYPE_CHECKING:
    from daemon.models.pull.hub import Hub

__all__ = ["Arrival", "pull"]

Progress = Callable[[Arrival], None]

_RESERVED = ("sketch", "sdxl", LORAS_NAME, CONTROLS_NAME, TAESD_NAME, *PLACES, *ENGINES)
"""Names of the models folder that mean something else already."""

_SPARE = 1 << 30  # a disk filled to the last byte stops more than us


def pull(
    name: str,
    *,
    folder: Path,
    progress: Progress,
    endpoint: str | None = None,
    adapters: bool = True,
) -> Path:
    """Fetch a model into `folder`; the path of its own folder there.

    `name` is `sdxl`, one of `EXTRAS` or `KNOWN_LORAS` (with places of their own), OWNER/REPOSITORY,
    or OWNER/REPOSITORY/FILE.safetensors. `adapters` brings the IP-Adapters along, for all models
    there to share. Raises UsageError and SetupError.
    """
    if name in few_step_loras.KNOWN_LORAS:
        if not few_step_loras.is_here(name, folder):
            _fetch(few_step_loras.of(name, folder), folder, progress, endpoint)
        return few_step_loras.weights_of(name, folder)
    if name in EXTRAS:
        home = folder / EXTRAS[name].folder
        _fetch(lambda hub: parcels.extras(name, hub, folder), folder, progress, endpoint)
        return home
    home = folder / _folder_name(name)
    is_here = home.exists() and _is_that(home, name)
    lacking = parcels.lacking(folder) if adapters else None
    if is_here and lacking is None:
        return home

    def wanted(hub: Hub) -> list[Parcel]:
        found = [] if is_here else [parcels.model(name, hub, home)]
        return found + ([parcels.shared_adapters(hub, folder, lacking)] if lacking else [])

    _fetch(wanted, folder, progress, endpoint)
    return home


def _fetch(
    wanted: Callable[[Hub], list[Parcel]], folder: Path, progress: Progress, endpoint: str | None
) -> None:
    """All that is wanted, once the hub has said what that is made of."""
    from daemon.models.pull import hub as online

    hub = online.Hub(endpoint)
    try:
        _fetch_all(hub, wanted(hub), folder, progress)
    except OSError as error:
        raise SetupError(
            f"{folder} can't be written: {said(error)}.",
            remedy="Mend that, then run the same command again; it goes on where it stopped.",
        ) from error
    finally:
        online.leave()


def _fetch_all(hub: Hub, wanted: list[Parcel], folder: Path, progress: Progress) -> None:
    if not wanted:
        return
    size = sum(piece.file.size for parcel in wanted for piece in parcel.pieces)
    before = 0
    with contextlib.ExitStack() as held:
        for parcel in wanted:
            held.enter_context(_alone(parcel.partial))
        _check_space(wanted, _known_files(folder))
        for parcel in wanted:
            known = _known_files(folder)  # with what the parcel before has brought
            hashes = _gather(hub, parcel, known, progress, before, size)
            parcel.finish(parcel.partial, parcel.home, parcel.pieces, hashes, parcel.licence)
            before += sum(piece.file.size for piece in parcel.pieces)


# --- what to fetch --------------------------------------------------------------------------------


def _is_that(home: Path, name: str) -> bool:
    """Whether it is the model that was pulled before; SetupError if another has its name."""
    wanted = recipe.BASE if name == "sdxl" else recipe.split_name(name)[0]
    if (home / CARD_NAME).is_file():
        source = read_facts(home / CARD_NAME).source
        if source in ("", wanted):
            return True
        raise SetupError(
            f"{home} is already {source}.",
            remedy=f"Give that folder another name, then pull {wanted} again.",
        )
    raise SetupError(f"{home} is in the way.", remedy="Move it elsewhere, then try again.")


def _folder_name(name: str) -> str:
    if name == "sdxl":
        return name
    repo, file = recipe.split_name(name)
    chosen = file.rsplit("/", 1)[-1].removesuffix(".safetensors") if file else repo.split("/")[1]
    chosen = chosen.lstrip(".") or "model"
    return repo.replace("/", "-") if chosen.casefold() in _RESERVED else chosen


def _check_space(wanted: list[Parcel], known: Mapping[str, Path]) -> None:
    partials = [parcel.partial for parcel in wanted]
    files = [one for partial in partials for one in partial.rglob("*") if one.is_file()]
    new = [
        piece.file
        for parcel in wanted
        for piece in parcel.pieces
        if (piece.file.sha256 or "") not in known
    ]
    needed = sum(file.size for file in new) - sum(file.stat().st_size for file in files)
    folder = partials[0].parent
    free = shutil.disk_usage(folder).free
    if needed > 0 and needed + _SPARE > free:
        raise SetupError(
            f"This needs {_gigabytes(needed)} and {_gigabytes(_SPARE)} to spare; "
            f"{folder} has {_gigabytes(free)} free.",
            remedy="Make room, or point HOTFOLDER_MODELS at a larger disk.",
        )


def _gigabytes(size: int) -> str:
    return f"{size / 1e9:.1f} GB"


# --- fetching -------------------------------------------------------------------------------------


@contextlib.contextmanager
def _alone(partial: Path) -> Iterator[None]:
    """Hold the partial folder; SetupError if another pull of the same model has it."""
    partial.mkdir(parents=True, exist_ok=True)
    handle = os.open(partial, os.O_RDONLY)
    try:
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as error:
            raise SetupError(
                f"Another pull is filling {partial}.", remedy="Let it finish, or end it first."
            ) from error
        yield
    finally:
        os.close(handle)


def _gather(
    hub: Hub,
    parcel: Parcel,
    known: Mapping[str, Path],
    progress: Progress,
    before: int,
    size: int,
) -> dict[str, str]:
    """Every piece whole in the partial folder; their sha256 by stored path. `before` bytes of all
    `size` have arrived already."""
    hashes = {}
    for piece in parcel.pieces:

        def arrived(count: int, piece: Piece = piece, before: int = before) -> None:
            progress(Arrival(piece.stored, count, piece.file.size, before + count, size))

        hashes[piece.stored] = _one(hub, piece, parcel.partial, known, arrived)
        arrived(piece.file.size)
        before += piece.file.size
    return hashes


def _one(
    hub: Hub,
    piece: Piece,
    partial: Path,
    known: Mapping[str, Path],
    arrived: Callable[[int], None],
) -> str:
    from daemon.models.pull.hub import sound

    target = partial / piece.stored
    digest = sound(target, piece.file)
    if digest is not None:
        return digest
    target.parent.mkdir(parents=True, exist_ok=True)
    identity = (piece.file.sha256 or piece.file.blob or piece.commit)[:12]
    part = target.with_name(f"{target.name}.{identity}.part")
    digest = None
    if _linked(known.get(piece.file.sha256 or ""), part):
        digest = sound(part, piece.file)
        if digest is None:  # damaged on this disk since: `models check` tells of that model
            part.unlink()
    if digest is None:
        hub.fetch(piece, part, arrived)
        digest = sound(part, piece.file)
    if digest is None:
        part.unlink(missing_ok=True)
        raise SetupError(
            f"{piece.file.path} of {piece.repo} arrived damaged: its hash is not the listed one.",
            remedy="Run the same command again; only that file is fetched anew.",
        )
    os.replace(part, target)
    if piece.stored == recipe.INDEX:
        _refuse_other_families(target, piece.repo)
    return digest


def _linked(known: Path | None, part: Path) -> bool:
    """Whether a file another model here holds was linked in; it is checked like any other."""
    if known is None:
        return False
    with contextlib.suppress(OSError):
        part.unlink(missing_ok=True)
        os.link(known, part)
        return True
    return False


def _known_files(shelf: Path) -> dict[str, Path]:
    """sha256 -> file, of every model in `shelf` whose card lists hashes."""
    known: dict[str, Path] = {}
    for card in sorted(shelf.glob(f"*/{CARD_NAME}")):
        try:
            hashes = read_facts(card).hashes
        except SetupError:
            continue  # not one of ours; nothing to share
        files = {digest: card.parent / relative for relative, digest in hashes.items()}
        known |= {digest: file for digest, file in files.items() if is_file(file)}
    return known


def _refuse_other_families(index: Path, repo: str) -> None:
    try:
        family = json.loads(index.read_bytes()).get("_class_name", "")
    except (ValueError, AttributeError, RecursionError):
        family = "unreadable"
    if not str(family).startswith("StableDiffusionXL"):
        index.unlink()
        raise UsageError(
            f"{repo} is no SDXL model: it is made for {family}. Hotfolder renders with SDXL only."
        )

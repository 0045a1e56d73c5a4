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
from daemon.models.card import CARD_NAME, LORAS_NAME
from daemon.models.card_file import read_facts
from daemon.models.files import is_file
from daemon.models.pull import recipe
from daemon.models.pull.finish import finish
from daemon.models.pull.progress import Arrival
from daemon.models.pull.recipe import Piece
from daemon.protocol.engines import ENGINES

if TYPE_CHECKING:
    from daemon.models.pull.hub import Hub

__all__ = ["Arrival", "pull"]

Progress = Callable[[Arrival], None]

_RESERVED = ("sketch", "sdxl", LORAS_NAME, *ENGINES)
"""Names of the models folder that mean something else already."""

_SPARE = 1 << 30  # a disk filled to the last byte stops more than us
_LARGE = 10 << 20


def pull(
    name: str,
    *,
    folder: Path,
    progress: Progress,
    endpoint: str | None = None,
    adapters: bool = True,
) -> Path:
    """Fetch a model into `folder`; the path of its own folder there.

    `name` is `sdxl`, OWNER/REPOSITORY, or OWNER/REPOSITORY/FILE.safetensors. `adapters` brings the
    IP-Adapters along, which reference pictures need. Raises UsageError and SetupError.
    """
    home = folder / _folder_name(name)
    if home.exists():
        return _already_here(home, name)
    from daemon.models.pull import hub as online

    hub = online.Hub(endpoint)
    partial = folder / f".{home.name}.partial"
    try:
        pieces, licence = _pieces(name, hub, adapters=adapters)
        with _alone(partial):
            known = _known_files(folder)
            _check_space(partial, pieces, known)
            hashes = _gather(hub, pieces, partial, known, progress)
            finish(partial, home, pieces, hashes, licence)
    except OSError as error:
        raise SetupError(
            f"{partial} can't be written: {said(error)}.",
            remedy="Mend that, then run the same command again; it goes on where it stopped.",
        ) from error
    finally:
        online.leave()
    return home


# --- what to fetch --------------------------------------------------------------------------------


def _already_here(home: Path, name: str) -> Path:
    """The model that was pulled before; SetupError if it is another one of the same name."""
    wanted = recipe.BASE if name == "sdxl" else recipe.split_name(name)[0]
    if (home / CARD_NAME).is_file():
        source = read_facts(home / CARD_NAME).source
        if source in ("", wanted):
            return home
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


def _pieces(name: str, hub: Hub, *, adapters: bool) -> tuple[list[Piece], str]:
    repo, file = (recipe.BASE, None) if name == "sdxl" else recipe.split_name(name)
    listing = hub.listing(repo)
    pieces = recipe.model_pieces(listing, file)
    if name == "sdxl":
        pieces = recipe.with_vae(pieces, recipe.vae_pieces(hub.listing(recipe.VAE)))
    if adapters:
        pieces += recipe.adapter_pieces(hub.listing(recipe.ADAPTERS))
    return sorted(pieces, key=_turn), listing.licence


def _turn(piece: Piece) -> tuple[bool, bool, str]:
    """What tells early that this is no model of ours comes first, the large files last."""
    return piece.stored != recipe.INDEX, piece.file.size >= _LARGE, piece.stored


def _check_space(partial: Path, pieces: list[Piece], known: Mapping[str, Path]) -> None:
    here = sum(one.stat().st_size for one in partial.rglob("*") if one.is_file())
    wanted = [piece.file for piece in pieces if (piece.file.sha256 or "") not in known]
    needed = sum(file.size for file in wanted) - here
    free = shutil.disk_usage(partial).free
    if needed > 0 and needed + _SPARE > free:
        raise SetupError(
            f"This needs {_gigabytes(needed)} and {_gigabytes(_SPARE)} to spare; "
            f"{partial.parent} has {_gigabytes(free)} free.",
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
    hub: Hub, pieces: list[Piece], partial: Path, known: Mapping[str, Path], progress: Progress
) -> dict[str, str]:
    """Every piece whole in `partial`; their sha256 by stored path."""
    size = sum(piece.file.size for piece in pieces)
    before, hashes = 0, {}
    for piece in pieces:

        def arrived(count: int, piece: Piece = piece, before: int = before) -> None:
            progress(Arrival(piece.stored, count, piece.file.size, before + count, size))

        hashes[piece.stored] = _one(hub, piece, partial, known, arrived)
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

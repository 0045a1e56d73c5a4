"""Which files of which hub repository make a model, and under which names they are kept. Pure.

Only what rendering needs is taken: fp16 weights where there are any, safetensors only, and never
a second copy in another format. A variant's mark (`.fp16`) is dropped from the stored name, so
that the folder loads without being told of variants.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

from daemon.errors import SetupError, UsageError

BASE = "stabilityai/stable-diffusion-xl-base-1.0"
VAE = "madebyollin/sdxl-vae-fp16-fix"
ADAPTERS = "h94/IP-Adapter"

ADAPTER_FILES = {
    "base": "sdxl_models/ip-adapter_sdxl_vit-h.safetensors",
    "plus": "sdxl_models/ip-adapter-plus_sdxl_vit-h.safetensors",
    "plus-face": "sdxl_models/ip-adapter-plus-face_sdxl_vit-h.safetensors",
}
ENCODER_FOLDER = "models/image_encoder"
ENCODER_STORED = "image_encoder"

INDEX = "model_index.json"
_WEIGHED = ("unet", "vae", "text_encoder", "text_encoder_2")
_UNWEIGHED = ("scheduler", "tokenizer", "tokenizer_2")
_PLAIN = (".json", ".txt", ".model")
_PICKLED = (".bin", ".ckpt", ".pt", ".pth")
_WEIGHTS = re.compile(
    r"(model|diffusion_pytorch_model)(?P<early>\.fp16)?(?P<shard>-\d{5}-of-\d{5})?"
    r"(?P<late>\.fp16)?\.safetensors"
)
_SHARD_INDEX = re.compile(r"(model|diffusion_pytorch_model)\.safetensors\.index(\.fp16)?\.json")
_PART = r"(?!.*(?:--|\.\.))[A-Za-z0-9_](?:[A-Za-z0-9_.-]{0,94}[A-Za-z0-9_])?"
_NAME = re.compile(rf"(?P<owner>{_PART})/(?P<repo>{_PART})", re.ASCII)


@dataclass(frozen=True, slots=True)
class Listed:
    """One file of a repository as the hub lists it; large files come with their sha256."""

    path: str
    size: int
    sha256: str | None = None
    blob: str | None = None


@dataclass(frozen=True, slots=True)
class Listing:
    """A repository at one commit."""

    repo: str
    commit: str
    licence: str
    files: tuple[Listed, ...]


@dataclass(frozen=True, slots=True)
class Piece:
    """One file to fetch, and its place in the model's folder."""

    repo: str
    commit: str
    file: Listed
    stored: str


def split_name(name: str) -> tuple[str, str | None]:
    """A hub id and, if one was named, the file in it. UsageError for anything else."""
    owner, _, rest = name.partition("/")
    repo, slash, file = rest.partition("/")
    parts = file.split("/") if slash else []
    good = all(_NAME.fullmatch(f"{one}/{one}") for one in (owner, repo))
    if not good or any(part in ("", ".", "..") or not part.isprintable() for part in parts):
        raise UsageError(
            f"{name!r} is not a model that can be fetched. Use `sdxl`, a LoRA for few steps by its "
            "name (`hotfolder models` lists them), OWNER/REPOSITORY, or "
            "OWNER/REPOSITORY/FILE.safetensors."
        )
    if slash and not file.endswith(".safetensors"):
        raise UsageError(
            f"{file} is not a safetensors file. Other formats can run code when they are loaded; "
            "look for a .safetensors file in the same repository."
        )
    return f"{owner}/{repo}", file if slash else None


def model_pieces(listing: Listing, file: str | None) -> list[Piece]:
    """A diffusers folder, or the single checkpoint the repository holds or `file` names."""
    paths = [listed.path for listed in listing.files]
    if file is not None:
        return [piece(listing, file, file.rsplit("/", 1)[-1])]
    if INDEX in paths:
        return _folder_pieces(listing)
    checkpoints = [p for p in paths if "/" not in p and p.endswith(".safetensors")]
    if len(checkpoints) == 1:
        return [piece(listing, checkpoints[0], checkpoints[0])]
    if checkpoints:
        choices = ", ".join(f"{listing.repo}/{path}" for path in checkpoints[:6])
        raise UsageError(
            f"{listing.repo} holds {len(checkpoints)} checkpoints. Name one: {choices}."
        )
    if any(path.endswith(_PICKLED) for path in paths):
        raise _pickled(listing.repo, "")
    raise SetupError(
        f"{listing.repo} holds no SDXL model.",
        remedy=f"A model is a folder with {INDEX} (diffusers) or one .safetensors file.",
    )


def component_pieces(listing: Listing) -> list[Piece]:
    """A repository that is one network: its config and one set of its weights."""
    return _component(listing, "", "", weighed=True)


def vae_pieces(listing: Listing) -> list[Piece]:
    """The fp16-safe VAE, stored as the model's own."""
    return _component(listing, "", "vae/", weighed=True)


def adapter_pieces(
    listing: Listing, words: Iterable[str], *, encoder: bool, taken: Callable[[str], bool]
) -> list[Piece]:
    """The IP-Adapters of these words, and the picture encoder they share if that is wanted too; one
    whose name is taken keeps the hub's own."""
    pieces = []
    for word in words:
        path, stored = ADAPTER_FILES[word], f"{word}.safetensors"
        name = path.rsplit("/", 1)[-1] if taken(stored) else stored
        pieces.append(piece(listing, path, name))
    if encoder:
        home = "image_encoder_vit-h" if taken(ENCODER_STORED) else ENCODER_STORED
        pieces += _component(listing, f"{ENCODER_FOLDER}/", f"{home}/", weighed=True)
    return pieces


def with_vae(pieces: Iterable[Piece], vae: Sequence[Piece]) -> list[Piece]:
    """The pieces of a model with another VAE in place of its own."""
    return [piece for piece in pieces if not piece.stored.startswith("vae/")] + list(vae)


def without_variant(path: str) -> str:
    """The name a file is stored under: its variant's mark dropped."""
    folder, slash, name = path.rpartition("/")
    if _WEIGHTS.fullmatch(name) or _SHARD_INDEX.fullmatch(name):
        name = name.replace(".fp16", "")
    return folder + slash + name


def _folder_pieces(listing: Listing) -> list[Piece]:
    pieces = [piece(listing, INDEX, INDEX)]
    for component in _UNWEIGHED:
        pieces += _component(listing, f"{component}/", f"{component}/", weighed=False)
    for component in _WEIGHED:
        pieces += _component(listing, f"{component}/", f"{component}/", weighed=True)
    return pieces


def _component(listing: Listing, there: str, here: str, *, weighed: bool) -> list[Piece]:
    """The files of one folder of a repository: its plain texts, and one set of its weights."""
    names = [
        listed.path.removeprefix(there)
        for listed in listing.files
        if listed.path.startswith(there) and _is_plain(listed.path.removeprefix(there))
    ]
    plain = [n for n in names if n.endswith(_PLAIN) and ".safetensors.index" not in n]
    if there == "":
        plain = [name for name in plain if name == "config.json"]
    weights = _weights(names) if weighed else []
    if weighed and not weights and any(name.endswith(_PICKLED) for name in names):
        raise _pickled(listing.repo, there)
    if not plain or (weighed and not weights):
        raise SetupError(
            f"{listing.repo} lacks {(there or 'its weights').rstrip('/')}.",
            remedy="It is not a complete SDXL model in the diffusers layout; choose another.",
        )
    return [piece(listing, there + n, here + without_variant(n)) for n in plain + weights]


def _is_plain(name: str) -> bool:
    return "/" not in name and "\\" not in name and name.isprintable()


def _weights(names: Sequence[str]) -> list[str]:
    """One set of weights: fp16 before full precision, one file before several."""
    found = [(name, match) for name in names if (match := _WEIGHTS.fullmatch(name))]
    halves = [(name, match) for name, match in found if match["early"] or match["late"]]
    chosen = halves or found
    single = [name for name, match in chosen if not match["shard"]]
    if single or not chosen:
        return single
    mark = ".fp16" if halves else ""
    index = [
        n for n in names if _SHARD_INDEX.fullmatch(n) and n.endswith(f".index{mark}.json")
    ]  # fmt: skip
    return [name for name, _ in chosen] + index


def piece(listing: Listing, path: str, stored: str) -> Piece:
    for listed in listing.files:
        if listed.path == path:
            return Piece(listing.repo, listing.commit, listed, stored)
    raise SetupError(
        f"{listing.repo} has no file {path}.",
        remedy="It may have been renamed or removed; look at the repository's page.",
    )


def _pickled(repo: str, folder: str) -> SetupError:
    where = f" for its {folder.rstrip('/')}" if folder else ""
    return SetupError(
        f"{repo} has no safetensors weights{where}, only formats that can run code when loaded.",
        remedy="Look for a repository with .safetensors files.",
    )

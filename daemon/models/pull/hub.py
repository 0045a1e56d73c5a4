"""The hub's side: one repository listed, one file fetched. The only module that goes out.

A file is fetched straight through the client's own session with a byte range, since the client's
download function starts a broken file from nothing; five gigabytes are too much for that. What is
on disk is checked against the hash the hub lists before anyone calls it whole.
"""

from __future__ import annotations

import contextlib
import hashlib
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

from huggingface_hub import HfApi, ModelInfo, hf_hub_url
from huggingface_hub.errors import (
    GatedRepoError,
    HfHubHTTPError,
    HFValidationError,
    HTTPError,
    OfflineModeIsEnabled,
    RemoteEntryNotFoundError,
    RepositoryNotFoundError,
)
from huggingface_hub.utils import (
    build_hf_headers,
    close_session,
    hf_raise_for_status,
    http_stream_backoff,
)

from daemon.errors import HotfolderError, SetupError, UsageError
from daemon.models.pull.recipe import Listed, Listing, Piece

_SECONDS = 30.0


@dataclass(frozen=True, slots=True)
class Hub:
    """The hub at `endpoint` (None: the client's own choice, HF_ENDPOINT included).

    `tries` counts broken connections in a row without a byte between them."""

    endpoint: str | None = None
    tries: int = 5
    pause: float = 1.0

    def listing(self, repo: str) -> Listing:
        """The repository's files at its newest commit."""
        with _plainly(repo):
            info = HfApi(endpoint=self.endpoint).model_info(
                repo, files_metadata=True, timeout=_SECONDS
            )
            return _listing(repo, info)

    def fetch(self, piece: Piece, part: Path, arrived: Callable[[int], None]) -> None:
        """Bring `part` up to the piece's whole size, going on where it ends."""
        url = hf_hub_url(piece.repo, piece.file.path, revision=piece.commit, endpoint=self.endpoint)
        if part.exists() and part.stat().st_nlink > 1:  # another model's file: not ours to add to
            part.unlink()
        part.touch()
        left = self.tries
        while (have := part.stat().st_size) < piece.file.size:
            try:
                with _plainly(piece.repo, piece.file.path):
                    _stream(url, part, have, piece.file.size, arrived)
                broken: Exception = OSError("the connection ended early")
            except _BrokenError as error:
                broken = error
            left = self.tries if part.stat().st_size > have else left - 1
            if left <= 0:
                raise SetupError(
                    f"Fetching {piece.file.path} broke off: {broken}.",
                    remedy="Run the same command again; it goes on where it stopped.",
                )
            if part.stat().st_size < piece.file.size:
                time.sleep(self.pause)


class _BrokenError(Exception):
    """The connection, not the request, is at fault; worth another try."""


def _listing(repo: str, info: ModelInfo) -> Listing:
    files = tuple(
        Listed(
            path=one.rfilename,
            size=max(0, one.size or 0),
            sha256=one.lfs.sha256 if one.lfs else None,
            blob=one.blob_id,
        )
        for one in info.siblings or ()
    )
    data = info.card_data
    licence = str(data.get("license") or "") if data else ""
    return Listing(repo, info.sha or "main", licence, files)


def _stream(url: str, part: Path, have: int, size: int, arrived: Callable[[int], None]) -> None:
    """Bring `part` from `have` bytes towards `size`, and never beyond it, whatever is sent."""
    headers = build_hf_headers(library_name="hotfolder")
    headers["Accept-Encoding"] = "identity"  # ranges count the bytes as stored
    if have:
        headers["Range"] = f"bytes={have}-"
    with http_stream_backoff(
        "GET", url, headers=headers, timeout=_SECONDS, retry_on_exceptions=()
    ) as answer:
        hf_raise_for_status(answer)
        resumed = have > 0 and answer.status_code == 206
        if resumed and not answer.headers.get("Content-Range", "").startswith(f"bytes {have}-"):
            part.write_bytes(b"")
            raise _BrokenError("the hub went on at another place than it was asked for")
        with part.open("ab" if resumed else "wb") as file:
            arrived(have if resumed else 0)
            for chunk in answer.iter_bytes():  # as they come, so that a break loses nothing
                file.write(chunk[: size - file.tell()])
                arrived(file.tell())
                if file.tell() >= size:
                    return


@contextlib.contextmanager
def _plainly(repo: str, path: str = "") -> Iterator[None]:
    """The client's errors, said for the person who can do something about them."""
    what = f"{repo}/{path}" if path else repo
    try:
        yield
    except OfflineModeIsEnabled as error:
        raise SetupError(
            "The hub client is switched offline.", remedy="Unset HF_HUB_OFFLINE, then try again."
        ) from error
    except HFValidationError as error:
        raise UsageError(f"{repo!r} is no name of a repository: {error}") from error
    except GatedRepoError as error:
        raise SetupError(
            f"{repo} is only given to people who accepted its terms.",
            remedy=f"Accept them at https://huggingface.co/{repo}, then run: hf auth login",
        ) from error
    except RepositoryNotFoundError as error:
        raise SetupError(
            f"The hub knows no public repository {repo}.",
            remedy="Check the spelling; for a private one run: hf auth login",
        ) from error
    except RemoteEntryNotFoundError as error:
        raise SetupError(
            f"{what} is listed but not there.", remedy="Try again later; it may be changing."
        ) from error
    except HfHubHTTPError as error:
        raise SetupError(
            f"The hub refused {what}: {str(error).splitlines()[0]}", remedy="Try again later."
        ) from error
    except HTTPError as error:
        raise _unreached(error, path) from error
    except (HotfolderError, _BrokenError, OSError):
        raise
    except Exception as error:  # a page instead of a listing, say: a proxy's, or a hotel's
        raise SetupError(
            f"What the hub answered about {what} can't be read ({type(error).__name__}).",
            remedy="Look whether something else answers in its place (a proxy, a login page).",
        ) from error


def _unreached(error: HTTPError, path: str) -> Exception:
    if path:
        return _BrokenError(f"{type(error).__name__}: {error}")
    return SetupError(
        f"The hub could not be reached: {error}.",
        remedy="Check the connection (and HTTPS_PROXY, HF_ENDPOINT), then try again.",
    )


def leave() -> None:
    """Close the client's connections."""
    close_session()


def sound(file: Path, listed: Listed) -> str | None:
    """The file's sha256 if it is what the hub listed, else None."""
    if not file.is_file() or file.stat().st_size != listed.size:
        return None
    with file.open("rb") as stream:
        digest = hashlib.file_digest(stream, "sha256").hexdigest()
    if listed.sha256 is not None:
        return digest if digest == listed.sha256 else None
    if listed.blob is not None and _git_blob(file.read_bytes()) != listed.blob:
        return None
    return digest


def _git_blob(content: bytes) -> str:
    """What git calls this content: how the hub identifies its small files."""
    header = b"blob %d\x00" % len(content)
    return hashlib.sha1(header + content, usedforsecurity=False).hexdigest()

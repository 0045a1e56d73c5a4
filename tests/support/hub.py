"""A small stand-in of the model hub on 127.0.0.1: it lists repositories and serves their files with
byte ranges and redirects, as the hub does, and misbehaves as it is told.
"""

from __future__ import annotations

import contextlib
import functools
import hashlib
import http.server
import json
import re
import urllib.parse
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from support import weight_files

from daemon.models.pull import recipe
from daemon.models.pull.pull import Arrival, pull

COMMIT = "0123456789abcdef0123456789abcdef01234567"
LARGE = 300_000  # bytes; the stand-in treats files from this size on as large


@functools.cache
def weights(seed: str) -> bytes:
    """Something large and unmistakable; the stand-in treats it as a large file."""
    return hashlib.shake_128(seed.encode()).digest(LARGE)


def large(shapes: weight_files.Shapes, seed: str = "") -> bytes:
    """A large file with a table of contents."""
    return weight_files.toc(shapes) + weights(seed)


@dataclass
class StandIn:
    """Repositories by name, each a table of files, and how they misbehave."""

    repos: dict[str, dict[str, bytes]] = field(default_factory=dict)
    licence: str = "openrail++"
    cuts: dict[str, list[int]] = field(default_factory=dict)  # path -> bytes sent before a break
    damaged: set[str] = field(default_factory=set)
    vanished: set[str] = field(default_factory=set)
    gated: set[str] = field(default_factory=set)
    claimed: dict[str, int] = field(default_factory=dict)  # path -> a size that isn't so
    ranges: bool = True
    endless: set[str] = field(default_factory=set)  # more is sent than was announced
    astray: set[str] = field(default_factory=set)  # a range is answered by another one
    circles: set[str] = field(default_factory=set)  # redirected to themselves
    page: bytes | None = None  # answered in place of every listing
    asked: list[tuple[str, str | None]] = field(default_factory=list)
    endpoint: str = ""

    def fetched(self, part: str = "") -> list[tuple[str, str | None]]:
        return [(path, span) for path, span in self.asked if part in path]


def handler_of(hub: StandIn) -> type[http.server.BaseHTTPRequestHandler]:
    class Handler(http.server.BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"
        disable_nagle_algorithm = True

        def do_GET(self) -> None:
            path = urllib.parse.unquote(urllib.parse.urlsplit(self.path).path)
            if match := re.fullmatch(r"/api/models/(.+)", path):
                self.list(match[1])
            elif match := re.fullmatch(r"/([^/]+/[^/]+)/resolve/(\w+)/(.+)", path):
                self.resolve(match[1], match[2], match[3])
            elif match := re.fullmatch(r"/cdn/([^/]+/[^/]+)/(.+)", path):
                self.send_file(match[1], match[2])
            else:
                self.answer(404, b"")

        def list(self, repo: str) -> None:
            if hub.page is not None:
                self.answer(200, hub.page)
            elif repo in hub.gated:
                self.answer(403, b"", {"X-Error-Code": "GatedRepo"})
            elif repo not in hub.repos:
                self.answer(401, b"", {"X-Error-Code": "RepoNotFound"})
            else:
                self.answer(200, json.dumps(self.listing(repo)).encode())

        def listing(self, repo: str) -> dict[str, Any]:
            siblings: list[dict[str, Any]] = []
            for path, content in hub.repos[repo].items():
                size = hub.claimed.get(path, len(content))
                one: dict[str, Any] = {"rfilename": path, "size": size, "blobId": blob(content)}
                if len(content) >= LARGE:
                    digest = hashlib.sha256(content).hexdigest()
                    one["lfs"] = {"sha256": digest, "size": size, "pointerSize": 134}
                siblings.append(one)
            card = {"license": hub.licence}
            return {"id": repo, "sha": COMMIT, "siblings": siblings, "cardData": card}

        def resolve(self, repo: str, commit: str, path: str) -> None:
            assert commit == COMMIT
            hub.asked.append((path, self.headers["Range"]))
            if path in hub.vanished or path not in hub.repos[repo]:
                self.answer(404, b"", {"X-Error-Code": "EntryNotFound"})
            elif path in hub.circles:
                self.answer(302, b"", {"Location": self.path})
            elif len(hub.repos[repo][path]) >= LARGE:
                self.answer(302, b"", {"Location": f"/cdn/{repo}/{urllib.parse.quote(path)}"})
            else:
                self.send_file(repo, path)

        def send_file(self, repo: str, path: str) -> None:
            content = hub.repos[repo][path]
            if path in hub.damaged:
                content = bytes([content[0] ^ 1]) + content[1:]
            span, start = self.headers["Range"], 0
            headers = {}
            if span and hub.ranges:
                start = int(re.fullmatch(r"bytes=(\d+)-", span)[1])  # type: ignore[index]
                start = 7 if path in hub.astray else start
                headers["Content-Range"] = f"bytes {start}-{len(content) - 1}/{len(content)}"
            if path in hub.endless:
                self.send_without_end(content[start:])
                return
            cuts = hub.cuts.get(path, [])
            self.answer(
                206 if start else 200, content[start:], headers, cuts.pop(0) if cuts else None
            )

        def send_without_end(self, content: bytes) -> None:
            self.send_response(200)
            self.end_headers()  # no length: the body ends with the connection
            self.close_connection = True
            with contextlib.suppress(OSError):
                self.wfile.write(content)
                while True:
                    self.wfile.write(bytes(1 << 16))

        def answer(
            self,
            code: int,
            body: bytes,
            headers: dict[str, str] | None = None,
            cut: int | None = None,
        ) -> None:
            self.send_response(code)
            for name, text in (headers or {}).items():
                self.send_header(name, text)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body[:cut] if cut is not None else body)
            if cut is not None:
                self.close_connection = True

        def log_message(self, *args: object) -> None:
            pass

    return Handler


def blob(content: bytes) -> str:
    return hashlib.sha1(b"blob %d\x00" % len(content) + content).hexdigest()


def sdxl_files() -> dict[str, bytes]:
    """The base repository in small: what we want among much that we don't."""
    files = {
        "README.md": b"# SDXL",
        "sd_xl_base_1.0.safetensors": weights("single"),
        "01.png": b"picture",
        "model_index.json": json.dumps({"_class_name": "StableDiffusionXLPipeline"}).encode(),
        "scheduler/scheduler_config.json": b"{}",
        "unet/diffusion_flax_model.msgpack": b"flax",
        "vae_1_0/diffusion_pytorch_model.fp16.safetensors": weights("old vae"),
        "text_encoder/openvino_model.bin": b"openvino",
        "text_encoder/openvino_model.xml": b"openvino",
    }
    for tokenizer in ("tokenizer", "tokenizer_2"):
        files |= {f"{tokenizer}/{name}": name.encode() for name in ("merges.txt", "vocab.json")}
    for part, stem in PARTS.items():
        files |= {
            f"{part}/config.json": f"{{{json.dumps(part)}: 1}}".encode(),
            f"{part}/{stem}.safetensors": weights(f"{part} full"),
            f"{part}/{stem}.fp16.safetensors": weights(f"{part} half"),
            f"{part}/{stem}.bin": b"pickle",
        }
    return files


PARTS = {
    "unet": "diffusion_pytorch_model", "vae": "diffusion_pytorch_model",
    "text_encoder": "model", "text_encoder_2": "model",
}  # fmt: skip


def adapter_files() -> dict[str, bytes]:
    base, *plus = recipe.ADAPTER_FILES.values()
    return {
        base: large(weight_files.base()),
        **{path: large(weight_files.plus(), path) for path in plus},
        "sdxl_models/ip-adapter_sdxl.safetensors": weights("big encoder"),
        "models/ip-adapter_sd15.safetensors": weights("sd15"),
        "models/image_encoder/config.json": b'{"projection_dim": 1024, "hidden_size": 1280}',
        "models/image_encoder/model.safetensors": large(
            {"visual_projection.weight": weight_files.VIT_H}
        ),
        "models/image_encoder/pytorch_model.bin": b"pickle",
    }


def silent(arrival: Arrival) -> None:
    pass


def fetch(hub: StandIn, folder: Path, name: str = "sdxl", **options: Any) -> Path:
    return pull(name, folder=folder, progress=silent, endpoint=hub.endpoint, **options)


def files_in(folder: Path) -> set[str]:
    return {p.relative_to(folder).as_posix() for p in folder.rglob("*") if p.is_file()}


# --- what arrives --------------------------------------------------------------------------------

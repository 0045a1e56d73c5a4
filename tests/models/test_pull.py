"""Fetching models: the real hub client against a small stand-in of the hub on 127.0.0.1.

The stand-in lists repositories and serves their files with byte ranges and redirects, as the hub
does; nothing here was tried against the real one.
"""

from __future__ import annotations

import functools
import hashlib
import http.server
import io
import json
import os
import re
import subprocess
import sys
import threading
import urllib.parse
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
import yaml
from rich.console import Console
from support.places import HOME

from daemon.errors import SetupError, UsageError
from daemon.models import catalogue, hashes
from daemon.models.pull import recipe
from daemon.models.pull.hub import Hub
from daemon.models.pull.progress_bars import bars
from daemon.models.pull.pull import Arrival, pull

COMMIT = "0123456789abcdef0123456789abcdef01234567"
LARGE = 300_000  # bytes; the stand-in treats files from this size on as large


@functools.cache
def weights(seed: str) -> bytes:
    """Something large and unmistakable; the stand-in treats it as a large file."""
    return hashlib.shake_128(seed.encode()).digest(LARGE)


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
            if repo in hub.gated:
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
                headers["Content-Range"] = f"bytes {start}-{len(content) - 1}/{len(content)}"
            cuts = hub.cuts.get(path, [])
            self.answer(
                206 if start else 200, content[start:], headers, cuts.pop(0) if cuts else None
            )

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
    return {
        **{path: weights(path) for path in recipe.ADAPTER_FILES.values()},
        "sdxl_models/ip-adapter_sdxl.safetensors": weights("big encoder"),
        "models/ip-adapter_sd15.safetensors": weights("sd15"),
        "models/image_encoder/config.json": b'{"encoder": 1}',
        "models/image_encoder/model.safetensors": weights("encoder"),
        "models/image_encoder/pytorch_model.bin": b"pickle",
    }


@pytest.fixture
def hub(monkeypatch: pytest.MonkeyPatch) -> Iterator[StandIn]:
    for name in (
        "HTTP_PROXY",
        "HTTPS_PROXY",
        "ALL_PROXY",
        "http_proxy",
        "https_proxy",
        "all_proxy",
    ):
        monkeypatch.delenv(name, raising=False)
    stand_in = StandIn()
    stand_in.repos = {
        recipe.BASE: sdxl_files(),
        recipe.VAE: {
            "config.json": b'{"safe": 1}',
            "README.md": b"x",
            "diffusion_pytorch_model.safetensors": weights("safe vae"),
            "sdxl_vae.safetensors": weights("safe vae, single"),
            "diffusion_pytorch_model.bin": b"pickle",
        },
        recipe.ADAPTERS: adapter_files(),
        "someone/dreams-xl": sdxl_files(),
    }
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), handler_of(stand_in))
    stand_in.endpoint = f"http://127.0.0.1:{server.server_port}"
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
    thread.start()
    yield stand_in
    server.shutdown()
    server.server_close()
    thread.join()


def silent(arrival: Arrival) -> None:
    pass


def fetch(hub: StandIn, folder: Path, name: str = "sdxl", **options: Any) -> Path:
    return pull(name, folder=folder, progress=silent, endpoint=hub.endpoint, **options)


def files_in(folder: Path) -> set[str]:
    return {p.relative_to(folder).as_posix() for p in folder.rglob("*") if p.is_file()}


# --- what arrives --------------------------------------------------------------------------------


def test_sdxl_arrives_as_one_plain_folder_with_the_safe_vae_and_its_adapters(
    hub: StandIn, tmp_path: Path
) -> None:
    home = fetch(hub, tmp_path)

    assert home == tmp_path / "sdxl"
    assert files_in(home) == {
        "card.yaml", "model_index.json", "scheduler/scheduler_config.json",
        "tokenizer/merges.txt", "tokenizer/vocab.json",
        "tokenizer_2/merges.txt", "tokenizer_2/vocab.json",
        "unet/config.json", "unet/diffusion_pytorch_model.safetensors",
        "vae/config.json", "vae/diffusion_pytorch_model.safetensors",
        "text_encoder/config.json", "text_encoder/model.safetensors",
        "text_encoder_2/config.json", "text_encoder_2/model.safetensors",
        "ip_adapter/base.safetensors", "ip_adapter/plus.safetensors",
        "ip_adapter/plus-face.safetensors",
        "ip_adapter/image_encoder/config.json", "ip_adapter/image_encoder/model.safetensors",
    }  # fmt: skip
    assert (home / "unet/diffusion_pytorch_model.safetensors").read_bytes() == weights("unet half")
    assert (home / "vae/diffusion_pytorch_model.safetensors").read_bytes() == weights("safe vae")
    assert (home / "vae/config.json").read_bytes() == b'{"safe": 1}'
    assert [entry.name for entry in tmp_path.iterdir()] == ["sdxl"]


def test_the_card_names_everything_and_its_hashes_hold(hub: StandIn, tmp_path: Path) -> None:
    home = fetch(hub, tmp_path)
    facts = yaml.safe_load((home / "card.yaml").read_text())
    card = catalogue.read_card(home)

    assert facts["licence"] == "openrail++"
    assert facts["native_size"] == 1024
    assert set(facts["hashes"]) == files_in(home) - {"card.yaml"}
    assert set(card.adapters) == {"base", "plus", "plus-face"}
    assert card.image_encoder == home / "ip_adapter/image_encoder"
    assert hashes.verify(card) == []


def test_nothing_but_what_is_needed_is_fetched_and_each_file_once(
    hub: StandIn, tmp_path: Path
) -> None:
    home = fetch(hub, tmp_path)

    paths = [path for path, _ in hub.asked]
    assert len(paths) == len(files_in(home)) - 1  # the card is ours
    assert not [p for p in paths if p.endswith((".bin", ".msgpack", ".png", ".md", ".xml"))]
    assert "vae/diffusion_pytorch_model.fp16.safetensors" not in paths


def test_another_sdxl_repository_keeps_its_own_vae_and_links_the_adapters_it_finds(
    hub: StandIn, tmp_path: Path
) -> None:
    first = fetch(hub, tmp_path)
    hub.asked.clear()

    second = fetch(hub, tmp_path, "someone/dreams-xl")

    assert second.name == "dreams-xl"
    vae = second / "vae/diffusion_pytorch_model.safetensors"
    assert vae.read_bytes() == weights("vae half")
    assert hub.fetched("ip-adapter") == []
    shared = "ip_adapter/plus.safetensors"
    assert (first / shared).samefile(second / shared)
    assert hashes.verify(catalogue.read_card(second)) == []


def test_a_model_can_be_fetched_without_adapters(hub: StandIn, tmp_path: Path) -> None:
    home = fetch(hub, tmp_path, "someone/dreams-xl", adapters=False)

    card = catalogue.read_card(home)
    assert (dict(card.adapters), card.image_encoder) == ({}, None)


def test_a_single_checkpoint_is_fetched_by_repository_or_by_file(
    hub: StandIn, tmp_path: Path
) -> None:
    hub.repos["a/single"] = {"dream v2.safetensors": weights("dream"), "README.md": b"x"}
    hub.repos["a/many"] = {f"{n}.safetensors": weights(n) for n in ("one", "two")}

    home = fetch(hub, tmp_path, "a/single", adapters=False)
    other = fetch(hub, tmp_path, "a/many/two.safetensors", adapters=False)

    assert catalogue.read_card(home).weights == home / "dream v2.safetensors"
    assert other.name == "two"
    with pytest.raises(UsageError, match=r"Name one: a/many/one\.safetensors, a/many/two"):
        fetch(hub, tmp_path, "a/many")


def test_weights_in_several_files_arrive_with_an_index_that_names_them(
    hub: StandIn, tmp_path: Path
) -> None:
    files = hub.repos["someone/dreams-xl"]
    for variant in (".fp16", ""):
        files.pop(f"unet/diffusion_pytorch_model{variant}.safetensors")
    shards = [f"diffusion_pytorch_model.fp16-0000{n}-of-00002.safetensors" for n in (1, 2)]
    files |= {f"unet/{shard}": weights(shard) for shard in shards}
    table = {"weight_map": {"a": shards[0], "b": shards[1]}}
    files["unet/diffusion_pytorch_model.safetensors.index.fp16.json"] = json.dumps(table).encode()

    home = fetch(hub, tmp_path, "someone/dreams-xl", adapters=False)

    index = json.loads((home / "unet/diffusion_pytorch_model.safetensors.index.json").read_text())
    assert all((home / "unet" / name).is_file() for name in index["weight_map"].values())
    assert not [name for name in files_in(home) if "fp16" in name]
    assert hashes.verify(catalogue.read_card(home)) == []


@pytest.mark.parametrize(
    ("path", "stored"),
    [
        (
            "unet/diffusion_pytorch_model.fp16.safetensors",
            "unet/diffusion_pytorch_model.safetensors",
        ),
        ("model.fp16.safetensors", "model.safetensors"),
        ("x/model-00001-of-00002.fp16.safetensors", "x/model-00001-of-00002.safetensors"),
        ("x/model.safetensors.index.fp16.json", "x/model.safetensors.index.json"),
        ("x/config.json", "x/config.json"),
        ("dream.fp16.safetensors", "dream.fp16.safetensors"),
    ],
)
def test_the_variants_mark_is_dropped_from_weights_and_from_nothing_else(
    path: str, stored: str
) -> None:
    assert recipe.without_variant(path) == stored


# --- interruptions -------------------------------------------------------------------------------


UNET = "unet/diffusion_pytorch_model.fp16.safetensors"


def test_a_connection_that_breaks_is_taken_up_where_it_broke(hub: StandIn, tmp_path: Path) -> None:
    hub.cuts[UNET] = [100_000]

    home = fetch(hub, tmp_path)

    assert hub.fetched(UNET) == [(UNET, None), (UNET, "bytes=100000-")]
    assert (home / "unet/diffusion_pytorch_model.safetensors").read_bytes() == weights("unet half")


def test_a_pull_that_gave_up_goes_on_from_its_last_byte_the_next_time(
    hub: StandIn, tmp_path: Path
) -> None:
    hub.cuts[UNET] = [50_000, 0, 0]
    piece = recipe.Piece(
        "someone/dreams-xl", COMMIT, recipe.Listed(UNET, LARGE, None, None), "unet/x"
    )
    part = tmp_path / "part"
    with pytest.raises(SetupError, match="goes on where it stopped"):
        Hub(hub.endpoint, tries=2, pause=0).fetch(piece, part, lambda _: None)
    assert part.stat().st_size == 50_000
    hub.asked.clear()
    hub.cuts.clear()

    Hub(hub.endpoint).fetch(piece, part, lambda _: None)

    assert hub.asked == [(UNET, "bytes=50000-")]
    assert part.read_bytes() == weights("unet half")


def test_a_killed_pull_keeps_its_files_and_the_next_fetches_only_the_rest(
    hub: StandIn, tmp_path: Path
) -> None:
    code = (
        "import os, sys\nfrom pathlib import Path\nfrom daemon.models.pull.pull import pull\n"
        "def stop(arrival):\n"
        "    if arrival.file.startswith('unet/diff') and arrival.file_done: os._exit(9)\n"
        "pull('sdxl', folder=Path(sys.argv[1]), progress=stop)\n"
    )
    environment = {**os.environ, "HF_ENDPOINT": hub.endpoint}

    died = subprocess.run([sys.executable, "-c", code, str(tmp_path)], cwd=HOME, env=environment)

    assert died.returncode == 9
    assert [entry.name for entry in tmp_path.iterdir()] == [".sdxl.partial"]
    assert catalogue.list_models([tmp_path]) == catalogue.list_models()
    before = {path for path, _ in hub.asked}
    hub.asked.clear()

    home = fetch(hub, tmp_path)

    again = {path for path, _ in hub.asked}
    assert again & before <= {UNET}
    assert hashes.verify(catalogue.read_card(home)) == []
    assert not [name for name in files_in(home) if name.endswith(".part")]


def test_a_server_without_ranges_is_read_from_the_start(hub: StandIn, tmp_path: Path) -> None:
    hub.ranges = False
    hub.cuts[UNET] = [100_000]

    home = fetch(hub, tmp_path)

    assert (home / "unet/diffusion_pytorch_model.safetensors").read_bytes() == weights("unet half")


def test_a_model_already_here_is_left_alone_without_asking_anyone(
    hub: StandIn, tmp_path: Path
) -> None:
    home = fetch(hub, tmp_path)
    hub.asked.clear()

    assert pull("sdxl", folder=tmp_path, progress=silent, endpoint="http://127.0.0.1:1") == home
    assert hub.asked == []


def test_two_pulls_of_one_model_do_not_get_into_each_other(hub: StandIn, tmp_path: Path) -> None:
    import fcntl

    partial = tmp_path / ".sdxl.partial"
    partial.mkdir()
    handle = os.open(partial, os.O_RDONLY)
    fcntl.flock(handle, fcntl.LOCK_EX)

    with pytest.raises(SetupError, match="Another pull"):
        fetch(hub, tmp_path)
    os.close(handle)


# --- what can't be -------------------------------------------------------------------------------


def test_a_damaged_large_file_is_not_kept_and_the_next_pull_gets_it_anew(
    hub: StandIn, tmp_path: Path
) -> None:
    hub.damaged.add(UNET)
    with pytest.raises(SetupError, match="arrived damaged"):
        fetch(hub, tmp_path)
    assert not (tmp_path / "sdxl").exists()

    hub.damaged.clear()
    assert hashes.verify(catalogue.read_card(fetch(hub, tmp_path))) == []


def test_a_damaged_small_file_is_noticed_too(hub: StandIn, tmp_path: Path) -> None:
    hub.damaged.add("tokenizer/vocab.json")

    with pytest.raises(SetupError, match=r"tokenizer/vocab\.json .*arrived damaged"):
        fetch(hub, tmp_path)


def test_a_listed_file_that_is_not_there_is_named(hub: StandIn, tmp_path: Path) -> None:
    hub.vanished.add("unet/config.json")

    with pytest.raises(SetupError, match=r"unet/config\.json is listed but not there"):
        fetch(hub, tmp_path)


def test_an_adapter_missing_from_its_repository_is_named(hub: StandIn, tmp_path: Path) -> None:
    del hub.repos[recipe.ADAPTERS][recipe.ADAPTER_FILES["plus"]]

    with pytest.raises(SetupError, match="ip-adapter-plus_sdxl_vit-h"):
        fetch(hub, tmp_path)


def test_too_little_room_is_said_before_anything_is_fetched(hub: StandIn, tmp_path: Path) -> None:
    hub.claimed[UNET] = 10**16

    with pytest.raises(SetupError, match=r"needs 10000000\.0 GB .* free\."):
        fetch(hub, tmp_path)
    assert hub.asked == []


def test_a_repository_that_is_not_there_or_gated_says_what_to_do(
    hub: StandIn, tmp_path: Path
) -> None:
    with pytest.raises(SetupError, match="knows no public repository no/such"):
        fetch(hub, tmp_path, "no/such")
    hub.gated.add("someone/dreams-xl")
    with pytest.raises(SetupError, match="hf auth login"):
        fetch(hub, tmp_path, "someone/dreams-xl")


def test_an_unreachable_hub_says_so(tmp_path: Path) -> None:
    with pytest.raises(SetupError, match="could not be reached"):
        pull("sdxl", folder=tmp_path, progress=silent, endpoint="http://127.0.0.1:1")
    assert list(tmp_path.iterdir()) == []


def test_a_model_of_another_family_is_refused_before_its_weights_are_fetched(
    hub: StandIn, tmp_path: Path
) -> None:
    hub.repos["someone/dreams-xl"]["model_index.json"] = b'{"_class_name": "FluxPipeline"}'

    with pytest.raises(UsageError, match="made for FluxPipeline"):
        fetch(hub, tmp_path, "someone/dreams-xl")
    assert hub.fetched("safetensors") == []


def test_pickled_weights_are_refused(hub: StandIn, tmp_path: Path) -> None:
    hub.repos["a/pickled"] = {"model.ckpt": weights("x")}
    files = hub.repos["someone/dreams-xl"]
    for variant in (".fp16", ""):
        files.pop(f"unet/diffusion_pytorch_model{variant}.safetensors")

    with pytest.raises(SetupError, match="run code"):
        fetch(hub, tmp_path, "a/pickled")
    with pytest.raises(SetupError, match="no safetensors weights for its unet"):
        fetch(hub, tmp_path, "someone/dreams-xl")
    with pytest.raises(UsageError, match="run code"):
        fetch(hub, tmp_path, "a/pickled/model.ckpt")


def test_a_repository_without_a_model_or_with_half_of_one_is_refused(
    hub: StandIn, tmp_path: Path
) -> None:
    hub.repos["a/text"] = {"README.md": b"x"}
    del hub.repos["someone/dreams-xl"]["scheduler/scheduler_config.json"]

    with pytest.raises(SetupError, match="holds no SDXL model"):
        fetch(hub, tmp_path, "a/text")
    with pytest.raises(SetupError, match="lacks scheduler"):
        fetch(hub, tmp_path, "someone/dreams-xl")


@pytest.mark.parametrize("name", ["", "flux", "a/b/../../c.safetensors", "../x", "a/..", "a//b"])
def test_a_name_that_is_no_model_is_refused_with_the_forms_that_are(
    tmp_path: Path, name: str
) -> None:
    with pytest.raises(UsageError, match="OWNER/REPOSITORY"):
        pull(name, folder=tmp_path, progress=silent)


def test_a_model_never_takes_the_name_of_a_built_in_one(hub: StandIn, tmp_path: Path) -> None:
    hub.repos["someone/sketch"] = sdxl_files()

    assert fetch(hub, tmp_path, "someone/sketch", adapters=False).name == "someone-sketch"


def test_something_else_under_the_models_name_is_not_touched(tmp_path: Path) -> None:
    (tmp_path / "sdxl").mkdir()
    (tmp_path / "sdxl" / "mine.txt").write_text("mine")

    with pytest.raises(SetupError, match="in the way"):
        pull("sdxl", folder=tmp_path, progress=silent)
    assert (tmp_path / "sdxl" / "mine.txt").read_text() == "mine"


# --- progress ------------------------------------------------------------------------------------


def test_progress_only_grows_and_ends_at_the_whole(hub: StandIn, tmp_path: Path) -> None:
    seen: list[Arrival] = []
    pull("sdxl", folder=tmp_path, progress=seen.append, endpoint=hub.endpoint)

    assert [a.done for a in seen] == sorted(a.done for a in seen)
    assert seen[-1].done == seen[-1].size
    assert {a.file for a in seen} == files_in(tmp_path / "sdxl") - {"card.yaml"}


def test_a_terminal_gets_bars_and_a_file_gets_plain_lines() -> None:
    for terminal in (True, False):
        page = io.StringIO()
        console = Console(file=page, force_terminal=terminal, width=100)
        with bars(console) as progress:
            for done in (0, 50, 100):
                progress(Arrival("unet/a.safetensors", done, 100, done, 200))
            for done in (0, 100):
                progress(Arrival("vae/b.safetensors", done, 100, 100 + done, 200))

        if terminal:
            assert "all files" in page.getvalue()
        else:
            assert page.getvalue() == " 50 %  unet/a.safetensors\n100 %  vae/b.safetensors\n"

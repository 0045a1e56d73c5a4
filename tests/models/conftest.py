"""A shelf for models of a person's own, and the stand-in of the model hub for what fetches them."""

from __future__ import annotations

import http.server
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest
from support.hub import StandIn, adapter_files, handler_of, sdxl_files, weights

from daemon.models.pull import recipe


@pytest.fixture
def shelf(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An empty folder where this person's own models live."""
    folder = tmp_path / "shelf"
    folder.mkdir()
    monkeypatch.setenv("HOTFOLDER_MODELS", str(folder))
    return folder


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

"""Pulls that break off, are killed or meet each other: what is here stays, and the rest is fetched."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest
from support.hub import COMMIT, LARGE, StandIn, fetch, files_in, silent, weights
from support.places import HOME

from daemon.errors import SetupError
from daemon.models import catalogue, hashes
from daemon.models.pull import recipe
from daemon.models.pull.hub import Hub
from daemon.models.pull.pull import pull

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
    assert {e.name for e in tmp_path.iterdir()} == {".sdxl.partial", ".ip_adapter.partial"}
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

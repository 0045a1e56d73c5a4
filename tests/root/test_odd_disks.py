"""Disks that refuse what others give: permissions, some names, a link that leads to none of them."""

from __future__ import annotations

import pytest
from support.daemon import pictures

from daemon.errors import SetupError
from daemon.root.create import prepare

SMALL = "prompt: a\nsize: 64x64\nsteps: 1\n"

#: As exFAT and some network volumes answer: no permissions, and "no such file" of a name they don't take.
VOLUME = """
import errno, os

def refuses(path):
    return not isinstance(path, int) and "!" in os.path.basename(os.fsdecode(path))

def no_such(path):
    raise FileNotFoundError(errno.ENOENT, os.strerror(errno.ENOENT), path)

def open(path, flags, *rest, right=os.open, **more):
    return no_such(path) if flags & os.O_CREAT and refuses(path) else right(path, flags, *rest, **more)

def link(source, target, *, right=os.link, **more):
    return no_such(target) if refuses(target) else right(source, target, **more)

def chmod(path, mode, **_):
    raise PermissionError(errno.EPERM, os.strerror(errno.EPERM), path)

os.open, os.link, os.chmod, os.fchmod = open, link, chmod, chmod
"""


def test_a_volume_without_permissions_and_some_names_costs_the_job_of_such_a_name_alone(
    root, drop, daemon, wait, tmp_path
):
    (tmp_path / "volume").mkdir()
    (tmp_path / "volume" / "sitecustomize.py").write_text(VOLUME)
    root.id_file.chmod(0o644)  # which a start puts right where it can
    child = daemon(PYTHONPATH=str(tmp_path / "volume"))
    drop.whole("odd.yaml", f"{SMALL}name: what!\n")
    drop.whole("good.yaml", SMALL)
    wait(lambda: (root.done / "good.yaml").exists() and (root.failed / "odd.yaml").exists())

    assert pictures(root) == ["good.png"]
    assert "takes no file of such a name" in (root.failed / "odd.yaml.why.txt").read_text()
    assert child.log().count("starting") <= 2  # neither is rendered again and again


def test_an_outbox_that_is_a_link_to_nowhere_is_told_as_one(root, tmp_path):
    for hidden in root.outbox.iterdir():
        hidden.rmdir()
    root.outbox.rmdir()
    root.outbox.symlink_to(tmp_path / "a disk that is away")

    with pytest.raises(
        SetupError, match=r"outbox is a link to .*a disk that is away, which is not"
    ):
        prepare(root)

"""How much memory a process may have: the least that the machine or any of its groups leaves it."""

from __future__ import annotations

from pathlib import Path

import pytest

from daemon.fs import memory

GB = 10**9
MACHINE = memory.main_memory()


@pytest.fixture
def system(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A system's files about memory and groups; the machine has plenty left."""
    for name in ("OWN_GROUPS", "GROUPS", "MACHINE"):
        monkeypatch.setattr(memory, name, tmp_path / name)
    (tmp_path / "MACHINE").write_text("MemTotal: 99 kB\nMemAvailable: 900000000 kB\n")
    return tmp_path


def held(group: Path, limit: str, taken: int, files: int, *, old: bool) -> None:
    group.mkdir(parents=True, exist_ok=True)
    names = (
        ("memory.limit_in_bytes", "memory.usage_in_bytes", "total_inactive_file")
        if old
        else ("memory.max", "memory.current", "inactive_file")
    )
    (group / names[0]).write_text(f"{limit}\n")
    (group / names[1]).write_text(f"{taken}\n")
    (group / "memory.stat").write_text(f"anon 3\n{names[2]} {files}\nactive_file 5\n")


@pytest.mark.parametrize("old", [False, True], ids=["v2", "v1"])
@pytest.mark.parametrize("where", ["a/b", "a", ""], ids=["own", "above", "a container's"])
def test_a_group_s_limit_counts_wherever_it_is_set(system: Path, old: bool, where: str) -> None:
    """Copies of files don't: the system gives them back first."""
    top = system / "GROUPS" / ("memory" if old else "")
    (system / "OWN_GROUPS").write_text("4:memory:/a/b\n2:cpu:/c\n" if old else "0::/a/b\n")
    held(top / "a" / "b", "9223372036854771712" if old else "max", 0, 0, old=old)
    held(top / where, str(GB), 700_000_000, 100_000_000, old=old)

    assert memory.main_memory() == min(GB, MACHINE)
    assert memory.free_memory() == 400_000_000


def test_a_group_that_has_taken_more_than_its_limit_has_nothing_left(system: Path) -> None:
    (system / "OWN_GROUPS").write_text("0::/\n")
    held(system / "GROUPS", str(GB), GB + 1, 0, old=False)
    assert memory.free_memory() == 0


@pytest.mark.parametrize("groups", [None, "", "0::/gone\n", "nonsense", "4:memory:/x\n"])
def test_without_groups_the_machine_alone_counts(system: Path, groups: str | None) -> None:
    if groups is not None:
        (system / "OWN_GROUPS").write_text(groups)
    assert memory.main_memory() == MACHINE
    assert memory.free_memory() == 900_000_000 * 1024
    (system / "MACHINE").unlink()  # another system
    assert memory.free_memory() == MACHINE // 4
